"""Access tokens a second from the tenant's token endpoint on one core: client credentials, an RS256 signature each."""

import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import uvloop
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant import create_tenant, management_client
from figures import Figure, median_figure
from load import requests_per_second, served
from starlette.types import ASGIApp

DOMAIN = "localhost:14300"
AUDIENCE = "basic-calculator"
SCOPES = ["calc:add", "calc:divide", "calc:multiply", "calc:subtract"]


def measure(rounds: int = 5, seconds: float = 3.0) -> Iterator[Figure]:
    """Tokens a second, each for a client that shows its secret in the request's body."""
    with tempfile.TemporaryDirectory(prefix="auth0-apim-bench-") as folder:
        path = Path(folder) / "tenant.sqlite"
        form = uvloop.run(machine_client(path))
        with served(tenant, path) as server:
            body = urlencode(form).encode()
            head = f"POST /oauth/token HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
            rates = [requests_per_second(server, request, _is_token, seconds) for _ in range(rounds)]
    yield median_figure("token endpoint, one core: client credentials", rates, "tokens/s", 1200, "at least")


@asynccontextmanager
async def tenant(path: Path) -> AsyncIterator[ASGIApp]:
    """The tenant over the store at `path`."""
    yield create_tenant(Store(path), DOMAIN)


async def machine_client(path: Path) -> dict[str, str]:
    """Make an API and a client for it through the Management API; the form that asks for a token."""
    store = Store(path)
    app = create_tenant(store, DOMAIN)
    first = management_client(store)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"https://{DOMAIN}") as http:

        async def create(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = (await http.post(path, json=body)).raise_for_status()
            document: dict[str, Any] = answer.json()
            return document

        form = _form(first.client_id, first.client_secret, f"https://{DOMAIN}/api/v2/")
        token = await create("/oauth/token", form)
        http.headers["Authorization"] = f"Bearer {token['access_token']}"
        scopes = [{"value": scope, "description": scope} for scope in SCOPES]
        await create("/api/v2/resource-servers", {"identifier": AUDIENCE, "name": "Bench", "scopes": scopes})
        client = await create("/api/v2/clients", {"name": "Bench", "app_type": "non_interactive"})
        grant = {"client_id": client["client_id"], "audience": AUDIENCE, "scope": SCOPES}
        await create("/api/v2/client-grants", grant)
    store.close()
    return _form(client["client_id"], client["client_secret"], AUDIENCE)


def _form(client_id: str, client_secret: str, audience: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
        "audience": audience,
    }


def _is_token(body: bytes) -> bool:
    answer = json.loads(body)
    return bool(answer["expires_in"] > 0 and answer["access_token"].count(".") == 2)
