"""Importing users who exist already into an environment's database."""
