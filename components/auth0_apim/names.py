"""Names that are made of other names."""

import re


def slug(text: str) -> str:
    """An id of lower-case letters, digits, dots, underscores and dashes, the nearest to `text`."""
    return re.sub(r"[^a-z0-9._]+", "-", text.lower()).strip("-._")
