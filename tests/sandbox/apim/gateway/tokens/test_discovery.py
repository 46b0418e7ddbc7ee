"""How keys are fetched and kept: once an hour, again for an unknown key at most once in five minutes, shared by all who wait."""

import asyncio

import httpx
import pytest
from auth0_apim_sandbox.apim.policies import openid

JWKS = "https://tenant.example/jwks"


async def test_documents_are_fetched_once_for_many_requests(guarded):
    answers = await asyncio.gather(*[guarded.call_with(guarded.token()) for _ in range(20)])
    assert [answer.status_code for answer in answers] == [200] * 20
    assert guarded.fetched == [guarded.config_url, JWKS]


async def test_a_rotated_key_is_fetched_when_a_token_names_it(guarded):
    assert (await guarded.call_with(guarded.token())).status_code == 200
    guarded.keys = [guarded.rsa_jwk("two")]
    token = guarded.token(key=guarded.rsa_private("two"), header={"alg": "RS256", "kid": "two"})
    assert (await guarded.call_with(token)).status_code == 200
    assert guarded.fetched == [guarded.config_url, JWKS] * 2


async def test_a_flood_of_unknown_keys_fetches_once_in_five_minutes(guarded):
    await guarded.call_with(guarded.token())
    for number in range(30):
        token = guarded.token(key=guarded.rsa_private("mallory"), header={"alg": "RS256", "kid": str(number)})
        assert (await guarded.call_with(token)).status_code == 401
    assert len(guarded.fetched) == 4
    guarded.now += 299
    await guarded.call_with(guarded.token(key=guarded.rsa_private("mallory"), header={"alg": "RS256", "kid": "x"}))
    assert len(guarded.fetched) == 4
    guarded.now += 1
    await guarded.call_with(guarded.token(key=guarded.rsa_private("mallory"), header={"alg": "RS256", "kid": "x"}))
    assert len(guarded.fetched) == 6


async def test_a_key_that_was_withdrawn_stops_working_after_an_hour(guarded):
    await guarded.call_with(guarded.token())
    guarded.keys = [guarded.rsa_jwk("two")]
    guarded.now += 3599
    assert (await guarded.call_with(guarded.token(exp=guarded.now + 60))).status_code == 200
    guarded.now += 1
    await guarded.call_with(guarded.token(exp=guarded.now + 60))
    await asyncio.sleep(0.01)
    assert (await guarded.call_with(guarded.token(exp=guarded.now + 60))).status_code == 401


async def test_known_keys_go_on_working_while_the_tenant_is_down(guarded):
    await guarded.call_with(guarded.token())
    guarded.tenant_down = True
    for _ in range(3):
        guarded.now += 3600
        assert (await guarded.call_with(guarded.token(exp=guarded.now + 60))).status_code == 200
        pull = guarded.gateway._shared.sources.source(guarded.config_url)._pull
        if pull is not None:
            await pull
    assert len(guarded.fetched) == 2 + 3


async def test_without_keys_every_token_is_refused_and_the_tenant_asked_once_in_five_minutes(guarded):
    guarded.tenant_down = True
    for _ in range(5):
        answer = await guarded.call_with(guarded.token())
        assert answer.status_code == 401
        assert answer.json()["message"] == f"IDX20803: Unable to obtain configuration from: '{guarded.config_url}'."
    assert guarded.fetched == [guarded.config_url]
    guarded.tenant_down = False
    guarded.now += 300
    assert (await guarded.call_with(guarded.token())).status_code == 200


async def test_a_slow_tenant_does_not_hold_up_requests_whose_key_is_known(guarded):
    await guarded.call_with(guarded.token())
    release = asyncio.Event()
    answer = guarded.gateway._shared.fetch._transport.handler

    async def slow(request):
        await release.wait()
        return await answer(request)

    guarded.gateway._shared.fetch._transport.handler = slow
    waiting = asyncio.ensure_future(guarded.call_with(guarded.token(header={"alg": "RS256", "kid": "new"})))
    await asyncio.sleep(0.01)
    assert (await asyncio.wait_for(guarded.call_with(guarded.token()), 1)).status_code == 200
    assert not waiting.done()
    release.set()
    assert (await waiting).status_code == 200


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="not JSON"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"issuer": "https://tenant.example/"}),
        httpx.Response(200, json={"jwks_uri": JWKS}),
        httpx.Response(200, json={"issuer": "tenant", "jwks_uri": JWKS}),
        httpx.Response(200, json={"issuer": "https://tenant.example/?x", "jwks_uri": JWKS}),
        httpx.Response(200, json={"issuer": "https://tenant.example/", "jwks_uri": "file:///etc/passwd"}),
        httpx.Response(200, json={"issuer": "https://tenant.example/", "jwks_uri": "http://tenant.example/jwks"}),
        httpx.Response(200, json={"issuer": ["https://tenant.example/"], "jwks_uri": JWKS}),
        httpx.Response(
            200, json={"issuer": "https://tenant.example/", "jwks_uri": JWKS, "response_types_supported": "code"}
        ),
        httpx.Response(302, headers={"location": JWKS}),
        httpx.Response(500),
    ],
)
async def test_a_document_that_is_none_gives_no_keys(guarded, answer):
    guarded.documents[guarded.config_url] = answer
    assert (await guarded.call_with(guarded.token())).status_code == 401


@pytest.mark.parametrize("body", ["[]", '{"keys": {}}', "null", '{"keys": [1, null, "x"]}'])
async def test_a_key_set_that_is_none_gives_no_keys(guarded, body):
    guarded.documents[JWKS] = httpx.Response(200, text=body)
    assert (await guarded.call_with(guarded.token())).status_code == 401


async def test_a_key_of_the_policy_needs_no_tenant(world):
    jwk = world.rsa_jwk("two")
    keys = f"<issuer-signing-keys><key id='two' n='{jwk['n']}' e='{jwk['e']}' /></issuer-signing-keys>"
    world.guard(children=f"{keys}<issuers><issuer>{world.issuer}</issuer></issuers>")
    world.tenant_down = True
    token = world.token(key=world.rsa_private("two"), header={"alg": "RS256", "kid": "two"})
    assert (await world.call_with(token)).status_code == 200
    assert world.fetched == []


async def test_an_endless_document_is_not_read_to_its_end(guarded):
    read = []

    async def endless():
        while True:
            read.append(65536)
            yield b" " * 65536

    guarded.documents[JWKS] = httpx.Response(200, stream=_Stream(endless()))
    assert (await guarded.call_with(guarded.token())).status_code == 401
    assert sum(read) <= 2**20 + 65536


async def test_a_document_that_drips_is_given_up(guarded, monkeypatch):
    monkeypatch.setattr(openid, "LONGEST_WAIT", 0.05)

    async def drips():
        while True:
            await asyncio.sleep(0.01)
            yield b" "

    guarded.documents[JWKS] = httpx.Response(200, stream=_Stream(drips()))
    answer = await asyncio.wait_for(guarded.call_with(guarded.token()), 2)
    assert answer.json()["message"] == f"IDX20803: Unable to obtain configuration from: '{guarded.config_url}'."


class _Stream(httpx.AsyncByteStream):
    def __init__(self, chunks):
        self._chunks = chunks

    def __aiter__(self):
        return self._chunks


async def test_a_clock_that_is_set_back_keeps_no_withdrawn_key_and_finds_a_new_one(guarded):
    await guarded.call_with(guarded.token())
    await guarded.call_with(guarded.token(key=guarded.rsa_private("mallory"), header={"alg": "RS256", "kid": "x"}))
    guarded.keys = [guarded.rsa_jwk("two")]
    guarded.now -= 86400
    new = guarded.token(
        key=guarded.rsa_private("two"), header={"alg": "RS256", "kid": "two"}, exp=guarded.now + 60, nbf=guarded.now
    )
    assert (await guarded.call_with(new)).status_code == 200
    old = guarded.token(exp=guarded.now + 60, nbf=guarded.now)
    assert (await guarded.call_with(old)).status_code == 401
