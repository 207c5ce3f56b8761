"""What the exchange charges for: the tariff, what is free for whom, and what organisations were charged."""
