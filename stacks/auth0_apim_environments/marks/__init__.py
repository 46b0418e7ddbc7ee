"""How a stack, and each object of it, says which ephemeral environment it belongs to."""
