"""The technology exchange."""
