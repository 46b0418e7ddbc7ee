"""The `Jwt` that policy expressions see, and the view of claims as strings that `required-claims` compares."""

import json
from collections.abc import Mapping
from typing import Any

from local_apim.gateway.tokens.compact import CompactToken


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
    def id(self) -> str | None:
        """The claim `jti`."""
        return self._first("jti")

    @property
    def issuer(self) -> str | None:
        """The claim `iss`."""
        return self._first("iss")

    @property
    def subject(self) -> str | None:
        """The claim `sub`."""
        return self._first("sub")

    @property
    def type(self) -> str | None:
        """The header `typ`."""
        return self._token.header.get("typ")

    def _first(self, name: str) -> str | None:
        values = self.claims.get(name)
        return values[0] if values else None


class ClaimValues(dict[str, list[str]]):
    """Claims as lists of strings by name; an empty array is no claim, as in the vendor's library."""

    def __init__(self, claims: Mapping[str, Any]) -> None:
        super().__init__({name: values for name, claim in claims.items() if (values := claim_values(claim))})


def claim_values(claim: Any) -> list[str]:
    """The values of one claim as strings: an array's members, or the value itself; JSON text for what is no string."""
    return [_text(value) for value in claim] if isinstance(claim, list) else [_text(claim)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
