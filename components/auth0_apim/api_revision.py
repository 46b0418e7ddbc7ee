"""A change of an API that can be tried before callers get it."""

from typing import Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_rules import api_path_problem, entity_id_problem, https_url_problem, revision_problem
from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.ordering import after, part_of
from auth0_apim.part_rules import long_text_problem
from auth0_apim.published_api_inputs import api_import


class ApiRevisionArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    api_id: pulumi.Input[str]
    """Required. The API that this is a revision of: `PublishedApi.api_id`. Its settings and policies are copied, once."""
    path: pulumi.Input[str]
    """Required. The API's URL suffix: `PublishedApi.path`."""
    url: pulumi.Input[str]
    """Required. Absolute URL of the API: `PublishedApi.url`."""
    revision: pulumi.Input[str]
    """Required. The revision's number, as text; the API itself began as `1`. Example: `2`."""
    openapi: pulumi.Input[str]
    """Required. The revision's OpenAPI 3 or Swagger 2.0 document: the path of a `.json`, `.yaml` or `.yml` file, the text itself, or an https URL."""
    service_url: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the first https server of the document. The backend's base URL."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What is new in the revision, 1 to 1000 characters."""
    current: NotRequired[bool]
    """Optional, defaults to false. Whether callers who name no revision get this one. It stays so when the input is taken away: Azure cannot take a release back, another revision must be released."""
    release_notes: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. With `current`: what callers are told of it, 1 to 1000 characters."""


class ApiRevision(pulumi.ComponentResource):
    """A revision of an API, called by its own URL until it is made current. Azure refuses to delete the current revision while there are others: release another one first, or give this component and the PublishedApi `deleted_with` the service where that goes as well."""

    revision_id: pulumi.Output[str]
    """The id of the API's revision in API Management, such as `calc;rev=2`."""
    url: pulumi.Output[str]
    """Absolute URL of the revision, without trailing slash; the API's own once it is current."""
    operations: pulumi.Output[list[str]]
    """The ids of the revision's operations, sorted; empty where the document is a URL."""

    def __init__(self, name: str, args: ApiRevisionArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("ApiRevision", name)
        args = inputs.known(args, ApiRevisionArgs)
        group, service_name = service_inputs(inputs, args)
        api_id = inputs.check("api_id", args.get("api_id"), entity_id_problem, '"calc"')
        path = inputs.check("path", args.get("path"), api_path_problem, '"calc"')
        url = inputs.check("url", args.get("url"), https_url_problem, "PublishedApi.url")
        revision = inputs.check("revision", args.get("revision"), revision_problem, '"2"')
        imported = api_import(inputs, args)
        description, notes = (
            inputs.check(text, args[text], long_text_problem, '"Divides too"') if args.get(text) is not None else None
            for text in ("description", "release_notes")
        )
        current = args.get("current", False)
        if notes is not None and not current:
            raise inputs.error("release_notes", "needs 'current'", "current: true")
        super().__init__("auth0-apim:index:ApiRevision", name, {}, opts)

        api = apimanagement.Api(
            f"{name}-api",
            resource_group_name=group,
            service_name=service_name,
            api_id=pulumi.Output.concat(api_id, ";rev=", revision),
            api_revision=revision,
            api_revision_description=description,
            source_api_id=pulumi.Output.concat("/apis/", api_id),
            path=path,
            protocols=["https"],
            format=imported.apply(lambda document: document.format),
            value=imported.apply(lambda document: document.value),
            service_url=imported.apply(lambda document: document.service_url),
            opts=part_of(self, opts),
        )
        self.revision_id = api.api_revision.apply(str)
        self.revision_id = pulumi.Output.concat(api_id, ";rev=", self.revision_id)
        self.url = pulumi.Output.concat(url, ";rev=", revision)
        if current:
            release = apimanagement.ApiRelease(
                f"{name}-release",
                resource_group_name=group,
                service_name=service_name,
                api_id=self.revision_id,
                release_id=pulumi.Output.concat("revision-", revision),
                notes=notes,
                opts=part_of(self, opts),
            )
            self.url = after(url, release)
        self.operations = imported.apply(lambda document: sorted(document.operations))
        self.register_outputs({"revision_id": self.revision_id, "url": self.url, "operations": self.operations})
