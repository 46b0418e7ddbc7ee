"""Schemas of /client-grants."""

from auth0_apim_sandbox.tenant.management.requests.paging import CHECKPOINT, PAGE
from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document

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
