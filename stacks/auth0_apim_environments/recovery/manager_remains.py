"""Environments' objects in Azure's API Management: services, and what is in each service.

Services carry tags, APIs and products a mark in their descriptions; authorization servers, version sets and named
values are known by their names.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import httpx

from auth0_apim_environments.marks.marker import environment_among, environment_in
from auth0_apim_environments.marks.names import environment_of
from auth0_apim_environments.recovery.remains import Remnant

_VERSION = {"api-version": "2024-05-01"}
_PROVIDER = "providers/Microsoft.ApiManagement"
_PRODUCT = re.compile(r"/service/[^/]+/products/[^/]+$")
_SIGNING_KEY = re.compile(r"-(api|product)-signing-key$")


def _by_description(document: Mapping[str, Any]) -> str | None:
    return environment_in(document["properties"].get("description"))


def _by_name(document: Mapping[str, Any]) -> str | None:
    return environment_of(document["name"])


def _by_signing_key(document: Mapping[str, Any]) -> str | None:
    return environment_of(_SIGNING_KEY.sub("", document["name"]))


_COLLECTIONS: dict[str, tuple[str, Callable[[Mapping[str, Any]], str | None]]] = {
    "product": ("products", _by_description),
    "api": ("apis", _by_description),
    "version set": ("apiVersionSets", _by_description),
    "authorization server": ("authorizationServers", _by_name),
    "named value": ("namedValues", _by_signing_key),
}
_DELETE_OPTIONS = {"product": {"deleteSubscriptions": "true"}, "api": {"deleteRevisions": "true"}}


class ManagerRemains:
    """Finds and deletes them.

    Args:
        client: of the resource manager, relative to a subscription.
        service_name: gives the name of the service that an environment has, or had, to itself; a deleted service, which
            has no tags any more, is an environment's only if it has that name, or if it was seen with the tags before.
    """

    kinds = ("policy", "product link", "subscription", *_COLLECTIONS, "service", "deleted service")

    def __init__(self, client: httpx.Client, service_name: Callable[[str], str | None] = lambda _: None) -> None:
        self._client = client
        self._service_name = service_name
        self._seen: set[tuple[str, str]] = set()

    def remnants(self) -> Iterator[Remnant]:
        """Services with the marks, what else has them in any service, and deleted services that Azure still keeps."""
        for service in self._all(f"{_PROVIDER}/service"):
            owner = environment_among(service.get("tags"))
            if owner is not None:
                self._seen.add((owner, service["name"].lower()))
                yield Remnant(owner, "service", service["name"], service["id"])
            yield from self._inside(service["id"])
        for service in self._all(f"{_PROVIDER}/deletedservices"):
            owner = environment_of(service["name"])
            if owner is not None and self._was_of(owner, service["name"].lower()):
                yield Remnant(owner, "deleted service", service["name"], service["id"])

    def details(self, environment: str) -> Iterator[Remnant]:
        """Policies of the environment's APIs and their operations, and what its products have in them."""
        for remnant in [each for each in self.remnants() if each.environment == environment]:
            if remnant.kind == "api":
                yield from self._policies(remnant)
                for operation in self._all(f"{remnant.id}/operations"):
                    yield from self._policies(remnant, operation["id"])
            if remnant.kind == "product":
                for api in self._all(f"{remnant.id}/apis"):
                    link = f"{remnant.id}/apis/{api['name']}"
                    yield Remnant(environment, "product link", f"{api['name']} in {remnant.name}", link)

    def hindrances(self, environment: str, ids: Iterable[str]) -> Iterator[Remnant]:
        """The subscriptions of products: Azure makes one itself for each that needs some."""
        for product_id in filter(_PRODUCT.search, ids):
            service_id = product_id.partition("/products/")[0]
            for subscription in self._all(f"{product_id}/subscriptions", may_be_gone=True):
                name = subscription["name"]
                yield Remnant(environment, "subscription", name, f"{service_id}/subscriptions/{name}")

    def delete(self, remnant: Remnant) -> None:
        """Delete one object; a deleted service for good."""
        query = {**_VERSION, **_DELETE_OPTIONS.get(remnant.kind, {})}
        answer = self._client.delete(self._address(remnant.id), params=query, headers={"If-Match": "*"})
        if answer.status_code != 404:
            answer.raise_for_status()

    def _was_of(self, environment: str, service: str) -> bool:
        known = self._service_name(environment)
        return (environment, service) in self._seen or (known is not None and known.lower() == service)

    def _inside(self, service_id: str) -> Iterator[Remnant]:
        for kind, (path, owner_of) in _COLLECTIONS.items():
            for document in self._all(f"{service_id}/{path}"):
                owner = owner_of(document)
                if owner is not None:
                    yield Remnant(owner, kind, document["name"], document["id"])

    def _policies(self, api: Remnant, place: str | None = None) -> Iterator[Remnant]:
        for policy in self._all(f"{place or api.id}/policies"):
            yield Remnant(api.environment, "policy", api.name, policy["id"])

    def _all(self, path: str, *, may_be_gone: bool = False) -> Iterator[dict[str, Any]]:
        address: str | None = self._address(path)
        query: Mapping[str, str] | None = _VERSION
        while address:
            answer = self._client.get(address, params=query)
            if may_be_gone and answer.status_code == 404:
                return
            document = answer.raise_for_status().json()
            yield from document["value"]
            address, query = document.get("nextLink"), None

    def _address(self, path: str) -> str:
        # An ARM id is a path of the host; anything else is below the subscription.
        return str(self._client.base_url.join(path))
