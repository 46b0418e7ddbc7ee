"""The tenant as one ASGI application: the Management API below `/api/v2`, the Authentication API everywhere else."""

import time
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant import authentication
from auth0_apim_sandbox.tenant.bootstrap import prepare
from auth0_apim_sandbox.tenant.management import ManagementApi, RateLimit
from auth0_apim_sandbox.tenant.management.application import PREFIX
from auth0_apim_sandbox.tenant.model.tenant import Tenant


def create_tenant(
    store: Store,
    domain: str,
    clock: Callable[[], float] = time.time,
    *,
    rate_limit: RateLimit | None = None,
    databases: Path | None = None,
) -> ASGIApp:
    """An Auth0 tenant over `store`, ready to serve.

    Args:
        store: keeps everything; an empty one becomes a new tenant.
        domain: `host:port` under which clients reach the application; the issuer is `https://{domain}/`.
        clock: seconds since the epoch, now.
        databases: the folder whose SQLite files the scripts of custom databases may open.
        rate_limit: of the Management API; by default none that a client on this machine meets.
    """
    tenant = Tenant(store, domain, clock, databases)
    prepare(tenant)
    management = ManagementApi(tenant, rate_limit or RateLimit())
    return Starlette(routes=[Mount(PREFIX, management), *authentication.routes(tenant)])
