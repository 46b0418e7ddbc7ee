import pytest


async def test_settings_start_empty(api):
    settings = (await api.get("/tenants/settings")).json()
    assert (settings["default_audience"], settings["default_directory"]) == ("", "")
    assert settings["sandbox_versions_available"] == [settings["sandbox_version"]]


async def test_settings_are_changed_flags_merged_and_null_removes(api, tenant):
    before = tenant.settings
    response = await api.patch(
        "/tenants/settings",
        json={"default_audience": "calc", "flags": {"revoke_refresh_token_grant": True}, "session_cookie": None},
    )
    assert response.status_code == 200
    expected = {
        **before,
        "default_audience": "calc",
        "flags": {**before["flags"], "revoke_refresh_token_grant": True},
    }
    del expected["session_cookie"]
    only_in_updates = {
        "cannot_change_enforce_client_authentication_on_passwordless_start": True,
        "enforce_client_authentication_on_passwordless_start": True,
    }
    assert response.json() == {**expected, "flags": {**expected["flags"], **only_in_updates}}
    assert tenant.settings == expected
    assert (await api.get("/tenants/settings?fields=default_audience")).json() == {"default_audience": "calc"}


async def test_an_empty_redirection_uri_takes_it_away(api):
    uri = "https://example.com/login"
    changed = (await api.patch("/tenants/settings", json={"default_redirection_uri": uri})).json()
    assert changed["default_redirection_uri"] == uri
    changed = (
        await api.patch("/tenants/settings", json={"default_redirection_uri": "", "default_audience": ""})
    ).json()
    assert "default_redirection_uri" not in changed
    assert changed["default_audience"] == ""


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"country_codes": {"list": ["DE"]}}, "the setting country_codes of a tenant"),
        ({"security_headers": {"enabled": True}}, "the setting security_headers of a tenant"),
        (
            {"default_token_quota": {"organizations": {"client_credentials": {"per_hour": 3}}}},
            "organizations: default_token_quota.organizations of a tenant",
        ),
        ({"error_page": {"url": "https://example.com/e"}}, "the setting error_page of a tenant"),
        (
            {"dynamic_client_registration_security_mode": "permissive"},
            "dynamic_client_registration_security_mode permissive of a tenant",
        ),
        ({"flags": {"allow_legacy_ro_grant_types": True}}, "the flag allow_legacy_ro_grant_types of a tenant"),
        (
            {"flags": {"require_pushed_authorization_requests": True}},
            "the flag require_pushed_authorization_requests of a tenant",
        ),
    ],
)
async def test_what_the_tenant_cannot_do_is_refused_by_name(api, body, what):
    response = await api.patch("/tenants/settings", json=body)
    assert (response.status_code, response.json()["message"]) == (501, f"This local tenant does not support {what}.")


async def test_a_flag_that_is_off_may_be_said_to_be_off(api):
    flags = {"require_pushed_authorization_requests": False, "enable_legacy_logs_search_v2": False}
    changed = (await api.patch("/tenants/settings", json={"flags": flags})).json()["flags"]
    assert {name: changed[name] for name in flags} == flags


async def test_an_unknown_setting_is_refused(api):
    response = await api.patch("/tenants/settings", json={"error_page": {}, "colour": "red"})
    assert response.json()["message"] == "Payload validation error: 'Additional properties not allowed: colour'."


async def test_the_switches_that_clients_of_servers_need_are_kept(api):
    body = {
        "resource_parameter_profile": "compatibility",
        "authorization_response_iss_parameter_supported": True,
        "dynamic_client_registration_security_mode": "strict",
        "flags": {"enable_dynamic_client_registration": True},
    }
    changed = (await api.patch("/tenants/settings", json=body)).json()
    assert {name: changed[name] for name in body if name != "flags"} == {k: v for k, v in body.items() if k != "flags"}
    assert changed["flags"]["enable_dynamic_client_registration"] is True
    refused = await api.patch("/tenants/settings", json={"resource_parameter_profile": "both"})
    assert refused.status_code == 400
