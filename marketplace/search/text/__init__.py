"""Reading and showing text: terms, synonyms, spelling."""
