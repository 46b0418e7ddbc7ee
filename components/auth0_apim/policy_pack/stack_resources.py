"""The resources of a stack as policies see them, and which of them belong to one API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_API = "azure-native:apimanagement:Api"
_API_POLICY = "azure-native:apimanagement:ApiPolicy"
_OPERATION_POLICY = "azure-native:apimanagement:ApiOperationPolicy"
_PRODUCT_POLICY = "azure-native:apimanagement:ProductPolicy"
_GLOBAL_POLICY = "azure-native:apimanagement:Policy"
_FRAGMENT = "azure-native:apimanagement:PolicyFragment"
WIDER = {"product": _PRODUCT_POLICY, "service": _GLOBAL_POLICY}
"""The type of a document by its scope, where that is wider than an API."""
POLICIES = (_API_POLICY, _OPERATION_POLICY, *WIDER.values())
"""The types of all documents."""


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

    @property
    def document(self) -> str:
        """The document of a policy, or of a fragment."""
        return str(self.properties["value"])


def documents_of(api: StackResource, resources: Sequence[StackResource]) -> list[StackResource]:
    """The documents of an API's calls, the narrowest scope's first; a product's is not among them."""
    own = [each for each in resources if each.kind == _API_POLICY and _belongs(each, api, resources)]
    outer = [each for each in resources if each.kind == _GLOBAL_POLICY and same_service(each, api)]
    return [*own[:1], *outer[:1]]


def operations_of(api: StackResource, resources: Sequence[StackResource]) -> list[StackResource]:
    """The documents of an API's single operations."""
    return [each for each in resources if each.kind == _OPERATION_POLICY and _belongs(each, api, resources)]


def fragments_of(policy: StackResource, resources: Sequence[StackResource]) -> dict[str, str]:
    """The fragments that a document may include, by their ids."""
    found = [each for each in resources if each.kind == _FRAGMENT and same_service(each, policy)]
    return {str(each.properties.get("id")): each.document for each in found}


def apis(resources: Sequence[StackResource]) -> list[StackResource]:
    """The APIs of the stack.

    A revision starts with the documents of the API that it is copied from, which is judged itself.
    """
    return [each for each in resources if each.kind == _API and not _is_copy(each, resources)]


def _is_copy(api: StackResource, resources: Sequence[StackResource]) -> bool:
    source = str(api.properties.get("sourceApiId") or "").rpartition("/apis/")[2]
    return bool(source) and any(
        other.kind == _API and other.properties.get("apiId") == source and same_service(other, api)
        for other in resources
    )


def _belongs(policy: StackResource, api: StackResource, resources: Sequence[StackResource]) -> bool:
    # In a preview the id may not be known yet; where it comes from always is. A revision's comes from its API's as well.
    origins = policy.sources.get("apiId", ())
    if api.urn in origins:
        others = [each for each in resources if each.kind == _API and each.urn in origins]
        return not any(api.urn in each.sources.get("apiId", ()) for each in others)
    return same_service(policy, api) and _are_alike(policy, api, "apiId")


def same_service(one: StackResource, other: StackResource) -> bool:
    """Whether both are in one API Management service."""
    return _are_alike(one, other, "serviceName")


def _are_alike(one: StackResource, other: StackResource, name: str) -> bool:
    # Azure compares names without case.
    return str(one.properties.get(name)).lower() == str(other.properties.get(name)).lower()
