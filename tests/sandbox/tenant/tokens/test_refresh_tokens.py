import pytest

UNKNOWN = {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}
ROTATING = {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 0, "token_lifetime": 1000}


@pytest.fixture
def offline(world):
    world.api(allow_offline_access=True)


async def first_token(world, scope="openid add multiply offline_access"):
    code = await world.code(scope=scope, audience=world.audience)
    response = await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback)
    return response.json()["refresh_token"]


async def refresh(world, token, client_id="machine", **parameters):
    return await world.token(client_id, grant_type="refresh_token", refresh_token=token, **parameters)


@pytest.mark.usefixtures("offline")
async def test_a_refresh_token_brings_new_tokens_and_stays(world):
    token = await first_token(world)
    for _ in range(2):
        world.clock.now += 90_000
        body = (await refresh(world, token)).json()
        assert set(body) == {"access_token", "id_token", "scope", "expires_in", "token_type"}
        claims = world.claims(body["access_token"])
        assert (claims["gty"], claims["iat"]) == ("refresh_token", int(world.clock.now))
        assert body["scope"] == "openid add multiply offline_access"


@pytest.mark.usefixtures("offline")
async def test_fewer_scopes_may_be_asked_for_but_not_more(world):
    token = await first_token(world, "openid add offline_access")
    assert (await refresh(world, token, scope="add multiply")).json()["scope"] == "add offline_access"


async def test_an_api_without_offline_access_gives_none(world):
    code = await world.code(scope="openid offline_access", audience=world.audience)
    body = (await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback)).json()
    assert ("refresh_token" in body, body["scope"]) == (False, "openid")


@pytest.mark.usefixtures("offline")
async def test_a_client_without_the_grant_type_gets_none(world):
    world.client(grant_types=["authorization_code"])
    code = await world.code(scope="openid offline_access", audience=world.audience)
    body = (await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback)).json()
    assert "refresh_token" not in body


async def test_the_password_grant_gives_one_too(world):
    response = await world.token(
        grant_type="password", username="ada@example.com", password=world.password, scope="openid offline_access"
    )
    assert (await refresh(world, response.json()["refresh_token"])).status_code == 200


@pytest.mark.usefixtures("offline")
async def test_a_rotated_token_is_replaced_and_its_reuse_ends_the_family(world):
    world.client(refresh_token=ROTATING)
    first = await first_token(world)
    second = (await refresh(world, first)).json()["refresh_token"]
    assert second != first
    reuse = await refresh(world, first)
    assert (reuse.status_code, reuse.json()) == (403, UNKNOWN)
    assert (await refresh(world, second)).json() == UNKNOWN


@pytest.mark.usefixtures("offline")
async def test_within_the_leeway_a_replaced_token_still_works(world):
    world.client(refresh_token={**ROTATING, "leeway": 30})
    first = await first_token(world)
    second = (await refresh(world, first)).json()["refresh_token"]
    world.clock.now += 29
    assert (await refresh(world, first)).status_code == 200
    world.clock.now += 1
    assert (await refresh(world, first)).json() == UNKNOWN
    assert (await refresh(world, second)).json() == UNKNOWN


@pytest.mark.usefixtures("offline")
async def test_the_leeway_is_for_the_token_before_the_newest_alone(world):
    world.client(refresh_token={**ROTATING, "leeway": 45})
    first = await first_token(world)
    second = (await refresh(world, first)).json()["refresh_token"]
    third = (await refresh(world, second)).json()["refresh_token"]
    world.clock.now += 3
    assert (await refresh(world, first)).json() == UNKNOWN
    assert (await refresh(world, second)).json() == UNKNOWN
    assert (await refresh(world, third)).json() == UNKNOWN


@pytest.mark.usefixtures("offline")
async def test_two_calls_at_once_within_the_leeway_get_a_token_each(world):
    world.client(refresh_token={**ROTATING, "leeway": 45})
    first = await first_token(world)
    answers = [(await refresh(world, first)).json()["refresh_token"] for _ in range(2)]
    assert answers[0] != answers[1]
    assert [(await refresh(world, token)).status_code for token in answers] == [200, 200]


@pytest.mark.usefixtures("offline")
async def test_when_a_client_begins_to_rotate_its_older_tokens_for_the_api_end(world):
    used, unused = [await first_token(world) for _ in range(2)]
    world.api("other-api", allow_offline_access=True)
    code = await world.code(scope="openid offline_access", audience="other-api")
    response = await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback)
    of_other_api = response.json()["refresh_token"]
    world.client(refresh_token={**ROTATING, "leeway": 45})
    rotated = (await refresh(world, used)).json()["refresh_token"]
    assert (await refresh(world, used)).json() == UNKNOWN
    assert (await refresh(world, unused)).json() == UNKNOWN
    assert (await refresh(world, rotated)).status_code == 200
    assert (await refresh(world, of_other_api)).status_code == 200


@pytest.mark.usefixtures("offline")
async def test_when_a_client_stops_to_rotate_its_family_ends_and_the_new_token_stays(world):
    world.client(refresh_token=ROTATING)
    first = await first_token(world)
    second = (await refresh(world, first)).json()["refresh_token"]
    world.client(refresh_token={"rotation_type": "non-rotating", "expiration_type": "non-expiring"})
    stays = (await refresh(world, second)).json()["refresh_token"]
    assert (await refresh(world, second)).json() == UNKNOWN
    world.clock.now += 1001
    for _ in range(2):
        response = await refresh(world, stays)
        assert (response.status_code, "refresh_token" in response.json()) == (200, False)


@pytest.mark.usefixtures("offline")
async def test_rotation_does_not_prolong_the_lifetime(world):
    world.client(refresh_token=ROTATING)
    token = await first_token(world)
    world.clock.now += 999
    token = (await refresh(world, token)).json()["refresh_token"]
    world.clock.now += 1
    assert (await refresh(world, token)).json() == UNKNOWN


@pytest.mark.usefixtures("offline")
async def test_an_idle_token_ends(world):
    settings = {"expiration_type": "expiring", "infinite_token_lifetime": True, "idle_token_lifetime": 100}
    world.client(refresh_token=settings)
    token = await first_token(world)
    world.clock.now += 99
    assert (await refresh(world, token)).status_code == 200
    world.clock.now += 99
    assert (await refresh(world, token)).status_code == 200
    world.clock.now += 100
    assert (await refresh(world, token)).json() == UNKNOWN


@pytest.mark.usefixtures("offline")
async def test_a_token_belongs_to_its_client(world):
    world.client("other")
    token = await first_token(world)
    assert (await refresh(world, token, "other")).json() == UNKNOWN
    assert (await refresh(world, token)).status_code == 200


async def test_an_unknown_token_is_refused(world):
    response = await refresh(world, "made-up")
    assert (response.status_code, response.json()) == (403, UNKNOWN)
    missing = await refresh(world, "")
    assert missing.json()["error_description"] == "Missing required parameter: refresh_token"


@pytest.mark.usefixtures("offline")
async def test_a_blocked_user_keeps_the_token_for_later(world):
    world.client(refresh_token=ROTATING)
    token = await first_token(world)
    user = next(iter(world.tenant.users.values()))
    world.tenant.users.put(user["user_id"], {**user, "blocked": True})
    blocked = await refresh(world, token)
    assert (blocked.status_code, blocked.json()["error_description"]) == (403, "user is blocked")
    world.tenant.users.put(user["user_id"], user)
    assert (await refresh(world, token)).status_code == 200


@pytest.mark.usefixtures("offline")
async def test_a_deleted_user_is_named_as_the_reason(world):
    token = await first_token(world)
    world.tenant.users.delete(next(iter(world.tenant.users)))
    assert (await refresh(world, token)).json() == {
        "error": "invalid_grant",
        "error_description": "The refresh_token was generated for a user who doesn't exist anymore.",
    }


@pytest.mark.usefixtures("offline")
async def test_a_role_taken_away_is_gone_with_the_next_token(world):
    world.api(allow_offline_access=True, enforce_policies=True, token_dialect="access_token_authz")
    user = next(iter(world.tenant.users.values()))
    permission = {"resource_server_identifier": world.audience, "permission_name": "add"}
    world.tenant.users.put(user["user_id"], {**user, "permissions": [permission]})
    token = await first_token(world)
    before = world.claims((await refresh(world, token)).json()["access_token"])
    assert (before["scope"], before["permissions"]) == ("openid add offline_access", ["add"])
    world.tenant.users.put(user["user_id"], user)
    after = world.claims((await refresh(world, token)).json()["access_token"])
    assert (after["scope"], after["permissions"]) == ("openid offline_access", [])


@pytest.mark.usefixtures("offline")
async def test_revocation_ends_the_token(world):
    token = await first_token(world)
    client = world.tenant.clients["machine"]
    body = {"client_id": "machine", "client_secret": client["client_secret"], "token": token}
    response = await world.http.post("/oauth/revoke", json=body)
    assert (response.status_code, response.content) == (200, b"")
    assert (await refresh(world, token)).json() == UNKNOWN
    assert (await world.http.post("/oauth/revoke", json=body)).status_code == 200


@pytest.mark.usefixtures("offline")
async def test_revocation_asks_who_is_calling(world):
    token = await first_token(world)
    wrong = {"client_id": "machine", "client_secret": "wrong", "token": token}
    response = await world.http.post("/oauth/revoke", json=wrong)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    other = world.client("other")
    foreign = {"client_id": "other", "client_secret": other["client_secret"], "token": token}
    response = await world.http.post("/oauth/revoke", json=foreign)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert (await refresh(world, token)).status_code == 200


@pytest.mark.usefixtures("offline")
async def test_refresh_tokens_are_stored_hashed(world):
    token = await first_token(world)
    assert token not in str(dict(world.tenant.refresh_tokens))


@pytest.mark.parametrize(("flag", "left"), [(False, 1), (True, 0)])
@pytest.mark.usefixtures("offline")
async def test_revoking_a_token_deletes_the_grant_where_the_tenant_says_so(world, flag, left):
    world.settings(flags={"revoke_refresh_token_grant": flag})
    tokens = [await first_token(world) for _ in range(2)]
    client = world.tenant.clients["machine"]
    form = {name: client[name] for name in ("client_id", "client_secret")}
    assert (await world.http.post("/oauth/revoke", data={**form, "token": tokens[0]})).status_code == 200
    assert len(world.tenant.refresh_tokens) == left
