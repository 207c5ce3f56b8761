"""Verbs on answers: writing and sending for who answers, choosing for whose need it is."""
