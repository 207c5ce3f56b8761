"""Technology listings: what suppliers offer."""
