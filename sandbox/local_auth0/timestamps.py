"""Times as the Management API writes them."""

from datetime import datetime, timezone


def iso_timestamp(seconds: float) -> str:
    """`seconds` since the epoch as ISO 8601 in UTC with milliseconds and a `Z`, such as 2026-11-23T21:09:00.000Z."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
