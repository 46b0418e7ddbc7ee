"""The items of a call: a request, a dependency for each call to a backend, an exception when it failed.

https://learn.microsoft.com/azure/api-management/api-management-howto-app-insights says which item holds what, and
https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete how it is written.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from auth0_apim_sandbox.apim.gateway.calls.headers import Headers
from auth0_apim_sandbox.apim.gateway.configuration.diagnostics import MessageSettings
from auth0_apim_sandbox.apim.gateway.telemetry.recording import BackendCall, Beginning, Metric, Recording, Trace

Envelope = dict[str, Any]
_DEFAULT_PORTS = {"http": 80, "https": 443}


class ServiceLocation(NamedTuple):
    """The service that a gateway belongs to: its name, and the region it is in."""

    service: str
    region: str


def envelopes(recording: Recording, location: ServiceLocation) -> Iterator[Envelope]:
    """Everything that is written down of a call to the gateway at `location`."""
    where = {"Service Type": "API Management", "Service Name": location.service, "Region": location.region}
    common = {**where, **_called(recording)}
    yield _envelope(recording, location, "Request", recording.now, _request(recording, common))
    for call in recording.backend_calls:
        yield _envelope(recording, location, "RemoteDependency", call.started_at, _dependency(recording, call, common))
    for trace in recording.traces:
        yield _envelope(recording, location, "Message", trace.at, _trace(trace, common))
    for metric in recording.metrics:
        yield _envelope(recording, location, "Metric", metric.at, _metric(metric))
    if recording.has_failed:
        failed_at = recording.now + recording.seconds
        yield _envelope(recording, location, "Exception", failed_at, _exception(recording, common))


def _envelope(recording: Recording, location: ServiceLocation, kind: str, at: float, data: dict[str, Any]) -> Envelope:
    operation, diagnostic = recording.operation, recording.diagnostic
    parent = operation.parent if kind == "Request" else operation.span
    tags = {
        "ai.operation.id": operation.id,
        "ai.operation.name": _operation_name(recording),
        "ai.operation.parentId": parent,
        "ai.cloud.role": f"{location.service} {location.region}".strip(),
        "ai.internal.sdkVersion": "apim:local",
        "ai.location.ip": recording.context.request.ip_address if diagnostic.logs_client_ip else "0.0.0.0",  # noqa: S104 - nobody's address
    }
    return {
        "name": f"Microsoft.ApplicationInsights.{kind}",
        "time": datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "iKey": diagnostic.connection.instrumentation_key,
        "sampleRate": diagnostic.percentage if recording.is_sampled else 100,
        "tags": {name: value for name, value in tags.items() if value},
        "data": {"baseType": f"{kind}Data", "baseData": {"ver": 2, **data}},
    }


def _request(recording: Recording, common: dict[str, str]) -> dict[str, Any]:
    context, settings = recording.context, recording.diagnostic
    status = context.response.status_code
    asked, answered = settings.frontend_request, settings.frontend_response
    return {
        "id": recording.operation.span,
        "name": _method_and_path(recording),
        "duration": _duration(recording.seconds),
        "responseCode": str(status),
        "success": status < 400,
        "url": _frontend_url(recording),
        "properties": {
            **common,
            **_message("Request", recording.headers, asked, recording.request_body),
            **_message("Response", context.response.headers, answered, recording.response_body),
        },
    }


def _dependency(recording: Recording, call: BackendCall, common: dict[str, str]) -> dict[str, Any]:
    context, settings = recording.context, recording.diagnostic
    url = urlsplit(str(call.request.url))
    # A backend's own credentials never leave the gateway for anywhere else.
    own_headers = {name.lower() for name, _ in context.backend_headers}
    own_parameters = {name.lower() for name, _ in context.backend_query}
    query = shown_query(url.query, settings.backend_request.masked_parameters, own_parameters)
    asked = Headers((name.lower(), value) for name, value in call.request.headers.raw)
    properties = common | _message("Request", asked, settings.backend_request, call.request_body, own_headers)
    if call.answer is not None:
        answered = Headers((name.lower(), value) for name, value in call.answer.headers.raw)
        properties |= _message("Response", answered, settings.backend_response, call.response_body)
    status = call.answer.status_code if call.answer is not None else 0
    return {
        "id": call.span,
        "name": f"{call.request.method} {url.path or '/'}",
        "type": "Backend",
        "target": url.netloc.rpartition("@")[2],
        "data": urlunsplit((url.scheme, url.netloc.rpartition("@")[2], url.path, query, "")),
        "duration": _duration(call.seconds),
        "resultCode": str(status),
        "success": 0 < status < 400,
        "properties": properties,
    }


_SEVERITY_LEVELS = {"verbose": "Verbose", "information": "Information", "error": "Error"}


def _trace(trace: Trace, common: dict[str, str]) -> dict[str, Any]:
    level = _SEVERITY_LEVELS[trace.severity]
    return {
        "message": trace.message,
        "severityLevel": level,
        "properties": {**common, **trace.metadata, "Source": trace.source},
    }


def _metric(metric: Metric) -> dict[str, Any]:
    point: dict[str, Any] = {"name": metric.name, "kind": "Measurement", "value": metric.value, "count": 1}
    if metric.namespace:
        point["ns"] = metric.namespace
    return {"metrics": [point], "properties": metric.dimensions}


def _exception(recording: Recording, common: dict[str, str]) -> dict[str, Any]:
    error, status = recording.context.last_error, recording.context.response.status_code
    kind = error.reason if error is not None else f"StatusCode{status}"
    message = error.message if error is not None else f"The request was answered with status {status}."
    where = {"Source": error.source, "Section": error.section or ""} if error is not None else {}
    details = {"typeName": kind, "message": message, "hasFullStack": False}
    return {"exceptions": [details], "properties": {**common, **where}}


def _message(
    prefix: str, headers: Headers, settings: MessageSettings, body: Beginning, hidden: set[str] | None = None
) -> dict[str, str]:
    shown = shown_headers(prefix, headers, settings, hidden or ())
    return {**shown, f"{prefix}-Body": str(body)} if settings.body_bytes else shown


def _called(recording: Recording) -> dict[str, str]:
    """What was called, by whom: as far as the call came."""
    context = recording.context
    api, operation = context.api, context.operation
    named = {
        "API Name": api and api.id.partition(";rev=")[0],
        "API Revision": api and api.revision,
        "API Type": api and "http",
        "Operation Name": operation and operation.id,
        "Product Name": context.product and context.product.id,
        "Subscription Name": context.subscription and context.subscription.id,
        "HTTP Method": context.request.method,
        "Request Id": context.request_id,
    }
    return {name: value for name, value in named.items() if value}


def _operation_name(recording: Recording) -> str:
    api, operation = recording.context.api, recording.context.operation
    if recording.diagnostic.named_by_url or api is None:
        return _method_and_path(recording)
    return f"{api.id.partition(';rev=')[0]};rev={api.revision} - {operation.id}"


def _method_and_path(recording: Recording) -> str:
    return f"{recording.context.request.method} {recording.context.request.original_url.path}"


def _frontend_url(recording: Recording) -> str:
    url = recording.context.request.original_url
    query = shown_query(url.query_string, recording.diagnostic.frontend_request.masked_parameters)
    port = "" if url.port == _DEFAULT_PORTS.get(url.scheme) else f":{url.port}"
    return urlunsplit((url.scheme, f"{url.host}{port}", url.path, query, ""))


def _duration(seconds: float) -> str:
    """`d.hh:mm:ss.ffffff`, with the days left out when there are none."""
    whole = timedelta(seconds=seconds)
    hours, rest = divmod(whole.seconds, 3600)
    days = f"{whole.days}." if whole.days else ""
    return f"{days}{hours:02}:{rest // 60:02}:{rest % 60:02}.{whole.microseconds:06}"


MASK = "***"
"""Stands for a value whose presence may be known."""


def shown_headers(
    prefix: str, headers: Headers, settings: MessageSettings, hidden: Collection[str] = ()
) -> dict[str, str]:
    """The listed headers as properties of telemetry, `Request-Accept` and the like; lower-case names in `hidden` are left out."""
    shown = {}
    for name in settings.headers:
        mode = "Hide" if name.lower() in hidden else settings.masked_headers.get(name.lower())
        values = headers.get(name)
        if values is not None and mode != "Hide":
            shown[f"{prefix}-{name}"] = MASK if mode == "Mask" else ", ".join(values)
    return shown


def shown_query(query_string: str, masked: Mapping[str, str], hidden: Collection[str] = ()) -> str:
    """A query without the parameters that are hidden, and with MASK for those that are masked; names compare without case."""
    parts = []
    for part in query_string.split("&") if query_string else ():
        written, _, _ = part.partition("=")
        name = unquote_plus(written).lower()
        mode = "Hide" if name in hidden else masked.get(name)
        if mode != "Hide":
            parts.append(f"{written}={MASK}" if mode == "Mask" else part)
    return "&".join(parts)
