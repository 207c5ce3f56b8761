"""Verbs on deals, their contract, signatures and milestones."""
