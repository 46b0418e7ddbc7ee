"""Named values, subscriptions, authorization servers: what a GET never shows."""

import re

import pytest


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def problem(answer):
    assert code(answer) == (400, "ValidationError")
    detail = answer.json()["error"]["details"][0]
    return detail["target"], detail["message"]


SERVER = {
    "displayName": "Auth0",
    "clientRegistrationEndpoint": "https://placeholder.contoso.com",
    "authorizationEndpoint": "https://tenant.test/authorize",
    "tokenEndpoint": "https://tenant.test/oauth/token",
    "grantTypes": ["authorizationCode", "resourceOwnerPassword"],
    "clientId": "client",
    "clientSecret": "hush",
    "resourceOwnerUsername": "ada",
    "resourceOwnerPassword": "lovelace",
    "tokenBodyParameters": [{"name": "audience", "value": "basic-calculator"}],
}


async def test_a_plain_named_value_shows_its_value_and_a_secret_one_does_not(arm):
    await arm.put("namedValues/a", {"displayName": "A", "value": "open", "tags": ["t"]})
    assert (await arm.get("namedValues/a")).json()["properties"] == {
        "displayName": "A",
        "value": "open",
        "tags": ["t"],
        "secret": False,
        "provisioningState": "Succeeded",
    }
    secret = await arm.put("namedValues/b", {"displayName": "B", "value": "hidden", "secret": True})
    assert "hidden" not in secret.text + (await arm.get("namedValues/b")).text + (await arm.get("namedValues")).text
    assert (await arm.post("namedValues/b/listValue")).json() == {"value": "hidden"}
    assert code(await arm.post("namedValues/none/listValue")) == (404, "ResourceNotFound")


@pytest.mark.parametrize("value", ["", " ", "\r\n\t ", "x" * 4097])
async def test_a_value_of_blanks_or_of_more_than_4096_characters_is_refused(arm, value):
    answer = await arm.put("namedValues/blank", {"displayName": "blank", "value": value})
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["target"] == "value"


async def test_display_names_are_unique_and_of_few_characters(arm):
    await arm.put("namedValues/a", {"displayName": "A", "value": "1"})
    answer = await arm.put("namedValues/b", {"displayName": "a", "value": "2"})
    assert problem(answer) == ("name", "Property with the same name already exist.")
    assert problem(await arm.put("namedValues/b", {"displayName": "b c", "value": "2"}))[0] == "displayName"
    assert problem(await arm.put("namedValues/b", {"displayName": "b", "value": "x" * 4097}))[0] == "value"
    assert problem(await arm.put("namedValues/b", {"displayName": "b"}))[0] == "value"


async def test_a_named_value_that_a_policy_mentions_stays(arm):
    await arm.put("namedValues/a", {"displayName": "A", "value": "1"})
    policy = '<policies><inbound><set-header name="X-A"><value>{{A}}</value></set-header></inbound></policies>'
    assert (await arm.put("policies/policy", {"value": policy})).status_code == 200
    answer = await arm.delete("namedValues/a")
    assert code(answer) == (400, "ValidationError")
    assert "/policies/policy" in answer.json()["error"]["message"]
    await arm.delete("policies/policy")
    assert (await arm.delete("namedValues/a")).status_code == 200


async def test_keys_are_made_kept_and_renewed(arm):
    created = (await arm.put("subscriptions/s", {"displayName": "S", "scope": "/apis"})).json()["properties"]
    assert re.fullmatch(r"[0-9a-f]{32}", created["primaryKey"])
    assert created["state"] == "active"
    assert created["scope"] == f"{arm.service}/apis"
    shown = await arm.get("subscriptions/s")
    assert not {"primaryKey", "secondaryKey"} & set(shown.json()["properties"])
    again = (await arm.put("subscriptions/s", {"displayName": "T", "scope": "/apis"})).json()["properties"]
    assert again["primaryKey"] == created["primaryKey"]
    assert (await arm.post("subscriptions/s/regenerateSecondaryKey")).status_code == 204
    keys = (await arm.post("subscriptions/s/listSecrets")).json()
    assert keys["primaryKey"] == created["primaryKey"]
    assert keys["secondaryKey"] != created["secondaryKey"]
    taken = {"displayName": "X", "scope": "/apis", "primaryKey": created["primaryKey"]}
    assert problem(await arm.put("subscriptions/x", taken))[0] == "primaryKey"


@pytest.mark.parametrize(
    ("scope", "stored"),
    [
        ("/apis/CALC", "/apis/calc"),
        ("/products/starter", "/products/starter"),
        ("{service}/apis/calc", "/apis/calc"),
        ("/", None),
        ("/users/1", None),
        ("/apis/none", None),
    ],
)
async def test_scopes_are_resolved(arm, scope, stored):
    await arm.calculator()
    await arm.put("products/starter", {"displayName": "Starter"})
    answer = await arm.put("subscriptions/s", {"displayName": "S", "scope": scope.format(service=arm.service)})
    if stored is None:
        assert problem(answer)[0] == "scope"
    else:
        assert answer.json()["properties"]["scope"] == arm.service + stored


async def test_the_all_access_subscription_is_built_in(arm):
    master = (await arm.get("subscriptions/master")).json()["properties"]
    assert (master["scope"], master["displayName"]) == (f"{arm.service}/", "Built-in all-access subscription")
    assert (await arm.delete("subscriptions/master")).status_code == 400


async def test_an_authorization_server_answers_its_secrets_to_who_writes_and_who_asks(arm):
    answer = await arm.put("authorizationServers/auth0", SERVER)
    assert answer.status_code == 201
    for path in ("authorizationServers/auth0", "authorizationServers"):
        assert not {"hush", "ada", "lovelace"} & set(re.findall(r"\w+", (await arm.get(path)).text))
    assert (answer.json()["properties"]["authorizationMethods"], answer.json()["properties"]["supportState"]) == (
        ["GET"],
        False,
    )
    assert (await arm.post("authorizationServers/auth0/listSecrets")).json() == {
        "clientSecret": "hush",
        "resourceOwnerUsername": "ada",
        "resourceOwnerPassword": "lovelace",
    }
    changed = (await arm.patch("authorizationServers/auth0", {"description": "d"})).json()["properties"]
    owner = {"resourceOwnerUsername": "ada", "resourceOwnerPassword": "lovelace"}
    for written in (answer.json()["properties"], changed):
        assert owner.items() <= written.items()
        assert "clientSecret" not in written
    assert (await arm.post("authorizationServers/auth0/listSecrets")).json()["clientSecret"] == "hush"


@pytest.mark.parametrize("version", ["2021-08-01", "2022-08-01"])
async def test_older_versions_answer_the_client_secret_to_who_writes_it(arm, version):
    answer = await arm.put("authorizationServers/auth0", SERVER, params={"api-version": version})
    assert answer.json()["properties"]["clientSecret"] == "hush"
    shown = await arm.get("authorizationServers/auth0", params={"api-version": version})
    assert not SERVER.keys() & {"clientSecret", "resourceOwnerPassword"} & shown.json()["properties"].keys()


@pytest.mark.parametrize("version", ["2021-08-01", "2022-08-01", "2024-05-01"])
async def test_no_version_answers_the_client_secret_of_an_openid_connect_provider(arm, version):
    provider = {
        "displayName": "P",
        "metadataEndpoint": "https://a.test/openid",
        "clientId": "c",
        "clientSecret": "hush",
    }
    answers = [
        await arm.put("openidConnectProviders/p", provider, params={"api-version": version}),
        await arm.patch("openidConnectProviders/p", {"description": "d"}, params={"api-version": version}),
        await arm.get("openidConnectProviders/p", params={"api-version": version}),
    ]
    assert [(answer.status_code, "hush" in answer.text) for answer in answers] == [
        (201, False),
        (200, False),
        (200, False),
    ]
    gone = await arm.get("openidConnectProviders/none", params={"api-version": version})
    assert gone.json()["error"]["message"] == "OpenidConnectProvider not found."


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({"authorizationMethods": ["POST"]}, "authorizationMethods"),
        ({"grantTypes": []}, "grantTypes"),
        ({"grantTypes": ["magic"]}, "grantTypes[0]"),
        ({"tokenEndpoint": None}, "tokenEndpoint"),
        ({"clientId": None}, "clientId"),
        ({"displayName": "x" * 51}, "displayName"),
        ({"authorizationEndpoint": "tenant"}, "authorizationEndpoint"),
    ],
)
async def test_a_wrong_authorization_server_is_refused(arm, change, target):
    assert problem(await arm.put("authorizationServers/auth0", {**SERVER, **change}))[0] == target


async def test_an_authorization_server_that_an_api_uses_stays(arm):
    await arm.put("authorizationServers/auth0", SERVER)
    settings = {"oAuth2": {"authorizationServerId": "auth0", "scope": "add"}}
    await arm.put("apis/x", {"path": "x", "displayName": "X", "authenticationSettings": settings})
    assert code(await arm.delete("authorizationServers/auth0")) == (400, "ValidationError")
    await arm.delete("apis/x")
    assert (await arm.delete("authorizationServers/auth0")).status_code == 200


async def test_closed_sets_are_read_in_any_case_and_answered_in_their_own(arm):
    methods = {"bearerTokenSendingMethods": ["AuthorizationHeader", "QUERY"], "clientAuthenticationMethod": ["basic"]}
    server = {**SERVER, "grantTypes": ["AuthorizationCode", "Implicit"], **methods}
    shown = (await arm.put("authorizationServers/auth0", server)).json()["properties"]
    assert shown["grantTypes"] == ["authorizationCode", "implicit"]
    assert shown["bearerTokenSendingMethods"] == ["authorizationHeader", "query"]
    assert shown["clientAuthenticationMethod"] == ["Basic"]


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        ("namedValues/none", "NamedValue"),
        ("authorizationServers/none", "OAuth2AuthorizationServer"),
        ("loggers/none", "Logger"),
        ("subscriptions/none", "Subscription"),
    ],
)
async def test_what_is_not_there_is_named_as_azure_names_it(arm, path, noun):
    error = (await arm.get(path)).json()["error"]
    assert error == {"code": "ResourceNotFound", "message": f"{noun} not found.", "details": None}


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("properties/scope eq '/apis'", ["s"]),
        ("properties/scope eq '/products/p'", ["t"]),
        ("scope eq '/products/p' and state eq 'active'", ["t"]),
        ("properties/ownerId eq '/users/1' and startswith(displayName, 'T')", ["t"]),
    ],
)
async def test_subscriptions_are_found_by_scopes_below_the_service(arm, filter_, found):
    await arm.put("products/p", {"displayName": "P"})
    (automatic,) = (await arm.get("products/p/subscriptions")).json()["value"]
    await arm.delete(f"subscriptions/{automatic['name']}")
    await arm.put("subscriptions/s", {"displayName": "S", "scope": "/apis"})
    await arm.put("subscriptions/t", {"displayName": "T", "scope": "/products/p", "ownerId": "/users/1"})
    answer = await arm.get("subscriptions", params={"$filter": filter_})
    assert [item["name"] for item in answer.json()["value"]] == found
