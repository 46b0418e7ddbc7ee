"""Policies at run time, one module a policy or a family of them."""
