"""Connection strings of Application Insights: where telemetry goes, and under which key.

https://learn.microsoft.com/azure/azure-monitor/app/connection-strings
"""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Connection(NamedTuple):
    """What a connection string says.

    Attributes:
        instrumentation_key: names the resource; a UUID.
        ingestion_endpoint: absolute URL without a trailing slash; None is the cloud's own.
    """

    instrumentation_key: str
    ingestion_endpoint: str | None


def read_connection_string(text: str) -> Connection:
    """Read `text`; key names compare without case.

    Raises:
        ValueError: it is none; the message, about the text, does not quote it.
    """
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    values = {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}
    if len(values) != len(pairs):
        raise ValueError(
            "must be pairs of a name and a value, each name once: 'InstrumentationKey=…;IngestionEndpoint=…'"
        )
    if not _KEY.fullmatch(values.get("instrumentationkey", "")):
        raise ValueError("must have an InstrumentationKey, a UUID")
    if values.get("authorization", "ikey").lower() != "ikey":
        raise ValueError("must have 'ikey' as its Authorization, or none")
    return Connection(values["instrumentationkey"], _endpoint(values))


def is_loopback(url: str) -> bool:
    """Whether `url` stays on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _endpoint(values: dict[str, str]) -> str | None:
    if endpoint := values.get("ingestionendpoint"):
        parts = urlsplit(endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must have an absolute URL as its IngestionEndpoint")
        return endpoint.rstrip("/")
    if suffix := values.get("endpointsuffix"):
        location = f"{values['location']}." if values.get("location") else ""
        return f"https://{location}dc.{suffix}"
    return None
