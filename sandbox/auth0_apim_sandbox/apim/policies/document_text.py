"""Notation inside the values of a document that is neither XML nor C#."""

import re

NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")
"""A reference to a named value by its display name."""
