import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

GRANT_TYPES = ["authorization_code", "implicit", "refresh_token", "client_credentials"]


async def _create(api, **body):
    response = await api.post("/clients", json={"name": "Calculator", **body})
    assert response.status_code == 201, response.text
    return response.json()


@pytest.fixture
def public_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def test_a_minimal_client_has_the_live_defaults(api):
    created = await _create(api)
    client_id, secret = created.pop("client_id"), created.pop("client_secret")
    assert (len(client_id), client_id.isalnum(), len(secret)) == (32, True, 64)
    assert "BEGIN CERTIFICATE" in created.pop("signing_keys")[0]["cert"]
    assert created == {
        "name": "Calculator",
        "is_first_party": True,
        "is_token_endpoint_ip_header_trusted": False,
        "oidc_conformant": False,
        "jwt_configuration": {"secret_encoded": False, "lifetime_in_seconds": 36000},
        "sso_disabled": False,
        "cross_origin_authentication": False,
        "grant_types": GRANT_TYPES,
        "custom_login_page_on": True,
        "refresh_token": {
            "rotation_type": "non-rotating",
            "expiration_type": "non-expiring",
            "leeway": 0,
            "token_lifetime": 2592000,
            "infinite_token_lifetime": True,
            "infinite_idle_token_lifetime": True,
            "idle_token_lifetime": 1296000,
        },
    }


@pytest.mark.parametrize(
    ("method", "lifetime", "idle"),
    [
        (None, 2592000, 1296000),
        ("none", 2592000, 1296000),
        ("client_secret_post", 31557600, 2592000),
        ("client_secret_basic", 31557600, 2592000),
    ],
)
async def test_refresh_tokens_last_longer_where_a_secret_is_sent_by_a_named_method(api, method, lifetime, idle):
    named = {} if method is None else {"token_endpoint_auth_method": method}
    created = await _create(api, app_type="non_interactive", **named)
    assert created["refresh_token"]["token_lifetime"] == lifetime
    assert created["refresh_token"]["idle_token_lifetime"] == idle


async def test_an_app_type_changes_no_default(api):
    for app_type in ("native", "non_interactive", "regular_web", "spa"):
        created = await _create(api, app_type=app_type)
        assert created["grant_types"] == GRANT_TYPES
        assert "token_endpoint_auth_method" not in created
        assert created["refresh_token"]["token_lifetime"] == 2592000
    public = await _create(api, app_type="spa", token_endpoint_auth_method="none")
    assert public["grant_types"] == ["authorization_code", "implicit", "refresh_token"]


@pytest.mark.parametrize("given", [{}, {"third_party_security_mode": "strict"}])
async def test_a_client_of_others_is_strict(api, given):
    created = await _create(api, is_first_party=False, token_endpoint_auth_method="client_secret_post", **given)
    assert re.fullmatch("tpc_[A-Za-z0-9]{22}", created["client_id"])
    assert (created["oidc_conformant"], created["grant_types"]) == (True, ["authorization_code"])
    assert created["jwt_configuration"] == {"secret_encoded": False, "alg": "RS256", "lifetime_in_seconds": 3600}
    assert created["refresh_token"] == {
        "rotation_type": "non-rotating",
        "expiration_type": "expiring",
        "leeway": 0,
        "token_lifetime": 31557600,
        "infinite_token_lifetime": True,
        "infinite_idle_token_lifetime": False,
        "idle_token_lifetime": 2592000,
    }
    assert created["third_party_security_mode"] == "strict"
    kept = await api.patch(f"/clients/{created['client_id']}", json={"is_first_party": False, "name": "Theirs"})
    assert (kept.status_code, kept.json()["third_party_security_mode"]) == (200, "strict")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (
            {"is_first_party": False, "third_party_security_mode": "permissive"},
            501,
            "This local tenant does not support third_party_security_mode permissive of a client.",
        ),
        (
            {"third_party_security_mode": "strict"},
            400,
            "third_party_security_mode can only be set for third-party clients",
        ),
        (
            {"is_first_party": False, "grant_types": ["authorization_code", "implicit"]},
            400,
            "Invalid grant types: implicit",
        ),
    ],
)
async def test_a_client_of_others_cannot_be_looser(api, body, status, message):
    response = await api.post("/clients", json={"name": "Theirs", **body})
    assert (response.status_code, response.json()["message"]) == (status, message)


@pytest.mark.parametrize("ours", [True, False])
async def test_whose_a_client_is_never_changes(api, ours):
    created = await _create(api, is_first_party=ours)
    response = await api.patch(f"/clients/{created['client_id']}", json={"is_first_party": not ours})
    assert (response.status_code, response.json()["message"]) == (400, "is_first_party cannot be changed")


async def test_a_client_may_be_an_api(api):
    server = (await api.post("/resource-servers", json={"identifier": "calc"})).json()
    assert "client_id" not in server
    created = await _create(api, app_type="resource_server", resource_server_identifier="calc")
    assert created["oidc_conformant"] is True
    assert created["jwt_configuration"] == {"secret_encoded": False, "alg": "RS256"}
    assert created["grant_types"] == []
    linked = {**server, "client_id": created["client_id"]}
    path = f"/resource-servers/{server['id']}"
    assert (await api.get(path)).json() == linked
    assert (await api.patch(path, json={"name": "Calculator"})).json() == {**linked, "name": "Calculator"}
    assert (await api.get("/resource-servers?identifiers=calc&fields=client_id")).json() == [
        {"client_id": created["client_id"]}
    ]


@pytest.mark.parametrize("urls", [{}, {"backchannel_logout_urls": []}])
async def test_logout_settings_are_completed_and_shown_under_their_older_name(api, urls):
    created = await _create(api, oidc_logout=urls)
    initiators = {"mode": "custom", "selected_initiators": ["rp-logout", "idp-logout"]}
    assert created["oidc_logout"] == {"backchannel_logout_initiators": initiators, **urls}
    assert created["oidc_backchannel_logout"] == urls
    path, every = f"/clients/{created['client_id']}", {"backchannel_logout_initiators": {"mode": "all"}}
    changed = (await api.patch(path, json={"oidc_logout": every})).json()
    assert (changed["oidc_logout"], changed["oidc_backchannel_logout"]) == (every, {})
    without = (await api.patch(path, json={"oidc_logout": None})).json()
    assert not {"oidc_logout", "oidc_backchannel_logout"} & set(without)


async def test_a_given_part_of_the_token_settings_keeps_the_other_defaults(api):
    created = await _create(api, jwt_configuration={"alg": "RS256"})
    assert created["jwt_configuration"] == {"secret_encoded": False, "alg": "RS256"}
    path = f"/clients/{created['client_id']}"
    changed = (await api.patch(path, json={"jwt_configuration": {"lifetime_in_seconds": 300}})).json()
    assert changed["jwt_configuration"] == {"secret_encoded": False, "alg": "RS256", "lifetime_in_seconds": 300}


async def test_refresh_tokens_that_expire_are_not_infinite_unless_that_is_said(api):
    given = {"rotation_type": "rotating", "expiration_type": "expiring"}
    created = await _create(api, refresh_token=given)
    assert created["refresh_token"] == {
        "rotation_type": "rotating",
        "expiration_type": "expiring",
        "leeway": 0,
        "token_lifetime": 2592000,
        "infinite_token_lifetime": False,
        "infinite_idle_token_lifetime": False,
        "idle_token_lifetime": 1296000,
    }
    said = await _create(api, refresh_token={**given, "infinite_idle_token_lifetime": True})
    assert said["refresh_token"]["infinite_idle_token_lifetime"] is True
    assert said["refresh_token"]["infinite_token_lifetime"] is False


async def test_an_update_keeps_the_other_platforms_of_an_app(api):
    android, ios = {"app_package_name": "com.example"}, {"team_id": "1", "app_bundle_identifier": "com.example.ios"}
    created = await _create(
        api,
        mobile={"android": {**android, "sha256_cert_fingerprints": ["DE:AD"]}, "ios": ios},
        native_social_login={"apple": {"enabled": True}, "facebook": {"enabled": False}},
    )
    path = f"/clients/{created['client_id']}"
    changes = {"mobile": {"android": android}, "native_social_login": {"facebook": {"enabled": True}}}
    changed = (await api.patch(path, json=changes)).json()
    assert changed["mobile"] == {"android": android, "ios": ios}
    assert changed["native_social_login"] == {"apple": {"enabled": True}, "facebook": {"enabled": True}}


async def test_organizations_may_be_allowed_and_not_required(api):
    created = await _create(api, organization_usage="allow")
    assert created["organization_usage"] == "allow"
    response = await api.patch(f"/clients/{created['client_id']}", json={"organization_usage": "require"})
    assert (response.status_code, response.json()["message"]) == (
        501,
        "This local tenant does not support organizations: organization_usage of a client can only be deny or allow.",
    )


async def test_lists_name_the_tenant(api):
    created = await _create(api)
    listed = (await api.get("/clients?app_type=spa&include_totals=true")).json()
    assert listed == {"start": 0, "limit": 50, "total": 0, "clients": []}
    [*_, shown] = (await api.get("/clients")).json()
    assert shown == {"tenant": "localhost", "global": False, **created}
    [*_, selected] = (await api.get("/clients?fields=client_id")).json()
    assert selected == {"tenant": "localhost", "client_id": created["client_id"]}
    one = (await api.get(f"/clients/{created['client_id']}?fields=client_id")).json()
    assert one == {"client_id": created["client_id"], "signing_keys": created["signing_keys"]}


async def test_searches_of_clients_are_refused_by_name(api):
    response = await api.get("/clients", params={"q": "x"})
    assert (response.status_code, response.json()["message"]) == (
        501,
        "This local tenant does not support the parameter q in a list of clients.",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Payload validation error: 'Missing required property: name'."),
        (
            {"name": "<b>"},
            "Payload validation error: 'String does not match pattern ^[^<>]+$: <b>' on property name "
            "(Name of this client).",
        ),
        ({"name": "c", "colour": "red"}, "Payload validation error: 'Additional properties not allowed: colour'."),
        (
            {"name": "c", "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]},
            "Invalid grant types: client_credentials",
        ),
        (
            {"name": "c", "callbacks": ["/relative"]},
            "Payload validation error: 'Object didn't pass validation for format absolute-uri: /relative' on property "
            "callbacks[0].",
        ),
    ],
)
async def test_a_wrong_client_is_refused(api, body, message):
    response = await api.post("/clients", json=body)
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_body")
    assert response.json()["message"] == message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("anonymous_sessions", {"active": True}),
        ("b2b_integration_configuration", {"allowed": True}),
        ("default_organization", {"organization_id": "org_1", "flows": ["client_credentials"]}),
        ("enforce_anon_session_transfer_network_binding", "ip"),
        ("express_configuration", {"enable_client": True}),
        ("identity_assertion_authorization_grant", {"active": True}),
        ("my_organization_configuration", {"allowed_strategies": ["okta"]}),
        ("oidc_support", True),
        ("require_pushed_authorization_requests", True),
        ("token_vault_privileged_access", {"credentials": []}),
    ],
)
async def test_what_is_not_enforced_is_refused_by_name(api, name, value):
    response = await api.post("/clients", json={"name": "c", name: value})
    assert (response.status_code, response.json()["message"]) == (
        501,
        f"This local tenant does not support the property {name} of a client.",
    )
    path = f"/clients/{(await _create(api))['client_id']}"
    assert (await api.patch(path, json={name: value})).status_code == 501
    assert name not in (await api.patch(path, json={name: None})).json()


async def test_a_secret_is_for_those_with_read_client_keys(api, mint):
    created = await _create(api)
    only_clients = {"authorization": f"Bearer {mint(['read:clients', 'create:clients'])}"}
    one = (await api.get(f"/clients/{created['client_id']}", headers=only_clients)).json()
    new = (await api.post("/clients", json={"name": "new"}, headers=only_clients)).json()
    listed = (await api.get("/clients", headers=only_clients)).json()
    for client in (one, new, *listed):
        assert "client_secret" not in client
        assert "signing_keys" not in client
    assert (await api.get(f"/clients/{created['client_id']}")).json() == created


async def test_rotating_a_secret_ends_the_old_one(api, tenant):
    created = await _create(api)
    rotated = (await api.post(f"/clients/{created['client_id']}/rotate-secret")).json()
    assert rotated["client_secret"] != created["client_secret"]
    assert {**rotated, "client_secret": created["client_secret"]} == created
    assert tenant.clients[created["client_id"]]["client_secret"] == rotated["client_secret"]


async def test_setting_a_secret_needs_update_client_keys(api, mint):
    client_id = (await _create(api))["client_id"]
    response = await api.patch(
        f"/clients/{client_id}",
        json={"client_secret": "s" * 48},
        headers={"authorization": f"Bearer {mint(['update:clients'])}"},
    )
    assert response.json()["message"] == "Insufficient scope, expected any of: update:client_keys"
    response = await api.patch(f"/clients/{client_id}", json={"client_secret": "s" * 48})
    assert response.json()["client_secret"] == "s" * 48


async def test_an_update_merges_metadata_and_null_removes(api):
    created = await _create(api, description="d", client_metadata={"a": "1", "b": "2"})
    response = await api.patch(
        f"/clients/{created['client_id']}",
        json={"description": None, "client_metadata": {"b": None, "c": "3"}, "callbacks": ["https://a/b"]},
    )
    assert response.status_code == 200
    changed = response.json()
    assert "description" not in changed
    assert changed["client_metadata"] == {"a": "1", "c": "3"}
    assert changed["callbacks"] == ["https://a/b"]
    assert changed["client_id"] == created["client_id"]


async def test_a_client_proves_itself_with_keys_instead_of_a_secret(api, tenant, public_key):
    created = await _create(api, app_type="non_interactive", token_endpoint_auth_method="client_secret_post")
    path = f"/clients/{created['client_id']}"
    response = await api.post(
        f"{path}/credentials", json={"credential_type": "public_key", "pem": public_key, "name": "first"}
    )
    assert response.status_code == 201
    credential = response.json()
    assert sorted(credential) == ["alg", "created_at", "credential_type", "id", "kid", "name", "updated_at"]
    assert credential["id"].startswith("cred_")
    assert len(credential["id"]) == 27
    methods = {"private_key_jwt": {"credentials": [{"id": credential["id"]}]}}
    refused = await api.patch(path, json={"client_authentication_methods": methods})
    assert refused.status_code == 400
    changed = await api.patch(path, json={"client_authentication_methods": methods, "token_endpoint_auth_method": None})
    assert changed.json()["client_authentication_methods"] == methods
    assert "client_secret" not in changed.json()
    assert "token_endpoint_auth_method" not in changed.json()
    assert (await api.get(f"{path}/credentials?include_totals=true")).json() == [credential]
    assert (await api.delete(f"{path}/credentials/{credential['id']}")).status_code == 400
    back = {"client_authentication_methods": None, "token_endpoint_auth_method": "client_secret_post"}
    assert (await api.patch(path, json=back)).json() == created
    assert (await api.delete(f"{path}/credentials/{credential['id']}")).status_code == 204
    assert tenant.clients[created["client_id"]]["credentials"] == []
    assert (await api.delete(f"{path}/credentials/{credential['id']}")).status_code == 204


async def test_a_key_is_taken_out_of_use_before_it_is_removed(api, public_key):
    methods = {"private_key_jwt": {"credentials": [{"credential_type": "public_key", "pem": public_key}]}}
    created = await _create(api, client_authentication_methods=methods)
    [used] = created["client_authentication_methods"]["private_key_jwt"]["credentials"]
    path = f"/clients/{created['client_id']}"
    unused: dict[str, object] = {"private_key_jwt": {"credentials": []}}
    changed = await api.patch(path, json={"client_authentication_methods": unused, "token_endpoint_auth_method": None})
    assert changed.json()["client_authentication_methods"] == unused
    assert (await api.delete(f"{path}/credentials/{used['id']}")).status_code == 204
    assert (await api.get(f"{path}/credentials")).json() == []
    response = await api.post("/clients", json={"name": "c", "client_authentication_methods": unused})
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_body")


async def test_a_client_is_made_with_its_keys(api, tenant, public_key):
    methods = {"private_key_jwt": {"credentials": [{"credential_type": "public_key", "pem": public_key}]}}
    created = await _create(api, client_authentication_methods=methods)
    [shown] = created["client_authentication_methods"]["private_key_jwt"]["credentials"]
    path = f"/clients/{created['client_id']}"
    assert [shown] == (await api.get(f"{path}/credentials")).json()
    assert (await api.get(path)).json()["client_authentication_methods"] == {
        "private_key_jwt": {"credentials": [{"id": shown["id"]}]}
    }
    [stored] = tenant.clients[created["client_id"]]["credentials"]
    assert stored["pem"] == public_key


async def test_a_clients_connections_are_listed(api):
    client_id = (await _create(api))["client_id"]
    path = f"/clients/{client_id}/connections"
    assert (await api.get(path)).json() == {"connections": []}
    made = [
        (await api.post("/connections", json={"name": name, "strategy": "auth0", "enabled_clients": clients})).json()
        for name, clients in (("One", [client_id]), ("Two", [client_id]), ("Other", []))
    ]
    for connection in made:
        del connection["enabled_clients"]
    expected = sorted(made[:2], key=lambda connection: connection["id"])
    assert (await api.get(path)).json() == {"connections": expected}
    first = (await api.get(path, params={"take": 1})).json()
    assert first["connections"] == expected[:1]
    assert (await api.get(path, params={"from": first["next"]})).json() == {"connections": expected[1:]}
    assert (await api.get(path, params={"strategy": "sms"})).json() == {"connections": []}
    assert (await api.get("/clients/nobody/connections")).status_code == 404


async def test_what_is_no_key_is_refused(api):
    client_id = (await _create(api))["client_id"]
    response = await api.post(f"/clients/{client_id}/credentials", json={"credential_type": "public_key", "pem": "x"})
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_body")


async def test_a_client_has_at_most_four_keys(api):
    client_id = (await _create(api))["client_id"]
    statuses = []
    for _ in range(5):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        body = {"credential_type": "public_key", "pem": pem}
        statuses.append((await api.post(f"/clients/{client_id}/credentials", json=body)).status_code)
    assert statuses == [201, 201, 201, 201, 400]


async def test_deleting_a_client_removes_its_grants_and_its_place_in_connections(api, tenant):
    client_id = (await _create(api))["client_id"]
    await api.post("/resource-servers", json={"identifier": "calc"})
    grant = (await api.post("/client-grants", json={"client_id": client_id, "audience": "calc", "scope": []})).json()
    connection = {"name": "people", "strategy": "auth0", "enabled_clients": [client_id]}
    connection_id = (await api.post("/connections", json=connection)).json()["id"]
    tenant.refresh_tokens.put("digest", {"client_id": client_id, "user_id": "auth0|1"})
    assert (await api.delete(f"/clients/{client_id}")).status_code == 204
    response = await api.get(f"/clients/{client_id}")
    assert (response.status_code, response.json()["message"]) == (404, "The client does not exist")
    assert (await api.get(f"/client-grants/{grant['id']}")).status_code == 404
    assert (await api.get(f"/connections/{connection_id}")).json()["enabled_clients"] == []
    assert not tenant.refresh_tokens
    assert (await api.delete(f"/clients/{client_id}")).status_code == 204


async def test_checkpoints_lead_through_every_client_once(api, tenant):
    for number in range(4):
        await _create(api, name=f"c{number}")
    found, query = [], "take=2"
    while query:
        page = (await api.get(f"/clients?{query}")).json()
        assert set(page) <= {"clients", "next"}
        assert len(page["clients"]) <= 2
        found += [client["client_id"] for client in page["clients"]]
        query = f"take=2&from={page['next']}" if "next" in page else ""
    assert sorted(found) == sorted(tenant.clients)
    assert (await api.get("/clients?from=%00")).status_code == 400


async def test_fields_are_selected_and_filters_applied(api):
    await _create(api, name="web", app_type="regular_web")
    listed = (await api.get("/clients?app_type=regular_web,spa&fields=name&include_fields=true")).json()
    assert [client["name"] for client in listed] == ["web"]
    assert set(listed[0]) == {"name", "tenant"}


@pytest.mark.parametrize("callback", ["https://[app.example.com/", "javascript:alert(1)", "VBScript:x", "/relative"])
async def test_a_callback_that_no_browser_can_be_sent_to_is_refused(api, callback):
    response = await api.post("/clients", json={"name": "App", "callbacks": [callback]})
    assert response.status_code == 400
    assert f"Object didn't pass validation for format absolute-uri: {callback}" in response.json()["message"]


@pytest.mark.parametrize("checkpoint", ["nonsense", "\xff", "%", "é"])
async def test_a_checkpoint_that_no_answer_has_given_is_refused(api, checkpoint):
    response = await api.get("/clients", params={"from": checkpoint, "take": 1})
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_query_string")


async def test_refresh_tokens_for_several_apis_are_refused_by_name(api):
    settings = {"rotation_type": "rotating", "expiration_type": "expiring"}
    settings["policies"] = [{"audience": "https://api.example.com", "scope": ["read"]}]
    response = await api.post("/clients", json={"name": "App", "refresh_token": settings})
    assert (response.status_code, "refresh_token.policies" in response.json()["message"]) == (501, True)


@pytest.mark.parametrize("name", ["oidc_backchannel_logout", "oidc_logout"])
async def test_back_channel_logout_is_refused_by_name(api, name):
    body = {name: {"backchannel_logout_urls": ["https://orders.example.com/logged-out"]}}
    path = f"/clients/{(await _create(api))['client_id']}"
    for response in (await api.post("/clients", json={"name": "Orders", **body}), await api.patch(path, json=body)):
        assert (response.status_code, response.json()["message"]) == (
            501,
            f"This local tenant does not support back-channel logout: {name}.backchannel_logout_urls of a client.",
        )


async def test_session_transfer_settings_are_completed_and_merged(api):
    created = await _create(api, session_transfer={"allowed_authentication_methods": ["cookie"], "delegation": None})
    expected = {
        "can_create_session_transfer_token": False,
        "allowed_authentication_methods": ["cookie"],
        "enforce_device_binding": "ip",
        "allow_refresh_token": False,
        "enforce_online_refresh_tokens": True,
        "enforce_cascade_revocation": True,
    }
    assert created["session_transfer"] == expected
    path = f"/clients/{created['client_id']}"
    delegation = {"allow_delegated_access": True, "enforce_device_binding": "asn"}
    for change, result in (
        ({"enforce_device_binding": "asn"}, {**expected, "enforce_device_binding": "asn"}),
        ({"delegation": delegation}, {**expected, "enforce_device_binding": "asn", "delegation": delegation}),
        ({"delegation": None}, {**expected, "enforce_device_binding": "asn"}),
    ):
        assert (await api.patch(path, json={"session_transfer": change})).json()["session_transfer"] == result
    assert "session_transfer" not in (await api.patch(path, json={"session_transfer": None})).json()
    again = (await api.patch(path, json={"session_transfer": {"delegation": None}})).json()
    assert again["session_transfer"] == {**expected, "allowed_authentication_methods": []}


async def test_an_empty_login_uri_takes_it_away(api):
    created = await _create(api, initiate_login_uri="https://orders.example.com/login")
    changed = (await api.patch(f"/clients/{created['client_id']}", json={"initiate_login_uri": ""})).json()
    assert "initiate_login_uri" not in changed
    assert "initiate_login_uri" not in await _create(api, initiate_login_uri="")


async def test_a_token_quota_is_kept_and_taken_away(api):
    quota = {"client_credentials": {"per_hour": 10, "per_day": 50, "enforce": True}}
    created = await _create(api, token_quota=quota)
    assert created["token_quota"] == quota
    path = f"/clients/{created['client_id']}"
    assert "token_quota" not in (await api.patch(path, json={"token_quota": None})).json()
    for wrong in ({}, {"client_credentials": {}}, {"client_credentials": {"per_hour": 0}}, {"other": {}}):
        assert (await api.patch(path, json={"token_quota": wrong})).status_code == 400


@pytest.mark.parametrize("name", ["callbacks", "allowed_origins", "web_origins"])
async def test_urls_of_third_parties_have_no_wildcards(api, name):
    body = {"name": "c", "is_first_party": False, name: ["https://*.example.com"]}
    response = await api.post("/clients", json=body)
    assert (response.status_code, response.json()["message"]) == (
        400,
        f"Wildcards are not supported in {name} of third-party clients: https://*.example.com",
    )
    assert (await api.post("/clients", json={**body, "is_first_party": True})).status_code == 201


async def test_a_redirection_policy_is_one_of_two(api):
    assert (await _create(api, redirection_policy="allow_always"))["redirection_policy"] == "allow_always"
    assert (await api.post("/clients", json={"name": "c", "redirection_policy": "never"})).status_code == 400
