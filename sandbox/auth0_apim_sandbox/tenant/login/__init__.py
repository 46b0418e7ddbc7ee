"""Logging in and out: passwords, sessions, the pages for them, sign-up."""
