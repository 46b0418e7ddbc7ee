"""Requests a second through the gateway on one core, with and without a full RS256 check of every request's token.

There is no cache of verified tokens: each request's signature, times, audience and issuer are checked.
"""

import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
from auth0_apim_sandbox.apim.gateway import create_gateway
from auth0_apim_sandbox.store import Store
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from figures import Figure, in_turn, median_figure
from load import requests_per_second, served
from starlette.types import ASGIApp

ISSUER = "https://tenant.example/"
SERVICE = "/subscriptions/s/resourcegroups/g/providers/microsoft.apimanagement/service/bench"
ANSWER = "<return-response><set-status code='200' /><set-body>4</set-body></return-response>"
CHECK = (
    f"<validate-jwt header-name='Authorization' require-scheme='Bearer'><openid-config url='{ISSUER}.well-known/openid-configuration' />"
    f"<audiences><audience>basic-calculator</audience></audiences><issuers><issuer>{ISSUER}</issuer></issuers></validate-jwt>"
)


def measure(rounds: int = 5, seconds: float = 3.0) -> Iterator[Figure]:
    """Requests a second, with the check and without, in turn."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    token = signed_token(key)
    with served(gateway, key.public_key().public_numbers()) as server:

        def rate(operation: str) -> float:
            lines = f"GET /calc/{operation} HTTP/1.1\r\nHost: localhost:{server.port}\r\nAuthorization: Bearer {token}\r\n\r\n"
            return requests_per_second(server, lines.encode(), b"4".__eq__, seconds)

        rates = in_turn(rounds, guarded=lambda: rate("guarded"), open=lambda: rate("open"))
    yield median_figure("gateway, one core: a full RS256 check each", rates["guarded"], "requests/s", 9000, "at least")
    yield median_figure("gateway, one core: no check", rates["open"], "requests/s")


@asynccontextmanager
async def gateway(public: rsa.RSAPublicNumbers) -> AsyncIterator[ASGIApp]:
    """The gateway over a store with one API, and a tenant in memory."""
    async with httpx.AsyncClient(transport=tenant(public)) as fetch:
        yield create_gateway(service(), SERVICE, "http://localhost", fetch)


def base64url(value: bytes) -> str:
    """`value` in base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed_token(key: rsa.RSAPrivateKey) -> str:
    """A token as Auth0 issues one to a machine, good for an hour."""
    now = int(time.time())
    header = {"alg": "RS256", "typ": "JWT", "kid": "bench"}
    claims = {
        "iss": ISSUER,
        "sub": "0123456789abcdef0123456789abcdef@clients",
        "aud": "basic-calculator",
        "iat": now,
        "exp": now + 3600,
        "scope": "add:numbers subtract:numbers",
        "gty": "client-credentials",
        "azp": "0123456789abcdef0123456789abcdef",
    }
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{base64url(key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def tenant(public: rsa.RSAPublicNumbers) -> httpx.MockTransport:
    """The tenant's two documents, in memory."""
    key = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": "bench",
        "n": base64url(public.n.to_bytes(256, "big")),
        "e": base64url(public.e.to_bytes(3, "big")),
    }
    documents = {
        "/jwks": {"keys": [key]},
        "/.well-known/openid-configuration": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}jwks"},
    }
    return httpx.MockTransport(lambda request: httpx.Response(200, json=documents[request.url.path]))


def service() -> Store:
    """A store with one API of two operations: `/calc/open` and, behind the check, `/calc/guarded`."""
    store = Store()
    resources = store.collection("arm.resources")

    def put(place: str, **properties: object) -> None:
        resources.put(
            f"{SERVICE}{place}", {"id": f"{SERVICE}{place}", "name": place.rsplit("/", 1)[-1], "properties": properties}
        )

    put(
        "/apis/calc",
        displayName="Basic Calculator",
        path="calc",
        protocols=["http"],
        subscriptionRequired=False,
        isCurrent=True,
    )
    for name, check in (("open", ""), ("guarded", CHECK)):
        put(f"/apis/calc/operations/{name}", displayName=name, method="GET", urlTemplate=f"/{name}")
        value = f"<policies><inbound><base />{check}{ANSWER}</inbound></policies>"
        put(f"/apis/calc/operations/{name}/policies/policy", value=value, format="xml")
    return store
