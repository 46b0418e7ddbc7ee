"""Adoption: objects that were created by hand become a stack's resources, without a change to them."""
