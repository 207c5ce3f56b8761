"""Vietnamese catalogues, one `.po` per feature in `vi/`, and the check that nothing is left untranslated."""
