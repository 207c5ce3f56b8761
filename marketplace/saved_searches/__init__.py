"""Saved searches: what a person wants to hear of, and telling them once of everything new that it finds."""
