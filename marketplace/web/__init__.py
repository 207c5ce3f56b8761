"""What every page shares: the application class, forms, paging, error pages, headers, template helpers."""
