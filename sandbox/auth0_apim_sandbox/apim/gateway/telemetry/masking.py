"""What of a message may be seen: the headers and the URL of it, after its data masking."""

from collections.abc import Collection, Mapping
from urllib.parse import unquote_plus

from auth0_apim_sandbox.apim.gateway.headers import Headers
from auth0_apim_sandbox.apim.gateway.telemetry.diagnostics import MessageSettings

MASK = "***"
"""Stands for a value whose presence may be known."""


def shown_headers(
    prefix: str, headers: Headers, settings: MessageSettings, hidden: Collection[str] = ()
) -> dict[str, str]:
    """The listed headers as properties of telemetry, `Request-Accept` and the like; lower-case names in `hidden` are left out."""
    shown = {}
    for name in settings.headers:
        mode = "Hide" if name.lower() in hidden else settings.masked_headers.get(name.lower())
        values = headers.get(name)
        if values is not None and mode != "Hide":
            shown[f"{prefix}-{name}"] = MASK if mode == "Mask" else ", ".join(values)
    return shown


def shown_query(query_string: str, masked: Mapping[str, str], hidden: Collection[str] = ()) -> str:
    """A query without the parameters that are hidden, and with MASK for those that are masked; names compare without case."""
    parts = []
    for part in query_string.split("&") if query_string else ():
        written, _, _ = part.partition("=")
        name = unquote_plus(written).lower()
        mode = "Hide" if name in hidden else masked.get(name)
        if mode != "Hide":
            parts.append(f"{written}={MASK}" if mode == "Mask" else part)
    return "&".join(parts)
