"""Verbs on leads, their thread, terms and complaints."""
