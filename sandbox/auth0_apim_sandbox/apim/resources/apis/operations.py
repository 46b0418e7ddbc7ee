"""Operations of an API, and the schemas that their parameters and bodies refer to."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Parameter(Contract):
    """A parameter in a template, a query or a header."""

    name: str
    type: str
    description: str | None = None
    required: bool | None = None
    default_value: str | None = None
    values: list[str] = Field(default_factory=list)
    schema_id: str | None = None
    type_name: str | None = None
    examples: dict[str, Any] | None = None


class Representation(Contract):
    """A body in one media type."""

    content_type: str
    schema_id: str | None = None
    type_name: str | None = None
    form_parameters: list[Parameter] | None = None
    examples: dict[str, Any] | None = None


class RequestContract(Contract):
    """What an operation takes."""

    description: str | None = None
    query_parameters: list[Parameter] = Field(default_factory=list)
    headers: list[Parameter] = Field(default_factory=list)
    representations: list[Representation] = Field(default_factory=list)


class ResponseContract(Contract):
    """What an operation answers."""

    status_code: int
    description: str | None = None
    headers: list[Parameter] = Field(default_factory=list)
    representations: list[Representation] = Field(default_factory=list)


class OperationContract(Contract):
    """Body of an operation."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    method: Annotated[str, StringConstraints(min_length=1, pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
    url_template: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    template_parameters: list[Parameter] = Field(default_factory=list)
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    request: RequestContract = Field(default_factory=RequestContract)
    responses: list[ResponseContract] = Field(default_factory=list)

    def wire(self) -> dict[str, Any]:
        """The properties as JSON; null properties inside parameters and representations are left out."""
        return {
            "displayName": self.display_name,
            "method": self.method,
            "urlTemplate": self.url_template,
            "templateParameters": [_compact(parameter) for parameter in self.template_parameters],
            "description": self.description,
            "request": _compact(self.request),
            "responses": [_compact(response) for response in self.responses],
            "policies": None,
        }


class Operations(ResourceKind):
    """`apis/operations`."""

    path = "apis/operations"
    noun = "Operation"
    contract = OperationContract
    longest_name = 80
    optional_properties: ClassVar[tuple[str, ...]] = ()

    async def prepare(self, call: Call, contract: OperationContract) -> Draft:
        """Check the template against its parameters and against the other operations."""
        check_template(contract)
        check_unique(contract, call.inventory.children(call.parent_id, "operations"), call.id)
        return await super().prepare(call, contract)

    def view_in_list(self, call: Call, document: Document) -> dict[str, Any]:
        """The document without its request, which lists leave out."""
        body = super().view_in_list(call, document)
        del body["properties"]["request"]
        return body


def placeholders(url_template: str) -> list[str]:
    """Names of the parameters in `url_template`: `{id}`, and `{*rest}` without its star."""
    return [name.removeprefix("*") for name in _PLACEHOLDER.findall(url_template)]


def check_template(operation: OperationContract) -> None:
    """Raise ValidationFailed unless the template is one, and its parameters are those that are declared."""
    if re.search(r"[{}]", _PLACEHOLDER.sub("", operation.url_template)):
        message = f"'{operation.url_template}' is not a valid URL template: its braces do not match, as they do in /items/{{id}}."
        raise ValidationFailed(("urlTemplate", message))
    used = placeholders(operation.url_template)
    declared = [parameter.name.removeprefix("*") for parameter in operation.template_parameters]
    distinct = {name.lower() for name in used}
    if set(used) != set(declared) or len(distinct) != len(used) or len(set(declared)) != len(declared):
        message = (
            "All template parameters used in the UriTemplate must be defined in the Operation "
            f"'{operation.display_name}', and vice-versa."
        )
        raise ValidationFailed(("templateParameters", message))


def check_unique(operation: OperationContract, others: Iterable[Document], own_id: str) -> None:
    """Raise ValidationFailed when another operation answers the same method and template."""
    same = (operation.method.upper(), _shape(operation.url_template))
    for other in others:
        properties = other["properties"]
        if other["id"].lower() != own_id.lower() and same == (
            properties["method"].upper(),
            _shape(properties["urlTemplate"]),
        ):
            message = (
                f"Operation with the same method and URL template already exists: {operation.method} "
                f"{operation.url_template} ('{other['name']}')."
            )
            raise ValidationFailed(("urlTemplate", message))


def _shape(url_template: str) -> str:
    return _PLACEHOLDER.sub("{}", url_template).lower()


def _compact(model: Contract) -> dict[str, Any]:
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


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
