"""The kinds of values that attributes and texts of policies have, each a check that names the problem."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

Kind = Callable[[str], str | None]
"""Takes a value; gives what is wrong with it, or None."""

SHORTEST_SECRET = 16
"""Bytes of a symmetric key, what the vendor's library accepts; RFC 7518 asks for the hash's length."""

SHORTEST_MODULUS = 2048
"""Bits of an RSA key (RFC 7518, section 3.3)."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):([0-5]?\d)(?::([0-5]?\d))?")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")


def any_text(_: str) -> str | None:
    """Anything."""
    return None


def required_text(value: str) -> str | None:
    """Anything but nothing."""
    return None if value.strip() else "The value must not be empty."


def separator(value: str) -> str | None:
    """One character or more, a blank most often."""
    return None if value else "The separator must not be empty."


def boolean(value: str) -> str | None:
    """`true` or `false`."""
    return None if value in ("true", "false") else f"The string '{value}' is not a valid Boolean value."


def integer(least: int, most: int = 2**31 - 1) -> Kind:
    """A whole number from `least` to `most`."""

    def check(value: str) -> str | None:
        if not re.fullmatch(r"-?[0-9]{1,10}", value):
            return f"The string '{value}' is not a valid Int32 value."
        return None if least <= int(value) <= most else f"The value {value} is not between {least} and {most}."

    return check


def quota_period(value: str) -> str | None:
    """The seconds of a quota's period: 300 or more, or 0 for one that never ends."""
    return None if value == "0" else integer(300)(value)


def one_of(*values: str) -> Kind:
    """One of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return lambda value: None if value in values else f"The value '{value}' is not one of {listed}."


def url(value: str) -> str | None:
    """An absolute http or https URL without credentials."""
    try:
        parts = urlsplit(value.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", value.strip()):
        return f"The value '{value}' is not a valid absolute http or https URL."
    return "The URL must not carry a user name or password." if "@" in parts.netloc else None


def header_name(value: str) -> str | None:
    """A token of RFC 9110, section 5.6.2."""
    return None if _TOKEN.fullmatch(value) else f"The value '{value}' is not a valid header name."


def method(value: str) -> str | None:
    """A method of HTTP: a token, which may have blanks around it."""
    return None if _TOKEN.fullmatch(value.strip()) else f"The value '{value}' is not a valid HTTP method."


def decimal(value: str) -> str | None:
    """A number with or without a fraction."""
    return None if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) else f"The value '{value}' is not a valid number."


def ip_address(value: str) -> str | None:
    """An address of IPv4 or IPv6."""
    try:
        ipaddress.ip_address(value.strip())
    except ValueError:
        return f"The value '{value}' is not a valid IP address."
    return None


def base64_key(value: str) -> str | None:
    """A symmetric key: Base64 of as many bytes as HS256 needs."""
    try:
        decoded = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return "The key is not a valid Base64 string."
    if len(decoded) >= SHORTEST_SECRET:
        return None
    if not decoded:
        return "The key must not be empty."
    return f"The key has {len(decoded) * 8} bits; a symmetric key needs at least {SHORTEST_SECRET * 8}."


def base64url_number(value: str) -> str | None:
    """The modulus or exponent of an RSA key (RFC 7518, section 6.3.1)."""
    try:
        valid = _BASE64URL.fullmatch(value) and base64url_value(value) > 0
    except ValueError:
        valid = False
    return None if valid else "The value is not a valid Base64url-encoded number."


def base64url_value(encoded: str) -> int:
    """The unsigned number in base64url, with or without padding (policies are written by hand).

    Raises:
        ValueError: not base64url.
    """
    text = encoded.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return int.from_bytes(base64.b64decode(text + "=" * (-len(text) % 4), validate=True), "big")
    except binascii.Error:
        raise ValueError("not a Base64url-encoded number") from None


def duration(value: str) -> str | None:
    """Seconds, or a .NET time span such as `00:05:00`."""
    return None if seconds_of(value) is not None else f"The value '{value}' is neither seconds nor a time span."


def seconds_of(value: str) -> int | None:
    """The seconds of `value` (seconds, or `[d.]hh:mm[:ss]`), or None when it is neither."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    match = _TIME_SPAN.fullmatch(value)
    if match is None or int(match[2]) > 23:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
