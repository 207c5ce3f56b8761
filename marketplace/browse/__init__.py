"""Finding: the search pages over listings, needs and organisations, and keeping the index in step."""
