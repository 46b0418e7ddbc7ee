"""The developer portals of all services, as one ASGI application that knows them by their host names."""

from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from auth0_apim_sandbox.apim.arm.errors import ArmError
from auth0_apim_sandbox.apim.arm.inventory import Inventory
from auth0_apim_sandbox.apim.portal.catalogue import catalogue_at
from auth0_apim_sandbox.apim.portal.data_api import data_routes
from auth0_apim_sandbox.apim.portal.pages import Pages
from auth0_apim_sandbox.apim.portal.sign_in import SignIn
from auth0_apim_sandbox.store import Store

_STATIC = Path(__file__).with_name("static")


def create_portals(store: Store, fetch: httpx.AsyncClient, sites: Path | None = None) -> ASGIApp:
    """The portal of each service, under its `developerPortalUrl`.

    Args:
        store: where the resource manager keeps its resources.
        fetch: calls token endpoints; it must trust their certificates. The caller closes it.
        sites: a folder where `{service}` may be a folder of static pages, such as the open-source portal publishes; they
            then take the place of the sandbox's own pages.
    """
    inventory, pages = Inventory(store), Pages()
    common: list[BaseRoute] = [
        Mount("/developer", routes=data_routes()),
        Mount("/signin-oauth", routes=SignIn(fetch, pages).routes()),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    own = _application([*common, *pages.routes()], pages)

    async def portals(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        catalogue = catalogue_at(inventory, request.headers.get("host", ""))
        if catalogue is None:
            # Misdirected (RFC 9110, 15.5.20); and a name that a stranger has led here (DNS rebinding) is answered nothing.
            refusal: Response = PlainTextResponse("No service has its developer portal under this host name.\n", 421)
            await refusal(scope, receive, send)
            return
        site = sites / catalogue.service["name"] if sites is not None else None
        application = own if site is None or not site.is_dir() else _published(common, site, pages)
        await application({**scope, "catalogue": catalogue}, receive, send)

    return portals


def _published(common: list[BaseRoute], site: Path, pages: Pages) -> ASGIApp:
    """The portal whose pages are the files in `site`."""
    return _application([*common, Mount("/", StaticFiles(directory=site, html=True))], pages)


def _application(routes: list[BaseRoute], pages: Pages) -> ASGIApp:
    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, ArmError)  # noqa: S101 - what it is registered for
        if request.url.path.startswith("/developer/"):
            return JSONResponse(error.body(), error.status)
        return pages.error(request.scope["catalogue"], error)

    def unknown(request: Request, error: Exception) -> Response:
        del error
        return refused(request, ArmError(404, "NotFound", "There is no such page."))

    return Starlette(routes=routes, exception_handlers={ArmError: refused, 404: unknown})
