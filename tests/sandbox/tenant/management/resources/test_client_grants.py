import pytest

AUDIENCE = "basic-calculator"


@pytest.fixture
async def client_id(api):
    await api.post("/resource-servers", json={"identifier": AUDIENCE, "scopes": [{"value": "read:calc"}]})
    return (await api.post("/clients", json={"name": "machine"})).json()["client_id"]


async def test_a_grant_is_answered_as_recorded(api, client_id, tenant):
    response = await api.post(
        "/client-grants", json={"client_id": client_id, "audience": AUDIENCE, "scope": ["read:calc"]}
    )
    assert response.status_code == 201
    created = response.json()
    assert created["id"].startswith("cgr_")
    assert len(created["id"]) == 20
    assert created == {
        "id": created["id"],
        "client_id": client_id,
        "audience": AUDIENCE,
        "scope": ["read:calc"],
        "subject_type": "client",
    }
    assert tenant.client_grant(client_id, AUDIENCE) == created
    assert tenant.client_grant(client_id, AUDIENCE, "user") is None


async def test_there_is_one_grant_per_client_api_and_subject_type(api, client_id):
    grant = {"client_id": client_id, "audience": AUDIENCE, "scope": []}
    assert (await api.post("/client-grants", json=grant)).status_code == 201
    response = await api.post("/client-grants", json=grant)
    assert response.status_code == 409
    assert response.json()["message"] == f"A client grant already exists between {client_id} and {AUDIENCE}"
    assert (await api.post("/client-grants", json={**grant, "subject_type": "user"})).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_id": "unknown"}, 404, "inexistent_client"),
        ({"audience": "unknown"}, 404, "inexistent_resource_server"),
        ({"scope": None}, 400, "invalid_body"),
        ({"scope": [""]}, 400, "invalid_body"),
        ({"scope": ["a", "a"]}, 400, "invalid_body"),
        ({"allow_all_scopes": True}, 400, "invalid_body"),
        ({"default_for": "third_party_clients"}, 400, "invalid_body"),
        ({"organization_usage": "require"}, 501, "not_supported"),
        ({"subject_type": "anonymous_user"}, 501, "not_supported"),
    ],
)
async def test_a_wrong_grant_is_refused(api, client_id, changes, status, code):
    grant = {"client_id": client_id, "audience": AUDIENCE, "scope": ["read:calc"], **changes}
    response = await api.post("/client-grants", json=grant)
    assert (response.status_code, response.json()["errorCode"]) == (status, code)


async def test_a_grant_can_be_for_every_third_party_client(api, client_id):
    grant = {"audience": AUDIENCE, "scope": ["read:calc"], "default_for": "third_party_clients"}
    created = (await api.post("/client-grants", json=grant)).json()
    assert created == {**grant, "id": created["id"], "subject_type": "client"}


async def test_only_what_a_grant_allows_changes(api, client_id):
    grant = {"client_id": client_id, "audience": AUDIENCE, "scope": ["read:calc"]}
    path = f"/client-grants/{(await api.post('/client-grants', json=grant)).json()['id']}"
    assert (await api.patch(path, json={"scope": []})).json()["scope"] == []
    response = await api.patch(path, json={"audience": "other"})
    assert response.json()["message"] == "Payload validation error: 'Additional properties not allowed: audience'."
    everything = (await api.patch(path, json={"allow_all_scopes": True})).json()
    assert everything["allow_all_scopes"] is True
    assert "scope" not in everything
    assert (await api.delete(path)).status_code == 204
    assert (await api.delete(path)).status_code == 204
    response = await api.get(path)
    assert response.json() == {
        "statusCode": 404,
        "error": "Not Found",
        "message": "The grant does not exist.",
        "errorCode": "inexistent_client_grant",
    }


async def test_grants_are_found_by_audience_and_client(api, client_id):
    created = (
        await api.post("/client-grants", json={"client_id": client_id, "audience": AUDIENCE, "scope": []})
    ).json()
    assert (await api.get(f"/client-grants?audience={AUDIENCE}&client_id={client_id}")).json() == [created]
    assert (await api.get(f"/client-grants?audience={AUDIENCE}&client_id=other")).json() == []
    assert (await api.get(f"/client-grants?audience={AUDIENCE}&take=1")).json() == {"client_grants": [created]}
