"""Addresses in bodies."""

from urllib.parse import urlsplit


def absolute_url(text: str) -> str:
    """`text` when it is an absolute http or https URL.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{text}' is not an absolute http or https URL, for example https://example.com/path")
    return text
