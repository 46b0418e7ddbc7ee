"""The data API's documents: flat, where the resource manager's have `properties`; `id` is the last segment of the ARM id.

https://learn.microsoft.com/rest/api/apimanagement/apis/listbyservice of api-version 2022-04-01-preview, and the models of the
open-source portal (github.com/Azure/api-management-developer-portal, `src/contracts`).
"""

from typing import Any

from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.portal.catalogue import Catalogue
from auth0_apim_sandbox.apim.resources.apis.contract import mirrored
from auth0_apim_sandbox.apim.resources.apis.version_sets import embedded

_OF_AN_API = (
    "description",
    "subscriptionRequired",
    "path",
    "protocols",
    "subscriptionKeyParameterNames",
    "apiVersion",
    "apiRevision",
    "apiRevisionDescription",
    "isCurrent",
    "contact",
    "license",
    "termsOfServiceUrl",
)
_OF_A_PRODUCT = ("description", "terms", "subscriptionRequired", "approvalRequired", "subscriptionsLimit", "state")
_OF_A_SERVER = (
    "description",
    "clientId",
    "authorizationEndpoint",
    "tokenEndpoint",
    "grantTypes",
    "defaultScope",
    "useInTestConsole",
    "useInApiDocumentation",
)


def api_contract(catalogue: Catalogue, api: Document) -> dict[str, Any]:
    """An API: what callers need, and nothing of its backend."""
    properties = api["properties"]
    version_set = catalogue.version_set(api)
    return {
        **_frame(api),
        **{name: properties.get(name) for name in _OF_AN_API},
        "type": "http",
        "authenticationSettings": mirrored(properties["authenticationSettings"]),
        "apiVersionSetId": version_set and version_set["name"],
        "apiVersionSet": version_set and {**embedded(version_set), "id": version_set["name"]},
    }


def operation_contract(operation: Document) -> dict[str, Any]:
    """An operation with its parameters, its request and its responses."""
    properties = operation["properties"]
    names = ("description", "method", "urlTemplate", "templateParameters", "request", "responses")
    return {**_frame(operation), **{name: properties[name] for name in names}}


def schema_contract(schema: Document, *, with_document: bool = True) -> dict[str, Any]:
    """A schema: `components` or `definitions` of the document that the API was imported from."""
    properties = schema["properties"]
    document = {"document": properties["document"]} if with_document else {}
    return {"id": schema["name"], "contentType": properties["contentType"], **document}


def product_contract(product: Document) -> dict[str, Any]:
    """A product."""
    return {**_frame(product), **{name: product["properties"][name] for name in _OF_A_PRODUCT}}


def authorization_server_contract(server: Document) -> dict[str, Any]:
    """An authorization server, without its secrets and what its token requests carry."""
    return {**_frame(server), **{name: server["properties"][name] for name in _OF_A_SERVER}}


def _frame(document: Document) -> dict[str, Any]:
    return {"id": document["name"], "name": document["properties"]["displayName"]}
