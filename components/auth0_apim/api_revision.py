"""A change of an API that can be tried before callers get it."""

from typing import Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import (
    api_path_problem,
    entity_id_problem,
    https_url_problem,
    revision_description_problem,
    revision_problem,
    title_problem,
    version_problem,
    version_set_id_problem,
)
from auth0_apim.azure_service import service_inputs
from auth0_apim.input_types import is_output
from auth0_apim.inputs import Inputs
from auth0_apim.ordering import part_of
from auth0_apim.published_api_inputs import CLOSED, api_import


class ApiRevisionArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
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
    """Required. The revision's number, as text; the API itself is `1`. Example: `2`."""
    openapi: pulumi.Input[str]
    """Required. The revision's OpenAPI 3 or Swagger 2.0 document: the path of a `.json`, `.yaml` or `.yml` file, the text itself, or an https URL. The text is sent with the API's title and description, which an import cannot change either; a document that Azure fetches from a URL must have them."""
    service_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the first https server of the document; required where it names none or is a URL. The backend's base URL; the output `backend_url` for the revision's JwtPolicy, which alone sends calls there."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What is new in the revision, 1 to 256 characters."""


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
        inputs = Inputs("ApiRevision", name)
        args = inputs.known(args, ApiRevisionArgs)
        group, service_name = service_inputs(inputs, args)
        api_id = inputs.check("api_id", args.get("api_id"), entity_id_problem, '"calc"')
        path = inputs.check("path", args.get("path"), api_path_problem, '"calc"')
        url = inputs.check("url", args.get("url"), https_url_problem, "PublishedApi.url")
        title = inputs.check("display_name", args.get("display_name"), title_problem, "PublishedApi.display_name")
        told: pulumi.Input[str] = args.get("api_description", "")
        if is_output(told):
            told = pulumi.Output.from_input(told).apply(lambda text: text or "")
        version = inputs.optional("version", args.get("version"), version_problem, "PublishedApi.version")
        revision = inputs.check("revision", args.get("revision"), revision_problem, '"2"')
        version_set = inputs.optional(
            "version_set_id", args.get("version_set_id"), version_set_id_problem, "PublishedApi.version_set_id"
        )
        imported = api_import(inputs, args, args.get("display_name"), told)
        description = inputs.optional(
            "description", args.get("description"), revision_description_problem, '"Divides, too"'
        )
        super().__init__("auth0-apim:index:ApiRevision", name, {}, opts)

        revision_id = pulumi.Output.concat(api_id, ";rev=", revision)
        api = apimanagement.Api(
            f"{name}-api",
            resource_group_name=group,
            service_name=service_name,
            api_id=revision_id,
            api_revision=revision,
            api_revision_description=description,
            # Everything from here to the protocols must be as the API has it: a revision cannot change it.
            display_name=title,
            description=imported.apply(lambda document: document.description),
            subscription_required=args.get("subscription_required", False),
            api_version=version,
            api_version_set_id=version_set,
            path=path,
            protocols=["https"],
            format=imported.apply(lambda document: document.format),
            value=imported.apply(lambda document: document.value),
            service_url=CLOSED,
            opts=part_of(self, opts),
        )
        # The name of a revision loses its number when somebody makes it the current one.
        self.revision_id = pulumi.Output.all(revision_id, api.urn).apply(lambda both: str(both[0]))
        self.url = pulumi.Output.concat(url, ";rev=", revision)
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
