"""/resource-servers: the APIs that access tokens are for."""

from typing import Any
from urllib.parse import unquote

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import (
    CHECKPOINT,
    FIELDS,
    PAGE,
    paginate_or_checkpoint,
    select_fields,
)
from auth0_apim_sandbox.tenant.management.requests.validation import refuse_unsupported, unsupported_properties
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.json_input import Schema, document
from auth0_apim_sandbox.tenant.model.tenant import Tenant

MAX_TOKEN_LIFETIME = 2592000
_LIFETIME: Schema = {"type": "integer", "minimum": 0, "maximum": MAX_TOKEN_LIFETIME}
_SCOPE = document(
    {
        "value": {"type": "string", "minLength": 1, "maxLength": 280, "description": "Value of this scope."},
        "description": {"type": ["string", "null"], "maxLength": 500, "description": "Description of this scope."},
    },
    required=["value"],
)
_SUBJECT_TYPES = document(
    {
        "anonymous_user": {"type": ["object", "null"]},
        "client": document({"policy": {"type": "string", "enum": ["deny_all", "require_client_grant"]}}),
        "user": document({"policy": {"type": "string", "enum": ["allow_all", "deny_all", "require_client_grant"]}}),
    },
    description="Defines application access permission for a resource server",
)
UNSUPPORTED = (
    "access_token",
    "allow_online_access",
    "allow_online_access_with_ephemeral_sessions",
    "authorization_details",
    "authorization_policy",
    "consent_policy",
    "proof_of_possession",
    "require_consent_non_repudiation",
    "token_encryption",
    "token_lifetime_for_anonymous_access_tokens",
)
"""What Auth0 takes and this tenant refuses, unless it is null or false."""
_PROPERTIES: dict[str, Schema] = {
    **unsupported_properties(UNSUPPORTED),
    "name": {
        "type": "string",
        "maxLength": 200,
        "pattern": "^[^<>]+$",
        "description": "Friendly name for this resource server. Can not contain `<` or `>` characters.",
    },
    "scopes": {"type": "array", "items": _SCOPE, "description": "List of permissions (scopes) that this API uses."},
    "signing_alg": {
        "type": "string",
        "enum": ["HS256", "RS256", "RS512", "PS256"],
        "description": "Algorithm used to sign JWTs.",
    },
    "signing_secret": {
        "type": "string",
        "minLength": 16,
        "description": "Secret used to sign tokens when using symmetric algorithms (HS256).",
    },
    "allow_offline_access": {"type": "boolean", "description": "Whether refresh tokens can be issued for this API."},
    "token_lifetime": {**_LIFETIME, "description": "Expiration value (in seconds) for access tokens."},
    "token_lifetime_for_web": {**_LIFETIME, "description": "Expiration value (in seconds) for browser flows."},
    "token_dialect": {
        "type": "string",
        "enum": ["access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"],
        "description": "Dialect of access tokens that should be issued.",
    },
    "skip_consent_for_verifiable_first_party_clients": {"type": "boolean"},
    "enforce_policies": {"type": "boolean", "description": "Whether authorization polices are enforced (RBAC)."},
    "subject_type_authorization": _SUBJECT_TYPES,
    "consent_policy": {"type": ["string", "null"], "enum": ["transactional-authorization-with-mfa", None]},
    "authorization_details": {"type": ["array", "null"], "items": {"type": "object"}},
    "token_encryption": {"type": ["object", "null"]},
    "proof_of_possession": {"type": ["object", "null"]},
}
CREATE = document(
    {
        **_PROPERTIES,
        "identifier": {
            "type": "string",
            "minLength": 1,
            "maxLength": 600,
            "description": "Unique identifier for the API used as the audience parameter on authorization calls.",
        },
    },
    required=["identifier"],
)
UPDATE = document(_PROPERTIES)
LIST_QUERY = document({**PAGE, **FIELDS, **CHECKPOINT, "identifiers": {"type": "array", "items": {"type": "string"}}})
GET_QUERY = document(FIELDS)
_DEFAULT_LIFETIME = 86400
_DEFAULT_LIFETIME_FOR_WEB = 7200
_LIST = "/resource-servers"
_ONE = "/resource-servers/{id}"


async def list_all(call: Call) -> Response:
    """The APIs, all or those with one of the `identifiers`."""
    found = list(call.tenant.resource_servers.values())
    if "identifiers" in call.query:
        found = [api for api in found if api["identifier"] in call.query["identifiers"]]
    page = paginate_or_checkpoint(found, "resource_servers", call.query, lambda api: _shown(call, api))
    return json_answer(page)


async def create(call: Call) -> Response:
    """Add an API with the defaults that the live service gives."""
    if call.tenant.resource_server(call.body["identifier"]):
        raise ManagementError(409, "A resource server with the same identifier already exists")
    lifetime = call.body.get("token_lifetime", _DEFAULT_LIFETIME)
    defaults = {
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "allow_online_access": False,
        "allow_online_access_with_ephemeral_sessions": False,
        "token_lifetime": lifetime,
        "token_lifetime_for_web": min(_DEFAULT_LIFETIME_FOR_WEB, lifetime),
        "signing_alg": "RS256",
    }
    api = _checked({"id": ids.resource_server_id(), **defaults, **call.body}, call.body)
    call.tenant.resource_servers.put(api["id"], api)
    return json_answer(api, 201)


async def get(call: Call) -> Response:
    """One API, by id or identifier."""
    return json_answer(_shown(call, _find(call)))


async def update(call: Call) -> Response:
    """Change an API; its identifier never changes. A scope taken away is taken from roles and users too."""
    before = _find(call)
    if before.get("is_system"):
        raise ManagementError(400, "System APIs cannot be modified.", "operation_not_supported")
    lifetime = call.body.get("token_lifetime", before["token_lifetime"])
    defaults = {"token_lifetime_for_web": min(before["token_lifetime_for_web"], lifetime)}
    api = _checked({**before, **defaults, **call.body}, call.body)
    with call.tenant.store.transaction():
        call.tenant.resource_servers.put(api["id"], api)
        if "scopes" in call.body:
            _drop_permissions(call.tenant, api["identifier"], {scope["value"] for scope in api["scopes"]})
    return json_answer(_shown(call, api))


async def delete(call: Call) -> Response:
    """Remove an API with its client grants, the consents to it and the permissions on it; fine when there is none."""
    api = _lookup(call)
    if api is None:
        return no_content()
    if api.get("is_system"):
        raise ManagementError(400, "System APIs cannot be deleted.", "operation_not_supported")
    with call.tenant.store.transaction():
        call.tenant.resource_servers.delete(api["id"])
        for grant in list(call.tenant.client_grants.values()):
            if grant["audience"] == api["identifier"]:
                call.tenant.client_grants.delete(grant["id"])
        for consent in list(call.tenant.grants.values()):
            if consent["audience"] == api["identifier"]:
                call.tenant.revoke_grant(consent["user_id"], consent["clientID"], consent["audience"])
        _drop_permissions(call.tenant, api["identifier"], set())
    return no_content()


def _shown(call: Call, api: Document) -> Document:
    """An API as answers show it: with the id of the client that is this API, if there is one."""
    client = call.tenant.client_of_api(api["identifier"])
    return select_fields({**api, **({"client_id": client["client_id"]} if client else {})}, call.query)


def _lookup(call: Call) -> Document | None:
    key = call.path["id"]
    # Clients that encode an identifier twice find their API too.
    return (
        call.tenant.resource_servers.get(key)
        or call.tenant.resource_server(key)
        or call.tenant.resource_server(unquote(key))
    )


def _find(call: Call) -> Document:
    api = _lookup(call)
    if api is None:
        raise ManagementError(404, "The resource server does not exist", "inexistent_resource_server")
    return api


def _checked(api: Document, body: dict[str, Any]) -> Document:
    refuse_unsupported(UNSUPPORTED, body, "the property {} of a resource server")
    if body.get("subject_type_authorization", {}).get("anonymous_user"):
        raise not_supported("anonymous users: subject_type_authorization.anonymous_user of a resource server")
    values = [scope["value"] for scope in api.get("scopes", [])]
    if len(set(values)) < len(values):
        raise invalid_body("Payload validation error: 'Array items are not unique' on property scopes.")
    if api["token_lifetime_for_web"] > api["token_lifetime"]:
        raise invalid_body("token_lifetime_for_web must not be greater than token_lifetime")
    policies = api.get("subject_type_authorization", {})
    api["subject_type_authorization"] = {
        "client": {"policy": policies.get("client", {}).get("policy", "require_client_grant")},
        "user": {"policy": policies.get("user", {}).get("policy", "allow_all")},
    }
    if api["signing_alg"] == "HS256":
        api.setdefault("signing_secret", ids.alphanumeric(32))
    return {name: value for name, value in api.items() if value is not None}


def _drop_permissions(tenant: Tenant, identifier: str, keep: set[str]) -> None:
    for collection, key_name in ((tenant.roles, "id"), (tenant.users, "user_id")):
        for holder in list(collection.values()):
            held = holder.get("permissions", [])
            left = [
                each
                for each in held
                if each["resource_server_identifier"] != identifier or each["permission_name"] in keep
            ]
            if len(left) < len(held):
                collection.put(holder[key_name], {**holder, "permissions": left})


ENDPOINTS = [
    Endpoint("GET", _LIST, ("read:resource_servers",), list_all, query=LIST_QUERY),
    Endpoint("POST", _LIST, ("create:resource_servers",), create, CREATE),
    Endpoint("GET", _ONE, ("read:resource_servers",), get, query=GET_QUERY),
    Endpoint("PATCH", _ONE, ("update:resource_servers",), update, UPDATE),
    Endpoint("DELETE", _ONE, ("delete:resource_servers",), delete),
]
