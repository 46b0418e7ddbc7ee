"""What a visitor of a service's developer portal may read, who has not signed in: the published products of the group Guests.

https://learn.microsoft.com/azure/api-management/api-management-howto-create-groups
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from auth0_apim_sandbox.apim.arm.inventory import Document, Inventory
from auth0_apim_sandbox.apim.arm.lists import display_name
from auth0_apim_sandbox.apim.resources.revision_names import split_name, stored_name
from auth0_apim_sandbox.store import Store

TYPE = "Microsoft.ApiManagement/service"


@dataclass(frozen=True)
class Catalogue:
    """One service's, as it is now.

    Attributes:
        inventory: the resource manager's documents.
        service: the document of the service.
    """

    inventory: Inventory
    service: Document

    @property
    def url(self) -> str:
        """Absolute URL of the portal, without a trailing slash; it is the portal's origin, too."""
        url: str = self.service["properties"]["developerPortalUrl"]
        return url

    @property
    def gateway_url(self) -> str:
        """Absolute URL of the service's gateway, without a trailing slash."""
        url: str = self.service["properties"]["gatewayUrl"]
        return url

    def products(self) -> list[Document]:
        """Published products that Guests see, by display name."""
        products = self.inventory.children(self.service["id"], "products")
        visible = [product for product in products if self._is_visible(product)]
        return sorted(visible, key=display_name)

    def product(self, name: str) -> Document | None:
        """The visible product called `name`."""
        return _named(self.products(), name)

    def apis(self, product: Document | None = None) -> list[Document]:
        """Current revisions of the APIs in the visible products, or in `product`, by display name."""
        products = self.products() if product is None else [product]
        names = {link["name"].lower() for each in products for link in self.inventory.children(each["id"], "apis")}
        found = [self.inventory.get(f"{self.service['id']}/apis/{name}") for name in names]
        return sorted((api for api in found if api is not None), key=lambda api: (display_name(api), api["name"]))

    def products_of(self, api: Document) -> list[Document]:
        """The visible products that `api` is in."""
        base = split_name(api["name"])[0]
        return [product for product in self.products() if self.inventory.get(f"{product['id']}/apis/{base}")]

    def api(self, name: str) -> Document | None:
        """The visible API called `name`; `name;rev=N` is one of its revisions."""
        if _named(self.apis(), split_name(name)[0]) is None:
            return None
        return self.inventory.get(f"{self.service['id']}/apis/{stored_name(self.inventory, self.service['id'], name)}")

    def operations(self, api: Document) -> list[Document]:
        """The operations of `api`, by display name."""
        return sorted(self.inventory.children(api["id"], "operations"), key=display_name)

    def version_set(self, api: Document) -> Document | None:
        """The version set that `api` belongs to."""
        return self.inventory.get(api["properties"]["apiVersionSetId"] or "")

    def authorization_servers(self, api: Document) -> list[Document]:
        """The OAuth 2.0 authorization servers that the console of `api` offers."""
        settings = api["properties"]["authenticationSettings"]
        listed = [item for item in [settings["oAuth2"], *settings["oAuth2AuthenticationSettings"]] if item]
        names = dict.fromkeys(item["authorizationServerId"].lower() for item in listed)
        found = [self.authorization_server(name) for name in names]
        return [server for server in found if server is not None]

    def authorization_server(self, name: str) -> Document | None:
        """The authorization server called `name`, in whatever case, unless consoles do not use it."""
        server = self.inventory.get(f"{self.service['id']}/authorizationServers/{name}")
        return server if server is not None and server["properties"]["useInTestConsole"] else None

    def _is_visible(self, product: Document) -> bool:
        is_published = product["properties"]["state"] == "published"
        return is_published and self.inventory.get(f"{product['id']}/groups/guests") is not None


def catalogue_at(inventory: Inventory, host: str) -> Catalogue | None:
    """The catalogue of the service whose portal has the authority `host` (`name:port`); None when no service has."""
    catalogues = _with_portal(inventory)
    return next((each for each in catalogues if urlsplit(each.url).netloc.lower() == host.lower()), None)


def portal_urls(store: Store) -> dict[str, str]:
    """The absolute URL of each service's portal, by lower-cased service id."""
    return {each.service["id"].lower(): each.url for each in _with_portal(Inventory(store))}


def _with_portal(inventory: Inventory) -> Iterator[Catalogue]:
    services = (document for document in inventory.resources.values() if document["type"] == TYPE)
    return (Catalogue(inventory, service) for service in services if service["properties"]["developerPortalUrl"])


def _named(documents: list[Document], name: str) -> Document | None:
    return next((document for document in documents if document["name"].lower() == name.lower()), None)
