"""Environments that come and go: created from a template, marked on every object, destroyed for certain."""
