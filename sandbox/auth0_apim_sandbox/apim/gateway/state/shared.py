"""What all plans of a gateway share, and keep when policies change."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from auth0_apim_sandbox.apim.gateway.state.cache import Cache
from auth0_apim_sandbox.apim.gateway.state.counters import Counters
from auth0_apim_sandbox.apim.gateway.tokens.discovery import KeySources

IdentityToken = Callable[[str, str | None], str]
"""Gives the access token of a managed identity for a resource: of the one with a client id, or of the service's own.

It raises LookupError when the service has no such identity.
"""


def no_identity(_: str, __: str | None) -> str:
    """The tokens of a service without identities."""
    raise LookupError("the service has no managed identity")


@dataclass
class Shared:
    """See the module.

    Attributes:
        fetch: sends requests; what it cannot reach, no policy reaches.
        sources: OpenID documents and their keys.
        directory: the directory of `validate-azure-ad-token`, an absolute URL without a trailing slash.
        running: calls that `limit-concurrency` lets run now, by key.
    """

    fetch: httpx.AsyncClient
    clock: Callable[[], float]
    sources: KeySources
    counters: Counters
    cache: Cache
    identity_token: IdentityToken
    directory: str
    running: dict[str, int]
