"""Lists that look across: the products of an API, the subscriptions of a product."""

from typing import Any

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.errors import method_not_allowed
from auth0_apim_sandbox.apim.arm.paging import page
from auth0_apim_sandbox.apim.arm.resource_kind import PROVIDER, Call
from auth0_apim_sandbox.apim.resources.products import Products
from auth0_apim_sandbox.apim.resources.subscriptions import Subscriptions, subscriptions_with_scope


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
