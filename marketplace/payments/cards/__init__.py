"""Payment by card. Nothing but `stripe_gateway` imports `stripe`; the rest speaks with a `PaymentGateway`."""
