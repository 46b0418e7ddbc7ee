"""Policies that keep values and answers for later calls."""
