"""Saved searches: which of many find some new documents."""
