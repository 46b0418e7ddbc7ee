"""A tenant in memory, a clock that stands still until it is moved, and callers of its Management API."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator

import httpx
import jwt
import pytest
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.application import prepare
from auth0_apim_sandbox.tenant.management import ManagementApi
from auth0_apim_sandbox.tenant.management.application import MANAGEMENT_SCOPES, PREFIX
from auth0_apim_sandbox.tenant.management.rate_limit import RateLimit
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from starlette.applications import Starlette
from starlette.routing import Mount

DOMAIN = "localhost:14300"
STARTED_AT = 1_790_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = STARTED_AT

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def signing_keys() -> dict[str, Document]:
    """The documents of two signing keys, made once because RSA keys take long."""
    return dict(Tenant(Store(":memory:"), DOMAIN, Clock()).store.collection("auth0.signing_keys"))


@pytest.fixture
def tenant(clock: Clock, signing_keys: dict[str, Document]) -> Iterator[Tenant]:
    store = Store(":memory:")
    for kid, document in signing_keys.items():
        store.collection("auth0.signing_keys").put(kid, document)
    tenant = Tenant(store, DOMAIN, clock)
    prepare(tenant)
    yield tenant
    store.close()


@pytest.fixture
def mint(tenant: Tenant) -> Callable[..., str]:
    """Management API tokens signed by the tenant, with other claims where a test names them."""

    def mint(scopes: Iterable[str] = MANAGEMENT_SCOPES, **claims: object) -> str:
        key = tenant.signing_keys.current()
        content = {
            "iss": tenant.issuer,
            "sub": "tester@clients",
            "aud": tenant.management_audience,
            "iat": tenant.now(),
            "exp": tenant.now() + 86400,
            "scope": " ".join(scopes),
            **claims,
        }
        return jwt.encode(content, key.private_key, "RS256", {"kid": key.kid})

    return mint


@pytest.fixture
def rate_limit() -> RateLimit:
    return RateLimit()


@pytest.fixture
async def anonymous(tenant: Tenant, rate_limit: RateLimit) -> AsyncIterator[httpx.AsyncClient]:
    application = Starlette(routes=[Mount(PREFIX, ManagementApi(tenant, rate_limit))])
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{DOMAIN}{PREFIX}") as client:
        yield client


@pytest.fixture
def api(anonymous: httpx.AsyncClient, mint: Callable[..., str]) -> httpx.AsyncClient:
    """A caller that may do everything."""
    anonymous.headers["authorization"] = f"Bearer {mint()}"
    return anonymous
