"""Reading and showing text: terms, synonyms, spelling, highlighting. Nothing here knows an engine."""
