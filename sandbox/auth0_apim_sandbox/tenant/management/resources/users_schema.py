"""Schemas of /users, /users-by-email and what hangs on a user."""

from auth0_apim_sandbox.tenant.management.requests.paging import CHECKPOINT, FIELDS, PAGE
from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document
from auth0_apim_sandbox.tenant.users.accounts import USERNAME

_BOOLEAN: Schema = {"type": "boolean"}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 150}
_USERNAME: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 128,
    "pattern": USERNAME,
    "description": "The user's username. Only valid if the connection requires a username.",
}
_METADATA: Schema = {"type": "object"}

_PROPERTIES: dict[str, Schema] = {
    "email": {"type": "string", "format": "email", "description": "The user's email."},
    "phone_number": {"type": "string", "pattern": "^\\+[0-9]{1,15}$", "description": "The user's phone number"},
    "user_metadata": {**_METADATA, "description": "User metadata to which this user has read/write access."},
    "app_metadata": {**_METADATA, "description": "User metadata to which this user has read-only access."},
    "blocked": {"type": "boolean", "description": "Whether this user was blocked by an administrator."},
    "email_verified": {"type": "boolean", "description": "Whether this email address is verified."},
    "phone_verified": _BOOLEAN,
    "given_name": {**_NAME, "description": "The user's given name(s)."},
    "family_name": {**_NAME, "description": "The user's family name(s)."},
    "name": {"type": "string", "minLength": 1, "maxLength": 300, "description": "The user's full name."},
    "nickname": {"type": "string", "minLength": 1, "maxLength": 300, "description": "The user's nickname."},
    "picture": {"type": "string", "format": "absolute-uri", "description": "A URI pointing to the user's picture."},
    "password": {"type": "string", "minLength": 1, "description": "Initial password for this user."},
    "verify_email": {"type": "boolean", "description": "Whether the user will receive a verification email."},
    "username": _USERNAME,
}
_REMOVABLE = ("user_metadata", "app_metadata", "given_name", "family_name", "name", "nickname", "picture", "email")

CREATE = document(
    {
        **_PROPERTIES,
        "connection": {"type": "string", "minLength": 1, "description": "Name of the connection this user is in."},
        "user_id": {"type": "string", "maxLength": 255, "description": "The external user's id."},
    },
    required=["connection"],
)
UPDATE = document(
    {
        **_PROPERTIES,
        **{name: {**_PROPERTIES[name], "type": [_PROPERTIES[name]["type"], "null"]} for name in _REMOVABLE},
        "verify_phone_number": _BOOLEAN,
        "verify_password": _BOOLEAN,
        "connection": {"type": "string", "minLength": 1, "description": "Name of the connection to target."},
        "client_id": {"type": "string", "minLength": 1, "description": "Auth0 client ID."},
    }
)

LIST_QUERY = document(
    {
        **PAGE,
        **FIELDS,
        "sort": {"type": "string", "pattern": "^[A-Za-z_.]+:-?1$", "description": "Field to sort by: field:order"},
        "connection": {"type": "string", "minLength": 1, "description": "Connection filter."},
        "q": {"type": "string", "description": "Query in Lucene query string syntax."},
        "search_engine": {"type": "string", "enum": ["v3"]},
        "primary_order": {"type": "boolean"},
    }
)
GET_QUERY = document(FIELDS)
BY_EMAIL_QUERY = document(
    {**FIELDS, "email": {"type": "string", "minLength": 1, "description": "Email address to search for"}},
    required=["email"],
)
PAGE_QUERY = document(PAGE)
PAGE_OR_CHECKPOINT_QUERY = document({**PAGE, **CHECKPOINT})

ROLES = document(
    {"roles": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}}, required=["roles"]
)
USERS = document(
    {"users": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}}, required=["users"]
)
PERMISSIONS = document(
    {
        "permissions": {
            "type": "array",
            "minItems": 1,
            "items": document(
                {
                    "resource_server_identifier": {"type": "string", "minLength": 1},
                    "permission_name": {"type": "string", "minLength": 1},
                },
                required=["resource_server_identifier", "permission_name"],
            ),
        }
    },
    required=["permissions"],
)
