"""The inbox (the truth of what a person was told), mail about it by preference, the log of deliveries."""
