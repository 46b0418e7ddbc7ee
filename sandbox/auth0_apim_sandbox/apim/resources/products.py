"""Products, and what they are linked with: APIs and groups."""

import secrets
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, method_not_allowed, refused
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.lists import page
from auth0_apim_sandbox.apim.arm.resource_kind import PROVIDER, Call, Draft, ResourceKind
from auth0_apim_sandbox.apim.resources.subscriptions import Subscriptions, subscription_to, subscriptions_with_scope


class ProductContract(Contract):
    """Body of a product."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    terms: str | None = None
    subscription_required: bool = True
    approval_required: bool = False
    subscriptions_limit: int | None = Field(None, ge=0)
    state: Literal["notPublished", "published"] = "notPublished"


class Products(ResourceKind):
    """`products`; a new one is linked with the Administrators group, who get a subscription to it."""

    path = "products"
    noun = "Product"
    contract = ProductContract

    async def prepare(self, call: Call, contract: ProductContract) -> Draft:
        """Check what an open product may have."""
        if not contract.subscription_required:
            for name, given in (
                ("approvalRequired", contract.approval_required),
                ("subscriptionsLimit", contract.subscriptions_limit is not None),
            ):
                if given:
                    message = f"'{name}' can be present only if 'subscriptionRequired' is true."
                    raise ValidationFailed((name, message))
        draft = await super().prepare(call, contract)
        draft.after = lambda document, created: self._saved(call, document) if created else None
        return draft

    def view_after_write(self, call: Call, document: Document, created: bool) -> dict[str, Any]:
        """The document with the groups it has just been linked with."""
        body = super().view_after_write(call, document, created)
        groups = linked(call, document, "groups") if created else []
        body["properties"]["groups"] = [{"id": group["id"], **group["properties"]} for group in groups]
        for group in body["properties"]["groups"]:
            group["name"] = group.pop("displayName")
        return body

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while it has subscriptions, unless they are to go with it."""
        if not call.request.says("deleteSubscriptions") and subscriptions_with_scope(call, document["id"]):
            raise refused(
                "Product cannot be deleted since it has existing subscriptions. Delete subscriptions before deleting "
                "the product or pass in deleteSubscriptions=true as query param"
            )

    def deleted(self, call: Call, document: Document) -> None:
        """Remove its subscriptions."""
        for subscription in subscriptions_with_scope(call, document["id"]):
            call.inventory.remove(subscription["id"])

    def _saved(self, call: Call, product: Document) -> None:
        administrators = call.inventory.get(f"{call.service['id']}/groups/administrators")
        if administrators is not None:
            link(call, product, "groups", administrators)
        if product["properties"]["subscriptionRequired"]:
            name = secrets.token_hex(12)
            document = subscription_to(call.service, product["id"], call.manager.clock(), name, None)
            document["properties"]["ownerId"] = f"{call.service['id']}/users/1"
            call.inventory.write(document)


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


def list_products_of_api(call: Call) -> Response:
    """Answer `apis/{id}/products`."""
    _check_method(call)
    name = call.parent_id.rpartition("/")[2].partition(";rev=")[0]
    products = call.inventory.children(call.service["id"], "products")
    own = [product for product in products if call.inventory.get(f"{product['id']}/apis/{name}")]
    views = [Products().view(call, product) for product in own]
    return JSONResponse(page(call.request, views, call.manager.endpoint))


def list_subscriptions_of_product(call: Call) -> Response:
    """Answer `products/{id}/subscriptions`."""
    _check_method(call)
    views = [
        _below(call.parent_id, "products/subscriptions", Subscriptions().view(call, document))
        for document in subscriptions_with_scope(call, call.parent_id)
    ]
    return JSONResponse(page(call.request, views, call.manager.endpoint))


def _below(parent_id: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """`body` under the id and the type that it has below the resource it is listed for."""
    own_id = f"{parent_id}/{path.rpartition('/')[2]}/{body['name']}"
    return {**body, "id": own_id, "type": f"{PROVIDER}/service/{path}"}


def _check_method(call: Call) -> None:
    if call.request.method != "GET":
        raise method_not_allowed(call.request.method, ["GET"])
