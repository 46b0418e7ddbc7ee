"""A tenant with one of everything, and a browser to drive its pages with."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import bcrypt
import httpx
import jwt
import pytest
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant.authentication import routes
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.tokens.authorization_code import matches_challenge
from starlette.applications import Starlette

DOMAIN = "localhost:14300"
ISSUER = f"https://{DOMAIN}/"
AUDIENCE = "basic-calculator"
CALLBACK = "https://app.example.com/callback"
PASSWORD = "Correct-Horse-1"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

assert matches_challenge(VERIFIER, CHALLENGE, "S256")


@dataclass
class Clock:
    now: float = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """The tenant under test, and short ways to fill it."""

    tenant: Tenant
    clock: Clock
    http: httpx.AsyncClient
    _count: int = field(default=0)

    issuer = ISSUER
    audience = AUDIENCE
    callback = CALLBACK
    password = PASSWORD
    verifier = VERIFIER
    challenge = CHALLENGE

    def claims(self, token: str, audience: str = AUDIENCE) -> dict[str, Any]:
        """The claims of an RSA-signed token, its signature and audience verified."""
        header = jwt.get_unverified_header(token)
        key = self.tenant.signing_keys.find(header["kid"])
        assert key is not None
        return jwt.decode(
            token,
            key.public_key,
            [header["alg"]],
            audience=audience,
            options={"verify_exp": False, "verify_iat": False},
        )

    def answer(self, response: httpx.Response) -> dict[str, str]:
        """The parameters a redirect brings to the callback, from query and fragment."""
        return answer_of(response)

    def client(self, client_id: str = "machine", **settings: Any) -> dict[str, Any]:
        document = {
            "client_id": client_id,
            "client_secret": f"{client_id}-secret-0123456789-0123456789",
            "name": f"App {client_id}",
            "is_first_party": True,
            "grant_types": ["client_credentials", "authorization_code", "refresh_token", "password"],
            "token_endpoint_auth_method": "client_secret_post",
            "callbacks": [CALLBACK],
            "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000},
            **settings,
        }
        self.tenant.clients.put(client_id, document)
        return document

    def api(self, identifier: str = AUDIENCE, scopes: str = "add multiply", **settings: Any) -> dict[str, Any]:
        document = {
            "id": f"api-{identifier}",
            "identifier": identifier,
            "name": "Basic Calculator",
            "scopes": [{"value": scope, "description": f"Call {scope}"} for scope in scopes.split()],
            "signing_alg": "RS256",
            "token_lifetime": 86400,
            "token_lifetime_for_web": 7200,
            "skip_consent_for_verifiable_first_party_clients": True,
            **settings,
        }
        self.tenant.resource_servers.put(document["id"], document)
        return document

    def grant(self, client_id: str = "machine", scope: str = "add", audience: str = AUDIENCE, **settings: Any) -> None:
        key = f"cgr-{client_id}-{audience}-{settings.get('subject_type', 'client')}"
        document = {"id": key, "client_id": client_id, "audience": audience, "scope": scope.split()}
        self.tenant.client_grants.put(key, {**document, "subject_type": "client", **settings})

    def connection(
        self, name: str = "Users", clients: tuple[str, ...] = ("machine",), *, domain: bool = False, **options: Any
    ) -> dict[str, Any]:
        document: dict[str, Any] = {
            "id": f"con-{name}",
            "name": name,
            "strategy": "auth0",
            "enabled_clients": list(clients),
            "is_domain_connection": domain,
            "options": {"brute_force_protection": True, "passwordPolicy": "good", **options},
        }
        self.tenant.connections.put(document["id"], document)
        return document

    def user(self, email: str = "ada@example.com", connection: str = "Users", **profile: Any) -> dict[str, Any]:
        self._count += 1
        document = {
            "user_id": f"auth0|{self._count:024x}",
            "email": email,
            "email_verified": True,
            "name": "Ada",
            "nickname": "ada",
            "picture": "https://example.com/ada.png",
            "updated_at": "2026-11-23T21:09:00.000Z",
            "identities": [{"connection": connection, "user_id": f"{self._count:024x}", "provider": "auth0"}],
            **profile,
        }
        self.tenant.users.put(document["user_id"], document)
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        self.tenant.passwords.put(document["user_id"], {"hash": hashed, "history": []})
        return document

    def settings(self, **settings: Any) -> None:
        self.tenant.store.collection("auth0.tenant").put("settings", settings)

    async def token(self, client_id: str = "machine", **parameters: str) -> httpx.Response:
        """POST /oauth/token as a confidential client."""
        secret = self.tenant.clients[client_id]["client_secret"] if client_id in self.tenant.clients else "none"
        return await self.http.post(
            "/oauth/token", data={"client_id": client_id, "client_secret": secret, **parameters}
        )

    async def machine_token(self, **parameters: str) -> httpx.Response:
        return await self.token(**{"grant_type": "client_credentials", "audience": AUDIENCE, **parameters})

    async def log_in(
        self, password: str = PASSWORD, username: str = "ada@example.com", **parameters: str
    ) -> httpx.Response:
        """Drive the browser from /authorize to the redirect to the callback, accepting the consent page."""
        response = await self.authorize(**parameters)
        if urlsplit(response.headers["location"]).path == "/u/login":
            response = await self.submit(response, username=username, password=password, action="default")
            response = await self.http.get(response.headers["location"])
        if urlsplit(response.headers.get("location", "")).path == "/u/consent":
            response = await self.submit(response, action="accept")
            response = await self.http.get(response.headers["location"])
        return response

    async def authorize(self, **parameters: str) -> httpx.Response:
        defaults = {
            "response_type": "code",
            "client_id": "machine",
            "redirect_uri": CALLBACK,
            "state": "xyz",
            "scope": "openid profile email",
        }
        merged = {name: value for name, value in {**defaults, **parameters}.items() if value}
        return await self.http.get("/authorize", params=merged)

    async def submit(self, redirect: httpx.Response, **fields: str) -> httpx.Response:
        """Open the page a redirect leads to and post its form with `fields`."""
        page = await self.http.get(redirect.headers["location"])
        assert page.status_code == 200
        [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)
        [state] = re.findall(r'name="state" value="([^"]+)"', page.text)
        return await self.http.post(action, data={"state": state, **fields})

    async def code(self, **parameters: str) -> str:
        """A fresh authorization code."""
        return answer_of(await self.log_in(**parameters))["code"]


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters a redirect brings to the callback, from query and fragment."""
    assert response.status_code == 302, response.text
    parts = urlsplit(response.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
    return dict(parse_qsl(parts.query)) | dict(parse_qsl(parts.fragment))


@pytest.fixture(scope="session")
def signing_keys() -> dict[str, dict[str, Any]]:
    """One pair of signing keys for every tenant of the session: making RSA keys is slow."""
    store = Store()
    tenant = Tenant(store, DOMAIN)
    keys = {key["kid"]: key for key in tenant.signing_keys.documents()}
    store.close()
    return keys


@pytest.fixture
def tenant(signing_keys: dict[str, dict[str, Any]]) -> Any:
    store = Store()
    for kid, document in signing_keys.items():
        store.collection("auth0.signing_keys").put(kid, document)
    yield Tenant(store, DOMAIN, Clock())
    store.close()


@pytest.fixture
async def world(tenant: Tenant) -> AsyncIterator[World]:
    """A tenant with an API, a client granted `add`, a connection and Ada in it."""
    transport = httpx.ASGITransport(Starlette(routes=routes(tenant)))
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{DOMAIN}") as http:
        assert isinstance(tenant.clock, Clock)
        world = World(tenant, tenant.clock, http)
        world.api()
        world.client()
        world.grant()
        world.connection()
        world.user()
        world.settings(default_directory="Users")
        yield world
