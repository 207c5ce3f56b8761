"""The embedded engine: Whoosh keeps segments in files or in memory, posting lists are arrays."""
