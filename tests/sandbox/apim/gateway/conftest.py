"""A gateway over an in-memory store, with a tenant and a backend that are tables in memory."""

import base64
import functools
import hashlib
import hmac
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from auth0_apim_sandbox.apim.gateway import create_gateway
from auth0_apim_sandbox.store import Store
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

ISSUER = "https://tenant.example/"
CONFIG = f"{ISSUER}.well-known/openid-configuration"
SERVICE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/calc-apim"
NOW = 1_800_000_000
DONE = "<return-response><set-status code='200' /><set-body>passed</set-body></return-response>"


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@functools.cache
def rsa_private(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
HASHES = {"256": SHA256(), "384": SHA384(), "512": SHA512()}


def ec_private(name: str, curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    return _ec_private(name, curve)


@functools.cache
def _ec_private(name: str, curve: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(CURVES[curve])


def rsa_jwk(name: str, **members: Any) -> dict[str, Any]:
    numbers = rsa_private(name).public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": name,
        "n": b64(numbers.n.to_bytes(256, "big")),
        "e": b64(numbers.e.to_bytes(3, "big")),
        **members,
    }


def ec_jwk(name: str, curve: str = "P-256") -> dict[str, Any]:
    key = ec_private(name, curve).public_key()
    length, numbers = (key.curve.key_size + 7) // 8, key.public_numbers()
    x, y = (b64(number.to_bytes(length, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": curve, "use": "sig", "kid": name, "x": x, "y": y}


def good_claims(**changes: Any) -> dict[str, Any]:
    claims = {
        "iss": ISSUER,
        "sub": "machine@clients",
        "aud": "basic-calculator",
        "iat": NOW - 10,
        "exp": NOW + 3600,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def sign(signed: bytes, alg: str, key: Any) -> bytes:
    if alg.startswith("HS"):
        return hmac.new(key, signed, getattr(hashlib, f"sha{alg[2:]}")).digest()
    digest = HASHES[alg[2:]]
    if alg.startswith("ES"):
        r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(digest)))
        length = (key.curve.key_size + 7) // 8
        return r.to_bytes(length, "big") + s.to_bytes(length, "big")
    if alg.startswith("PS"):
        return key.sign(signed, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    return key.sign(signed, padding.PKCS1v15(), digest)


def make_token(
    claims: dict[str, Any] | str | None = None,
    *,
    alg: str = "RS256",
    key: Any = None,
    header: dict[str, Any] | str | None = None,
    **changes: Any,
) -> str:
    """A token; `claims` and `header` may be JSON texts, to say what a dict cannot."""
    if claims is None:
        claims = good_claims(**changes)
    if header is None:
        header = {"alg": alg, "typ": "JWT", "kid": "one"}
    parts = [b64((part if isinstance(part, str) else json.dumps(part)).encode()) for part in (header, claims)]
    signed = ".".join(parts)
    return f"{signed}.{b64(sign(signed.encode(), alg, rsa_private('one') if key is None else key))}"


def validate_jwt(
    children: str | None = None, attributes: str = "header-name='Authorization' require-scheme='Bearer'"
) -> str:
    if children is None:
        children = f"<openid-config url='{CONFIG}' /><audiences><audience>basic-calculator</audience></audiences>"
    return f"<validate-jwt {attributes}>{children}</validate-jwt>"


@dataclass
class World:
    """The store, the clock, the tenant's documents, and what the backend received."""

    store: Store = field(default_factory=Store)
    now: float = NOW
    keys: list[dict[str, Any]] = field(default_factory=lambda: [rsa_jwk("one")])
    documents: dict[str, Any] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    received: list[httpx.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    identities: dict[str | None, str] = field(default_factory=dict)
    backend: Any = None
    tenant_down: bool = False
    host: str = "https://gateway.example"

    issuer = ISSUER
    config_url = CONFIG
    service = SERVICE
    done = DONE
    token = staticmethod(make_token)
    claims = staticmethod(good_claims)
    sign = staticmethod(sign)
    rsa_private = staticmethod(rsa_private)
    ec_private = staticmethod(ec_private)
    rsa_jwk = staticmethod(rsa_jwk)
    ec_jwk = staticmethod(ec_jwk)
    validate_jwt = staticmethod(validate_jwt)

    def __post_init__(self) -> None:
        fetch = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.gateway = create_gateway(
            self.store, SERVICE, self.host, fetch, clock=lambda: self.now, identity_token=self._identity_token
        )

    def _identity_token(self, resource: str, client_id: str | None) -> str:
        return f"{self.identities[client_id]} for {resource}"

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if request.url.host == "backend.example":
            self.received.append(request)
            self.bodies.append(await request.aread())
            answer = self.backend(request) if self.backend else httpx.Response(200, text="4")
            return await answer if hasattr(answer, "__await__") else answer
        self.fetched.append(url)
        if self.tenant_down:
            raise httpx.ConnectError("connection refused")
        if url in self.documents:
            self.asked.append(request)
            found = self.documents[url]
            answer = found(request) if callable(found) else found
            return await answer if hasattr(answer, "__await__") else answer
        if url == CONFIG:
            return httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{ISSUER}jwks"})
        return httpx.Response(200, json={"keys": self.keys})

    def put(self, place: str, secrets: dict[str, Any] | None = None, **properties: Any) -> None:
        key = f"{SERVICE}/{place}".lower()
        document = {"id": key, "name": place.rsplit("/", 1)[-1], "type": "", "properties": properties}
        self.store.collection("arm.resources").put(key, {**document, "secrets": secrets or {}})

    def api(self, name: str = "calc", **properties: Any) -> None:
        defaults = {"displayName": name, "path": name, "protocols": ["https"], "subscriptionRequired": False}
        self.put(
            f"apis/{name}",
            **{**defaults, "serviceUrl": "https://backend.example/base", "isCurrent": True, **properties},
        )

    def operation(self, template: str = "/add", method: str = "GET", name: str = "add", api: str = "calc") -> None:
        self.put(f"apis/{api}/operations/{name}", displayName=name, method=method, urlTemplate=template)

    def policy(self, inbound: str, place: str = "apis/calc", **sections: str) -> None:
        parts = {"inbound": inbound, "backend": "<base />", "outbound": "<base />", "on_error": "<base />", **sections}
        body = "".join(f"<{name.replace('_', '-')}>{part}</{name.replace('_', '-')}>" for name, part in parts.items())
        self.put(f"{place}/policies/policy".lstrip("/"), value=f"<policies>{body}</policies>", format="xml")

    def guard(self, attributes: str = "", children: str = "", then: str = DONE) -> None:
        """Put one validate-jwt on the API; `children` come behind the tenant's openid-config."""
        source = (
            ""
            if "token-value" in attributes or "query-" in attributes or "header-name" in attributes
            else "header-name='Authorization' "
        )
        self.policy(validate_jwt(f"<openid-config url='{CONFIG}' />{children}", f"{source}{attributes}") + then)

    async def call(self, path: str = "/calc/add", method: str = "GET", **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.gateway, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url=self.host) as client:
            return await client.request(method, path, **options)

    async def call_with(self, token: str) -> httpx.Response:
        return await self.call(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def world(caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level(logging.INFO)
    made = World()
    made.api()
    made.operation()
    return made


@pytest.fixture
def guarded(world: World) -> World:
    """`GET /calc/add` behind a validate-jwt; a good token is answered `passed`."""
    world.policy(f"<base />{validate_jwt()}{DONE}")
    return world
