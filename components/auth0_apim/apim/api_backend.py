"""The service behind an API, and what it demands of its callers."""

import re
from collections.abc import Mapping
from typing import Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired

from auth0_apim.apim.azure_rules import entity_id_problem, secret_text_problem, slug, title_problem
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.component.child_options import create_before_delete, depends_on
from auth0_apim.component.inputs import ComponentInputs, Rule
from auth0_apim.policy.policy_rules import header_names_problem
from auth0_apim.rules.url_rules import backend_url_problem


def header_credentials_problem(value: Mapping[str, str]) -> str | None:
    """Secrets by the name of the header that they go into: visible characters of ASCII and blanks (RFC 9110, 5.5)."""
    if problem := credentials_problem(value):
        return problem
    unsendable = [name for name, secret in value.items() if not re.fullmatch(r"[\t\x20-\x7e]+", secret)]
    return f"is wrong for {unsendable[0]!r}, which must be ASCII without line breaks" if unsendable else None


def credentials_problem(value: Mapping[str, str]) -> str | None:
    """Secrets by the name of the header or query parameter that they go into."""
    for name, secret in value.items():
        if problem := header_names_problem([name]):
            return problem
        if problem := secret_text_problem(secret):
            return f"is wrong for {name!r}, which {problem}"
    return None if value else "must name at least one"


class ApiBackendArgs(ServiceArgs):
    url: pulumi.Input[str]
    """Required. The backend's base URL, http or https."""
    backend_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The backend's id in API Management, 1 to 80 characters."""
    title: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The backend's name, 1 to 300 characters."""
    header_credentials: NotRequired[dict[str, pulumi.Input[str]]]
    """Optional, defaults to none. Secrets that are sent to the backend in headers, by header name; they replace the caller's headers. Each is stored in a secret named value."""
    query_credentials: NotRequired[dict[str, pulumi.Input[str]]]
    """Optional, defaults to none. Secrets that are sent to the backend in the query string, by parameter name; the backend's logs may show them. Each is stored in a secret named value."""


API_BACKEND = ComponentInputs(
    component="ApiBackend",
    shape=ApiBackendArgs,
    rules={
        **SERVICE_RULES,
        "url": Rule(backend_url_problem, "https://calculator.example/api"),
        "backend_id": Rule(entity_id_problem, "calculator"),
        "title": Rule(title_problem, "Calculator"),
        "header_credentials": Rule(header_credentials_problem, {"x-functions-key": "a secret"}),
        "query_credentials": Rule(credentials_problem, {"code": "a secret"}),
    },
    defaults={"backend_id": slug, "title": str},
)


class ApiBackend(pulumi.ComponentResource):
    """A backend with its credentials. Its certificate is validated, and the credentials are stored in secret named values."""

    backend_id: pulumi.Output[str]
    """The backend's id, for JwtPolicy's `backend_id`; known once the backend exists."""

    def __init__(self, name: str, args: ApiBackendArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = API_BACKEND.of(name, args)
        super().__init__("auth0-apim:index:ApiBackend", name, {}, opts)

        backend_id = inputs.output("backend_id")

        def kept(place: str, credential: str) -> pulumi.Output[str]:
            """A reference to the secret, kept in a named value."""
            key = backend_id.apply(lambda known: f"{slug(known)}-{place}-{slug(credential)}")
            named_value = apimanagement.NamedValue(
                f"{name}-{place}-{slug(credential)}",
                **service_of(inputs),
                named_value_id=key,
                display_name=key,
                secret=True,
                value=pulumi.Output.secret(inputs.output(f"{place}_credentials")[credential]),
                opts=create_before_delete(self, opts),
            )
            return pulumi.Output.concat("{{", depends_on(key, named_value), "}}")

        references = {
            place: {credential: [kept(place, credential)] for credential in sorted(inputs.get(f"{place}_credentials"))}
            for place in ("header", "query")
            if f"{place}_credentials" in inputs
        }
        backend = apimanagement.Backend(
            f"{name}-backend",
            **service_of(inputs),
            backend_id=backend_id,
            title=inputs.output("title"),
            url=inputs.output("url"),
            protocol="http",
            credentials=_credentials(references),
            tls=apimanagement.BackendTlsPropertiesArgs(validate_certificate_chain=True, validate_certificate_name=True),
            opts=create_before_delete(self, opts),
        )

        self.backend_id = backend.name
        self.register_outputs({"backend_id": self.backend_id})


def _credentials(
    references: Mapping[str, dict[str, list[pulumi.Output[str]]]],
) -> Optional[apimanagement.BackendCredentialsContractArgs]:
    if not references:
        return None
    return apimanagement.BackendCredentialsContractArgs(header=references.get("header"), query=references.get("query"))
