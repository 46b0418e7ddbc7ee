"""Times as the Management API writes and reads them."""

from datetime import datetime, timezone


def iso_timestamp(seconds: float) -> str:
    """`seconds` since the epoch as ISO 8601 in UTC with milliseconds and a `Z`, such as 2026-11-23T21:09:00.000Z."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_timestamp(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 time; one without an offset is in UTC.

    Raises:
        ValueError: the text is not such a time.
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
