"""Kinds that are stored and checked field by field and have no rules beyond: version sets, groups, tags, …"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.resource_kind import Call, Draft, ResourceKind

Text100 = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Text300 = Annotated[str, StringConstraints(min_length=1, max_length=300)]


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


class GroupContract(Contract):
    """Body of a group."""

    display_name: Text300
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    type: Literal["custom", "system", "external"] = "custom"
    external_id: str | None = None


class Groups(ResourceKind):
    """`groups`: the three built-in ones, and custom ones without members."""

    path = "groups"
    noun = "Group"
    contract = GroupContract

    async def prepare(self, call: Call, contract: GroupContract) -> Draft:
        """Refuse to change the built-in groups and to use another directory's."""
        if call.existing is not None and call.existing["properties"]["builtIn"]:
            raise refused(f"The built-in group '{call.name}' cannot be changed.")
        if contract.type != "custom":
            raise unsupported(f"A group of type '{contract.type}'")
        draft = await super().prepare(call, contract)
        draft.properties["builtIn"] = False
        return draft

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse to delete the built-in groups."""
        del call
        if document["properties"]["builtIn"]:
            raise refused(f"The built-in group '{document['name']}' cannot be deleted.")

    def deleted(self, call: Call, document: Document) -> None:
        """Remove its links with products."""
        for product in call.inventory.children(call.service["id"], "products"):
            call.inventory.remove(f"{product['id']}/groups/{document['name']}")


class SchemaContract(Contract):
    """Body of an API's schema."""

    content_type: Annotated[str, StringConstraints(min_length=1)]
    document: dict[str, Any] = Field(default_factory=dict)


class Schemas(ResourceKind):
    """`apis/schemas`: what an imported document calls components or definitions."""

    path = "apis/schemas"
    noun = "ApiSchema"
    contract = SchemaContract
    is_long_running = True
    has_state = True
    longest_name = 80
    verbs: ClassVar[frozenset[str]] = frozenset({"GET", "HEAD", "PUT", "DELETE"})

    def view_in_list(self, call: Call, document: Document) -> dict[str, Any]:
        """The schema without its document, which lists leave out."""
        body = super().view_in_list(call, document)
        del body["properties"]["document"]
        return body


class TagContract(Contract):
    """Body of a tag."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=160)]


class Tags(ResourceKind):
    """`tags` of the service."""

    path = "tags"
    noun = "Tag"
    contract = TagContract
    longest_name = 80
