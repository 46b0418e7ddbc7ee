"""What reaches the backend, and what comes back."""

import asyncio
import gzip

import httpx
import pytest
from auth0_apim_sandbox.apim.gateway import create_gateway


async def test_path_query_and_headers_go_on(world):
    await world.call(
        "/calc/add?a=1&b=%2B%20x&b=2",
        headers={"Authorization": "Bearer x", "X-A": "1", "X-Forwarded-For": "198.51.100.1"},
    )
    request = world.received[0]
    assert str(request.url) == "https://backend.example/base/add?a=1&b=%2B%20x&b=2"
    assert request.headers["host"] == "backend.example"
    assert request.headers["authorization"] == "Bearer x"
    assert request.headers["x-forwarded-for"] == "198.51.100.1, 203.0.113.9"


async def test_headers_of_the_connection_stay_here(world):
    hop = {
        "Connection": "keep-alive, X-Secret",
        "X-Secret": "1",
        "Keep-Alive": "1",
        "TE": "trailers",
        "Upgrade": "h2c",
        "Proxy-Authorization": "x",
    }
    world.backend = lambda _: httpx.Response(
        200, headers={"Connection": "X-B", "X-B": "1", "Keep-Alive": "1", "Date": "x", "X-C": "1"}, text="4"
    )
    answer = await world.call(headers=hop)
    assert {"connection", "x-secret", "keep-alive", "te", "upgrade", "proxy-authorization"}.isdisjoint(
        world.received[0].headers
    )
    assert {"connection", "x-b", "keep-alive", "date"}.isdisjoint(answer.headers)
    assert answer.headers["x-c"] == "1"


async def test_a_caller_cannot_name_away_what_a_policy_sets(world):
    world.policy("<base /><set-header name='X-User'><value>alice</value></set-header>")
    await world.call(headers={"Connection": "close, X-User, Host", "X-User": "mallory"})
    assert world.received[0].headers["x-user"] == "alice"
    assert world.received[0].headers["host"] == "backend.example"


async def test_a_token_that_the_callers_connection_ends_is_not_there(guarded):
    headers = {"Connection": "Authorization", "Authorization": f"Bearer {guarded.token()}"}
    assert (await guarded.call(headers=headers)).json()["message"] == "JWT not present."


async def test_a_length_beside_chunks_is_not_passed_on(world):
    world.backend = lambda _: httpx.Response(
        200, headers={"Content-Length": "1", "Transfer-Encoding": "chunked"}, stream=httpx.ByteStream(b"four")
    )
    answer = await world.call()
    assert ("content-length" in answer.headers, answer.text) == (False, "four")


@pytest.mark.parametrize("status", [102, 600, 999])
async def test_a_status_that_is_none_is_a_failure_of_the_backend(world, status):
    world.backend = lambda _: httpx.Response(status)
    answer = await world.call()
    assert (answer.status_code, answer.json()["message"]) == (500, "Internal server error")


@pytest.mark.parametrize("segment", ["%FF", "%C0%AF", "%00", "%C3%A4"])
async def test_bytes_of_a_path_stay_what_they_are(world, segment):
    world.operation("/items/{id}", name="item")
    await world.call(f"/calc/items/{segment}")
    assert world.received[0].url.raw_path.decode() == f"/base/items/{segment}"


async def test_a_body_is_streamed_through(world):
    world.operation("/sum", "POST", "sum")

    async def chunks():
        yield b"1,"
        yield b"2"

    await world.call("/calc/sum", "POST", content=b"[1, 2]")
    await world.call("/calc/sum", "POST", content=chunks())
    assert world.bodies == [b"[1, 2]", b"1,2"]
    assert world.received[0].headers["content-length"] == "6"
    assert world.received[1].headers["transfer-encoding"] == "chunked"


async def test_a_compressed_answer_comes_through_as_it_is(world):
    body = gzip.compress(b"four")
    world.backend = lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(body))
    answer = await world.call()
    assert (answer.headers["content-encoding"], answer.text) == ("gzip", "four")


async def test_cookies_of_one_caller_never_reach_another(world):
    world.backend = lambda _: httpx.Response(200, headers={"Set-Cookie": "session=1; Path=/"}, text="4")
    assert (await world.call()).headers["set-cookie"] == "session=1; Path=/"
    world.policy("<base />", backend="<forward-request follow-redirects='true' />")
    await world.call()
    world.backend = lambda request: httpx.Response(
        302 if "add" in request.url.path else 200, headers={"Location": "https://backend.example/there"}
    )
    await world.call()
    assert len(world.received) == 4
    assert all("cookie" not in request.headers for request in world.received)


async def test_a_redirect_to_another_host_takes_neither_cookies_nor_the_token_along(world):
    world.policy("<base />", backend="<forward-request follow-redirects='true' />")
    hosts = {"here": "https://backend.example/there", "away": "https://away.example/there"}
    for where, location in hosts.items():
        world.received.clear()
        world.documents["https://away.example/there"] = httpx.Response(200)
        seen = []
        world.backend = lambda request, to=location: httpx.Response(
            302 if "add" in request.url.path else 200, headers={"Location": to}
        )
        answer = world._answer

        async def watched(request, answer=answer, seen=seen):
            seen.append(request)
            return await answer(request)

        world.gateway._shared.fetch._transport.handler = watched
        await world.call(headers={"Cookie": "a=1", "Authorization": "Bearer x"})
        kept = where == "here"
        assert ("cookie" in seen[1].headers, "authorization" in seen[1].headers) == (kept, kept)


async def test_a_redirect_is_handed_to_the_caller_or_followed(world):
    world.backend = lambda request: (
        httpx.Response(302, headers={"Location": "https://backend.example/there"})
        if "add" in request.url.path
        else httpx.Response(200, text="there")
    )
    assert (await world.call()).status_code == 302
    world.policy("<base />", backend="<forward-request follow-redirects='true' />")
    assert (await world.call()).text == "there"


@pytest.mark.parametrize(
    ("error", "reason"), [(httpx.ConnectError("x"), "BackendConnectionFailure"), (httpx.ReadTimeout("x"), "Timeout")]
)
async def test_a_backend_that_does_not_answer_is_a_500(world, error, reason):
    world.policy(
        "<base />",
        on_error="<set-header name='X-R'><value>@(context.LastError.Source + \" \" + context.LastError.Reason)</value></set-header>",
    )

    def fail(_):
        raise error

    world.backend = fail
    answer = await world.call()
    assert (answer.status_code, answer.headers["x-r"]) == (500, f"forward-request {reason}")
    body = answer.json()
    assert (body["statusCode"], body["message"], sorted(body)) == (
        500,
        "Internal server error",
        ["activityId", "message", "statusCode"],
    )


async def test_an_answer_that_breaks_off_is_not_taken_for_complete(world):
    class Broken(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b"half"
            raise httpx.ReadError("reset")

    world.backend = lambda _: httpx.Response(200, stream=Broken())
    with pytest.raises(ConnectionError):
        await world.call()


async def test_an_error_status_may_count_as_a_failure(world):
    world.policy("<base />", backend="<forward-request fail-on-error-status-code='true' />")
    world.backend = lambda _: httpx.Response(404)
    assert (await world.call()).json()["message"] == "Internal server error"


LAST_ERROR = '<set-header name="X-R"><value>@(context.LastError.Reason)</value></set-header>'


@pytest.mark.parametrize(
    "address", [None, "https://closed.invalid", "https://CLOSED.Invalid.:8443/base", "http://invalid"]
)
async def test_an_api_without_a_way_to_its_backend_is_a_500(world, address):
    world.api(serviceUrl=address)
    world.policy("<base />", on_error=LAST_ERROR)
    answer = await world.call()
    assert (answer.status_code, answer.headers["x-r"]) == (500, "BackendConnectionFailure")
    body = answer.json()
    assert (body["statusCode"], body["message"]) == (500, "Internal server error")
    assert (world.received, world.fetched) == ([], [])


async def test_a_backend_that_a_policy_sets_may_lead_nowhere_too(world):
    world.policy("<base /><set-backend-service base-url='https://closed.invalid' />", on_error=LAST_ERROR)
    answer = await world.call()
    assert (answer.status_code, answer.headers["x-r"], world.fetched) == (500, "BackendConnectionFailure", [])


async def test_a_redirect_leads_nowhere(world):
    world.backend = lambda _: httpx.Response(302, headers={"Location": "https://closed.invalid/"})
    world.policy("<base />", backend="<forward-request follow-redirects='true' />", on_error=LAST_ERROR)
    answer = await world.call()
    assert (answer.status_code, answer.headers["x-r"], world.fetched) == (500, "BackendConnectionFailure", [])


async def test_an_api_that_leads_nowhere_goes_where_its_policy_says(world):
    world.api(serviceUrl="https://closed.invalid")
    world.policy("<base /><set-backend-service base-url='https://backend.example/open' />")
    assert (await world.call()).status_code == 200
    assert str(world.received[0].url) == "https://backend.example/open/add"


BY_ID, OTHER = '<set-backend-service backend-id="wide" />', '<set-backend-service backend-id="narrow" />'
BY_URL = '<set-backend-service base-url="https://backend.example/url" />'


@pytest.mark.parametrize(
    ("wide", "narrow", "reached"),
    [
        (BY_ID, f"<base />{BY_URL}", "wide"),
        (BY_ID, f"{BY_URL}<base />", "wide"),
        (BY_ID, f"<base />{OTHER}", "narrow"),
        (BY_ID, BY_URL, "url"),
        (f"{BY_ID}{BY_URL}", "<base />", "url"),
        (BY_URL, '<base /><set-backend-service base-url="https://backend.example/other" />', "other"),
    ],
)
@pytest.mark.parametrize("place", ["", "apis/calc"])
async def test_an_inherited_backend_gives_way_to_another_backend_only(world, place, wide, narrow, reached):
    for name in ("wide", "narrow"):
        world.put(f"backends/{name}", url=f"https://backend.example/{name}", protocol="http")
    base = "" if place == "" else "<base />"
    backend = "<forward-request />" if place == "" else "<base />"
    world.policy(f"{base}{wide}", place, backend=backend)
    world.policy(narrow, "apis/calc/operations/add")
    await world.call()
    assert str(world.received[0].url) == f"https://backend.example/{reached}/add"


async def test_set_backend_service_by_address_and_by_id(world):
    world.put("backends/Other", url="https://backend.example/other", protocol="http")
    for attribute in ("base-url='https://backend.example/other'", "backend-id='other'"):
        world.policy(f"<base /><set-backend-service {attribute} />")
        await world.call()
        assert str(world.received[-1].url) == "https://backend.example/other/add"


async def test_a_backend_gets_its_own_credentials_in_place_of_the_callers(world):
    world.put("namedValues/key", {"value": "a secret & more"}, displayName="backend-key", secret=True)
    credentials = {
        "authorization": {"scheme": "Basic", "parameter": "{{backend-key}}"},
        "header": {"X-Key": ["{{backend-key}}", "two"]},
        "query": {"code": ["{{backend-key}}"]},
    }
    world.put("backends/other", url="https://backend.example/other", protocol="http", credentials=credentials)
    world.policy("<base /><set-backend-service backend-id='other' />")
    await world.call("/calc/add?a=1", headers={"Authorization": "Bearer mine", "x-key": "mine", "X-Other": "mine"})
    (request,) = world.received
    assert request.headers.get_list("authorization") == ["Basic a secret & more"]
    assert request.headers.get_list("x-key") == ["a secret & more", "two"]
    assert request.headers["x-other"] == "mine"
    assert str(request.url) == "https://backend.example/other/add?a=1&code=a+secret+%26+more"


async def test_a_backends_credentials_do_not_follow_a_redirect_elsewhere(world):
    credentials = {"header": {"X-Key": ["secret"]}}
    world.put("backends/other", url="https://backend.example/other", protocol="http", credentials=credentials)
    world.policy(
        "<base /><set-backend-service backend-id='other' />", backend="<forward-request follow-redirects='true' />"
    )
    seen = []
    world.documents["https://elsewhere.example/x"] = httpx.Response(200)
    fetch = world._answer

    async def answer(request):
        seen.append((request.url.host, "x-key" in request.headers))
        return await fetch(request)

    world.backend = lambda request: httpx.Response(302, headers={"Location": "https://elsewhere.example/x"})
    world.gateway = create_gateway(
        world.store, world.service, world.host, httpx.AsyncClient(transport=httpx.MockTransport(answer))
    )
    assert (await world.call()).status_code == 200
    assert seen == [("backend.example", True), ("elsewhere.example", False)]


async def test_rewrite_uri_with_template_parameters(world):
    world.operation("/orders/{id}", name="order")
    world.policy("<rewrite-uri template='/v2/{id}/x?z={id}' />")
    await world.call("/calc/orders/a%20b?q=1")
    assert str(world.received[0].url) == "https://backend.example/base/v2/a%20b/x?z=a%20b&q=1"


async def test_set_body_replaces_the_callers(world):
    world.operation("/sum", "POST", "sum")
    world.policy('<base /><set-body>@(context.Request.Method + "!")</set-body>')
    await world.call("/calc/sum", "POST", content=b"something longer")
    assert (world.bodies, world.received[0].headers["content-length"]) == ([b"POST!"], "5")


async def test_head_has_no_body(world):
    world.operation("/add", "HEAD", "head")
    world.backend = lambda _: httpx.Response(200, headers={"Content-Length": "7"})
    answer = await world.call(method="HEAD")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "7", b"")


async def test_requests_to_a_slow_backend_do_not_wait_for_each_other(world):
    release = asyncio.Event()

    async def slow(_):
        await release.wait()
        return httpx.Response(200, text="4")

    world.backend = slow
    waiting = [asyncio.ensure_future(world.call()) for _ in range(5)]
    await asyncio.sleep(0.01)
    assert len(world.received) == 5
    release.set()
    assert [(await call).text for call in waiting] == ["4"] * 5
