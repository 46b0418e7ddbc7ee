import pytest


async def user_token(world, **parameters):
    response = await world.token(
        grant_type="password", username="ada@example.com", password=world.password, **parameters
    )
    return response.json()["access_token"]


async def ask(world, token):
    return await world.http.get("/userinfo", headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize("audience", ["", "basic-calculator"])
async def test_an_openid_token_tells_who_the_user_is(world, audience):
    user = next(iter(world.tenant.users.values()))
    response = await ask(world, await user_token(world, scope="openid profile", audience=audience))
    assert response.status_code == 200
    assert response.json() == {
        "sub": user["user_id"],
        "name": "Ada",
        "nickname": "ada",
        "picture": "https://example.com/ada.png",
        "updated_at": "2026-11-23T21:09:00.000Z",
    }


async def test_a_browser_may_ask_from_any_page(world):
    response = await world.http.options("/userinfo", headers={"origin": "https://spa.example.com"})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (204, "*")


async def test_a_token_without_openid_tells_nothing(world):
    assert (await ask(world, await user_token(world, scope="add", audience=world.audience))).status_code == 401
    assert (await ask(world, (await world.machine_token()).json()["access_token"])).status_code == 401


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "a..b.c.d", ""])
async def test_garbage_is_refused(world, token):
    response = await ask(world, token)
    assert (response.status_code, response.text) == (401, "Unauthorized")
    assert response.headers["www-authenticate"].startswith('Bearer realm="Users"')


@pytest.mark.parametrize("audience", ["", "basic-calculator"])
async def test_an_expired_token_is_refused(world, audience):
    token = await user_token(world, scope="openid profile", audience=audience)
    world.clock.now += 86400
    assert (await ask(world, token)).status_code == 401


async def test_an_altered_opaque_token_is_refused(world):
    token = await user_token(world, scope="openid profile")
    header, _, nonce, text, tag = token.split(".")
    altered = ".".join((header, "", nonce, ("B" if text[0] == "A" else "A") + text[1:], tag))
    assert (await ask(world, altered)).status_code == 401


async def test_the_token_of_a_deleted_user_is_refused(world):
    token = await user_token(world, scope="openid profile")
    world.tenant.users.delete(next(iter(world.tenant.users)))
    assert (await ask(world, token)).status_code == 401


async def test_an_id_token_is_no_access_token(world):
    response = await world.token(
        grant_type="password", username="ada@example.com", password=world.password, scope="openid"
    )
    assert (await ask(world, response.json()["id_token"])).status_code == 401
