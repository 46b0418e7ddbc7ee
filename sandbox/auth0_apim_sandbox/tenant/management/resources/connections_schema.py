"""Schemas of /connections."""

from auth0_apim_sandbox.tenant.management.requests.paging import CHECKPOINT, FIELDS, PAGE
from auth0_apim_sandbox.tenant.management.requests.validation import unsupported_properties
from auth0_apim_sandbox.tenant.model.json_input import Schema, document

STRATEGIES = [
    "ad",
    "adfs",
    "amazon",
    "apple",
    "auth0",
    "auth0-oidc",
    "baidu",
    "bitbucket",
    "bitly",
    "box",
    "custom",
    "daccount",
    "dropbox",
    "dwolla",
    "email",
    "evernote",
    "evernote-sandbox",
    "exact",
    "facebook",
    "fitbit",
    "github",
    "google-apps",
    "google-oauth2",
    "instagram",
    "ip",
    "line",
    "linkedin",
    "oauth1",
    "oauth2",
    "office365",
    "oidc",
    "okta",
    "paypal",
    "paypal-sandbox",
    "pingfederate",
    "planningcenter",
    "salesforce",
    "salesforce-community",
    "salesforce-sandbox",
    "samlp",
    "sharepoint",
    "shop",
    "shopify",
    "sms",
    "soundcloud",
    "thirtysevensignals",
    "twitter",
    "untappd",
    "vkontakte",
    "waad",
    "weibo",
    "windowslive",
    "wordpress",
    "yahoo",
    "yandex",
]
SCRIPTS = ("login", "get_user", "create", "verify", "change_password", "delete", "change_email")

_BOOLEAN: Schema = {"type": "boolean"}
_STRING: Schema = {"type": "string"}
_OBJECT: Schema = {"type": "object"}
_LENGTHS = document({"min": {"type": "integer", "minimum": 1}, "max": {"type": "integer", "maximum": 128}})

_AUTHENTICATION_METHODS = document(
    {
        "password": document(
            {
                "enabled": _BOOLEAN,
                "api_behavior": {"type": "string", "enum": ["required", "optional"]},
                "signup_behavior": {"type": "string", "enum": ["allow", "block"]},
            }
        ),
        "passkey": document({"enabled": _BOOLEAN}),
        "email_otp": document({"enabled": _BOOLEAN}),
        "phone_otp": document({"enabled": _BOOLEAN}),
    }
)

UNSUPPORTED = ("cross_app_access_requesting_app", "cross_app_access_resource_app")
UNSUPPORTED_OPTIONS = ("custom_password_hash", "non_persistent_attrs", "realm_fallback")
"""What Auth0 takes and this tenant refuses, unless it is null or false."""

_OPTIONS = document(
    {
        **unsupported_properties(UNSUPPORTED_OPTIONS),
        "attributes": _OBJECT,
        "authentication_methods": {**_AUTHENTICATION_METHODS, "type": ["object", "null"]},
        "brute_force_protection": {"type": "boolean", "description": "Enables Auth0's brute force protection."},
        "configuration": {
            "type": "object",
            "additionalProperties": {"type": ["string", "null"]},
            "description": "Stores encrypted string only configurations for connections",
        },
        "customScripts": document(
            {name: {"type": "string", "minLength": 1} for name in SCRIPTS},
            description="A map of scripts used to integrate with a custom database.",
        ),
        "disable_self_service_change_password": _BOOLEAN,
        "disable_signup": _BOOLEAN,
        "enable_script_context": _BOOLEAN,
        "enabledDatabaseCustomization": {"type": "boolean", "description": "Set to true to use a legacy user store"},
        "import_mode": {"type": "boolean", "description": "Enable this to migrate users to the Auth0 user store."},
        "mfa": document({"active": _BOOLEAN, "return_enroll_settings": _BOOLEAN}),
        "passkey_options": {"type": ["object", "null"]},
        "passwordPolicy": {
            "type": ["string", "null"],
            "enum": ["none", "low", "fair", "good", "excellent", None],
            "description": "Password strength level",
        },
        "password_complexity_options": {
            **document({"min_length": {"type": "integer", "minimum": 1, "maximum": 128}}),
            "type": ["object", "null"],
            "description": "Password complexity options",
        },
        "password_dictionary": {
            **document(
                {
                    "enable": _BOOLEAN,
                    "dictionary": {"type": "array", "maxItems": 200, "items": {"type": "string", "maxLength": 50}},
                },
                required=["enable"],
            ),
            "type": ["object", "null"],
            "description": "Options for password dictionary policy",
        },
        "password_history": {
            **document(
                {"enable": _BOOLEAN, "size": {"type": "integer", "minimum": 0, "maximum": 24}}, required=["enable"]
            ),
            "type": ["object", "null"],
            "description": "Options for password history policy",
        },
        "password_no_personal_info": {
            **document({"enable": _BOOLEAN}, required=["enable"]),
            "type": ["object", "null"],
            "description": "Options for personal info in passwords policy",
        },
        "password_options": {"type": ["object", "null"]},
        "precedence": {"type": "array", "items": {"type": "string", "enum": ["email", "phone_number", "username"]}},
        "requires_username": _BOOLEAN,
        "set_user_root_attributes": {"type": "string", "enum": ["on_each_login", "on_first_login", "never_on_login"]},
        "strategy_version": {"type": ["integer", "null"]},
        "upstream_params": {"type": ["object", "null"]},
        "validation": {
            **document({"username": {**_LENGTHS, "type": ["object", "null"]}}),
            "type": ["object", "null"],
            "description": "Options for validation",
        },
    },
    description="Connection's options (depend on the connection strategy)",
)
_OPTIONS["type"] = ["object", "null"]

_PROPERTIES: dict[str, Schema] = {
    "display_name": {"type": "string", "maxLength": 128, "description": "Connection name used in the login screen"},
    "options": _OPTIONS,
    "enabled_clients": {
        "type": ["array", "null"],
        "uniqueItems": True,
        "items": _STRING,
        "description": "The identifiers of the clients for which the connection is to be enabled.",
    },
    "is_domain_connection": {"type": "boolean"},
    "show_as_button": _BOOLEAN,
    "realms": {"type": "array", "items": {"type": "string"}},
    "metadata": {
        "type": "object",
        "maxProperties": 10,
        "additionalProperties": {"type": ["string", "null"], "maxLength": 255},
        "properties": {},
        "description": "Metadata associated with the connection.",
    },
    **unsupported_properties(UNSUPPORTED),
    "authentication": document({"active": _BOOLEAN}, required=["active"]),
    "connected_accounts": document(
        {"active": _BOOLEAN, "cross_app_access": _BOOLEAN, "offline_access": _BOOLEAN}, required=["active"]
    ),
}

CREATE = document(
    {
        "name": {
            "type": "string",
            "maxLength": 128,
            "pattern": "^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$",
            "description": "The name of the connection.",
        },
        "strategy": {"type": "string", "enum": STRATEGIES, "description": "The identity provider identifier"},
        **_PROPERTIES,
    },
    required=["name", "strategy"],
)
UPDATE = document(_PROPERTIES)
UPDATE_CLIENTS: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": document(
        {"client_id": {"type": "string", "minLength": 1}, "status": _BOOLEAN}, required=["client_id", "status"]
    ),
}

LIST_QUERY = document(
    {
        **PAGE,
        **CHECKPOINT,
        **FIELDS,
        "strategy": {"type": "array", "items": {"type": "string", "enum": STRATEGIES}},
        "name": {"type": "string", "description": "Provide a name to filter connections"},
    }
)
OF_CLIENT_QUERY = document(
    {
        **CHECKPOINT,
        "strategy": {"type": "array", "items": {"type": "string", "enum": STRATEGIES}},
    }
)
GET_QUERY = document(FIELDS)
CLIENTS_QUERY = document(CHECKPOINT)
DELETE_USER_QUERY = document({"email": {"type": "string", "format": "email"}}, required=["email"])
