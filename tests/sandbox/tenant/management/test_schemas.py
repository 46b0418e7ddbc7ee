import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import auth0_apim_sandbox.tenant
import pytest
from auth0_apim_sandbox.tenant.management.application import ENDPOINTS
from auth0_apim_sandbox.tenant.management.resources import (
    client_grants,
    clients_schema,
    connections_schema,
    resource_servers,
    roles,
    tenant_settings,
    users,
)
from jsonschema import Draft7Validator

SCHEMAS = [
    pytest.param(schema, id=f"{endpoint.method} {endpoint.path} {kind}")
    for endpoint in ENDPOINTS
    for kind, schema in (("body", endpoint.body), ("query", endpoint.query))
    if schema is not None
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_is_one_and_refuses_what_it_does_not_name(schema):
    Draft7Validator.check_schema(schema)
    described = schema["items"] if schema["type"] == "array" else schema
    assert described["additionalProperties"] is False
    assert set(described["required"]) <= set(described["properties"])


def test_every_endpoint_asks_for_a_scope_and_is_there_once():
    assert all(endpoint.scopes for endpoint in ENDPOINTS)
    places = [(endpoint.method, endpoint.path) for endpoint in ENDPOINTS]
    assert len(set(places)) == len(places)


WITHOUT_EFFECT = {
    "client": (
        clients_schema.UPDATE,
        clients_schema.UNSUPPORTED,
        # what people see, or note
        "custom_login_page custom_login_page_on custom_login_page_preview form_template "
        # what only endpoints and parameters heed that are refused by name
        "addons allowed_clients async_approval_notification_channels client_aliases cross_origin_auth "
        "cross_origin_authentication cross_origin_loc encryption_key fedcm_login mobile native_social_login "
        "organization_discovery_methods organization_require_behavior par_request_expiry token_exchange "
        # how things were before OpenID Connect, or a prompt that the pages do not have
        "oidc_conformant skip_non_verifiable_callback_uri_confirmation_prompt sso",
    ),
    "connection": (
        connections_schema.CREATE,
        (*connections_schema.UNSUPPORTED, *connections_schema.UNSUPPORTED_OPTIONS),
        # what people see
        "display_name show_as_button options.disable_self_service_change_password options.passkey_options "
        # refused where it is switched on
        "connected_accounts.cross_app_access options.authentication_methods.email_otp "
        "options.authentication_methods.passkey options.authentication_methods.phone_otp options.precedence "
        # for identity providers, factors and formats that no database here has
        "options.mfa options.mfa.return_enroll_settings options.strategy_version options.upstream_params",
    ),
    "client grant": (client_grants.CREATE, (), ""),
    "resource server": (resource_servers.CREATE, resource_servers.UNSUPPORTED, ""),
    "role": (roles.CREATE, roles.UNSUPPORTED, ""),
    "tenant": (
        tenant_settings.UPDATE,
        (*tenant_settings.UNSUPPORTED, *tenant_settings.UNSUPPORTED_FLAGS),
        # what people see
        "enabled_locales friendly_name guardian_mfa_page picture_url support_email support_url universal_login "
        "flags.universal_login flags.use_scope_descriptions_for_consent "
        # Sessions reads these by the name that they are made of
        "idle_session_lifetime_in_minutes session_lifetime_in_minutes "
        # for flows, factors, identity providers and mails that are refused by name or that nothing here has
        "device_flow ephemeral_session_lifetime ephemeral_session_lifetime_in_minutes idle_ephemeral_session_lifetime "
        "idle_ephemeral_session_lifetime_in_minutes skip_non_verifiable_callback_uri_confirmation_prompt "
        "flags.allow_changing_enable_sso flags.disable_clickjack_protection_headers flags.disable_fields_map_fix "
        "flags.disable_impersonation flags.disable_management_api_sms_obfuscation "
        "flags.enable_adfs_waad_email_verification flags.enable_client_connections "
        "flags.enable_custom_domain_in_emails flags.enable_legacy_logs_search_v2 flags.enable_sso "
        "flags.enforce_client_authentication_on_passwordless_start flags.improved_signup_bot_detection_in_classic "
        "flags.mfa_show_factor_list_on_enrollment flags.no_disclose_enterprise_connections "
        "flags.trust_azure_adfs_email_verified_connection_property "
        # of the dashboard
        "flags.dashboard_insights_view flags.dashboard_log_streams_next flags.enable_apis_section "
        "flags.enable_pipeline2 flags.genai_trial",
    ),
    # no mail leaves the sandbox
    "user": (users.CREATE, (), "verify_email"),
}
"""For each resource its schema, what it refuses by name, and what it stores and nothing reads."""


class _Names(ast.NodeVisitor):
    """Every text in functions and classes that is no key of a dictionary that is written there."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Dict(self, node: ast.Dict) -> None:
        for value in node.values:
            self.visit(value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.add(node.value)


def names_read() -> set[str]:
    names = _Names()
    for path in Path(auth0_apim_sandbox.tenant.__file__).parent.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.visit(node)
    return names.found


def properties_of(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, each in schema.get("properties", {}).items():
        yield f"{path}{name}", name
        yield from properties_of(each, f"{path}{name}.")


@pytest.mark.parametrize("resource", WITHOUT_EFFECT)
def test_every_property_that_is_stored_and_never_read_is_known(resource):
    schema, refused, expected = WITHOUT_EFFECT[resource]
    read = names_read()
    unread = {path for path, name in properties_of(schema) if name not in read and name not in refused}
    assert unread == set(expected.split())
