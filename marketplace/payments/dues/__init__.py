"""What the parties of a deal owe and pay each other: the payer claims, the payee confirms, the exchange holds nothing."""
