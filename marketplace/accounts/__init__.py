"""People: accounts, sign-in, staff roles."""
