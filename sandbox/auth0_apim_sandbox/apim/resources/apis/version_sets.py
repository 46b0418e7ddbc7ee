"""Version sets: APIs that are versions of each other, and where callers name the version."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused
from auth0_apim_sandbox.apim.arm.inventory import Document, short_id
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind

Text100 = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class VersionSetContract(Contract):
    """Body of a version set: where callers name the version of an API."""

    display_name: Text100
    description: str | None = None
    versioning_scheme: Literal["Segment", "Query", "Header"]
    version_query_name: Text100 | None = None
    version_header_name: Text100 | None = None


class VersionSets(ResourceKind):
    """`apiVersionSets`."""

    path = "apiVersionSets"
    noun = "ApiVersionSet"
    contract = VersionSetContract
    longest_name = 80

    async def prepare(self, call: Call, contract: VersionSetContract) -> Draft:
        """Demand the name that the scheme needs."""
        if contract.versioning_scheme == "Query" and contract.version_query_name is None:
            message = "'versionQueryName' is required when 'versioningScheme' is 'Query'."
            raise ValidationFailed(("versionQueryName", message))
        if contract.versioning_scheme == "Header" and contract.version_header_name is None:
            message = "'versionHeaderName' is required when 'versioningScheme' is 'Header'."
            raise ValidationFailed(("versionHeaderName", message))
        return await super().prepare(call, contract)

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while an API belongs to it."""
        for api in versions_of(call, document["id"]):
            raise refused(f"The API version set '{document['name']}' is used by the API '{api['name']}'.")


def versions_of(call: Call, set_id: str) -> list[Document]:
    """The APIs in the version set `set_id`, each of their revisions."""
    apis = call.inventory.children(call.service["id"], "apis")
    return [api for api in apis if (api["properties"]["apiVersionSetId"] or "").lower() == set_id.lower()]


def check_version(call: Call, properties: dict[str, Any]) -> None:
    """Check that an API that has a version has a version set, which is stored by its full id.

    Raises:
        ValidationFailed: it has none, or one that is not there.
    """
    reference = properties["apiVersionSetId"]
    if reference is None:
        if properties["apiVersion"]:
            raise ValidationFailed(("ApiVersion", "Can't set VersionName when ApiVersionSetId is not set."))
        return
    name = short_id(call.service, reference, "apiVersionSets") or short_id(call.service, reference, "api-version-sets")
    version_set = call.inventory.get(f"{call.service['id']}/apiVersionSets/{name}") if name else None
    if version_set is None:
        raise ValidationFailed(("apiVersionSetId", f"API version set '{reference}' not found."))
    properties["apiVersionSetId"] = version_set["id"]


def embedded(document: Document) -> dict[str, Any]:
    """A version set as its APIs show it."""
    properties = document["properties"]
    names = ("description", "versioningScheme", "versionQueryName", "versionHeaderName")
    return {
        "id": document["id"],
        "name": properties["displayName"],
        **{name: properties[name] for name in names},
    }
