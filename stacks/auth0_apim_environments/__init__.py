"""Environments: their typed settings, the proof that one is guarded, and the command line."""
