"""/client-grants: which client may ask for which scopes of which API."""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import CHECKPOINT, PAGE, paginate_or_checkpoint
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.json_input import Schema, document

_SUBJECT_TYPE: Schema = {"type": "string", "enum": ["anonymous_user", "client", "user"]}
_PROPERTIES: dict[str, Schema] = {
    "scope": {
        "type": ["array", "null"],
        "uniqueItems": True,
        "items": {"type": "string", "minLength": 1, "maxLength": 280},
        "description": "Scopes allowed for this client grant.",
    },
    "organization_usage": {"type": ["string", "null"], "enum": ["deny", "allow", "require", None]},
    "allow_any_organization": {"type": ["boolean", "null"]},
    "authorization_details_types": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 255}},
    "allow_all_scopes": {"type": ["boolean", "null"], "description": "If enabled, all scopes are allowed."},
}
CREATE = document(
    {
        **_PROPERTIES,
        "client_id": {"type": "string", "minLength": 1, "description": "ID of the client."},
        "default_for": {"type": "string", "enum": ["third_party_clients"]},
        "audience": {"type": "string", "minLength": 1, "description": "The audience (API identifier) of this grant."},
        "subject_type": {**_SUBJECT_TYPE, "description": "The type of application access the client grant allows."},
    },
    required=["audience"],
)
UPDATE = document(_PROPERTIES)
LIST_QUERY = document(
    {
        **PAGE,
        **CHECKPOINT,
        "audience": {"type": "string", "description": "Optional filter on audience."},
        "client_id": {"type": "string", "description": "Optional filter on client_id."},
        "subject_type": _SUBJECT_TYPE,
        "allow_any_organization": {"type": "boolean"},
        "default_for": {"type": "string", "enum": ["third_party_clients"]},
    }
)
_FILTERS = ("audience", "client_id", "subject_type", "default_for", "allow_any_organization")
_LIST = "/client-grants"
_ONE = "/client-grants/{id}"


async def list_all(call: Call) -> Response:
    """The grants, all or those that match the query's filters."""
    filters = {name: call.query[name] for name in _FILTERS if name in call.query}
    grants = [
        grant
        for grant in call.tenant.client_grants.values()
        if all(grant.get(name) == value for name, value in filters.items())
    ]
    return json_answer(paginate_or_checkpoint(grants, "client_grants", call.query))


async def create(call: Call) -> Response:
    """Grant a client, or every third-party client, scopes of an API; one grant per API and subject type."""
    _check_parties(call)
    _check_scope(call.body)
    grant = {
        "id": ids.client_grant_id(),
        **{name: value for name, value in call.body.items() if value is not None},
        "subject_type": call.body.get("subject_type", "client"),
    }
    if not grant.get("allow_all_scopes") and "scope" not in grant:
        raise invalid_body("Payload validation error: 'Missing required property: scope'.")
    _check_conflict(call, grant)
    call.tenant.client_grants.put(grant["id"], grant)
    return json_answer(grant, 201)


async def get(call: Call) -> Response:
    """One grant."""
    return json_answer(_find(call))


async def update(call: Call) -> Response:
    """Change what a grant allows; whom, for what API and for what subject type never change."""
    _check_scope(call.body)
    changed = {**_find(call), **call.body}
    if call.body.get("allow_all_scopes"):
        changed.pop("scope", None)
    elif call.body.get("scope") is not None:
        changed.pop("allow_all_scopes", None)
    grant = {name: value for name, value in changed.items() if value is not None}
    call.tenant.client_grants.put(grant["id"], grant)
    return json_answer(grant)


async def delete(call: Call) -> Response:
    """Take a grant back; fine when there is none."""
    call.tenant.client_grants.delete(call.path["id"])
    return no_content()


def _find(call: Call) -> Document:
    grant = call.tenant.client_grants.get(call.path["id"])
    if grant is None:
        raise ManagementError(404, "The grant does not exist.", "inexistent_client_grant")
    return grant


def _check_parties(call: Call) -> None:
    client_id = call.body.get("client_id")
    if (client_id is None) == ("default_for" not in call.body):
        if client_id is None:
            raise invalid_body("Payload validation error: 'Missing required property: client_id'.")
        raise invalid_body("client_id and default_for cannot be used together")
    if client_id is not None and client_id not in call.tenant.clients:
        raise ManagementError(404, "The client does not exist", "inexistent_client")
    if call.tenant.resource_server(call.body["audience"]) is None:
        raise ManagementError(404, "The resource server does not exist", "inexistent_resource_server")


def _check_scope(body: dict[str, Any]) -> None:
    if body.get("allow_all_scopes") and body.get("scope"):
        raise invalid_body("scope cannot be used together with allow_all_scopes")
    if body.get("subject_type") == "anonymous_user":
        raise not_supported("anonymous users: subject_type of a client grant")
    if body.get("organization_usage") in ("allow", "require") or body.get("allow_any_organization"):
        raise not_supported("organizations in a client grant")
    if body.get("authorization_details_types"):
        raise not_supported("authorization_details_types in a client grant")


def _check_conflict(call: Call, grant: Document) -> None:
    key = (grant.get("client_id"), grant["audience"], grant["subject_type"])
    for other in call.tenant.client_grants.values():
        if key == (other.get("client_id"), other["audience"], other["subject_type"]):
            party = grant.get("client_id", grant.get("default_for"))
            raise ManagementError(409, f"A client grant already exists between {party} and {grant['audience']}")


ENDPOINTS = [
    Endpoint("GET", _LIST, ("read:client_grants",), list_all, query=LIST_QUERY),
    Endpoint("POST", _LIST, ("create:client_grants",), create, CREATE),
    Endpoint("GET", _ONE, ("read:client_grants",), get),
    Endpoint("PATCH", _ONE, ("update:client_grants",), update, UPDATE),
    Endpoint("DELETE", _ONE, ("delete:client_grants",), delete),
]
