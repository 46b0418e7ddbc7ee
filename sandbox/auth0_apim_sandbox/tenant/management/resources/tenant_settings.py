"""/tenants/settings: the tenant's defaults and flags."""

from starlette.responses import Response

from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.paging import select_fields
from auth0_apim_sandbox.tenant.management.requests.validation import refuse_unenforced
from auth0_apim_sandbox.tenant.management.resources import tenant_settings_schema as schemas

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
    refuse_unenforced(schemas.UNENFORCED, call.body, "the setting {} of a tenant")
    refuse_unenforced(schemas.UNENFORCED_FLAGS, call.body.get("flags", {}), "the flag {} of a tenant")
    changed = {**call.tenant.settings, **call.body}
    changed["default_redirection_uri"] = changed.get("default_redirection_uri") or None
    if "flags" in call.body:
        changed["flags"] = {**call.tenant.settings["flags"], **call.body["flags"]}
    settings = {name: value for name, value in changed.items() if value is not None}
    call.tenant.store.collection("auth0.tenant").put("settings", settings)
    return json_answer({**settings, "flags": {**_FLAGS_OF_UPDATES, **settings["flags"]}})


ENDPOINTS = [
    Endpoint("GET", "/tenants/settings", ("read:tenant_settings",), get, query=schemas.GET_QUERY),
    Endpoint("PATCH", "/tenants/settings", ("update:tenant_settings",), update, schemas.UPDATE),
]
