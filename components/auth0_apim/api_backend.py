"""The service behind an API, and what it demands of its callers."""

from collections.abc import Mapping
from typing import Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import backend_url_problem, entity_id_problem, title_problem
from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.names import slug
from auth0_apim.ordering import after, referred_to
from auth0_apim.part_rules import credentials_problem


class ApiBackendArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    url: pulumi.Input[str]
    """Required. The backend's base URL, http or https. Example: `https://calculator.example/api`."""
    backend_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The backend's id in API Management, 1 to 80 characters."""
    title: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The backend's name, 1 to 300 characters."""
    header_credentials: NotRequired[dict[str, pulumi.Input[str]]]
    """Optional, defaults to none. Secrets that are sent to the backend in headers, by header name; they replace the caller's headers. Each is stored in a secret named value. Example: `{"x-functions-key": key}`."""
    query_credentials: NotRequired[dict[str, pulumi.Input[str]]]
    """Optional, defaults to none. Secrets that are sent to the backend in the query string, by parameter name; the backend's logs may show them. Each is stored in a secret named value."""


class ApiBackend(pulumi.ComponentResource):
    """A backend with its credentials. Its certificate is validated, and the credentials are stored in secret named values."""

    backend_id: pulumi.Output[str]
    """The backend's id, for JwtPolicy's `backend_id`; known once the backend exists."""

    def __init__(self, name: str, args: ApiBackendArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("ApiBackend", name)
        args = inputs.known(args, ApiBackendArgs)
        group, service_name = service_inputs(inputs, args)
        url = inputs.check("url", args.get("url"), backend_url_problem, '"https://calculator.example/api"')
        backend_id = inputs.check("backend_id", args.get("backend_id", slug(name)), entity_id_problem, '"calculator"')
        title = inputs.check("title", args.get("title", name), title_problem, '"Calculator"')
        given: dict[str, Mapping[str, pulumi.Input[str]]] = {}
        for place in ("header", "query"):
            credentials = args.get(f"{place}_credentials")
            if credentials is not None:
                example = '{"x-functions-key": key}'
                inputs.check(f"{place}_credentials", credentials, credentials_problem, example)
                given[place] = credentials  # type: ignore[assignment]
        super().__init__("auth0-apim:index:ApiBackend", name, {}, opts)

        def kept(place: str, credential: str, secret: pulumi.Input[str]) -> pulumi.Output[str]:
            """A reference to the secret, kept in a named value."""
            key = backend_id.apply(lambda known: f"{slug(known)}-{place}-{slug(credential)}")
            named_value = apimanagement.NamedValue(
                f"{name}-{place}-{slug(credential)}",
                resource_group_name=group,
                service_name=service_name,
                named_value_id=key,
                display_name=key,
                secret=True,
                value=pulumi.Output.secret(secret),
                opts=referred_to(self, opts),
            )
            return pulumi.Output.concat("{{", after(key, named_value), "}}")

        references = {
            place: {
                credential: [kept(place, credential, given[place][credential])] for credential in sorted(given[place])
            }
            for place in given
        }
        backend = apimanagement.Backend(
            f"{name}-backend",
            resource_group_name=group,
            service_name=service_name,
            backend_id=backend_id,
            title=title,
            url=url,
            protocol="http",
            credentials=_credentials(references),
            tls=apimanagement.BackendTlsPropertiesArgs(validate_certificate_chain=True, validate_certificate_name=True),
            opts=referred_to(self, opts),
        )

        self.backend_id = backend.name
        self.register_outputs({"backend_id": self.backend_id})


def _credentials(
    references: Mapping[str, dict[str, list[pulumi.Output[str]]]],
) -> Optional[apimanagement.BackendCredentialsContractArgs]:
    if not references:
        return None
    return apimanagement.BackendCredentialsContractArgs(header=references.get("header"), query=references.get("query"))
