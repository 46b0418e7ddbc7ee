"""The tenant as one ASGI application, and what it has from its first start on: settings, the Management API, one client."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from auth0_apim_sandbox.scripts import MachineAccess
from auth0_apim_sandbox.store import Store, StoreError
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant import authentication
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.management import ManagementApi, RateLimit
from auth0_apim_sandbox.tenant.management.application import MANAGEMENT_SCOPES, PREFIX
from auth0_apim_sandbox.tenant.management.resources.client_defaults import default_client
from auth0_apim_sandbox.tenant.management.resources.jobs import fail_interrupted_jobs
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import server_error

_DEFAULT_SETTINGS: dict[str, Any] = {
    "allowed_logout_urls": [],
    "default_audience": "",
    "default_directory": "",
    "enabled_locales": ["en"],
    "flags": {
        "allow_changing_enable_sso": False,
        "disable_clickjack_protection_headers": False,
        "disable_fields_map_fix": False,
        "disable_impersonation": True,
        "disable_management_api_sms_obfuscation": False,
        "enable_public_signup_user_exists_error": True,
        "enable_sso": True,
        "mfa_show_factor_list_on_enrollment": False,
        "no_disclose_enterprise_connections": False,
        "revoke_refresh_token_grant": False,
        "universal_login": True,
        "use_scope_descriptions_for_consent": False,
    },
    "friendly_name": "",
    "idle_session_lifetime": 72,
    "oidc_logout": {"rp_logout_end_session_endpoint_discovery": True},
    "picture_url": "",
    "sandbox_version": "22",
    "session_cookie": {"mode": "persistent"},
    "session_lifetime": 168,
    "support_email": "",
    "support_url": "",
}
_CLIENT_NAME = "Local Management Client"
_CLIENT_KEY = "management_client"


def create_tenant(
    store: Store,
    domain: str,
    clock: Callable[[], float] = time.time,
    *,
    rate_limit: RateLimit | None = None,
    access: MachineAccess | None = None,
) -> ASGIApp:
    """An Auth0 tenant over `store`, ready to serve.

    Args:
        store: keeps everything; an empty one becomes a new tenant.
        domain: `host:port` under which clients reach the application; the issuer is `https://{domain}/`.
        clock: seconds since the epoch, now.
        access: what of this machine the scripts of custom databases may reach; by default nothing but its services.
        rate_limit: of the Management API; by default none that a client on this machine meets.
    """
    tenant = Tenant(store, domain, clock, access or MachineAccess())
    prepare(tenant)
    management = ManagementApi(tenant, rate_limit or RateLimit())
    routes = [Mount(PREFIX, management), *authentication.routes(tenant)]
    return Starlette(routes=routes, exception_handlers={StoreError: _page_of_a_failure})


async def _page_of_a_failure(_request: Request, error: Exception) -> Response:
    return Pages().error(server_error(str(error)))


class ManagementClient(NamedTuple):
    """The credentials of the client that may do everything the Management API offers."""

    client_id: str
    client_secret: str


def prepare(tenant: Tenant) -> None:
    """Give a new store what a tenant starts with; in an old one, follow a changed domain. Safe to repeat."""
    with tenant.store.transaction():
        records = tenant.store.collection("auth0.tenant")
        if "settings" not in records:
            records.put("settings", _DEFAULT_SETTINGS)
        fail_interrupted_jobs(tenant)
        _delete_consents_without_id(tenant)
        _prepare_management_api(tenant)
        _prepare_grant(tenant, management_client(tenant.store).client_id)


def management_client(store: Store) -> ManagementClient:
    """The first-party machine client with every Management API scope; made when it is first asked for, then kept."""
    records, clients = store.collection("auth0.tenant"), store.collection("auth0.clients")
    client_id = records.get(_CLIENT_KEY, {}).get("client_id")
    client = clients.get(client_id) if client_id else None
    if client is None:
        body = {
            "name": _CLIENT_NAME,
            "app_type": "non_interactive",
            "grant_types": ["client_credentials"],
            "oidc_conformant": True,
            "token_endpoint_auth_method": "client_secret_post",
        }
        client = {**default_client(body), **body}
        with store.transaction():
            clients.put(client["client_id"], client)
            records.put(_CLIENT_KEY, {"client_id": client["client_id"]})
    return ManagementClient(client["client_id"], client["client_secret"])


def _delete_consents_without_id(tenant: Tenant) -> None:
    """Drop the consents of a store that earlier versions wrote, without an id: their users are asked once more."""
    for key in [key for key, consent in tenant.grants.items() if "id" not in consent]:
        tenant.grants.delete(key)


def _prepare_management_api(tenant: Tenant) -> None:
    scopes = [{"value": scope, "description": _description(scope)} for scope in MANAGEMENT_SCOPES]
    system: Document = next(
        (api for api in tenant.resource_servers.values() if api.get("is_system")), _new_management_api()
    )
    for grant in list(tenant.client_grants.values()):
        if grant["audience"] == system.get("identifier") != tenant.management_audience:
            tenant.client_grants.put(grant["id"], {**grant, "audience": tenant.management_audience})
    changed: Document = {**system, "identifier": tenant.management_audience, "scopes": scopes}
    if changed != tenant.resource_servers.get(system["id"]):
        tenant.resource_servers.put(system["id"], changed)


def _prepare_grant(tenant: Tenant, client_id: str) -> None:
    grant = tenant.client_grant(client_id, tenant.management_audience) or {
        "id": ids.client_grant_id(),
        "client_id": client_id,
        "audience": tenant.management_audience,
        "subject_type": "client",
    }
    complete: Document = {**grant, "scope": list(MANAGEMENT_SCOPES)}
    if complete != grant:
        tenant.client_grants.put(complete["id"], complete)


def _new_management_api() -> Document:
    return {
        "id": ids.resource_server_id(),
        "name": "Auth0 Management API",
        "is_system": True,
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "subject_type_authorization": {"client": {"policy": "require_client_grant"}, "user": {"policy": "allow_all"}},
        "token_lifetime": 86400,
        "token_lifetime_for_web": 7200,
        "signing_alg": "RS256",
    }


def _description(scope: str) -> str:
    verb, _, noun = scope.partition(":")
    return f"{verb} {noun}".replace("_", " ").title()
