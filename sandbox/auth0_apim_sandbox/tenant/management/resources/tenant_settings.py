"""/tenants/settings: the tenant's defaults and flags."""

from starlette.responses import Response

from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import FIELDS, select_fields
from auth0_apim_sandbox.tenant.management.requests.validation import refuse_unsupported, unsupported_properties
from auth0_apim_sandbox.tenant.management.resources.clients_schema import TOKEN_QUOTA
from auth0_apim_sandbox.tenant.model.json_input import Schema, document

_STRING: Schema = {"type": "string"}
_BOOLEAN: Schema = {"type": ["boolean", "null"]}
_OBJECT: Schema = {"type": ["object", "null"]}
_LIFETIME: Schema = {"type": "number", "minimum": 1, "description": "Hours until a session expires."}
_MINUTES: Schema = {"type": "integer", "minimum": 1, "description": "Minutes until a session expires."}
_FLAGS = document(
    {
        name: {"type": "boolean"}
        for name in (
            "allow_changing_enable_sso",
            "allow_legacy_delegation_grant_types",
            "allow_legacy_ro_grant_types",
            "allow_legacy_tokeninfo_endpoint",
            "change_pwd_flow_v1",
            "custom_domains_provisioning",
            "dashboard_insights_view",
            "dashboard_log_streams_next",
            "disable_clickjack_protection_headers",
            "disable_fields_map_fix",
            "disable_impersonation",
            "disable_management_api_sms_obfuscation",
            "enable_adfs_waad_email_verification",
            "enable_apis_section",
            "enable_client_connections",
            "enable_custom_domain_in_emails",
            "enable_dynamic_client_registration",
            "enable_idtoken_api2",
            "enable_legacy_logs_search_v2",
            "enable_legacy_profile",
            "enable_pipeline2",
            "enable_public_signup_user_exists_error",
            "enable_sso",
            "enforce_client_authentication_on_passwordless_start",
            "genai_trial",
            "improved_signup_bot_detection_in_classic",
            "local_resource_discovery",
            "mfa_show_factor_list_on_enrollment",
            "no_disclose_enterprise_connections",
            "remove_alg_from_jwks",
            "require_pushed_authorization_requests",
            "revoke_refresh_token_grant",
            "trust_azure_adfs_email_verified_connection_property",
            "universal_login",
            "use_scope_descriptions_for_consent",
        )
    },
    description="Flags used to change the behavior of this tenant.",
)
UNSUPPORTED = (
    "access_token",
    "acr_values_supported",
    "allow_organization_name_in_authentication_api",
    "client_id_metadata_document_dynamic_registration_supported",
    "country_codes",
    "customize_mfa_in_postlogin_action",
    "dpop_strict_refresh_token_binding",
    "enable_ai_guide",
    "error_page",
    "include_session_metadata_in_tenant_logs",
    "legacy_sandbox_version",
    "mtls",
    "phone_consolidated_experience",
    "pushed_authorization_requests_supported",
    "security_headers",
)
UNSUPPORTED_FLAGS = (
    "allow_legacy_delegation_grant_types",
    "allow_legacy_ro_grant_types",
    "allow_legacy_tokeninfo_endpoint",
    "change_pwd_flow_v1",
    "custom_domains_provisioning",
    "enable_idtoken_api2",
    "enable_legacy_profile",
    "local_resource_discovery",
    "require_pushed_authorization_requests",
)
"""What Auth0 takes and this tenant refuses, unless it is null or false."""
UPDATE = document(
    {
        **unsupported_properties(UNSUPPORTED),
        "allowed_logout_urls": {"type": "array", "items": {"type": "string"}},
        "authorization_response_iss_parameter_supported": _BOOLEAN,
        "change_password": _OBJECT,
        "client_id_metadata_document_supported": _BOOLEAN,
        "default_audience": {"type": "string", "description": "Default audience for API Authorization."},
        "default_token_quota": {
            **document({"clients": TOKEN_QUOTA, "organizations": TOKEN_QUOTA}),
            "type": ["object", "null"],
        },
        "default_directory": {"type": "string", "description": "Name of connection used for password grants."},
        "default_redirection_uri": {"type": "string", "format": "absolute-https-uri-or-empty"},
        "device_flow": _OBJECT,
        "dynamic_client_registration_security_mode": {"type": "string", "enum": ["strict", "permissive"]},
        "enabled_locales": {"type": "array", "minItems": 1, "items": _STRING},
        "ephemeral_session_lifetime": _LIFETIME,
        "ephemeral_session_lifetime_in_minutes": _MINUTES,
        "flags": _FLAGS,
        "friendly_name": {"type": "string", "description": "Friendly name for this tenant."},
        "guardian_mfa_page": _OBJECT,
        "idle_ephemeral_session_lifetime": _LIFETIME,
        "idle_ephemeral_session_lifetime_in_minutes": _MINUTES,
        "idle_session_lifetime": _LIFETIME,
        "idle_session_lifetime_in_minutes": _MINUTES,
        "oidc_logout": _OBJECT,
        "picture_url": {"type": "string", "description": "URL of logo to be shown for this tenant."},
        "resource_parameter_profile": {"type": "string", "enum": ["audience", "compatibility"]},
        "sandbox_version": _STRING,
        "session_cookie": _OBJECT,
        "session_lifetime": _LIFETIME,
        "session_lifetime_in_minutes": _MINUTES,
        "sessions": _OBJECT,
        "skip_non_verifiable_callback_uri_confirmation_prompt": _BOOLEAN,
        "support_email": {"type": "string", "description": "End-user support email."},
        "support_url": {"type": "string", "description": "End-user support url."},
        "universal_login": _OBJECT,
    }
)
GET_QUERY = document(FIELDS)
_FLAGS_OF_UPDATES = {
    "cannot_change_enforce_client_authentication_on_passwordless_start": True,
    "enforce_client_authentication_on_passwordless_start": True,
}
"""What the live service shows in answers to PATCH only."""


async def get(call: Call) -> Response:
    """Every setting, and which script runtimes there are."""
    settings = {**call.tenant.settings, "sandbox_versions_available": [call.tenant.settings["sandbox_version"]]}
    return json_answer(select_fields(settings, call.query))


async def update(call: Call) -> Response:
    """Change the settings that the body names; flags are merged, a null takes a setting away."""
    refuse_unsupported(UNSUPPORTED, call.body, "the setting {} of a tenant")
    refuse_unsupported(UNSUPPORTED_FLAGS, call.body.get("flags", {}), "the flag {} of a tenant")
    if call.body.get("dynamic_client_registration_security_mode") == "permissive":
        raise not_supported("dynamic_client_registration_security_mode permissive of a tenant")
    if (call.body.get("default_token_quota") or {}).get("organizations"):
        raise not_supported("organizations: default_token_quota.organizations of a tenant")
    changed = {**call.tenant.settings, **call.body}
    changed["default_redirection_uri"] = changed.get("default_redirection_uri") or None
    if "flags" in call.body:
        changed["flags"] = {**call.tenant.settings["flags"], **call.body["flags"]}
    settings = {name: value for name, value in changed.items() if value is not None}
    call.tenant.store.collection("auth0.tenant").put("settings", settings)
    return json_answer({**settings, "flags": {**_FLAGS_OF_UPDATES, **settings["flags"]}})


ENDPOINTS = [
    Endpoint("GET", "/tenants/settings", ("read:tenant_settings",), get, query=GET_QUERY),
    Endpoint("PATCH", "/tenants/settings", ("update:tenant_settings",), update, UPDATE),
]
