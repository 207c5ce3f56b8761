"""Reading text: terms, synonyms, spelling."""
