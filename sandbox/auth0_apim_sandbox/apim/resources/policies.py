"""Policies at all four scopes, and policy fragments."""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints
from starlette.responses import Response

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused
from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.arm.linked_texts import fetch_text
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind
from auth0_apim_sandbox.apim.policies import PolicyDocument, PolicyError, check_connectivity, parse_policy, read_stored
from auth0_apim_sandbox.apim.policies.checking import check_backends, check_included
from auth0_apim_sandbox.apim.policies.document import Scope
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.named_values import fill_in, values_by_name

_CLASSIC = ("Developer", "Basic", "Standard", "Premium")
_V2 = ("BasicV2", "StandardV2", "PremiumV2")
_TIERS = {
    "rate-limit-by-key": (*_CLASSIC, *_V2),
    "quota-by-key": _CLASSIC,
    **dict.fromkeys(("azure-openai-token-limit", "llm-token-limit"), (*_CLASSIC, *_V2)),
}
"""Tiers of the policies that not every tier has."""

_LARGEST_IN_CONSUMPTION = 16 * 1024
"""Characters in a document of a service in the Consumption tier (16 KiB)."""

_SCOPES: dict[str, Scope] = {
    "policies": "global",
    "products/policies": "product",
    "apis/policies": "api",
    "apis/operations/policies": "operation",
    "policyfragments": "fragment",
}


class PolicyContract(Contract):
    """Body of a policy."""

    value: str
    format: Literal["xml", "rawxml", "xml-link", "rawxml-link"] = "xml"


class FragmentContract(Contract):
    """Body of a policy fragment."""

    value: str
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    format: Literal["xml", "rawxml"] = "xml"


class PolicyKind(ResourceKind):
    """Policies under `parent` ("" for the service itself); the only name is `policy`."""

    noun = "PoliciesConfiguration"
    contract: ClassVar[type[Contract]] = PolicyContract
    verbs: ClassVar[frozenset[str]] = frozenset({"GET", "HEAD", "PUT", "DELETE"})

    def __init__(self, parent: str = "") -> None:
        self.path = f"{parent}/policies".lstrip("/")

    def check_name(self, name: str) -> None:
        """Refuse every name but `policy`."""
        if name != "policy":
            raise refused("Name should only be 'policy' for policies entity.")

    def get(self, call: Call) -> Response:
        """Answer GET and HEAD; a name other than `policy` is refused rather than not found."""
        self.check_name(call.name)
        return super().get(call)

    async def prepare(self, call: Call, contract: PolicyContract) -> Draft:
        """Check the document as Azure does when it is saved, and normalise it."""
        text = await self._text(call, contract)
        format_ = contract.format.removesuffix("-link")
        document = await save_check(call, text, format_, scope_of(self.type) or "global")
        return Draft({"format": "xml", "value": document.to_xml()})

    def view(self, call: Call, document: Document) -> dict[str, Any]:
        """The document in the format that `?format=` asks for, `xml` unless told otherwise."""
        body = super().view(call, document)
        wanted = call.request.query.get("format", "xml").lower() if call.request.method == "GET" else "xml"
        if wanted not in ("xml", "rawxml"):
            raise ValidationFailed(("format", f"Policy format '{wanted}' is not supported; use 'xml' or 'rawxml'."))
        if wanted == "rawxml":
            value = read_stored(document["properties"]["value"]).to_rawxml()
            body["properties"] = {**body["properties"], "format": "rawxml", "value": value}
        return body

    async def _text(self, call: Call, contract: PolicyContract) -> str:
        if not contract.format.endswith("-link"):
            return contract.value
        return await fetch_text(contract.value, call.manager.fetch, "policy")


class PolicyFragments(PolicyKind):
    """`policyFragments`: pieces that policies include by their id."""

    noun = "PolicyFragment"
    contract = FragmentContract
    has_state = True
    name_pattern: ClassVar[re.Pattern[str]] = re.compile(r"(?:\w+|\w[\w\-]+\w)")
    longest_name = 80

    def __init__(self) -> None:
        super().__init__()
        self.path = "policyFragments"

    def check_name(self, name: str) -> None:
        """Refuse a name that the specification's pattern does not match."""
        ResourceKind.check_name(self, name)

    def get(self, call: Call) -> Response:
        """Answer GET and HEAD."""
        return ResourceKind.get(self, call)

    async def prepare(self, call: Call, contract: Any) -> Draft:
        """Check the fragment and normalise it."""
        document = await save_check(call, contract.value, contract.format, "fragment")
        return Draft({"format": "xml", "value": document.to_xml(), "description": contract.description})

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while a policy includes it."""
        name = document["name"]
        refuse_while_used(call, f"Policy Fragment '{name}'", lambda policy: name.lower() in policy.fragments())


async def save_check(call: Call, text: str, format_: str, scope: Scope) -> PolicyDocument:
    """Check `text` as Azure does when it is saved: schema, named values, fragments, backends, tier, OpenID documents.

    Raises:
        ValidationFailed: 400 with the element, line and column.
    """
    values = _named_values(call)
    try:
        if scope != "fragment":
            _check_size(call, text)
        document = parse_policy(text, format_, scope=scope, named_values=values)
        if scope != "fragment":
            check_included(document.root, scope, lambda name: _fragment(call, name))
        check_backends(document.root, lambda name: _exists(call, f"backends/{name}"))
        _check_tier(call, document)
        filled_in = PolicyDocument(fill_in(document.root, values))
        await check_connectivity(filled_in, call.manager.fetch)
    except PolicyError as error:
        raise ValidationFailed((error.target, str(error))) from None
    return document


def _named_values(call: Call) -> dict[str, str]:
    return values_by_name(call.inventory.children(call.service["id"], "namedValues"))


def _fragment(call: Call, name: str) -> Node | None:
    stored = call.inventory.get(f"{call.service['id']}/policyFragments/{name}")
    return read_stored(stored["properties"]["value"]).root if stored else None


def _exists(call: Call, path: str) -> bool:
    return call.inventory.get(f"{call.service['id']}/{path}") is not None


def _check_size(call: Call, text: str) -> None:
    if call.service["sku"]["name"] == "Consumption" and len(text) > _LARGEST_IN_CONSUMPTION:
        message = (
            f"The document has {len(text)} characters; the most is {_LARGEST_IN_CONSUMPTION} in the Consumption tier."
        )
        raise PolicyError(message, 1, 1)


def _check_tier(call: Call, document: PolicyDocument) -> None:
    tier = call.service["sku"]["name"]
    for node in document.root.walk():
        if tier not in _TIERS.get(node.name, (tier,)):
            message = f"Policy '{node.name}' is not available in the {tier} tier."
            raise PolicyError(message, node.line, node.column, node.name)


def scope_of(document_type: str) -> Scope | None:
    """The scope of documents of `document_type`, None when they hold no policy."""
    return _SCOPES.get(document_type.lower().partition("/service/")[2])


def stored_policies(inventory: Inventory, service: Document) -> Iterator[tuple[str, PolicyDocument]]:
    """Every policy and policy fragment of `service`: its id relative to the service, and the document."""
    for resource in inventory.tree(service["id"]):
        if scope_of(resource["type"]) is not None:
            yield resource["id"][len(service["id"]) :], read_stored(resource["properties"]["value"])


def refuse_while_used(call: Call, what: str, mentions: Callable[[PolicyDocument], bool]) -> None:
    """Refuse to delete `what` while there are policies for which `mentions` is true.

    Raises:
        ProviderError: 400 with the ids of those policies, relative to the service.
    """
    users = [path for path, policy in stored_policies(call.inventory, call.service) if mentions(policy)]
    if users:
        entities = "".join(f"{user}\r\n" for user in users)
        raise refused(f"The {what} is used by the following entities:\r\n{entities}")
