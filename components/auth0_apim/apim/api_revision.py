"""A change of an API that can be tried before callers get it."""

from typing import Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired

from auth0_apim.apim.azure_rules import revision_description_problem, revision_problem
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.apim.published_api_inputs import CLOSED, PUBLISHED_API, api_import, require_import
from auth0_apim.component.child_options import child_options
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, anything
from auth0_apim.rules.url_rules import https_url_problem


class ApiRevisionArgs(ServiceArgs):
    api_id: pulumi.Input[str]
    """Required. The API that this is a revision of: `PublishedApi.api_id`."""
    path: pulumi.Input[str]
    """Required. The API's URL suffix: `PublishedApi.path`."""
    url: pulumi.Input[str]
    """Required. Absolute URL of the API: `PublishedApi.url`."""
    display_name: pulumi.Input[str]
    """Required. The API's name, which a revision cannot change: `PublishedApi.display_name`."""
    api_description: NotRequired[pulumi.Input[str]]
    """Required where the API has one. The API's description, which a revision cannot change: `PublishedApi.description`, which may be null."""
    subscription_required: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Whether calls of the API need a subscription key, which a revision cannot change: `PublishedApi.subscription_required`."""
    version: NotRequired[pulumi.Input[str]]
    """Required where the API has one. The API's version, which a revision cannot change: `PublishedApi.version`, which may be null."""
    version_set_id: NotRequired[pulumi.Input[str]]
    """Required where the API has one. The ARM id of the API's version set: `PublishedApi.version_set_id`, which may be null."""
    revision: pulumi.Input[str]
    """Required. The revision's number, as text; the API itself is `1`."""
    openapi: pulumi.Input[str]
    """Required. The revision's OpenAPI 3 or Swagger 2.0 document: the path of a `.json`, `.yaml` or `.yml` file, the text itself, or an https URL. The text is sent with the API's title and description, which an import cannot change either; a document that Azure fetches from a URL must have them."""
    service_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the first https server of the document; required where it names none or is a URL. The backend's base URL; the output `backend_url` for the revision's JwtPolicy, which alone sends calls there."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What is new in the revision, 1 to 256 characters."""


_OF_THE_API = ("api_id", "path", "display_name", "version", "version_set_id", "openapi", "service_url")


def _check(inputs: Inputs) -> None:
    require_import(inputs, inputs.get("display_name"), inputs.get("api_description", ""))


API_REVISION = ComponentInputs(
    component="ApiRevision",
    shape=ApiRevisionArgs,
    rules={
        **SERVICE_RULES,
        **{name: PUBLISHED_API.rules[name] for name in _OF_THE_API},
        "api_description": Rule(anything, "Adds numbers."),
        "url": Rule(https_url_problem, "https://contoso-apis-dev.azure-api.net/calc"),
        "revision": Rule(revision_problem, "2"),
        "description": Rule(revision_description_problem, "Divides, too"),
    },
    defaults={"subscription_required": False},
    check=_check,
)


class ApiRevision(pulumi.ComponentResource):
    """A revision of an API, called by its own URL, to try a change. It needs a JwtPolicy of its own, without which every call ends in an error. It never becomes the current revision: put what was tried into the PublishedApi, and remove the ApiRevision."""

    revision_id: pulumi.Output[str]
    """The id of the revision in API Management, such as `calc;rev=2`: the `api_id` of its JwtPolicy."""
    url: pulumi.Output[str]
    """Absolute URL of the revision, without trailing slash."""
    operations: pulumi.Output[dict[str, str]]
    """The revision's operations by id, each its method and URL template, such as `GET /add`; empty where the document is a URL."""
    backend_url: pulumi.Output[str]
    """The backend's base URL, for JwtPolicy's `backend_url`."""

    def __init__(self, name: str, args: ApiRevisionArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = API_REVISION.of(name, args)
        super().__init__("auth0-apim:index:ApiRevision", name, {}, opts)

        title, revision = inputs.output("display_name"), inputs.output("revision")
        imported = api_import(inputs, title, _description(inputs))
        revision_id = pulumi.Output.concat(inputs.output("api_id"), ";rev=", revision)
        api = apimanagement.Api(
            f"{name}-api",
            **service_of(inputs),
            api_id=revision_id,
            api_revision=revision,
            api_revision_description=inputs.nullable("description"),
            # Everything from here to the protocols must be as the API has it: a revision cannot change it.
            display_name=title,
            description=imported.apply(lambda document: document.description),
            subscription_required=inputs.output("subscription_required"),
            api_version=inputs.nullable("version"),
            api_version_set_id=inputs.nullable("version_set_id"),
            path=inputs.output("path"),
            protocols=["https"],
            format=imported.apply(lambda document: document.format),
            value=imported.apply(lambda document: document.value),
            service_url=CLOSED,
            opts=child_options(self, opts),
        )
        # The name of a revision loses its number when somebody makes it the current one.
        self.revision_id = pulumi.Output.all(revision_id, api.urn).apply(lambda both: str(both[0]))
        self.url = pulumi.Output.concat(inputs.output("url"), ";rev=", revision)
        self.operations = imported.apply(lambda document: document.operations)
        self.backend_url = imported.apply(lambda document: document.service_url)
        self.register_outputs(
            {
                "revision_id": self.revision_id,
                "url": self.url,
                "operations": self.operations,
                "backend_url": self.backend_url,
            }
        )


def _description(inputs: Inputs) -> pulumi.Output[str]:
    """The API's description, empty where it has none."""
    return pulumi.Output.from_input(inputs.nullable("api_description")).apply(lambda text: text or "")
