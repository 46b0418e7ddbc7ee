"""What each api-version answers, key by key, as the live service was seen to."""

import pytest

PLAIN = {"path": "shop", "displayName": "Plain", "serviceUrl": "https://backend.test"}
KEYS = {"header": "Ocp-Apim-Subscription-Key", "query": "subscription-key"}
FIRST = {"oAuth2": None, "openid": None}
BOTH = {**FIRST, "oAuth2AuthenticationSettings": [], "openidAuthenticationSettings": []}


def properties(settings, keys=KEYS, **more):
    return {
        "displayName": "Plain",
        "apiRevision": "1",
        "description": None,
        "subscriptionRequired": True,
        "serviceUrl": "https://backend.test",
        "path": "shop",
        "protocols": ["https"],
        "authenticationSettings": settings,
        "subscriptionKeyParameterNames": keys,
        "isCurrent": True,
        **more,
    }


@pytest.mark.parametrize(
    ("version", "shown", "listed"),
    [
        ("2021-08-01", properties(FIRST), properties(None, None)),
        ("2022-08-01", properties(BOTH), properties(BOTH)),
        ("2024-05-01", properties(BOTH, backendId=None), properties(BOTH, backendId=None)),
    ],
)
async def test_an_api_has_the_properties_of_the_version(arm, version, shown, listed):
    await arm.put("apis/plain", PLAIN)
    at = {"api-version": version}
    assert (await arm.get("apis/plain", params=at)).json()["properties"] == shown
    assert [item["properties"] for item in (await arm.get("apis", params=at)).json()["value"]] == [listed]


async def test_authorization_servers_of_an_api_are_answered_to_who_writes_them(arm):
    server = {"displayName": "S", "clientRegistrationEndpoint": "https://a.test", "clientId": "c"}
    endpoints = {"authorizationEndpoint": "https://a.test/authorize", "tokenEndpoint": "https://a.test/token"}
    await arm.put("authorizationServers/s", {**server, **endpoints, "grantTypes": ["authorizationCode"]})
    given = [{"authorizationServerId": "s", "scope": "read"}]
    settings = {"oAuth2AuthenticationSettings": given}
    answer = await arm.put("apis/plain", {**PLAIN, "authenticationSettings": settings})
    first = {"oAuth2": given[0], "openid": None}
    assert answer.json()["properties"]["authenticationSettings"] == {**first, "oAuth2AuthenticationSettings": given}


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"oAuth2": {"authorizationServerId": "a", "scope": "read"}}, ["a"]),
        (
            {"oAuth2AuthenticationSettings": [{"authorizationServerId": "b"}, {"authorizationServerId": "a"}]},
            ["b", "a"],
        ),
    ],
)
async def test_one_authorization_server_and_the_list_mirror_each_other(arm, settings, shown):
    endpoints = {"authorizationEndpoint": "https://a.test/authorize", "clientRegistrationEndpoint": "https://a.test"}
    for name in ("a", "b"):
        server = {"displayName": name, "clientId": "c", "grantTypes": ["implicit"], **endpoints}
        await arm.put(f"authorizationServers/{name}", server)
    await arm.put("apis/plain", {**PLAIN, "authenticationSettings": settings})
    answered = (await arm.get("apis/plain")).json()["properties"]["authenticationSettings"]
    assert answered["oAuth2"]["authorizationServerId"] == shown[0]
    assert [item["authorizationServerId"] for item in answered["oAuth2AuthenticationSettings"]] == shown
    older = (await arm.get("apis/plain", params={"api-version": "2021-08-01"})).json()["properties"]
    assert older["authenticationSettings"] == {"oAuth2": answered["oAuth2"], "openid": None}


async def test_an_openid_connect_provider_and_the_list_mirror_each_other(arm):
    provider = {"displayName": "P", "metadataEndpoint": "https://a.test/openid", "clientId": "c"}
    await arm.put("openidConnectProviders/p", provider)
    single = {"openidProviderId": "p", "bearerTokenSendingMethods": ["query"]}
    await arm.put("apis/plain", {**PLAIN, "authenticationSettings": {"openid": single}})
    answered = (await arm.get("apis/plain")).json()["properties"]["authenticationSettings"]
    assert (answered["openid"], answered["openidAuthenticationSettings"]) == (single, [single])


@pytest.mark.parametrize(
    ("version", "unsaid"),
    [
        (
            "2021-08-01",
            {
                *("natGatewayState", "outboundPublicIPAddresses", "dataApiUrl", "configurationApi"),
                *("legacyPortalStatus", "developerPortalStatus"),
            },
        ),
        ("2022-08-01", {"dataApiUrl", "configurationApi", "legacyPortalStatus", "developerPortalStatus"}),
        ("2024-05-01", set()),
    ],
)
async def test_a_service_has_the_properties_of_the_version(arm, version, unsaid):
    newest = (await arm.get("")).json()["properties"]
    shown = (await arm.get("", params={"api-version": version})).json()["properties"]
    assert newest.keys() - shown.keys() == unsaid
    assert {name: newest[name] for name in shown} == shown


async def test_a_subscription_says_that_it_is_not_traced_only_in_the_newest_version(arm):
    created = await arm.put("subscriptions/s", {"displayName": "S", "scope": "/apis"})
    assert created.json()["properties"]["allowTracing"] is False
    older = await arm.get("subscriptions/s", params={"api-version": "2021-08-01"})
    assert "allowTracing" not in older.json()["properties"]
