"""Values and their rules, without a database: text, money, time, tax codes, places."""
