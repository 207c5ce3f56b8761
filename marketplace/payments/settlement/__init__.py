"""What was paid to the exchange and paid back: payments, refunds, and the one function that completes a payment."""
