from urllib.parse import quote

import pytest

IDENTIFIER = "https://api.example.com/calc"


async def _create(api, **body):
    response = await api.post("/resource-servers", json={"identifier": IDENTIFIER, **body})
    assert response.status_code == 201, response.text
    return response.json()


async def test_a_minimal_api_has_the_live_defaults(api):
    created = await _create(api)
    assert len(created.pop("id")) == 24
    assert created == {
        "identifier": IDENTIFIER,
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "allow_online_access": False,
        "allow_online_access_with_ephemeral_sessions": False,
        "subject_type_authorization": {"client": {"policy": "require_client_grant"}, "user": {"policy": "allow_all"}},
        "token_lifetime": 86400,
        "token_lifetime_for_web": 7200,
        "signing_alg": "RS256",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "'Missing required property: identifier'."),
        ({"identifier": 5}, "'Expected type string but found type integer' on property identifier "
         "(Unique identifier for the API used as the audience parameter on authorization calls)."),
        ({"identifier": "x", "b": 1, "c": 2}, "'Additional properties not allowed: b,c'."),
        ({"identifier": "x" * 601}, "'String is too long (601 chars), maximum 600' on property identifier "
         "(Unique identifier for the API used as the audience parameter on authorization calls)."),
        ({"identifier": "x", "signing_alg": "none"},
         "'No enum match for: none' on property signing_alg (Algorithm used to sign JWTs)."),
        ({"identifier": "x", "scopes": [{"description": "d"}]}, "'Missing required property: value' on property scopes[0]."),
        ({"identifier": "x", "token_lifetime": 2592001},
         "'Value 2592001 is greater than maximum 2592000' on property token_lifetime "
         "(Expiration value (in seconds) for access tokens)."),
        (None, "'Expected type object but found type null'."),
        ([], "'Expected type object but found type array'."),
    ],
)  # fmt: skip
async def test_a_wrong_body_is_refused_in_auth0s_words(api, body, message):
    response = await api.post("/resource-servers", json=body)
    assert response.status_code == 400
    assert response.json() == {
        "statusCode": 400,
        "error": "Bad Request",
        "message": f"Payload validation error: {message}",
        "errorCode": "invalid_body",
    }


async def test_broken_json_is_refused(api):
    response = await api.post(
        "/resource-servers", content=b'{"identifier":', headers={"content-type": "application/json"}
    )
    assert (response.status_code, response.json()["message"]) == (400, "Invalid request payload JSON format")


@pytest.mark.parametrize("text", ['"\\ud800"', "1e999", "NaN", "[" * 100_000])
async def test_what_could_not_be_answered_is_not_stored(api, tenant, text):
    content = f'{{"identifier": "x", "name": {text}}}'
    response = await api.post("/resource-servers", content=content, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["message"]) == (400, "Invalid request payload JSON format")
    assert tenant.resource_server("x") is None


async def test_a_body_of_another_type_or_size_is_refused(api):
    form = await api.post("/resource-servers", data={"identifier": "x"})
    assert form.status_code == 415
    large = await api.post("/resource-servers", json={"identifier": "x", "name": "n" * 1024 * 1024})
    assert large.status_code == 413


async def test_a_whole_number_is_an_integer(api):
    created = (await api.post("/resource-servers", json={"identifier": "x", "token_lifetime": 60.0})).json()
    assert (created["token_lifetime"], type(created["token_lifetime"])) == (60, int)


async def test_some_fields_come_with_a_checkpoint(api):
    await _create(api)
    page = (await api.get("/resource-servers?take=1&fields=identifier")).json()
    assert [list(server) for server in page["resource_servers"]] == [["identifier"]]
    assert "next" in page


async def test_an_identifier_is_taken_once(api):
    await _create(api)
    response = await api.post("/resource-servers", json={"identifier": IDENTIFIER})
    assert response.status_code == 409
    assert response.json()["message"] == "A resource server with the same identifier already exists"


@pytest.mark.parametrize(
    "encode",
    [lambda text: quote(text, safe=""), lambda text: quote(text, safe=":"), lambda text: quote(quote(text, safe=""))],
)
async def test_an_api_is_found_by_id_and_by_encoded_identifier(api, encode):
    created = await _create(api, name="Calculator")
    assert (await api.get(f"/resource-servers/{created['id']}")).json() == created
    assert (await api.get(f"/resource-servers/{encode(IDENTIFIER)}")).json() == created
    assert (await api.get(f"/resource-servers/{encode(IDENTIFIER)}?fields=name")).json() == {"name": "Calculator"}


async def test_an_unknown_api_is_missing(api):
    response = await api.get("/resource-servers/none")
    assert response.status_code == 404
    assert response.json()["message"] == "The resource server does not exist"
    assert response.json()["errorCode"] == "inexistent_resource_server"


async def test_an_update_keeps_what_it_does_not_name_and_never_the_identifier(api):
    created = await _create(api, scopes=[{"value": "read:calc", "description": "Read"}])
    response = await api.patch(f"/resource-servers/{created['id']}", json={"token_lifetime": 600})
    assert response.status_code == 200
    assert response.json() == {**created, "token_lifetime": 600, "token_lifetime_for_web": 600}
    response = await api.patch(f"/resource-servers/{created['id']}", json={"identifier": "other"})
    assert response.json()["message"] == "Payload validation error: 'Additional properties not allowed: identifier'."


async def test_an_identifier_may_be_encoded_twice(api):
    created = await _create(api)
    assert (await api.get(f"/resource-servers/{quote(quote(IDENTIFIER, safe=''), safe='')}")).json() == created


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_token", {"claims": []}),
        ("allow_online_access", True),
        ("allow_online_access_with_ephemeral_sessions", True),
        ("authorization_details", [{"type": "payment"}]),
        ("authorization_policy", {"policy_id": "p"}),
        ("require_consent_non_repudiation", True),
        ("token_lifetime_for_anonymous_access_tokens", 60),
    ],
)
async def test_what_an_api_here_cannot_do_is_refused_by_name(api, name, value):
    response = await api.post("/resource-servers", json={"identifier": "x", name: value})
    assert (response.status_code, response.json()["message"]) == (
        501,
        f"This local tenant does not support the property {name} of a resource server.",
    )


async def test_anonymous_users_are_refused_by_name(api):
    policies = {"anonymous_user": {"policy": "require_client_grant"}}
    response = await api.post("/resource-servers", json={"identifier": "x", "subject_type_authorization": policies})
    assert (response.status_code, response.json()["message"]) == (
        501,
        "This local tenant does not support anonymous users: subject_type_authorization.anonymous_user of a resource "
        "server.",
    )


async def test_a_web_lifetime_above_the_lifetime_is_refused(api):
    response = await api.post(
        "/resource-servers", json={"identifier": "x", "token_lifetime": 60, "token_lifetime_for_web": 61}
    )
    assert response.status_code == 400


async def test_hs256_has_a_secret_of_its_own_unless_one_is_given(api):
    assert len((await _create(api, signing_alg="HS256"))["signing_secret"]) >= 16
    response = await api.post(
        "/resource-servers", json={"identifier": "y", "signing_alg": "HS256", "signing_secret": "0123456789abcdef"}
    )
    assert response.json()["signing_secret"] == "0123456789abcdef"
    response = await api.post(
        "/resource-servers", json={"identifier": "z", "signing_alg": "HS256", "signing_secret": "too-short"}
    )
    assert response.status_code == 400
    assert "too-short" not in response.text


async def test_the_management_api_is_a_system_api(api, tenant):
    listed = (await api.get("/resource-servers")).json()
    assert [server["is_system"] for server in listed] == [True]
    assert listed[0]["identifier"] == "https://localhost:14300/api/v2/"
    assert (await api.delete(f"/resource-servers/{listed[0]['id']}")).status_code == 400
    assert tenant.resource_server(tenant.management_audience) is not None


async def test_deleting_an_api_removes_its_grants_and_permissions(api, tenant):
    created = await _create(api, scopes=[{"value": "read:calc"}])
    client_id = (await api.post("/clients", json={"name": "c"})).json()["client_id"]
    grant = {"client_id": client_id, "audience": IDENTIFIER, "scope": ["read:calc"]}
    grant_id = (await api.post("/client-grants", json=grant)).json()["id"]
    role_id = (await api.post("/roles", json={"name": "r"})).json()["id"]
    permission = {"resource_server_identifier": IDENTIFIER, "permission_name": "read:calc"}
    assert (await api.post(f"/roles/{role_id}/permissions", json={"permissions": [permission]})).status_code == 201
    assert (await api.delete(f"/resource-servers/{created['id']}")).status_code == 204
    assert (await api.delete(f"/resource-servers/{created['id']}")).status_code == 204
    assert (await api.get(f"/client-grants/{grant_id}")).status_code == 404
    assert (await api.get(f"/roles/{role_id}/permissions")).json() == []
    assert tenant.client_grant(client_id, IDENTIFIER) is None


async def test_a_scope_taken_away_is_taken_from_roles(api):
    created = await _create(api, scopes=[{"value": "read:calc"}, {"value": "write:calc"}])
    role_id = (await api.post("/roles", json={"name": "r"})).json()["id"]
    permissions = [
        {"resource_server_identifier": IDENTIFIER, "permission_name": name} for name in ("read:calc", "write:calc")
    ]
    await api.post(f"/roles/{role_id}/permissions", json={"permissions": permissions})
    await api.patch(f"/resource-servers/{created['id']}", json={"scopes": [{"value": "write:calc"}]})
    left = (await api.get(f"/roles/{role_id}/permissions")).json()
    assert [permission["permission_name"] for permission in left] == ["write:calc"]


async def test_pages_and_totals(api):
    for number in range(3):
        await api.post("/resource-servers", json={"identifier": f"api-{number}"})
    page = (await api.get("/resource-servers?page=1&per_page=2&include_totals=true")).json()
    assert [server["identifier"] for server in page.pop("resource_servers")] == ["api-1", "api-2"]
    assert page == {"start": 2, "limit": 2, "total": 4}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("per_page=101", "'Value 101 is greater than maximum 100' on property per_page (Number of results per page)."),
        ("page=x", "'Expected type integer but found type string' on property page "
         "(Page index of the results to return. First page is 0)."),
        ("colour=red", "'Additional properties not allowed: colour'."),
    ],
)  # fmt: skip
async def test_a_wrong_query_is_refused(api, query, message):
    response = await api.get(f"/resource-servers?{query}")
    assert response.status_code == 400
    assert response.json()["message"] == f"Query validation error: {message}"
    assert response.json()["errorCode"] == "invalid_query_string"
