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
    assert response.json() == expected == tenant.settings
    assert (await api.get("/tenants/settings?fields=default_audience")).json() == {"default_audience": "calc"}


async def test_an_unknown_setting_is_refused(api):
    response = await api.patch("/tenants/settings", json={"error_page": {}, "colour": "red"})
    assert response.json()["message"] == "Payload validation error: 'Additional properties not allowed: colour'."
