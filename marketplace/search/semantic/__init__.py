"""Search by meaning, across languages, around any engine (SEMANTIC=1)."""
