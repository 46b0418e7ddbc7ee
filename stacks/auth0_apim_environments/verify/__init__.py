"""The verification that a deployed API is guarded, with real tokens and real requests."""
