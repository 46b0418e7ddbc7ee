"""Products, and the lists that are about them: the products of an API, the subscriptions of a product."""

import secrets
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import PROVIDER, Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, method_not_allowed, refused
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.lists import page
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind
from auth0_apim_sandbox.apim.resources.product_links import link, linked
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
        if not call.request.is_true("deleteSubscriptions") and subscriptions_with_scope(call, document["id"]):
            raise refused(
                "Product cannot be deleted since it has existing subscriptions. Delete subscriptions before deleting "
                "the product or pass in deleteSubscriptions=true as query param"
            )

    def delete_dependents(self, call: Call, document: Document) -> None:
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
