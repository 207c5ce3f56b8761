"""Pages of matching: panels for both sides, and the operators' page."""
