"""Reads of leads and complaints."""
