"""Schemas of /resource-servers."""

from auth0_apim_sandbox.tenant.management.requests.paging import CHECKPOINT, FIELDS, PAGE
from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document, unenforced

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

UNENFORCED = (
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
    **unenforced(UNENFORCED),
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
