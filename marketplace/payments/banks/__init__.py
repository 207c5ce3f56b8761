"""The bank accounts of the exchange, their statements, and what of them was matched with payment requests."""
