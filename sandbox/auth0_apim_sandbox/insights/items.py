"""Telemetry items: envelopes of the schema's version 2, one a line or in an array, as they are or compressed."""

import json
import zlib
from datetime import datetime
from typing import Any

Item = dict[str, Any]

_GZIP = 16 + zlib.MAX_WBITS
_TEXTS = ("name", "time", "iKey")


class UnreadableError(Exception):
    """A body that holds no items at all; the message says why."""


def read_items(body: bytes, encoding: str, largest: int) -> list[Any]:
    """The items in `body`, good ones and others.

    Args:
        body: as it was sent.
        encoding: `gzip`, or empty.
        largest: bytes of the body at most, when it is not compressed any more.

    Raises:
        UnreadableError: the body cannot be read, or has no items.
    """
    text = _text(body, encoding.strip().lower(), largest)
    try:
        if text.lstrip().startswith("["):
            items: list[Any] = json.loads(text)
        else:
            items = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise UnreadableError("The payload is not JSON: an array of items, or one item a line.") from None
    if not items:
        raise UnreadableError("The payload has no items.")
    return items


def problem(item: Any) -> str | None:
    """What is wrong with an item, None when nothing is."""
    if not isinstance(item, dict):
        return "The item is not an object."
    for name in _TEXTS:
        if not isinstance(item.get(name), str) or not item[name]:
            return f"Field '{name}' on type 'Envelope' is required but missing or empty."
    try:
        datetime.fromisoformat(item["time"].replace("Z", "+00:00"))
    except ValueError:
        return "Field 'time' on type 'Envelope' is not a point in time."
    if not isinstance(item.get("tags", {}), dict):
        return "Field 'tags' on type 'Envelope' is not an object."
    data = item.get("data")
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("baseType"), str)
        or not isinstance(data.get("baseData"), dict)
    ):
        return "Field 'data' on type 'Envelope' must have 'baseType' and 'baseData'."
    return None


def _text(body: bytes, encoding: str, largest: int) -> str:
    try:
        return _plain(body, encoding, largest).decode("utf-8")
    except (UnicodeDecodeError, zlib.error):
        raise UnreadableError("The payload is not UTF-8, or not the gzip that Content-Encoding says.") from None


def _plain(body: bytes, encoding: str, largest: int) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise UnreadableError(f"Content-Encoding '{encoding}' is not supported; use gzip.")
    decompressor = zlib.decompressobj(_GZIP)
    plain = decompressor.decompress(body, largest)
    if decompressor.unconsumed_tail or not decompressor.eof:
        raise UnreadableError(f"The payload is longer than {largest} bytes, or is cut short.")
    return plain
