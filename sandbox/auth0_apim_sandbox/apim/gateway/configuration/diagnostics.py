"""The diagnostics of a service, as the resource manager has stored them.

https://learn.microsoft.com/azure/api-management/diagnostic-logs-reference has the settings and their defaults.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.apim.connection_string import Connection, is_loopback, read_connection_string
from auth0_apim_sandbox.apim.policies.named_values import NAMED_VALUE
from auth0_apim_sandbox.store.store import Document

_NAME = "applicationinsights"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MessageSettings:
    """What is written down of one message.

    Attributes:
        headers: names of headers.
        body_bytes: how much of the body.
        masked_headers: `Hide` or `Mask` by lower-case name.
        masked_parameters: the same for parameters of the query.
    """

    headers: tuple[str, ...]
    body_bytes: int
    masked_headers: Mapping[str, str]
    masked_parameters: Mapping[str, str]


@dataclass(frozen=True)
class Diagnostic:
    """The settings for the calls of one API, or of all.

    Attributes:
        connection: the logger's; its endpoint may be None.
        percentage: share of the calls that is written down, 0 to 100.
        logs_all_errors: whether failed calls are written down whatever the share.
        verbosity: what is written down at all, `error`, `information` or `verbose`; of calls with `error` those that failed.
        correlation: `None`, `Legacy` or `W3C`.
        logs_client_ip: whether the caller's address is written down.
        named_by_url: whether operations go by method and path instead of API and operation.
    """

    connection: Connection
    percentage: float
    logs_all_errors: bool
    verbosity: str
    correlation: str
    logs_client_ip: bool
    named_by_url: bool
    frontend_request: MessageSettings
    frontend_response: MessageSettings
    backend_request: MessageSettings
    backend_response: MessageSettings


def read_diagnostics(
    children: Mapping[str, list[tuple[str, Document]]], named_values: Mapping[str, str]
) -> dict[str, Diagnostic]:
    """Diagnostics for Application Insights by the key of what they belong to: an API's, or the service's."""
    loggers = {document["id"].lower(): document for _, document in children.get("loggers", [])}
    found = {}
    for kind in ("diagnostics", "apis/diagnostics"):
        for key, document in children.get(kind, []):
            owner, _, name = key.rpartition("/diagnostics/")
            logger = loggers.get(document["properties"]["loggerId"].lower())
            connection = _connection(logger, named_values) if name == _NAME and logger is not None else None
            if connection is not None:
                found[owner] = _diagnostic(document["properties"], connection)
    return found


def _connection(logger: Document, named_values: Mapping[str, str]) -> Connection | None:
    """Where a logger sends to; None, with a warning, when a named value has become none that can be used."""
    given = (logger.get("secrets") or {}).get("credentials") or {}
    filled = {
        name.lower(): NAMED_VALUE.sub(lambda match: named_values.get(match[1], match[0]), text)
        for name, text in given.items()
    }
    if "connectionstring" not in filled:
        return Connection(filled["instrumentationkey"], None) if "instrumentationkey" in filled else None
    try:
        connection = read_connection_string(filled["connectionstring"])
    except ValueError as error:
        _log.warning("logger '%s' sends nothing: its connection string %s", logger["name"], error)
        return None
    if connection.ingestion_endpoint is not None and not is_loopback(connection.ingestion_endpoint):
        _log.warning("logger '%s' sends nothing: its ingestion endpoint is not on this machine", logger["name"])
        return None
    return connection


def _diagnostic(properties: Mapping[str, Any], connection: Connection) -> Diagnostic:
    frontend, backend = properties.get("frontend") or {}, properties.get("backend") or {}
    sampling = properties.get("sampling") or {}
    return Diagnostic(
        connection=connection,
        percentage=sampling.get("percentage", 100),
        logs_all_errors=properties.get("alwaysLog") == "allErrors",
        verbosity=properties.get("verbosity") or "information",
        correlation=properties.get("httpCorrelationProtocol") or "Legacy",
        logs_client_ip=properties.get("logClientIp") is True,
        named_by_url=properties.get("operationNameFormat") == "Url",
        frontend_request=_message(frontend.get("request") or {}),
        frontend_response=_message(frontend.get("response") or {}),
        backend_request=_message(backend.get("request") or {}),
        backend_response=_message(backend.get("response") or {}),
    )


def _message(settings: Mapping[str, Any]) -> MessageSettings:
    masking = settings.get("dataMasking") or {}
    return MessageSettings(
        headers=tuple(settings.get("headers") or ()),
        body_bytes=(settings.get("body") or {}).get("bytes") or 0,
        masked_headers=_modes(masking.get("headers")),
        masked_parameters=_modes(masking.get("queryParams")),
    )


def _modes(entities: list[dict[str, str]] | None) -> dict[str, str]:
    return {entity["value"].lower(): entity["mode"] for entity in entities or ()}
