"""Policies that tell what happens."""
