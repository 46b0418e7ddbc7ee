import re

import pytest
from auth0_apim_sandbox.tenant.users.configuration_cipher import ConfigurationCipher

DEFAULT_OPTIONS = {
    "mfa": {"active": True, "return_enroll_settings": True},
    "passwordPolicy": "good",
    "passkey_options": {
        "challenge_ui": "both",
        "local_enrollment_enabled": True,
        "progressive_enrollment_enabled": True,
    },
    "strategy_version": 2,
    "authentication_methods": {
        "password": {"enabled": True, "api_behavior": "required", "signup_behavior": "allow"},
        "passkey": {"enabled": False},
    },
    "brute_force_protection": True,
}


async def _create(api, **body):
    response = await api.post("/connections", json={"name": "BasicCalculator", "strategy": "auth0", **body})
    assert response.status_code == 201, response.text
    return response.json()


async def test_a_minimal_connection_has_the_live_defaults(api):
    created = await _create(api)
    assert re.fullmatch(r"con_[A-Za-z0-9]{16}", created.pop("id"))
    assert created == {
        "name": "BasicCalculator",
        "strategy": "auth0",
        "options": DEFAULT_OPTIONS,
        "is_domain_connection": False,
        "authentication": {"active": True},
        "connected_accounts": {"active": False},
        "enabled_clients": [],
        "realms": ["BasicCalculator"],
    }


@pytest.mark.parametrize("name", ["with space", "with_underscore", "-a", "a-", "a--b", "", "a" * 129])
async def test_a_name_is_letters_digits_and_single_dashes(api, name):
    response = await api.post("/connections", json={"name": name, "strategy": "auth0"})
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_body")


async def test_a_name_is_taken_once(api):
    await _create(api)
    response = await api.post("/connections", json={"name": "BasicCalculator", "strategy": "auth0"})
    assert (response.status_code, response.json()["error"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (
            {"attributes": {}, "requires_username": True},
            400,
            "Cannot set both options.attributes and options.requires_username",
        ),
        (
            {"passwordPolicy": "best"},
            400,
            "Payload validation error: 'No enum match for: best' on property options.passwordPolicy "
            "(Password strength level).",
        ),
        (
            {"validation": {"requires_username": True}},
            400,
            "Payload validation error: 'Additional properties not allowed: requires_username' on property "
            "options.validation (Options for validation).",
        ),
        (
            {"attributes": {"email": {}}},
            501,
            "This local tenant does not support flexible identifiers: options.attributes of a connection.",
        ),
    ],
)
async def test_wrong_options_are_refused(api, options, status, message):
    response = await api.post("/connections", json={"name": "c", "strategy": "auth0", "options": options})
    assert (response.status_code, response.json()["message"]) == (status, message)


async def test_other_strategies_are_refused_by_name(api):
    response = await api.post("/connections", json={"name": "c", "strategy": "samlp"})
    assert response.status_code == 501
    assert "samlp" in response.json()["message"]
    response = await api.post("/connections", json={"name": "c", "strategy": "carrier-pigeon"})
    assert response.status_code == 400


async def test_given_options_replace_all_options(api):
    created = await _create(api)
    path = f"/connections/{created['id']}"
    methods = {
        "password": {"enabled": True, "api_behavior": "optional", "signup_behavior": "block"},
        **{name: {"enabled": False} for name in ("passkey", "email_otp", "phone_otp")},
    }
    options = {"authentication_methods": methods, "brute_force_protection": False}
    response = await api.patch(path, json={"options": options})
    passkeys = {"passkey_options": DEFAULT_OPTIONS["passkey_options"]}
    assert response.json() == {**created, "options": {**options, **passkeys}}
    response = await api.patch(path, json={"options": {"passwordPolicy": "fair"}})
    assert response.status_code == 200
    never_without = ("authentication_methods", "brute_force_protection", "passkey_options")
    defaults = {name: DEFAULT_OPTIONS[name] for name in never_without}
    assert response.json() == {**created, "options": {"passwordPolicy": "fair", **defaults}}
    response = await api.patch(path, json={"name": "other"})
    assert response.json()["message"] == "Payload validation error: 'Additional properties not allowed: name'."


async def test_configuration_comes_back_encrypted(api, tenant):
    created = await _create(api, options={"configuration": {"password": "open sesame"}})
    encrypted = created["options"]["configuration"]["password"]
    assert re.fullmatch(r"2\.0\$[0-9a-f]{32}\$[0-9a-f]{32}\$[0-9a-f]{64}", encrypted)
    assert (await api.get(f"/connections/{created['id']}")).json() == created
    cipher = ConfigurationCipher(tenant.store)
    assert cipher.decrypt(encrypted) == "open sesame"
    assert "open sesame" not in str(tenant.connections[created["id"]])
    with pytest.raises(ValueError, match="not a configuration value"):
        cipher.decrypt(encrypted[:-1] + ("0" if encrypted[-1] != "0" else "1"))


async def test_fields_always_come_with_the_id(api):
    created = await _create(api)
    shown = (await api.get(f"/connections/{created['id']}?fields=enabled_clients,strategy,name")).json()
    assert shown == {
        "id": created["id"],
        "strategy": "auth0",
        "name": "BasicCalculator",
        "is_domain_connection": False,
        "authentication": {"active": True},
        "connected_accounts": {"active": False},
        "enabled_clients": [],
    }


async def test_null_disables_a_connection_for_every_client(api):
    client_id = (await api.post("/clients", json={"name": "c"})).json()["client_id"]
    created = await _create(api, enabled_clients=[client_id])
    response = await api.patch(f"/connections/{created['id']}", json={"enabled_clients": None})
    assert (response.status_code, response.json()) == (200, {**created, "enabled_clients": []})


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (
            {"options": {"custom_password_hash": {"action_id": "a"}}},
            "options.custom_password_hash of a connection",
        ),
        (
            {"cross_app_access_requesting_app": {"active": True}},
            "the property cross_app_access_requesting_app of a connection",
        ),
        (
            {"cross_app_access_resource_app": {"status": "enabled"}},
            "the property cross_app_access_resource_app of a connection",
        ),
    ],
)
async def test_what_a_database_here_cannot_do_is_refused_by_name(api, body, what):
    message = f"This local tenant does not support {what}."
    response = await api.post("/connections", json={"name": "c", "strategy": "auth0", **body})
    assert (response.status_code, response.json()["message"]) == (501, message)
    response = await api.patch(f"/connections/{(await _create(api))['id']}", json=body)
    assert (response.status_code, response.json()["message"]) == (501, message)


async def test_clients_are_enabled_and_disabled(api, tenant):
    connection_id = (await _create(api))["id"]
    ids = [(await api.post("/clients", json={"name": f"c{number}"})).json()["client_id"] for number in range(2)]
    path = f"/connections/{connection_id}/clients"
    response = await api.patch(path, json=[{"client_id": client_id, "status": True} for client_id in ids])
    assert (response.status_code, response.content) == (204, b"")
    assert [connection["id"] for connection in tenant.connections_of(ids[0])] == [connection_id]
    await api.patch(path, json=[{"client_id": ids[0], "status": False}])
    assert (await api.get(path)).json() == {"clients": [{"client_id": ids[1]}]}
    assert (await api.patch(path, json=[])).status_code == 400
    assert (await api.patch(path, json=[{"client_id": "unknown", "status": True}])).status_code == 404


async def test_connections_are_found_by_name_and_strategy(api):
    created = await _create(api)
    await _create(api, name="other")
    assert (await api.get("/connections?name=BasicCalculator&strategy=auth0&strategy=samlp")).json() == [created]
    assert (await api.get("/connections?strategy=samlp")).json() == []


async def test_deleting_a_connection_deletes_its_users(api, tenant):
    created = await _create(api)
    user = {"connection": "BasicCalculator", "email": "a@example.com", "password": "Secret-123"}
    user_id = (await api.post("/users", json=user)).json()["user_id"]
    response = await api.delete(f"/connections/{created['id']}")
    assert response.status_code == 202
    assert response.json() == {"deleted_at": "2026-09-21T14:13:20.000Z"}
    assert user_id not in tenant.users
    assert user_id not in tenant.passwords
    response = await api.get(f"/connections/{created['id']}")
    assert response.json()["message"] == "The connection does not exist"
    response = await api.delete(f"/connections/{created['id']}")
    assert (response.status_code, response.content) == (204, b"")


async def test_a_user_is_deleted_by_email(api, tenant):
    created = await _create(api)
    user = {"connection": "BasicCalculator", "email": "a@example.com", "password": "Secret-123"}
    await api.post("/users", json=user)
    path = f"/connections/{created['id']}/users"
    assert (await api.delete(path)).status_code == 400
    assert (await api.delete(f"{path}?email=A@example.com")).status_code == 204
    assert not tenant.users


async def test_authentication_methods_are_completed(api):
    given = {"password": {"enabled": True, "api_behavior": "optional"}}
    methods = {
        "password": {"enabled": True, "api_behavior": "optional", "signup_behavior": "allow"},
        "passkey": {"enabled": False},
        "email_otp": {"enabled": False},
        "phone_otp": {"enabled": False},
    }
    body = {"name": "Completed", "strategy": "auth0", "options": {"authentication_methods": given}}
    created = (await api.post("/connections", json=body)).json()
    assert created["options"]["authentication_methods"] == methods
    blocked = {"password": {"signup_behavior": "block"}}
    path = f"/connections/{created['id']}"
    changed = (await api.patch(path, json={"options": {"authentication_methods": blocked}})).json()
    assert changed["options"]["authentication_methods"] == {
        **methods,
        "password": {"enabled": True, "api_behavior": "required", "signup_behavior": "block"},
    }


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"options": {"authentication_methods": {"passkey": {"enabled": True}}}}, "the authentication method passkey"),
        (
            {"options": {"authentication_methods": {"email_otp": {"enabled": True}}}},
            "the authentication method email_otp",
        ),
        (
            {"options": {"authentication_methods": {"phone_otp": {"enabled": True}}}},
            "the authentication method phone_otp",
        ),
        ({"options": {"non_persistent_attrs": ["gender"]}}, "options.non_persistent_attrs"),
        ({"options": {"realm_fallback": True}}, "options.realm_fallback"),
        ({"connected_accounts": {"active": True}}, "connected accounts"),
    ],
)
async def test_what_no_login_would_heed_is_refused_by_name(api, body, what):
    created = (await api.post("/connections", json={"name": "Plain", "strategy": "auth0"})).json()
    new = {"name": "Other", "strategy": "auth0", **body}
    for response in (
        await api.post("/connections", json=new),
        await api.patch(f"/connections/{created['id']}", json=body),
    ):
        assert (response.status_code, response.json()["message"]) == (
            501,
            f"This local tenant does not support {what} of a connection.",
        )


@pytest.mark.parametrize(
    "module", ["mongodb@3.1.4", "mysql", "mysql2", "pg", "tedious@11.0.3", "ibm_db", "cassandra-driver"]
)
async def test_a_script_that_requires_a_driver_of_a_database_is_refused_when_it_is_saved(api, module):
    script = (
        f"function login(email, password, callback) {{ const driver = require('{module}'); callback(null, driver); }}"
    )
    refused = await api.post(
        "/connections",
        json={"name": "Own", "strategy": "auth0", "options": {"customScripts": {"login": script}}},
    )
    created = await _create(api)
    changed = await api.patch(f"/connections/{created['id']}", json={"options": {"customScripts": {"login": script}}})
    for response in (refused, changed):
        assert (response.status_code, response.json()["errorCode"]) == (501, "not_supported")
        assert f"the module '{module}' that the script 'login' requires" in response.json()["message"]
    assert (await api.get(f"/connections/{created['id']}")).json()["options"] == DEFAULT_OPTIONS


async def test_a_script_that_requires_what_node_brings_is_saved(api):
    script = "// require('mysql')\nfunction login(email, password, callback) { callback(null, require('crypto')); }"
    created = await _create(api, options={"customScripts": {"login": script}})
    assert created["options"]["customScripts"] == {"login": script}
