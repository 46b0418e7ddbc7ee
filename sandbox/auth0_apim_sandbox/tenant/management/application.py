"""The Management API as an ASGI application: routing, the checks common to all endpoints, errors."""

from re import Pattern
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from auth0_apim_sandbox.store import StoreError
from auth0_apim_sandbox.tenant.management.rate_limit import RateLimit, RequestCounter
from auth0_apim_sandbox.tenant.management.requests.authorization import authorize
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, read_form
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, not_supported
from auth0_apim_sandbox.tenant.management.requests.validation import check_body, parse_query
from auth0_apim_sandbox.tenant.management.resources import (
    actions,
    client_credentials,
    client_grants,
    clients,
    connections,
    grants,
    jobs,
    metadata_clients,
    resource_servers,
    role_assignments,
    roles,
    signing_keys,
    tenant_settings,
    tickets,
    user_search,
    users,
)
from auth0_apim_sandbox.tenant.model.json_input import parse_json
from auth0_apim_sandbox.tenant.model.tenant import Tenant

PREFIX = "/api/v2"
ENDPOINTS: list[Endpoint] = [
    *actions.ENDPOINTS,
    *client_credentials.ENDPOINTS,
    *client_grants.ENDPOINTS,
    *metadata_clients.ENDPOINTS,
    *clients.ENDPOINTS,
    *connections.ENDPOINTS,
    *grants.ENDPOINTS,
    *jobs.ENDPOINTS,
    *resource_servers.ENDPOINTS,
    *role_assignments.ENDPOINTS,
    *roles.ENDPOINTS,
    *signing_keys.ENDPOINTS,
    *tenant_settings.ENDPOINTS,
    *tickets.ENDPOINTS,
    *user_search.ENDPOINTS,
    *users.ENDPOINTS,
]
"""Everything that is answered below PREFIX."""
MANAGEMENT_SCOPES = tuple(sorted({scope for endpoint in ENDPOINTS for scope in endpoint.scopes}))
"""Every scope that an endpoint asks for."""

RESOURCES_OF_AUTH0 = frozenset(
    [
        "actions",
        "agents",
        "anomaly",
        "attack-protection",
        "blacklists",
        "branding",
        "client-grants",
        "client-profiles",
        "clients",
        "connection-profiles",
        "connections",
        "connections-directory-provisionings",
        "connections-scim-configurations",
        "custom-domains",
        "device-credentials",
        "email-templates",
        "emails",
        "event-streams",
        "events",
        "experimentation",
        "flows",
        "forms",
        "grants",
        "groups",
        "guardian",
        "hooks",
        "jobs",
        "keys",
        "log-streams",
        "logs",
        "network-acls",
        "organizations",
        "prompts",
        "rate-limit-policies",
        "refresh-tokens",
        "resource-servers",
        "risk-assessments",
        "roles",
        "rules",
        "rules-configs",
        "self-service-profiles",
        "sessions",
        "stats",
        "supplemental-signals",
        "tenants",
        "tickets",
        "token-exchange-profiles",
        "user-attribute-profiles",
        "user-blocks",
        "users",
        "users-by-email",
        "verifiable-credentials",
    ]
)
"""The first segments of the paths that Auth0 has below PREFIX; those that are not answered are refused by name."""
_MAX_BODY_BYTES = 1024 * 1024


class ManagementApi:
    """Everything below `/api/v2` of a tenant.

    Paths are matched before they are percent-decoded, because an identifier in a path may be a URL.
    """

    def __init__(self, tenant: Tenant, rate_limit: RateLimit) -> None:
        self._tenant = tenant
        self._counter = RequestCounter(rate_limit, tenant.clock)
        self._routes = _compile(ENDPOINTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        within, headers = self._counter.count()
        try:
            if not within:
                raise ManagementError(429, "Global limit has been reached", "too_many_requests")
            response = await self._answer(Request(scope, receive))
        except ManagementError as error:
            response = error.response()
        except StoreError as error:
            response = ManagementError(500, str(error)).response()
        response.headers.update(headers)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        endpoint, path = self._find(request.method, _raw_path(request))
        scopes = authorize(self._tenant, request, endpoint.scopes)
        query = parse_query(endpoint.query, request.query_params)
        body: Any = None
        files: dict[str, bytes] = {}
        if endpoint.is_form:
            body, files = await read_form(request)
        elif endpoint.body is not None:
            body = await _read_json(request)
        if endpoint.body is not None:
            check_body(endpoint.body, body)
        return await endpoint.answer(Call(self._tenant, path, query, body, scopes, files))

    def _find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        for pattern, by_method in self._routes:
            match = pattern.match(path)
            if match and method in by_method:
                return by_method[method], {name: unquote(value) for name, value in match.groupdict().items()}
        if path.split("/")[1] in RESOURCES_OF_AUTH0:
            raise not_supported(f"{method} {PREFIX}{path}")
        raise ManagementError(404, "Not Found")


def _compile(endpoints: list[Endpoint]) -> list[tuple[Pattern[str], dict[str, Endpoint]]]:
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    # "{" sorts behind letters: /keys/signing/rotate is tried before /keys/signing/{kid}.
    return [(compile_path(path)[0], by_path[path]) for path in sorted(by_path)]


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.decode("latin-1").removeprefix(PREFIX).rstrip("/") or "/"


async def _read_json(request: Request) -> Any:
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ManagementError(415, "Unsupported Media Type")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise ManagementError(
                413, f"Payload content length greater than maximum allowed: {_MAX_BODY_BYTES}", "payload_too_large"
            )
    try:
        return parse_json(bytes(body)) if body else None
    except ValueError as error:
        raise ManagementError(400, "Invalid request payload JSON format") from error
