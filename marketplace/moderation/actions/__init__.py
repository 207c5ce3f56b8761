"""Verbs of moderators: on cases, and sanctions on what is public."""
