"""Adoption: what was made by hand becomes an environment's, without a change."""
