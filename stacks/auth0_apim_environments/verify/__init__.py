"""The proof that a deployed API is guarded, by real tokens and real requests."""
