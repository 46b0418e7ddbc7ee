"""Schemas of /clients and /clients/{client_id}/credentials."""

from auth0_apim_sandbox.tenant.management.requests.paging import CHECKPOINT, FIELDS, PAGE
from auth0_apim_sandbox.tenant.management.requests.validation import unsupported_properties
from auth0_apim_sandbox.tenant.model.json_input import Schema, document

GRANT_TYPES = (
    "authorization_code",
    "client_credentials",
    "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-recovery-code",
    "http://auth0.com/oauth/grant-type/password-realm",
    "http://auth0.com/oauth/grant-type/passwordless/otp",
    "implicit",
    "password",
    "refresh_token",
    "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:openid:params:grant-type:ciba",
)
APP_TYPES = ("native", "non_interactive", "regular_web", "resource_server", "spa")
_SSO_APP_TYPES = [
    "box",
    "cloudbees",
    "concur",
    "dropbox",
    "echosign",
    "egnyte",
    "express_configuration",
    "mscrm",
    "newrelic",
    "oag",
    "office365",
    "rms",
    "salesforce",
    "sentry",
    "sharepoint",
    "slack",
    "springcm",
    "sso_integration",
    "zendesk",
    "zoom",
]

_BOOLEAN: Schema = {"type": "boolean"}
_NULLABLE_BOOLEAN: Schema = {"type": ["boolean", "null"]}
_NULLABLE_OBJECT: Schema = {"type": ["object", "null"]}
_SECONDS: Schema = {"type": "integer", "minimum": 0, "maximum": 157788000}
_ORIGINS: Schema = {"type": "array", "items": {"type": "string", "format": "origin"}}
_URLS: Schema = {"type": "array", "items": {"type": "string", "format": "absolute-uri"}}

_JWT_CONFIGURATION = document(
    {
        "lifetime_in_seconds": {**_SECONDS, "maximum": 2592000},
        "secret_encoded": {"type": "boolean"},
        "scopes": {"type": "object"},
        "alg": {"type": "string", "enum": ["HS256", "RS256", "RS512", "PS256"]},
    },
    description="Configuration related to JWTs for the client.",
)
_REFRESH_TOKEN = document(
    {
        "rotation_type": {"type": "string", "enum": ["rotating", "non-rotating"]},
        "expiration_type": {"type": "string", "enum": ["expiring", "non-expiring"]},
        "leeway": {**_SECONDS, "maximum": 60},
        "token_lifetime": {**_SECONDS, "minimum": 1},
        "infinite_token_lifetime": _BOOLEAN,
        "idle_token_lifetime": {**_SECONDS, "minimum": 1},
        "infinite_idle_token_lifetime": _BOOLEAN,
        "policies": {"type": ["array", "null"]},
    },
    required=["rotation_type", "expiration_type"],
    description="Refresh token configuration",
)
_CREDENTIAL_REFERENCE = document({"id": {"type": "string", "minLength": 1}}, required=["id"])


def _authentication_methods(credential: Schema, least: int) -> Schema:
    credentials = {"type": "array", "minItems": least, "maxItems": 2, "items": credential}
    slot = document({"credentials": credentials}, required=["credentials"])
    methods = ("private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth")
    return document(dict.fromkeys(methods, slot), minProperties=1, maxProperties=1)


CREATE_CREDENTIAL = document(
    {
        "credential_type": {"type": "string", "enum": ["public_key", "cert_subject_dn", "x509_cert"]},
        "name": {"type": "string", "maxLength": 128, "description": "Friendly name for a credential."},
        "subject_dn": {"type": "string", "minLength": 1, "maxLength": 256},
        "pem": {"type": "string", "minLength": 1, "maxLength": 4096, "description": "PEM-formatted public key or cert"},
        "alg": {"type": "string", "enum": ["RS256", "RS384", "PS256"]},
        "parse_expiry_from_cert": _BOOLEAN,
        "expires_at": {"type": "string", "description": "The ISO 8601 formatted date of the expiration."},
        "kid": {"type": "string", "minLength": 10, "maxLength": 64, "pattern": "^([0-9a-zA-Z-_]{10,64})$"},
    },
    required=["credential_type"],
)
UPDATE_CREDENTIAL = document({"expires_at": {"type": ["string", "null"]}})

UNSUPPORTED = (
    "anonymous_sessions",
    "b2b_integration_configuration",
    "compliance_level",
    "default_organization",
    "enforce_anon_session_transfer_network_binding",
    "express_configuration",
    "identity_assertion_authorization_grant",
    "my_organization_configuration",
    "oidc_support",
    "require_proof_of_possession",
    "require_pushed_authorization_requests",
    "signed_request_object",
    "token_vault_privileged_access",
)
"""What Auth0 takes and this tenant refuses, unless it is null or false."""

_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 2147483647}
TOKEN_QUOTA = document(
    {
        "client_credentials": {
            **document({"per_hour": _LIMIT, "per_day": _LIMIT, "enforce": {"type": "boolean"}}),
            "minProperties": 1,
        }
    },
    required=["client_credentials"],
)

_PROPERTIES: dict[str, Schema] = {
    **unsupported_properties(UNSUPPORTED),
    "name": {"type": "string", "minLength": 1, "pattern": "^[^<>]+$", "description": "Name of this client."},
    "description": {"type": "string", "maxLength": 140, "description": "Free text description of this client."},
    "client_secret": {"type": "string", "minLength": 1, "description": "The secret used to sign tokens."},
    "logo_uri": {"type": "string", "format": "absolute-uri-or-empty", "description": "URL of the logo."},
    "callbacks": {**_URLS, "description": "URLs whitelisted to use as a callback after authentication."},
    "allowed_logout_urls": {**_URLS, "description": "URLs that are valid to redirect to after logout."},
    "allowed_origins": {**_ORIGINS, "description": "URLs allowed to make requests from JavaScript."},
    "web_origins": {**_ORIGINS, "description": "Allowed origins for web message responses."},
    "client_aliases": {"type": "array", "items": {"type": "string"}},
    "allowed_clients": {"type": "array", "items": {"type": "string"}},
    "grant_types": {
        "type": "array",
        "items": {"type": "string", "enum": list(GRANT_TYPES)},
        "description": "A set of grant types that the client is authorized to use.",
    },
    "token_endpoint_auth_method": {
        "type": "string",
        "enum": ["none", "client_secret_post", "client_secret_basic"],
        "description": "Defines the requested authentication method for the token endpoint.",
    },
    "app_type": {"type": "string", "enum": [*APP_TYPES, *_SSO_APP_TYPES], "description": "The type of this client."},
    "is_first_party": {**_BOOLEAN, "description": "Whether this client a first party client or not"},
    "is_token_endpoint_ip_header_trusted": _BOOLEAN,
    "oidc_conformant": {**_BOOLEAN, "description": "Whether this client will conform to strict OIDC specifications"},
    "jwt_configuration": _JWT_CONFIGURATION,
    "encryption_key": _NULLABLE_OBJECT,
    "sso": _BOOLEAN,
    "sso_disabled": _BOOLEAN,
    "cross_origin_auth": _BOOLEAN,
    "cross_origin_authentication": _BOOLEAN,
    "cross_origin_loc": {"type": ["string", "null"]},
    "custom_login_page_on": _BOOLEAN,
    "custom_login_page": {"type": "string"},
    "custom_login_page_preview": {"type": "string"},
    "form_template": {"type": "string"},
    "addons": {"type": "object"},
    "client_metadata": {
        "type": "object",
        "maxProperties": 10,
        "additionalProperties": {"type": ["string", "null"], "maxLength": 255},
        "properties": {},
        "description": "Metadata associated with the client.",
    },
    "mobile": {"type": "object"},
    "initiate_login_uri": {"type": "string", "format": "absolute-https-uri-or-empty"},
    "native_social_login": _NULLABLE_OBJECT,
    "fedcm_login": _NULLABLE_OBJECT,
    "refresh_token": {**_REFRESH_TOKEN, "type": ["object", "null"]},
    "default_organization": _NULLABLE_OBJECT,
    "organization_usage": {"type": ["string", "null"], "enum": ["deny", "allow", "require", None]},
    "organization_require_behavior": {
        "type": ["string", "null"],
        "enum": ["no_prompt", "pre_login_prompt", "post_login_prompt", None],
    },
    "organization_discovery_methods": {"type": ["array", "null"], "items": {"type": "string"}},
    "oidc_backchannel_logout": _NULLABLE_OBJECT,
    "oidc_logout": _NULLABLE_OBJECT,
    "session_transfer": _NULLABLE_OBJECT,
    "require_pushed_authorization_requests": _BOOLEAN,
    "require_proof_of_possession": _BOOLEAN,
    "signed_request_object": _NULLABLE_OBJECT,
    "compliance_level": {"type": ["string", "null"]},
    "skip_non_verifiable_callback_uri_confirmation_prompt": _NULLABLE_BOOLEAN,
    "token_exchange": _NULLABLE_OBJECT,
    "par_request_expiry": {"type": ["integer", "null"]},
    "redirection_policy": {"type": "string", "enum": ["allow_always", "open_redirect_protection"]},
    "third_party_security_mode": {"type": ["string", "null"], "enum": ["strict", "permissive", None]},
    "token_quota": {**TOKEN_QUOTA, "type": ["object", "null"]},
    "resource_server_identifier": {"type": "string"},
    "async_approval_notification_channels": {"type": "array"},
}


def _nullable(schema: Schema) -> Schema:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    more: Schema = {"enum": [*schema["enum"], None]} if "enum" in schema and None not in schema["enum"] else {}
    return {**schema, "type": list(dict.fromkeys([*kinds, "null"])), **more}


_NEVER_NULL = ("name", "client_secret", "grant_types", "app_type", "is_first_party", "oidc_conformant")

CREATE = document(
    {**_PROPERTIES, "client_authentication_methods": _authentication_methods(CREATE_CREDENTIAL, 1)}, required=["name"]
)
UPDATE = document(
    {
        **{name: schema if name in _NEVER_NULL else _nullable(schema) for name, schema in _PROPERTIES.items()},
        "client_authentication_methods": _nullable(_authentication_methods(_CREDENTIAL_REFERENCE, 0)),
    }
)

LIST_QUERY = document(
    {
        **PAGE,
        **CHECKPOINT,
        **FIELDS,
        "external_client_id": {"type": "string"},
        "is_global": {"type": "boolean"},
        "q": {"type": "string", "description": "Query in Lucene query string syntax."},
        "is_first_party": {"type": "boolean"},
        "app_type": {"type": "string", "description": "Optional filter by a comma-separated list of app types."},
    }
)
GET_QUERY = document(FIELDS)
CREDENTIALS_QUERY = document(PAGE)
