"""Names that are made of other names."""

import re


def slug(text: str) -> str:
    """An id of lower-case letters, digits, dots and dashes, the nearest to `text`."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")
