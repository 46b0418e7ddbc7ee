"""Doctor: what would go wrong in an `up`, told before it."""
