"""The nightly seal over every history: a signed digest that is published and kept outside the database as well."""
