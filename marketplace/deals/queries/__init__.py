"""Reads of deals: one, an organisation's list, the staff's list."""
