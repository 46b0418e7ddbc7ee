"""What a gateway keeps between calls, and shares among all its plans."""
