"""Meanings of texts: embeddings computed by the worker, for search across languages. Off unless SEMANTIC=1."""
