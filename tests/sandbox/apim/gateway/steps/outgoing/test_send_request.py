"""send-request and send-one-way-request."""

import asyncio

import httpx
import pytest

URL = "https://service.example/check"


def send(children, attributes="mode='new' response-variable-name='r'"):
    return f"<base /><send-request {attributes}>{children}</send-request>"


ANSWER = "<return-response response-variable-name='r' />"
WHOLE = (
    f"<set-url>{URL}</set-url><set-method>POST</set-method>"
    "<set-header name='X-A' exists-action='override'><value>1</value></set-header><set-body>asked</set-body>"
)


@pytest.fixture
def service(world):
    world.documents[URL] = lambda _: httpx.Response(201, headers={"X-B": "2"}, text="answered")
    return world


async def test_the_answer_of_another_service_is_a_response_in_a_variable(service):
    service.policy(send(WHOLE) + ANSWER)
    answer = await service.call(headers={"Authorization": "Bearer own", "Cookie": "a=b"})
    assert (answer.status_code, answer.headers["x-b"], answer.text) == (201, "2", "answered")
    asked = service.asked[0]
    assert (asked.method, asked.content, asked.headers["x-a"], asked.headers["host"]) == (
        "POST",
        b"asked",
        "1",
        "service.example",
    )
    assert not asked.headers.keys() & {"authorization", "cookie", "user-agent", "x-forwarded-for"}
    assert service.received == []


async def test_a_copy_has_the_callers_method_headers_and_body(service):
    service.operation(method="PUT", name="put")
    service.policy(send(f"<set-url>{URL}</set-url>", "mode='copy' response-variable-name='r'"))
    answer = await service.call(method="PUT", content=b"body", headers={"X-Own": "yes"})
    assert answer.text == "4"
    assert (service.asked[0].method, service.asked[0].content) == ("PUT", b"body")
    assert service.asked[0].headers["x-own"] == "yes"
    assert service.bodies == [b"body"]


async def test_the_first_header_and_the_set_header_that_deletes_it(service):
    header = "<set-header name='X-Own' exists-action='delete' />"
    service.policy(send(f"<set-url>{URL}</set-url>{header}", "mode='copy' response-variable-name='r'"))
    await service.call(headers={"X-Own": "yes"})
    assert "x-own" not in service.asked[0].headers


def timed_out(_):
    raise httpx.ReadTimeout("late")


def unreachable(_):
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize("problem", [timed_out, unreachable])
async def test_an_error_ends_the_call_unless_it_is_ignored(service, problem):
    service.documents[URL] = problem
    service.policy(send(WHOLE))
    assert (await service.call()).status_code == 500
    service.policy(send(WHOLE, "response-variable-name='r' ignore-error='true'") + ANSWER)
    assert (await service.call()).status_code == 200
    assert service.received == []


async def test_the_timeout_is_given_in_seconds(service):
    service.policy(send(WHOLE, "response-variable-name='r' timeout='7'"))
    await service.call()
    assert set(service.asked[0].extensions["timeout"].values()) == {7.0}


@pytest.mark.parametrize("path", ["..", "a/%2e%2e/b", "a%2F..%2Fb"])
async def test_a_url_with_dot_segments_is_not_asked(service, path):
    text = "@(&quot;https://service.example/x/&quot; + context.Request.Url.Query.GetValueOrDefault(&quot;p&quot;))"
    service.policy(send(f"<set-url>{text}</set-url>"))
    assert (await service.call(f"/calc/add?p={path.replace('%', '%25')}")).status_code == 500
    assert service.asked == []
    assert service.fetched == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "https://u:p@service.example/", "/check", "https://nowhere.invalid/"]
)
async def test_what_is_no_address_of_a_web_service_is_not_asked(service, url):
    service.policy(send(f"<set-url>@(&quot;{url}&quot;)</set-url>"))
    assert (await service.call()).status_code == 500
    assert service.fetched == []


async def test_credentials_of_the_request_itself(service):
    service.identities = {None: "own"}
    basic = "<authentication-basic username='u' password='p' />"
    identity = "<authentication-managed-identity resource='https://vault.example' />"
    for credential, expected in ((basic, "Basic dTpw"), (identity, "Bearer own for https://vault.example")):
        service.policy(send(f"<set-url>{URL}</set-url>{credential}"))
        await service.call()
        assert service.asked[-1].headers["authorization"] == expected
        assert "authorization" not in service.received[-1].headers


async def test_a_one_way_request_does_not_hold_up_the_call(service):
    service.policy(f"<base /><send-one-way-request mode='new'>{WHOLE}</send-one-way-request>")
    assert (await service.call()).text == "4"
    for _ in range(5):
        await asyncio.sleep(0)
    assert service.asked[0].content == b"asked"
    service.documents[URL] = unreachable
    assert (await service.call()).text == "4"
    for _ in range(5):
        await asyncio.sleep(0)
