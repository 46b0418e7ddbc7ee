"""What is written down about calls, and never is."""

import re
from enum import Enum
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired

from auth0_apim.apim.azure_rules import entity_id_problem, revised_id_problem, slug
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.component.child_options import child_options, create_before_delete, depends_on
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything
from auth0_apim.policy.policy_rules import header_names_problem

SECRET_HEADERS = ("authorization", "cookie", "set-cookie", "ocp-apim-subscription-key", "proxy-authorization")
"""Headers, in lower case, that carry a token or a key."""


def connection_string_problem(value: str) -> str | None:
    """The connection string of an Application Insights resource."""
    return None if re.search(r"(^|;)InstrumentationKey=[^;]+", value) else "must have an InstrumentationKey"


def logged_headers_problem(value: list[str]) -> str | None:
    """Headers that may be logged: none that carries a token or a key."""
    for name in value:
        if name.lower() in SECRET_HEADERS:
            return f"has {name!r}, which carries a secret and must never be logged"
    return header_names_problem(value)


def percentage_problem(value: float) -> str | None:
    """A share in percent, 0 to 100."""
    return None if not isinstance(value, bool) and 0 <= value <= 100 else f"must be from 0 to 100, not {value!r}"


_HIDDEN_HEADERS = ("Authorization", "Cookie", "Ocp-Apim-Subscription-Key", "Set-Cookie")
_HIDDEN_PARAMETERS = ("access_token", "code", "subscription-key")


class Verbosity(Enum):
    """How much is logged."""

    ERROR = "error"
    """Failed calls."""
    INFORMATION = "information"
    """Every call."""
    VERBOSE = "verbose"
    """Every call, and what `trace` policies say."""


class ApiDiagnosticsArgs(ServiceArgs):
    connection_string: pulumi.Input[str]
    """Required. The connection string of the Application Insights resource; it is stored in a secret named value."""
    api_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to every API of the service. The API whose calls are logged: `PublishedApi.api_id`."""
    logger_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The logger's id in API Management, 1 to 80 characters."""
    application_insights_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. ARM id of the Application Insights resource; the Azure portal links to it."""
    sampling_percentage: NotRequired[pulumi.Input[float]]
    """Optional, defaults to 100. The percentage of calls that are logged, 0 to 100. Errors are always logged."""
    verbosity: NotRequired[pulumi.Input[Verbosity]]
    """Optional, defaults to `information`. How much is logged."""
    log_client_ip: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether callers' IP addresses are logged."""
    logged_headers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Headers of requests and responses that are logged. A header that carries a token or a key is refused."""


API_DIAGNOSTICS = ComponentInputs(
    component="ApiDiagnostics",
    shape=ApiDiagnosticsArgs,
    rules={
        **SERVICE_RULES,
        "connection_string": Rule(connection_string_problem, "InstrumentationKey=00000000-0000-0000-0000-000000000000"),
        "api_id": Rule(revised_id_problem, "calc"),
        "logger_id": Rule(entity_id_problem, "insights"),
        "application_insights_id": Rule(
            anything,
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/calculator-dev"
            "/providers/Microsoft.Insights/components/calls",
        ),
        "sampling_percentage": Rule(percentage_problem, 50),
        "logged_headers": Rule(logged_headers_problem, ["User-Agent"]),
    },
    defaults={
        "logger_id": slug,
        "sampling_percentage": 100,
        "verbosity": "information",
        "log_client_ip": False,
        "logged_headers": [],
    },
)


class ApiDiagnostics(pulumi.ComponentResource):
    """Logs the calls of an API, or of all APIs, to Application Insights. Bodies are not logged; tokens and keys are masked."""

    logger_id: pulumi.Output[str]
    """The logger's id in API Management."""
    diagnostic_id: pulumi.Output[str]
    """ARM id of the diagnostic setting."""

    def __init__(self, name: str, args: ApiDiagnosticsArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = API_DIAGNOSTICS.of(name, args)
        super().__init__("auth0-apim:index:ApiDiagnostics", name, {}, opts)

        logger_id, api = inputs.output("logger_id"), inputs.optional("api_id")
        key = logger_id.apply(lambda known: f"{slug(known)}-connection-string")
        named_value = apimanagement.NamedValue(
            f"{name}-connection-string",
            **service_of(inputs),
            named_value_id=key,
            display_name=key,
            secret=True,
            value=pulumi.Output.secret(inputs.output("connection_string")),
            opts=create_before_delete(self, opts),
        )
        logger = apimanagement.Logger(
            f"{name}-logger",
            **service_of(inputs),
            logger_id=logger_id,
            logger_type="applicationInsights",
            credentials={"connectionString": pulumi.Output.concat("{{", depends_on(key, named_value), "}}")},
            resource_id=inputs.nullable("application_insights_id"),
            is_buffered=True,
            opts=create_before_delete(self, opts),
        )
        kind = apimanagement.Diagnostic if api is None else apimanagement.ApiDiagnostic
        diagnostic = kind(
            f"{name}-diagnostic",
            **service_of(inputs),
            **({} if api is None else {"api_id": api}),
            # The only id by which API Management finds a diagnostic for Application Insights.
            diagnostic_id="applicationinsights",
            logger_id=logger.id,
            **_settings(inputs),
            opts=child_options(self, opts),
        )

        self.logger_id = logger.name
        self.diagnostic_id = diagnostic.id
        self.register_outputs({"logger_id": self.logger_id, "diagnostic_id": self.diagnostic_id})


def _settings(inputs: Inputs) -> dict[str, Any]:
    headers = inputs.output("logged_headers")
    return {
        "always_log": "allErrors",
        "http_correlation_protocol": "W3C",
        "log_client_ip": inputs.output("log_client_ip"),
        "sampling": {"samplingType": "fixed", "percentage": inputs.output("sampling_percentage")},
        "verbosity": inputs.output("verbosity"),
        "frontend": _messages(headers),
        "backend": _messages(headers),
    }


def _messages(headers: pulumi.Output[list[str]]) -> apimanagement.PipelineDiagnosticSettingsArgs:
    return apimanagement.PipelineDiagnosticSettingsArgs(request=_message(headers), response=_message(headers))


def _message(headers: pulumi.Output[list[str]]) -> apimanagement.HttpMessageDiagnosticArgs:
    return apimanagement.HttpMessageDiagnosticArgs(
        body=apimanagement.BodyDiagnosticSettingsArgs(bytes=0),
        headers=headers,
        data_masking=apimanagement.DataMaskingArgs(
            headers=[_hidden(name) for name in _HIDDEN_HEADERS],
            query_params=[_hidden(name) for name in _HIDDEN_PARAMETERS],
        ),
    )


def _hidden(name: str) -> apimanagement.DataMaskingEntityArgs:
    return apimanagement.DataMaskingEntityArgs(value=name, mode="Hide")
