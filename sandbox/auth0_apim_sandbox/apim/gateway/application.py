"""The gateway of one service, as an ASGI application."""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from auth0_apim_sandbox.apim.gateway.access import grant_access, take_key
from auth0_apim_sandbox.apim.gateway.calls.context import Context, Deployment, PolicyFailure, Request
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers, Url, received
from auth0_apim_sandbox.apim.gateway.calls.sending import Send, send_response
from auth0_apim_sandbox.apim.gateway.calls.trace import Trace
from auth0_apim_sandbox.apim.gateway.configuration.routing import Match, Router, normalised
from auth0_apim_sandbox.apim.gateway.configuration.service import Configuration, Product, read_configuration
from auth0_apim_sandbox.apim.gateway.pipeline import run_plan, run_preflight
from auth0_apim_sandbox.apim.gateway.plan import Compiler, Plan
from auth0_apim_sandbox.apim.gateway.state.cache import Cache
from auth0_apim_sandbox.apim.gateway.state.counters import Counters
from auth0_apim_sandbox.apim.gateway.state.shared import IdentityToken, Shared, no_identity
from auth0_apim_sandbox.apim.gateway.telemetry.telemetry import Telemetry
from auth0_apim_sandbox.apim.gateway.tokens.discovery import KeySources
from auth0_apim_sandbox.apim.tracing import Tracing
from auth0_apim_sandbox.store import Store, StoreError

Message = MutableMapping[str, Any]
AsgiApplication = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

_DEBUG_AUTHORIZATION = "Apim-Debug-Authorization"
_PORTS = {"http": 80, "https": 443}
_log = logging.getLogger(__name__)


def create_gateway(  # noqa: PLR0913 - everything that a gateway is of
    store: Store,
    service_id: str,
    gateway_url: str,
    fetch: httpx.AsyncClient,
    clock: Callable[[], float] = time.time,
    *,
    ingestion_endpoint: str | None = None,
    identity_token: IdentityToken = no_identity,
    directory: str = "https://login.microsoftonline.com",
) -> AsgiApplication:
    """The gateway of the API Management service `service_id`.

    It reads `arm.resources` and compiles what it needs, again whenever that collection has changed.

    Args:
        store: where the resource manager keeps its resources.
        service_id: ARM id of the service.
        gateway_url: the address callers use, without a path; named in challenges.
        fetch: client for OpenID documents and backends; it must trust their certificates. The caller closes it.
        clock: seconds since 1970.
        ingestion_endpoint: where telemetry goes whose logger names no endpoint, absolute, without a trailing slash.
        identity_token: gives the access tokens of the service's managed identities.
        directory: whose tokens `validate-azure-ad-token` checks, absolute, without a trailing slash.
    """
    telemetry = Telemetry(fetch, ingestion_endpoint, clock)
    sources, counters, cache = KeySources(fetch, clock), Counters(clock), Cache(clock)
    shared = Shared(fetch, clock, sources, counters, cache, identity_token, directory, {})
    return Gateway(store, service_id, gateway_url, shared, telemetry)


class Gateway:
    """See `create_gateway`."""

    def __init__(self, store: Store, service_id: str, gateway_url: str, shared: Shared, telemetry: Telemetry) -> None:
        self._store = store
        self._resources = store.collection("arm.resources")
        self._service_key = service_id.lower().rstrip("/")
        self._gateway_url = gateway_url.rstrip("/")
        self._host = urlsplit(gateway_url).hostname or "localhost"
        self._shared = shared
        self._telemetry = telemetry
        self._tracing = Tracing(store, self._service_key)
        self._revision = -1
        self._configuration: Configuration
        self._deployment: Deployment
        self._router: Router
        self._compiler: Compiler
        self._plans: dict[tuple[str, str], Plan] = {}

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await _serve_lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise NotImplementedError(f"the gateway does not serve {scope['type']!r} connections, only 'http'")
        context = Context(self._request(scope, receive), self._shared.clock)
        try:
            if self._revision != self._resources.revision:
                self._reload()
            context.deployment = self._deployment
            await self._serve(context)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the caller gets the gateway's own 500
            _log.exception("request failed: %s", type(error).__name__)
            context.response.use_json_error(500, "Internal server error", activityId=context.request_id)
        scope["refusal"] = _refusal(context)
        if context.call_trace is not None:
            self._keep(context.call_trace, context)
        if context.recording is None:
            await send_response(context, send)
        else:
            await self._telemetry.answer(self._configuration, context, send)

    def _reload(self) -> None:
        revision = self._resources.revision
        self._configuration = read_configuration(self._store, self._service_key)
        self._router = Router(self._configuration.apis)
        self._compiler = Compiler(self._configuration, self._shared)
        self._deployment = Deployment(self._configuration.region, self._configuration.service_name)
        self._plans = {}
        self._revision = revision

    def _request(self, scope: Message, receive: Callable[[], Awaitable[Message]]) -> Request:
        raw = scope.get("raw_path")
        path = normalised(raw.decode("latin-1") if raw else scope["path"])
        host, port = scope.get("server") or (self._host, None)
        scheme = scope.get("scheme", "http")
        url = Url(scheme, self._host, port or _PORTS[scheme], path, scope["query_string"].decode("latin-1"))
        client = scope.get("client")
        return Request(
            scope["method"], url, Headers(received(scope["headers"])), client[0] if client else host, receive
        )

    async def _serve(self, context: Context) -> None:
        request = context.request
        url = request.url
        if len(request.headers.get("host") or ()) != 1 or not request.headers.joined(b"host"):
            # RFC 9112, section 3.2
            context.response.use_json_error(400, "Bad Request: exactly one Host header is needed.")
            return
        match = self._router.find(request.method, url.scheme, url.path, url.query_string, request.headers)
        if self._configuration.diagnostics:
            self._telemetry.begin(self._configuration, match.api.key if match else "", context)
        if match is None:
            await self._serve_unmatched(context)
            return
        try:
            product = self._enter(context, match)
        except PolicyFailure as failure:
            await run_plan(self._plan(match, None), context, failure)
            return
        await run_plan(self._plan(match, product), context)

    def _enter(self, context: Context, match: Match) -> Product | None:
        """Put the API, operation, subscription and product of a request into its context."""
        request, api = context.request, match.api
        context.api, context.operation, context.backend_url = api, match.operation, api.service_url
        self._begin_trace(context, api.id)
        request.matched_parameters = match.parameters
        access = grant_access(self._configuration, api, take_key(request, api), self._gateway_url)
        context.subscription, context.product = access.subscription, access.product
        url = request.url
        request.url = Url(url.scheme, url.host, url.port, f"/{match.rest}" if match.rest else "", url.query_string)
        return access.product

    def _begin_trace(self, context: Context, api: str) -> None:
        """Trace the call where its debug credentials are good; they go no further, whatever they are."""
        given = context.request.headers.get(_DEBUG_AUTHORIZATION)
        if given is None:
            return
        context.request.headers.remove(_DEBUG_AUTHORIZATION)
        refusal = self._tracing.refusal(given[0], api.partition(";rev=")[0], self._shared.clock())
        if refusal is None:
            context.call_trace = Trace()
        else:
            context.final_headers.append(refusal)

    def _keep(self, trace: Trace, context: Context) -> None:
        trace.add("outbound", "response", status=context.response.status_code)
        kept = {"serviceName": self._service_key.rpartition("/")[2], "traceEntries": trace.entries}
        try:
            context.final_headers.append(("Apim-Trace-Id", self._tracing.keep(kept)))
        except StoreError as error:
            _log.warning("a trace was not kept: %s", error)

    async def _serve_unmatched(self, context: Context) -> None:
        request = context.request
        if request.method == "OPTIONS" and (wanted := request.headers.joined(b"access-control-request-method")):
            url = request.url
            match = self._router.find(wanted, url.scheme, url.path, url.query_string, request.headers)
            plan = self._plan(match, self._preflight_product(request, match)) if match else None
            if plan is not None and plan.cors:
                run_preflight(plan, context)
                return
        failure = PolicyFailure(
            404,
            "OperationNotFound",
            "Unable to match incoming request to an operation.",
            shown="Resource not found",
            source="configuration",
        )
        await run_plan(self._plan(None, None), context, failure)

    def _preflight_product(self, request: Request, match: Match) -> Product | None:
        """The product in whose context a preflight request is: browsers send no headers of the caller's with one."""
        try:
            return grant_access(self._configuration, match.api, take_key(request, match.api), self._gateway_url).product
        except PolicyFailure:
            return None

    def _plan(self, match: Match | None, product: Product | None) -> Plan:
        key = (match.operation.key if match else "", product.key if product else "")
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._compiler.plan(self._service_key, match, product)
        return plan


def _refusal(context: Context) -> str | None:
    """Which policy refused the call, and why, for a log: nothing of it is the caller's. None for a call that passed."""
    error = context.last_error
    if error is not None:
        place = f" ({error.scope} {error.section} {error.path})" if error.path else ""
        return f"{error.source}{place}: {error.reason}"
    if context.answered_by is not None and context.response.status_code >= 400:
        return f"{context.answered_by}: answers {context.response.status_code} itself"
    return None


async def _serve_lifespan(receive: Callable[[], Awaitable[Message]], send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
