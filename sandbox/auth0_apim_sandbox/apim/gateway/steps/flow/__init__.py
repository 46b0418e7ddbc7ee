"""Policies that run other policies: on a condition, again, at once, one at a time."""
