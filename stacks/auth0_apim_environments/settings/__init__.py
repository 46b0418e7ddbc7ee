"""A stack's settings: the typed model of its keys, and the file that they are in."""
