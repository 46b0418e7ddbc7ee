"""Policies that count: calls, tokens, and what is counted in time."""
