"""The data API of a portal, `/developer/…`: reads of what anybody may see. Users, subscriptions and reports are refused by name."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth0_apim_sandbox.apim.arm.errors import ArmError, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.lists import page
from auth0_apim_sandbox.apim.arm.request import read_request
from auth0_apim_sandbox.apim.portal.catalogue import Catalogue
from auth0_apim_sandbox.apim.portal.contracts import (
    api_contract,
    authorization_server_contract,
    operation_contract,
    product_contract,
    schema_contract,
)

VERSION = "2022-04-01-preview"
"""The api-version that the open-source portal asks for."""

Read = Callable[[Catalogue, dict[str, str]], Any]
"""Answers one object, or a list whose page is answered; `ArmError` when there is nothing."""


def found(document: Document | None, noun: str, name: str) -> Document:
    """`document`; raises ArmError 404 when there is none that the visitor may see."""
    if document is None:
        raise ArmError(404, "ResourceNotFound", f"{noun} '{name}' not found.")
    return document


def find_api(catalogue: Catalogue, path: dict[str, str]) -> Document:
    """The API that `path` names; raises ArmError 404."""
    return found(catalogue.api(path["api"]), "API", path["api"])


def find_operation(catalogue: Catalogue, path: dict[str, str]) -> Document:
    """The operation that `path` names; raises ArmError 404."""
    api = find_api(catalogue, path)
    operation = catalogue.inventory.get(f"{api['id']}/operations/{path['operation']}")
    return found(operation, "Operation", path["operation"])


def _apis(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    del path
    return [api_contract(catalogue, api) for api in catalogue.apis()]


def _api(catalogue: Catalogue, path: dict[str, str]) -> dict[str, Any]:
    return api_contract(catalogue, find_api(catalogue, path))


def _hostnames(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, str]]:
    find_api(catalogue, path)
    return [{"value": catalogue.gateway_url.partition("://")[2]}]


def _authorization_servers(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    servers = catalogue.authorization_servers(find_api(catalogue, path))
    return [authorization_server_contract(server) for server in servers]


def _operations(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    return [operation_contract(operation) for operation in catalogue.operations(find_api(catalogue, path))]


def _operation(catalogue: Catalogue, path: dict[str, str]) -> dict[str, Any]:
    return operation_contract(find_operation(catalogue, path))


def _no_tags_of_operation(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    find_operation(catalogue, path)
    return []


def _schemas(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    schemas = catalogue.inventory.children(find_api(catalogue, path)["id"], "schemas")
    return [schema_contract(schema, with_document=path.get("$expand") == "document") for schema in schemas]


def _schema(catalogue: Catalogue, path: dict[str, str]) -> dict[str, Any]:
    schema = catalogue.inventory.get(f"{find_api(catalogue, path)['id']}/schemas/{path['schema']}")
    return schema_contract(found(schema, "Schema", path["schema"]))


def _products_of_api(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    return [product_contract(product) for product in catalogue.products_of(find_api(catalogue, path))]


def _products(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    del path
    return [product_contract(product) for product in catalogue.products()]


def _find_product(catalogue: Catalogue, path: dict[str, str]) -> Document:
    return found(catalogue.product(path["product"]), "Product", path["product"])


def _product(catalogue: Catalogue, path: dict[str, str]) -> dict[str, Any]:
    return product_contract(_find_product(catalogue, path))


def _apis_of_product(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    return [api_contract(catalogue, api) for api in catalogue.apis(_find_product(catalogue, path))]


def _none(catalogue: Catalogue, path: dict[str, str]) -> list[dict[str, Any]]:
    del catalogue, path
    return []


_READS: dict[str, Read] = {
    "/apis": _apis,
    "/apis/{api}": _api,
    "/apis/{api}/authServers/oauth2": _authorization_servers,
    "/apis/{api}/authServers/openidconnect": _none,
    "/apis/{api}/hostnames": _hostnames,
    "/apis/{api}/operations": _operations,
    "/apis/{api}/operations/{operation}": _operation,
    "/apis/{api}/operations/{operation}/tags": _no_tags_of_operation,
    "/apis/{api}/products": _products_of_api,
    "/apis/{api}/schemas": _schemas,
    "/apis/{api}/schemas/{schema}": _schema,
    "/products": _products,
    "/products/{product}": _product,
    "/products/{product}/apis": _apis_of_product,
    "/tags": _none,
}


def data_routes() -> list[Route]:
    """The routes of the data API."""
    reads = [Route(path, _endpoint(read), methods=["GET"]) for path, read in _READS.items()]
    return [*reads, Route("/{rest:path}", _refuse)]


def _endpoint(read: Read) -> Callable[[Request], Any]:
    async def answer(sent: Request) -> Response:
        request = await read_request(sent)
        version = request.query.get("api-version")
        if version != VERSION:
            message = f"The data API has the api-version '{VERSION}', not '{version}'."
            raise ArmError(400, "NoRegisteredProviderFound", message)
        if sent.headers.get("authorization"):
            raise unsupported("A user of the developer portal (header Authorization)")
        catalogue: Catalogue = sent.scope["catalogue"]
        path = {**dict(request.query), **sent.path_params}
        if request.is_true("export"):
            raise unsupported("Exporting an API (export=true)")
        body = read(catalogue, path)
        return JSONResponse(page(request, body, catalogue.url) if isinstance(body, list) else body)

    return answer


async def _refuse(request: Request) -> Response:
    raise unsupported(f"'{request.method} {request.path_params['rest']}' of a developer portal's data API")
