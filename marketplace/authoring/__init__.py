"""What listings and needs share: revisions and their lifecycle, completeness, diffs, the step-by-step form."""
