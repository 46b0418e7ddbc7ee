"""The stored policy documents of a service, read back as documents."""

from collections.abc import Callable, Iterator

from auth0_apim_sandbox.apim.arm.errors import refused
from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.arm.resource_kind import Call
from auth0_apim_sandbox.apim.policies import PolicyDocument, parse_policy
from auth0_apim_sandbox.apim.policies.document import Scope

_SCOPES: dict[str, Scope] = {
    "policies": "global",
    "products/policies": "product",
    "apis/policies": "api",
    "apis/operations/policies": "operation",
    "policyfragments": "fragment",
}


def scope_of(document_type: str) -> Scope | None:
    """The scope of documents of `document_type`, None when they hold no policy."""
    return _SCOPES.get(document_type.lower().partition("/service/")[2])


def stored_policies(inventory: Inventory, service: Document) -> Iterator[tuple[str, PolicyDocument]]:
    """Every policy and policy fragment of `service`: its id relative to the service, and the document."""
    for resource in inventory.tree(service["id"]):
        scope = scope_of(resource["type"])
        if scope is not None:
            properties = resource["properties"]
            relative = resource["id"][len(service["id"]) :]
            yield relative, parse_policy(properties["value"], properties["format"], scope=scope)


def refuse_while_used(call: Call, what: str, mentions: Callable[[PolicyDocument], bool]) -> None:
    """Refuse to delete `what` while there are policies for which `mentions` is true.

    Raises:
        ProviderError: 400 with the ids of those policies, relative to the service.
    """
    users = [path for path, policy in stored_policies(call.inventory, call.service) if mentions(policy)]
    if users:
        entities = "".join(f"{user}\r\n" for user in users)
        raise refused(f"The {what} is used by the following entities:\r\n{entities}")
