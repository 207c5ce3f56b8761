"""The forms of leads, threads, complaints and terms. Shape of input only."""
