"""Who may use the vault: whoever has a token of its directory for vaults.

Azure asks for a role or an access policy besides; role assignments are not in the sandbox.
"""

import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
from jwt.types import Options

from auth0_apim_sandbox.vault.vault_error import VaultError

AUDIENCE = "https://vault.azure.net"
"""The resource that tokens are for, which the challenge names; clients may spell it with a slash."""

_OPTIONS: Options = {
    "require": ["aud", "iss", "exp", "nbf", "appid"],
    # The clock is ours (tests turn it), so lifetimes are compared here rather than by the library's own clock.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


class Gatekeeper:
    """Checks bearer tokens with the public keys of the directory.

    Args:
        authority: absolute URL of the directory's tenant, without a trailing slash.
        fetch: gets the keys; it must trust the local CA.
        clock: seconds since 1970.
    """

    def __init__(self, authority: str, fetch: httpx.AsyncClient, clock: Callable[[], float] = time.time) -> None:
        self._authority = authority
        self._fetch = fetch
        self._clock = clock
        self._keys: jwt.PyJWKSet | None = None

    async def check(self, authorization: str | None) -> None:
        """Check the `Authorization` header of a call.

        Raises:
            VaultError: 401 with the challenge, from which clients learn where to get a token and for what.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise self._refused("AKV10000: Request is missing a Bearer or PoP token.")
        try:
            claims = await self._claims(token.strip())
        except jwt.InvalidAudienceError:
            raise self._refused(f"AKV10022: Invalid audience. Expected {AUDIENCE}.") from None
        except jwt.InvalidIssuerError:
            raise self._refused(f"AKV10032: Invalid issuer. Expected {self._authority}/.") from None
        except jwt.PyJWTError as error:
            raise self._refused(f"Error validating token: {error}") from None
        if not claims["nbf"] <= self._clock() < claims["exp"]:
            raise self._refused("[TokenExpired] Error validating token: the lifetime validation failed.")

    async def _claims(self, token: str) -> dict[str, Any]:
        key_id = jwt.get_unverified_header(token).get("kid", "")
        claims: dict[str, Any] = jwt.decode(
            token,
            (await self._key(key_id)).key,
            algorithms=["RS256"],
            audience=[AUDIENCE, f"{AUDIENCE}/"],
            issuer=f"{self._authority}/",
            options=_OPTIONS,
        )
        if not all(isinstance(claims[name], int) for name in ("nbf", "exp")):
            raise jwt.InvalidTokenError("'nbf' and 'exp' must be whole numbers")
        return claims

    async def _key(self, key_id: str) -> jwt.PyJWK:
        if self._keys is None:
            answer = await self._fetch.get(f"{self._authority}/discovery/keys")
            self._keys = jwt.PyJWKSet.from_dict(answer.raise_for_status().json())
        try:
            return self._keys[key_id]
        except KeyError:
            raise jwt.InvalidKeyError("the key used for signature validation is unknown") from None

    def _refused(self, message: str) -> VaultError:
        challenge = f'Bearer authorization="{self._authority}", resource="{AUDIENCE}"'
        return VaultError(401, "Unauthorized", message, headers={"WWW-Authenticate": challenge})
