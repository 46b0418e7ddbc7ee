"""Loggers: where what diagnostics write down goes."""

import hashlib
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind
from auth0_apim_sandbox.apim.connection_string import is_loopback, read_connection_string
from auth0_apim_sandbox.apim.policies.named_values import NAMED_VALUE, values_by_name

_INSIGHTS = ("connectionString", "instrumentationKey")


class LoggerContract(Contract):
    """Body of a logger."""

    logger_type: Literal["azureEventHub", "applicationInsights", "azureMonitor"]
    description: Annotated[str, StringConstraints(max_length=256)] | None = None
    credentials: dict[str, str] | None = None
    is_buffered: bool = True
    resource_id: str | None = None


class Loggers(ResourceKind):
    """`loggers`: those for Application Insights are sent to by the gateway, others are stored only."""

    path = "loggers"
    noun = "Logger"
    contract = LoggerContract
    secret_properties: ClassVar[tuple[str, ...]] = ("credentials",)

    async def prepare(self, call: Call, contract: LoggerContract) -> Draft:
        """Demand credentials where there is something to log in to, for an endpoint on this machine."""
        if contract.logger_type != "azureMonitor" and not contract.credentials:
            message = f"'credentials' is required when 'loggerType' is '{contract.logger_type}'."
            raise ValidationFailed(("credentials", message))
        if contract.logger_type == "applicationInsights":
            _check_insights(_filled(call, contract.credentials or {}))
        return await super().prepare(call, contract)

    def view(self, call: Call, document: Document) -> dict[str, Any]:
        """The document with its credentials, a generated named value in place of what is secret in them."""
        body = super().view(call, document)
        credentials = document["secrets"].get("credentials")
        if credentials:
            generated = f"{{{{Logger-Credentials--{_generated_id(document)}}}}}"
            shown = {name: generated if _is_secret(name, text) else text for name, text in credentials.items()}
            body["properties"]["credentials"] = shown
        return body


def _is_secret(name: str, text: str) -> bool:
    return name in _INSIGHTS and not NAMED_VALUE.search(text)


def _generated_id(document: Document) -> str:
    """24 hexadecimal digits, the same for a logger as long as it lives."""
    return hashlib.sha256(document["id"].lower().encode()).hexdigest()[:24]


def _filled(call: Call, credentials: dict[str, str]) -> dict[str, str]:
    """The credentials with named values in place of their references.

    Raises:
        ValidationFailed: a named value is not there.
    """
    values = values_by_name(call.inventory.children(call.service["id"], "namedValues"))
    for text in credentials.values():
        for name in NAMED_VALUE.findall(text):
            if name not in values:
                raise ValidationFailed(("credentials", f"Cannot find a property '{name}'."))
    return {name: NAMED_VALUE.sub(lambda match: values[match[1]], text) for name, text in credentials.items()}


def _check_insights(credentials: dict[str, str]) -> None:
    for name in credentials:
        if name not in _INSIGHTS:
            raise unsupported(f"'{name}' in the credentials of a logger for Application Insights")
    text = credentials.get("connectionString", f"InstrumentationKey={credentials.get('instrumentationKey', '')}")
    try:
        connection = read_connection_string(text)
    except ValueError as error:
        name = next(iter(credentials))
        raise ValidationFailed((f"credentials.{name}", f"'credentials.{name}' {error}.")) from None
    if connection.ingestion_endpoint is not None and not is_loopback(connection.ingestion_endpoint):
        raise unsupported(f"An ingestion endpoint that is not on this machine ('{connection.ingestion_endpoint}')")
