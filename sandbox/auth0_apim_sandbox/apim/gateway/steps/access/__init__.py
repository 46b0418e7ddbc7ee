"""Policies that let a call pass or not."""
