"""Which operations of a stack's APIs answer calls without a token: a rule over all resources of the stack."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth0_apim.opinion_rules import document_checks, open_document_problem
from auth0_apim.resource_policies import stated_reason

NAME = "no-open-operation"
"""The policy's name in the pack."""
DESCRIPTION = "Every operation of every API in API Management is behind a check of the caller's token."

_API = "azure-native:apimanagement:Api"
_API_POLICY = "azure-native:apimanagement:ApiPolicy"
_OPERATION_POLICY = "azure-native:apimanagement:ApiOperationPolicy"
_GLOBAL_POLICY = "azure-native:apimanagement:Policy"


@dataclass(frozen=True)
class StackResource:
    """A resource of a stack, as a policy sees it.

    Attributes:
        kind: its type token.
        urn: its URN.
        name: its name in the program.
        properties: its properties in Pulumi's spelling.
        sources: by property, URNs of the resources that the property's value comes from.
    """

    kind: str
    urn: str
    name: str
    properties: Mapping[str, Any]
    sources: Mapping[str, Sequence[str]]


def open_operations(
    resources: Sequence[StackResource], configuration: Mapping[str, Any]
) -> Iterator[tuple[StackResource, str]]:
    """The APIs, and documents of operations, that let calls through unchecked, each with what is wrong.

    A product's document does not count, as calls that are made without its product do not run it.
    """
    for api in resources:
        # A revision starts with the documents of the API that it is copied from, which is judged itself.
        if api.kind == _API and not _is_copy(api, resources) and not stated_reason(api.name, configuration):
            yield from _open_parts(api, resources, configuration)


def _open_parts(
    api: StackResource, resources: Sequence[StackResource], configuration: Mapping[str, Any]
) -> Iterator[tuple[StackResource, str]]:
    outer = [each for each in resources if each.kind == _GLOBAL_POLICY and _same_service(each, api)]
    own = [each for each in resources if each.kind == _API_POLICY and _belongs(each, api)]
    operations = [each for each in resources if each.kind == _OPERATION_POLICY and _belongs(each, api)]
    documents = [policy.properties["value"] for policy in (*own[:1], *outer[:1])]
    if problem := _open_problem(documents):
        yield api, problem
    for operation in operations:
        problem = open_document_problem(operation.properties["value"])
        if problem and not stated_reason(operation.name, configuration):
            yield operation, f"the operation's document {problem}"


def _open_problem(documents: Sequence[str]) -> str | None:
    """What keeps `documents`, the narrowest scope's first, from checking the token of every call."""
    for document in documents:
        if problem := open_document_problem(document):
            return f"a policy document of its calls {problem}"
        if document_checks(document):
            return None
    return "no policy document of the API or of the whole service checks its callers' tokens (validate-jwt)"


def _is_copy(api: StackResource, resources: Sequence[StackResource]) -> bool:
    source = str(api.properties.get("sourceApiId") or "").rpartition("/apis/")[2]
    return bool(source) and any(
        other.kind == _API and other.properties.get("apiId") == source and _same_service(other, api)
        for other in resources
    )


def _belongs(policy: StackResource, api: StackResource) -> bool:
    # In a preview the id may not be known yet; where it comes from always is.
    if api.urn in policy.sources.get("apiId", ()):
        return True
    return _same_service(policy, api) and policy.properties.get("apiId") == api.properties.get("apiId")


def _same_service(one: StackResource, other: StackResource) -> bool:
    names = [resource.properties.get("serviceName") for resource in (one, other)]
    return names[0] == names[1]
