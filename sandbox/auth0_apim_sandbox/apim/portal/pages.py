"""The sandbox's own pages of a developer portal: HTML from templates, which say nothing that is not escaped.

Names and descriptions come from documents of other people, so a page runs no script but the portal's files and talks to
nobody but the portal, the gateway and the token endpoints of the API that it shows (Content-Security-Policy).
"""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from auth0_apim_sandbox.apim.arm.errors import ArmError
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.portal.catalogue import Catalogue
from auth0_apim_sandbox.apim.portal.contracts import (
    api_contract,
    authorization_server_contract,
    operation_contract,
    product_contract,
)
from auth0_apim_sandbox.apim.portal.data_api import find_api, find_operation

_GRANTS = {
    "authorizationCode": "authorization code",
    "authorizationCodeWithPkce": "authorization code with PKCE",
    "implicit": "implicit",
    "clientCredentials": "client credentials",
    "resourceOwnerPassword": "password",
}
_COMPONENTS = {"components": "schemas", "definitions": ""}


class Pages:
    """Renders the templates of this package."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("auth0_apim_sandbox.apim.portal"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters["pretty"] = partial(json.dumps, indent=2, ensure_ascii=False)

    def routes(self) -> list[Route]:
        """The routes of the pages."""
        return [
            Route("/", self._apis, methods=["GET"]),
            Route("/apis/{api}", self._api, methods=["GET"]),
            Route("/apis/{api}/operations/{operation}", self._operation, methods=["GET"]),
        ]

    def error(self, catalogue: Catalogue, error: ArmError) -> Response:
        """The page that says what went wrong."""
        return self._render("error", catalogue, status=error.status, title="Not here", message=error.message)

    def callback(self, message: dict[str, str], status: int = 200) -> Response:
        """The page that hands `message` to the window that opened it; it is kept nowhere."""
        html = self._templates.get_template("callback.html").render(message=message)
        return HTMLResponse(html, status, {**_headers(), "Cache-Control": "no-store"})

    async def _apis(self, request: Request) -> Response:
        catalogue: Catalogue = request.scope["catalogue"]
        apis = [api_contract(catalogue, api) for api in catalogue.apis()]
        return self._render("apis", catalogue, title="APIs", apis=apis)

    async def _api(self, request: Request) -> Response:
        catalogue: Catalogue = request.scope["catalogue"]
        api = find_api(catalogue, request.path_params)
        return self._render(
            "api",
            catalogue,
            title=api["properties"]["displayName"],
            api=api_contract(catalogue, api),
            url=_url(catalogue, api),
            operations=[operation_contract(operation) for operation in catalogue.operations(api)],
            products=[product_contract(product) for product in catalogue.products_of(api)],
            servers=[authorization_server_contract(server) for server in catalogue.authorization_servers(api)],
            schemas=list(_definitions(catalogue.inventory.children(api["id"], "schemas"))),
        )

    async def _operation(self, request: Request) -> Response:
        catalogue: Catalogue = request.scope["catalogue"]
        api, operation = find_api(catalogue, request.path_params), find_operation(catalogue, request.path_params)
        servers = [authorization_server_contract(server) for server in catalogue.authorization_servers(api)]
        return self._render(
            "operation",
            catalogue,
            connects_to=[catalogue.gateway_url, *(server["tokenEndpoint"] or "" for server in servers)],
            title=operation["properties"]["displayName"],
            api=api_contract(catalogue, api),
            url=_url(catalogue, api),
            operation=operation_contract(operation),
            servers=servers,
            grants=_GRANTS,
            scope=_scope_of(api),
        )

    def _render(
        self, name: str, catalogue: Catalogue, *, status: int = 200, connects_to: Iterable[str] = (), **values: Any
    ) -> Response:
        service = catalogue.service["properties"]["publisherName"]
        html = self._templates.get_template(f"{name}.html").render(publisher=service, portal=catalogue.url, **values)
        # Sign-in opens a window of another site that comes back, so the page keeps its hold on windows that it opens.
        opener = {"Cross-Origin-Opener-Policy": "same-origin-allow-popups"}
        return HTMLResponse(html, status, {**_headers(connects_to), **opener, "Cache-Control": "no-cache"})


def _headers(connects_to: Iterable[str] = ()) -> dict[str, str]:
    origins = " ".join(dict.fromkeys(["'self'", *(origin for url in connects_to if (origin := _origin(url)))]))
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {origins}; "
            "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def _origin(url: str) -> str | None:
    """The origin of an absolute URL; None where it could say more in a policy than an origin."""
    parts = urlsplit(url)
    plain = parts.netloc and not set(parts.netloc) & set(" ;,'\"*")
    return f"{parts.scheme}://{parts.netloc}" if plain and parts.scheme in ("http", "https") else None


def _url(catalogue: Catalogue, api: Document) -> str:
    """Absolute URL of an API at the gateway, the version in it where callers write it there."""
    properties = api["properties"]
    version_set = catalogue.version_set(api)
    in_path = version_set is not None and version_set["properties"]["versioningScheme"] == "Segment"
    parts = [properties["path"], properties["apiVersion"] if in_path else None]
    revision = "" if properties["isCurrent"] else f";rev={properties['apiRevision']}"
    return "/".join([catalogue.gateway_url, *(part for part in parts if part)]) + revision


def _scope_of(api: Document) -> str | None:
    """The scopes that an API asks for instead of its authorization server's default."""
    settings = api["properties"]["authenticationSettings"]
    listed = [item for item in [settings["oAuth2"], *settings["oAuth2AuthenticationSettings"]] if item]
    return next((item["scope"] for item in listed if item.get("scope")), None)


def _definitions(schemas: list[Document]) -> Iterable[tuple[str, Any]]:
    """Name and JSON schema of everything that the documents of `schemas` define."""
    for schema in schemas:
        document = schema["properties"]["document"]
        for place, below in _COMPONENTS.items():
            defined = document.get(place) or {}
            defined = defined.get(below) or {} if below else defined
            yield from (defined.items() if isinstance(defined, dict) else ())
