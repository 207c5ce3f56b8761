"""The forms of needs. Shape of input only."""
