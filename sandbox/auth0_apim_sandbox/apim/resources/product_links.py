"""What products are linked with: APIs and groups."""

from collections.abc import Iterable
from typing import Any, ClassVar

from starlette.responses import Response

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import refused
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind

_NOT_IN_LINKS = ("authenticationSettings", "subscriptionKeyParameterNames")
"""Properties of a linked API that are answered as null."""


class ProductLinks(ResourceKind):
    """`products/apis` and `products/groups`: a link has no content, it is there or not."""

    contract = Contract
    verbs: ClassVar[frozenset[str]] = frozenset({"HEAD", "PUT", "DELETE"})

    def __init__(self, kind: ResourceKind, noun: str) -> None:
        self.path = f"products/{kind.path}"
        self.noun = noun
        self._kind = kind
        self._target = kind.path

    def get(self, call: Call) -> Response:
        """Answer HEAD: 204 when they are linked."""
        self.found(call)
        return Response(status_code=204)

    async def put(self, call: Call) -> Response:
        """Link them; 201 when they were not linked."""
        target = call.inventory.get(f"{call.service['id']}/{self._target}/{call.id.rpartition('/')[2]}")
        if target is None:
            raise refused(f"{self.noun} '{call.name}' not found.")
        product = call.inventory.get(call.parent_id)
        if product is not None and self._target == "apis":
            self._check_open_products(call, product, target)
        return self.store(call, Draft({}))

    def view(self, call: Call, document: Document) -> dict[str, Any]:
        """The linked resource under the id of the link."""
        properties = self._kind.shown(self._linked(call, document))
        body = super().view(call, document)
        body["properties"] = properties | {name: None for name in _NOT_IN_LINKS if name in properties}
        return body

    def view_after_write(self, call: Call, document: Document, created: bool) -> dict[str, Any]:
        """The linked resource; the protocols of an API are not among what a PUT answers."""
        body = super().view_after_write(call, document, created)
        if "protocols" in body["properties"]:
            body["properties"]["protocols"] = None
        return body

    def written(self, call: Call, document: Document) -> Document:
        """The link with the ETag of what it links to."""
        return {**document, "etag": self._linked(call, document)["etag"]}

    def listed(self, call: Call) -> Iterable[Document]:
        """The links, with the display names that their order follows."""
        for document in super().listed(call):
            yield {**document, "properties": self._linked(call, document)["properties"]}

    def _linked(self, call: Call, document: Document) -> Document:
        linked_to = call.inventory.get(f"{call.service['id']}/{self._target}/{document['name']}")
        return linked_to or document

    def _check_open_products(self, call: Call, product: Document, api: Document) -> None:
        if product["properties"]["subscriptionRequired"]:
            return
        for other in call.inventory.children(call.service["id"], "products"):
            is_open = not other["properties"]["subscriptionRequired"] and other["id"] != product["id"]
            if is_open and call.inventory.get(f"{other['id']}/apis/{api['name']}"):
                message = f"API '{api['name']}' is already added to the open product '{other['name']}'."
                raise refused(f"{message} An API can be in one product that needs no subscription.")


def link(call: Call, product: Document, target_type: str, target: Document) -> None:
    """Link `product` with `target`."""
    call.inventory.write(
        {
            "id": f"{product['id']}/{target_type}/{target['name']}",
            "name": target["name"],
            "type": f"Microsoft.ApiManagement/service/products/{target_type}",
            "properties": {},
            "secrets": {},
        }
    )


def linked(call: Call, product: Document, target_type: str) -> list[Document]:
    """What `product` is linked with."""
    links = call.inventory.children(product["id"], target_type)
    targets = (call.inventory.get(f"{call.service['id']}/{target_type}/{item['name']}") for item in links)
    return [target for target in targets if target is not None]
