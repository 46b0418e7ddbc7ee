"""JSON Web Tokens: read from a JWS in compact serialization (RFC 7515, section 7.1) without verifying it, and as policies see them.

Strict where the RFC leaves no room: exactly three segments, canonical base64url without padding, JSON objects without
duplicate members, numbers that are finite, texts that are Unicode, no `crit`, no `b64`. Encrypted tokens (five segments) cannot be read.
"""

import json
import math
import re
from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LARGEST_TOKEN = 16 * 1024
"""Characters of a token; longer ones are refused unread."""

_SEGMENTS = "IDX12741: JWT must have three segments (JWS) or five segments (JWE)."
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST_SECOND = 253402300799  # 9999-12-31T23:59:59Z, .NET's last


class TokenRefused(Exception):  # noqa: N818 - the field says refused
    """A token that does not pass.

    Attributes:
        reason: the vendor's machine-readable reason, `context.LastError.Reason`.
        message: the vendor's message; it may hold what the token says, without control characters (policies put it into headers),
            never the token itself.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        self.message = _CONTROL.sub(" ", message)
        super().__init__(self.message)


def malformed(problem: str) -> TokenRefused:
    """A token that cannot be read at all."""
    return TokenRefused("JwtInvalid", problem)


class CompactToken(NamedTuple):
    """A token that has been read, not verified."""

    header: dict[str, Any]
    claims: dict[str, Any]
    algorithm: str
    key_id: str | None
    signed: bytes
    """What the signature is over (RFC 7515, section 5.2)."""
    signature: bytes


def read_token(token: str) -> CompactToken:
    """Take `token` apart.

    Raises:
        TokenRefused: not a well-formed JWS with a JSON object in it.
    """
    if len(token) > LARGEST_TOKEN:
        raise malformed(
            f"IDX10209: Token has length: '{len(token)}' which is larger than the maximum: '{LARGEST_TOKEN}'."
        )
    try:
        encoded = token.encode("ascii")
    except UnicodeEncodeError:
        raise malformed(_SEGMENTS) from None
    segments = encoded.split(b".")
    if len(segments) == 5:
        raise malformed("IDX10609: Decryption failed. No Keys tried: encrypted tokens (JWE) cannot be read.")
    if len(segments) != 3:
        raise malformed(_SEGMENTS)
    head, payload, signature = segments
    header = _header(head)
    claims = _json_object(payload, "payload")
    signed = encoded[: -len(signature) - 1]
    return CompactToken(header, claims, header["alg"], header.get("kid"), signed, _decoded(signature, "signature"))


@lru_cache(maxsize=256)
def _header(segment: bytes) -> dict[str, Any]:
    """The checked header; an issuer sends the same few segments over and over, so they are read once."""
    header = _json_object(segment, "header")
    for name in ("alg", "kid", "typ", "cty"):
        if name in header and not isinstance(header[name], str):
            raise malformed(f"JWT is not well formed: header '{name}' must be a string.")
    if "alg" not in header:
        raise malformed("JWT is not well formed: header 'alg' is missing.")
    for name in ("crit", "b64"):
        if name in header:
            raise malformed(f"JWT is not well formed: header '{name}' is not supported.")
    if "enc" in header:
        raise malformed("IDX10609: Decryption failed. No Keys tried: encrypted tokens (JWE) cannot be read.")
    return header


def _decoded(segment: bytes, part: str) -> bytes:
    standard = segment.translate(_FROM_URL)
    try:
        decoded = a2b_base64(standard + b"=" * (-len(standard) % 4))
    except Error:
        raise malformed(f"IDX14101: Unable to decode the {part} as Base64Url encoded string.") from None
    # Only one spelling of each value is right: no padding, no foreign characters, no bits left over
    if b2a_base64(decoded, newline=False).rstrip(b"=") != standard:
        raise malformed(f"IDX14101: Unable to decode the {part} as Base64Url encoded string.")
    return decoded


def _json_object(segment: bytes, part: str) -> dict[str, Any]:
    text = _decoded(segment, part)
    try:
        value = _DECODER.decode(text.decode("utf-8"))
        if rb"\u" in text:
            # escapes can spell half a character (RFC 8259, section 8.2), which no answer or header could repeat
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise malformed(f"IDX14102: Unable to decode the {part} as a JSON object without duplicate members.") from None
    if not isinstance(value, dict):
        raise malformed(f"IDX14102: Unable to decode the {part} as a JSON object without duplicate members.")
    return value


def _without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) != len(members):
        raise ValueError("duplicate member")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is no number that can be compared")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_float=_finite, parse_constant=_refuse_constant)


class Jwt:
    """A token that has been read; whether it was verified is up to who made it."""

    csharp_type: ClassVar[str] = "Jwt"
    __slots__ = ("_token", "algorithm", "claims")

    def __init__(self, token: CompactToken) -> None:
        self._token = token
        self.algorithm = token.algorithm
        self.claims: Mapping[str, list[str]] = ClaimValues(token.claims)

    @property
    def audiences(self) -> list[str]:
        """The values of `aud`."""
        return self.claims.get("aud") or []

    @property
    def expiration_time(self) -> datetime | None:
        """The claim `exp`."""
        return self._moment("exp")

    @property
    def id(self) -> str | None:
        """The claim `jti`."""
        return self._first("jti")

    @property
    def issued_at(self) -> datetime | None:
        """The claim `iat`."""
        return self._moment("iat")

    @property
    def issuer(self) -> str | None:
        """The claim `iss`."""
        return self._first("iss")

    @property
    def not_before(self) -> datetime | None:
        """The claim `nbf`."""
        return self._moment("nbf")

    @property
    def subject(self) -> str | None:
        """The claim `sub`."""
        return self._first("sub")

    @property
    def type(self) -> str | None:
        """The header `typ`."""
        return self._token.header.get("typ")

    def _moment(self, name: str) -> datetime | None:
        seconds = self._token.claims.get(name)
        return moment(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else None

    def _first(self, name: str) -> str | None:
        values = self.claims.get(name)
        return values[0] if values else None


class ClaimValues(dict[str, list[str]]):
    """Claims as lists of strings by name; an empty array is no claim, as in the vendor's library."""

    def __init__(self, claims: Mapping[str, Any]) -> None:
        super().__init__({name: values for name, claim in claims.items() if (values := claim_values(claim))})


def moment(seconds: float) -> datetime:
    """A point in time given in seconds since 1970, as far as .NET's calendar goes."""
    return _EPOCH + timedelta(seconds=int(max(min(seconds, _LAST_SECOND), 0)))


def claim_values(claim: Any) -> list[str]:
    """The values of one claim as strings: an array's members, or the value itself; JSON text for what is no string."""
    return [_text(value) for value in claim] if isinstance(claim, list) else [_text(claim)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
