"""What the overview page shows: what is deployed, and the last calls with their verdicts.

Clients' secrets, users' passwords and the values of secret named values are not among it; policies are shown as they were written."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from auth0_apim_sandbox.cloud.request_log import Entry
from auth0_apim_sandbox.store import Store

_APIM = "microsoft.apimanagement/service"
_TABLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "Clients": ("auth0.clients", {"name": "name", "client_id": "id", "app_type": "type", "grant_types": "grant types"}),
    "APIs of the tenant": (
        "auth0.resource_servers",
        {"name": "name", "identifier": "identifier", "signing_alg": "signed by"},
    ),
    "Grants": ("auth0.client_grants", {"client_id": "client", "audience": "audience", "scope": "scopes"}),
    "Connections": ("auth0.connections", {"name": "name", "strategy": "strategy"}),
    "Users": ("auth0.users", {"user_id": "id", "email": "e-mail"}),
}


def overview(store: Store, status: Mapping[str, Any], calls: Iterable[Entry]) -> dict[str, Any]:
    """The page's data.

    Args:
        store: what the services hold.
        status: parts, gateways and portals with their addresses.
        calls: the last calls of gateways, the oldest first.
    """
    return {
        "addresses": dict(status["parts"]),
        "services": [_service(store, key, url, status["portals"].get(key)) for key, url in status["gateways"].items()],
        "tables": [_table(store, title) for title in _TABLES],
        "calls": [asdict(entry) for entry in reversed(list(calls))],
    }


def _service(store: Store, key: str, gateway: str, portal: str | None) -> dict[str, Any]:
    documents = [document for _, document in store.collection("arm.resources").below(f"{key}/")]
    operations = [each for each in documents if each["type"].lower() == f"{_APIM}/apis/operations"]
    return {
        "name": store.collection("arm.resources")[key]["name"],
        "gateway": gateway,
        "portal": portal,
        "apis": [_api(gateway, each, operations) for each in documents if each["type"].lower() == f"{_APIM}/apis"],
        "policies": [
            {"of": each["id"][len(key) :].rpartition("/policies/")[0] or "/", "text": each["properties"]["value"]}
            for each in documents
            if each["type"].lower().endswith("/policies")
        ],
    }


def _api(gateway: str, api: Mapping[str, Any], operations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    below = f"{api['id']}/operations/".lower()
    own = [each["properties"] for each in operations if each["id"].lower().startswith(below)]
    return {
        "name": f"{api['properties']['displayName']} ({api['name']})",
        "url": f"{gateway}/{api['properties']['path']}",
        "operations": [f"{each['method']} {each['urlTemplate']}" for each in own],
    }


def _table(store: Store, title: str) -> dict[str, Any]:
    collection, columns = _TABLES[title]
    rows = [[document.get(name) for name in columns] for document in store.collection(collection).values()]
    return {"title": title, "columns": list(columns.values()), "rows": rows}
