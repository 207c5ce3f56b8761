"""Relevance, stated once: what a plan asks of a document (`rule`), and what that is worth (`scorer`)."""
