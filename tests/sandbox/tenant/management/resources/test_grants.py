import pytest
from auth0_apim_sandbox.tenant.model.tenant import grant_key

AUDIENCE = "https://api.example.com/"


@pytest.fixture
def consent(tenant):
    """A user's consent, and the refresh token that was issued on it."""

    def give(number, user_id="auth0|ada", client_id="app", audience=AUDIENCE):
        about = {"user_id": user_id, "audience": audience}
        grant = {"id": f"{number:024x}", "clientID": client_id, "scope": ["add"], **about}
        tenant.grants.put(grant_key(user_id, client_id, audience), grant)
        tenant.refresh_tokens.put(f"token-{number}", {"client_id": client_id, **about})
        return grant

    return give


async def test_consents_are_listed_and_filtered(api, consent):
    first, second = consent(1), consent(2, user_id="auth0|bob", client_id="other")
    assert (await api.get("/grants")).json() == [first, second]
    for query in ({"user_id": "auth0|bob"}, {"client_id": "other"}):
        assert (await api.get("/grants", params=query)).json() == [second]
    assert (await api.get("/grants", params={"audience": "none"})).json() == []
    page = (await api.get("/grants", params={"include_totals": True, "per_page": 1})).json()
    assert page == {"start": 0, "limit": 1, "total": 2, "grants": [first]}


async def test_taking_a_consent_back_ends_the_tokens_issued_on_it(tenant, api, consent):
    first = consent(1)
    consent(2, audience="other")
    assert (await api.delete(f"/grants/{first['id']}")).status_code == 204
    assert ([grant["audience"] for grant in tenant.grants.values()], list(tenant.refresh_tokens)) == (
        ["other"],
        ["token-2"],
    )
    assert (await api.delete(f"/grants/{first['id']}")).status_code == 404


async def test_every_consent_of_a_user_is_taken_back_at_once(tenant, api, consent):
    consent(1)
    consent(2, client_id="other")
    kept = consent(3, user_id="auth0|bob")
    assert (await api.delete("/grants")).json()["message"] == (
        "Query validation error: 'Missing required property: user_id'."
    )
    assert (await api.delete("/grants", params={"user_id": "auth0|ada"})).status_code == 204
    assert (list(tenant.grants.values()), list(tenant.refresh_tokens)) == ([kept], ["token-3"])


async def test_consents_go_with_their_client(tenant, api, consent):
    client_id = (await api.post("/clients", json={"name": "App"})).json()["client_id"]
    consent(1, client_id=client_id)
    kept = consent(2)
    await api.delete(f"/clients/{client_id}")
    assert (list(tenant.grants.values()), list(tenant.refresh_tokens)) == ([kept], ["token-2"])


async def test_consents_go_with_their_api(tenant, api, consent):
    made = (await api.post("/resource-servers", json={"identifier": AUDIENCE})).json()
    consent(1)
    kept = consent(2, audience="other")
    await api.delete(f"/resource-servers/{made['id']}")
    assert list(tenant.grants.values()) == [kept]


async def test_consents_and_tickets_go_with_their_user(tenant, api, consent):
    connection = (await api.post("/connections", json={"name": "Users", "strategy": "auth0"})).json()
    body = {"connection": connection["name"], "email": "ada@example.com", "password": "Analytical-1843"}
    user = (await api.post("/users", json=body)).json()
    await api.post("/tickets/email-verification", json={"user_id": user["user_id"]})
    consent(1, user_id=user["user_id"])
    kept = consent(2)
    await api.delete(f"/users/{user['user_id'].replace('|', '%7C')}")
    assert (list(tenant.grants.values()), list(tenant.refresh_tokens)) == ([kept], ["token-2"])
    assert len(tenant.tickets) == 0
