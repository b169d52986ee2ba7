"""Ground: what the service knows, and the rules of its own tables."""
