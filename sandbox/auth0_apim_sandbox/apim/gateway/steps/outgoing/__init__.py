"""Policies that send requests: to the backend, and others."""
