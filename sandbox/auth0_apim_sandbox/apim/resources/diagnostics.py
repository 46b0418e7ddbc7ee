"""Diagnostics: what of calls is written down, and by which logger."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed
from auth0_apim_sandbox.apim.arm.inventory import short_id
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind


class Sampling(Contract):
    """Which share of the calls."""

    sampling_type: Literal["fixed"] | None = None
    percentage: float | None = Field(None, ge=0, le=100)


class Body(Contract):
    """How much of a body."""

    bytes: int | None = Field(None, ge=0, le=8192)


class MaskedEntity(Contract):
    """A header or a parameter of the query that is not to be seen, or not its value."""

    value: str
    mode: Literal["Hide", "Mask"]


class DataMasking(Contract):
    """What is not to be seen of a message."""

    query_params: list[MaskedEntity] | None = None
    headers: list[MaskedEntity] | None = None


class HttpMessage(Contract):
    """What is written down of a request or a response."""

    headers: list[str] | None = None
    body: Body | None = None
    data_masking: DataMasking | None = None


class Pipeline(Contract):
    """What is written down on one side of the gateway."""

    request: HttpMessage | None = None
    response: HttpMessage | None = None


class DiagnosticContract(Contract):
    """Body of a diagnostic."""

    logger_id: Annotated[str, StringConstraints(min_length=1)]
    always_log: Literal["allErrors"] | None = None
    sampling: Sampling | None = None
    frontend: Pipeline | None = None
    backend: Pipeline | None = None
    log_client_ip: bool | None = None
    http_correlation_protocol: Literal["None", "Legacy", "W3C"] | None = None
    verbosity: Literal["verbose", "information", "error"] | None = None
    operation_name_format: Literal["Name", "Url"] | None = None
    metrics: bool | None = None


class Diagnostics(ResourceKind):
    """`diagnostics` of the service or of an API: the gateway obeys those called `applicationinsights`, others are stored only."""

    noun = "Diagnostic"
    contract = DiagnosticContract
    longest_name = 80
    longest_parent_name = 80
    optional_properties: ClassVar[tuple[str, ...]] = (
        *("alwaysLog", "httpCorrelationProtocol", "logClientIp", "sampling", "frontend", "backend"),
        *("verbosity", "operationNameFormat", "metrics"),
    )

    def __init__(self, parent: str = "") -> None:
        self.path = f"{parent}/diagnostics".lstrip("/")

    async def prepare(self, call: Call, contract: DiagnosticContract) -> Draft:
        """Demand a logger that exists, stored as a full id."""
        name = short_id(call.service, contract.logger_id, "loggers")
        logger = call.inventory.get(f"{call.service['id']}/loggers/{name}") if name else None
        if logger is None:
            raise ValidationFailed(("loggerId", f"Logger '{contract.logger_id}' not found."))
        draft = await super().prepare(call, contract)
        # What is nested is answered as it was given, without nulls for the rest.
        nested = contract.model_dump(
            by_alias=True, mode="json", exclude_unset=True, include={"sampling", "frontend", "backend"}
        )
        draft.properties |= nested | {"loggerId": logger["id"]}
        if call.name.lower() == "applicationinsights":
            defaults = {"httpCorrelationProtocol": "Legacy", "logClientIp": True}
            draft.properties |= {name: value for name, value in defaults.items() if draft.properties[name] is None}
        return draft
