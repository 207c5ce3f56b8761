"""Explained matches between needs and listings, in both directions."""
