"""The `Jwt` that policy expressions see, and the view of claims as strings that `required-claims` compares."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from auth0_apim_sandbox.apim.gateway.tokens.compact import CompactToken

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST_SECOND = 253402300799  # 9999-12-31T23:59:59Z, .NET's last


class Jwt:
    """A token that has been read; whether it was verified is up to who made it."""

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
