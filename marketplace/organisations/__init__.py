"""Organisations, their members, and their verification."""
