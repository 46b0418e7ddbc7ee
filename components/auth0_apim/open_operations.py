"""Which operations of a stack's APIs answer calls without a token: a rule over all resources of the stack."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from auth0_apim.resource_policies import stated_reason

NAME = "no-open-operation"
"""The policy's name in the pack."""
DESCRIPTION = "Every operation of every API in API Management is behind a check of the caller's token."

_API = "azure-native:apimanagement:Api"
_API_POLICY = "azure-native:apimanagement:ApiPolicy"
_OPERATION_POLICY = "azure-native:apimanagement:ApiOperationPolicy"
_GLOBAL_POLICY = "azure-native:apimanagement:Policy"
_CHECKS = ("validate-jwt", "validate-azure-ad-token")


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


def document_checks(document: str) -> bool | None:
    """Whether a policy document checks the token of every call: True or False, None where an outer one decides.

    A check inside `choose` is none, as it is for some calls only.

    Raises:
        ValueError: the document cannot be read.
    """
    try:
        root = etree.fromstring(document.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is no well-formed XML ({error.msg})") from None
    steps = [str(step.tag) for inbound in root.findall("inbound") for step in inbound.iterchildren("*")]
    if any(step in _CHECKS for step in steps):
        return True
    return None if "base" in steps else False


def _open_parts(
    api: StackResource, resources: Sequence[StackResource], configuration: Mapping[str, Any]
) -> Iterator[tuple[StackResource, str]]:
    outer = [each for each in resources if each.kind == _GLOBAL_POLICY and _same_service(each, api)]
    own = [each for each in resources if each.kind == _API_POLICY and _belongs(each, api)]
    operations = [each for each in resources if each.kind == _OPERATION_POLICY and _belongs(each, api)]
    try:
        is_guarded = _decision(outer, _decision(own, None))
    except ValueError as error:
        yield api, f"the check of its calls cannot be seen: a policy document {error}"
        return
    if not is_guarded:
        yield api, "no policy document of the API or of the whole service checks its callers' tokens (validate-jwt)"
    for operation in operations:
        if not stated_reason(operation.name, configuration):
            yield from _open_operation(operation)


def _open_operation(operation: StackResource) -> Iterator[tuple[StackResource, str]]:
    try:
        if document_checks(operation.properties["value"]) is False:
            yield operation, "the operation's document has neither <base /> nor a check of its own in <inbound>"
    except ValueError as error:
        yield operation, f"the check of its calls cannot be seen: the document {error}"


def _decision(policies: Sequence[StackResource], inner: bool | None) -> bool | None:
    """What the document inside decides, else the one document there is at this level."""
    if inner is not None:
        return inner
    return document_checks(policies[0].properties["value"]) if policies else None


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
