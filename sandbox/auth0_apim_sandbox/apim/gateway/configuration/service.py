"""What the resource manager has stored for one service, as the gateway needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.apim.gateway.configuration.diagnostics import Diagnostic, read_diagnostics
from auth0_apim_sandbox.apim.gateway.configuration.routing import Api, Operation, VersionSet
from auth0_apim_sandbox.apim.policies.named_values import NAMED_VALUE, values_by_name
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.store.store import Document


@dataclass(frozen=True)
class Product:
    """A product; `api_ids` are the lower-case names of its APIs."""

    id: str
    name: str
    key: str
    subscription_required: bool
    api_ids: frozenset[str]


@dataclass(frozen=True)
class Subscription:
    """An active subscription; `key` is the one the caller used."""

    id: str
    name: str
    key: str
    primary_key: str
    secondary_key: str
    scope: str


@dataclass(frozen=True)
class Backend:
    """Where calls go; `headers` and `query` are its credentials, named values filled in."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Configuration:
    """A service's resources at one revision of the store."""

    service_key: str
    """The service's ARM id in lower case."""
    apis: list[Api]
    products: list[Product]
    subscriptions: Mapping[str, Subscription]
    """By key, primary and secondary."""
    named_values: Mapping[str, str]
    """By display name."""
    backends: Mapping[str, Backend]
    """By lower-case id."""
    diagnostics: Mapping[str, Diagnostic]
    """By the key of an API, or of the service."""
    service_name: str
    region: str
    """The service's location."""
    policies: Mapping[str, str]
    """Texts in format `xml` by the key of what they belong to; fragments by `fragment:<id>`."""


def read_configuration(store: Store, service_id: str) -> Configuration:
    """Read everything of `service_id` (an ARM id) once."""
    prefix = f"{service_id.lower().rstrip('/')}/"
    children: dict[str, list[tuple[str, Document]]] = {}
    for key, document in store.collection("arm.resources").below(prefix):
        parts = key[len(prefix) :].split("/")
        children.setdefault("/".join(parts[0::2]), []).append((key, document))
    version_sets = {
        key.rsplit("/", 1)[1]: _version_set(document) for key, document in children.get("apiversionsets", [])
    }
    operations: dict[str, list[Operation]] = {}
    for key, document in children.get("apis/operations", []):
        operations.setdefault(key.rsplit("/operations/", 1)[0], []).append(_operation(key, document))
    service = store.collection("arm.resources").get(prefix[:-1], {})
    named_values = values_by_name(document for _, document in children.get("namedvalues", []))
    return Configuration(
        service_key=prefix[:-1],
        apis=[_api(key, document, version_sets, operations.get(key, [])) for key, document in children.get("apis", [])],
        products=[_product(key, document, children) for key, document in children.get("products", [])],
        subscriptions=_subscriptions(children.get("subscriptions", [])),
        named_values=named_values,
        backends={
            key.rsplit("/", 1)[1]: _backend(document["properties"], named_values)
            for key, document in children.get("backends", [])
        },
        diagnostics=read_diagnostics(children, named_values),
        service_name=service.get("name", ""),
        region=service.get("location", ""),
        policies=_policies(children),
    )


def _api(key: str, document: Document, version_sets: Mapping[str, VersionSet], operations: list[Operation]) -> Api:
    properties = document["properties"]
    names = properties.get("subscriptionKeyParameterNames") or {}
    set_id = (properties.get("apiVersionSetId") or "").rsplit("/", 1)[-1].lower()
    service_url = properties.get("serviceUrl")
    return Api(
        id=document["name"],
        name=properties.get("displayName") or document["name"],
        path=properties.get("path") or "",
        revision=str(properties.get("apiRevision") or "1"),
        is_current_revision=properties.get("isCurrent", ";rev=" not in key) is True,
        key=key,
        version=properties.get("apiVersion") or None,
        version_set=version_sets.get(set_id),
        protocols=tuple(properties.get("protocols") or ["https"]),
        service_url=service_url or None,
        subscription_required=properties.get("subscriptionRequired", True) is not False,
        key_header=names.get("header") or "Ocp-Apim-Subscription-Key",
        key_query=names.get("query") or "subscription-key",
        operations=operations,
    )


def _operation(key: str, document: Document) -> Operation:
    properties = document["properties"]
    name = properties.get("displayName") or document["name"]
    return Operation(document["name"], name, properties["method"].upper(), properties["urlTemplate"], key)


def _version_set(document: Document) -> VersionSet:
    properties = document["properties"]
    return VersionSet(
        properties["versioningScheme"].lower(),
        properties.get("versionHeaderName") or "",
        properties.get("versionQueryName") or "",
    )


def _product(key: str, document: Document, children: Mapping[str, list[tuple[str, Document]]]) -> Product:
    links = [link.rsplit("/", 1)[1] for link, _ in children.get("products/apis", []) if link.startswith(f"{key}/")]
    properties = document["properties"]
    required = properties.get("subscriptionRequired", True) is not False
    return Product(document["name"], properties.get("displayName") or document["name"], key, required, frozenset(links))


def _subscriptions(documents: list[tuple[str, Document]]) -> dict[str, Subscription]:
    found = {}
    for _, document in documents:
        properties, secrets = document["properties"], document.get("secrets") or {}
        primary, secondary = secrets.get("primaryKey") or "", secrets.get("secondaryKey") or ""
        if str(properties.get("state", "active")).lower() != "active":
            continue
        for key in filter(None, (primary, secondary)):
            name = properties.get("displayName") or document["name"]
            found[key] = Subscription(document["name"], name, key, primary, secondary, properties.get("scope") or "")
    return found


def _backend(properties: Mapping[str, Any], named_values: Mapping[str, str]) -> Backend:
    def filled(text: str) -> str:
        return NAMED_VALUE.sub(lambda match: named_values.get(match[1], match[0]), text)

    def pairs(lists: Mapping[str, list[str]] | None) -> tuple[tuple[str, str], ...]:
        return tuple((name, filled(value)) for name, values in (lists or {}).items() for value in values)

    credentials = properties.get("credentials") or {}
    headers = pairs(credentials.get("header"))
    if authorization := credentials.get("authorization"):
        headers += (("Authorization", filled(f"{authorization['scheme']} {authorization['parameter']}")),)
    return Backend(properties["url"], headers, pairs(credentials.get("query")))


def _policies(children: Mapping[str, list[tuple[str, Document]]]) -> dict[str, str]:
    kinds = ("policies", "products/policies", "apis/policies", "apis/operations/policies")
    found = {
        key.rsplit("/policies/", 1)[0]: document["properties"]["value"]
        for kind in kinds
        for key, document in children.get(kind, [])
    }
    for key, document in children.get("policyfragments", []):
        found[f"fragment:{key.rsplit('/', 1)[1]}"] = document["properties"]["value"]
    return found
