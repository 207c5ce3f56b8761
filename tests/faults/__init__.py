"""Faults planted one by one: proof that the quick tests catch what they must. Run: `python -m tests.faults`."""
