"""Home, dashboards, organisation profiles, editable texts, demo data: the only place that looks at every feature."""
