"""Which bodies are read before a policy runs."""

import httpx
import pytest
from auth0_apim_sandbox.apim.gateway.calls.context import Context, Request
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers, Url
from auth0_apim_sandbox.apim.gateway.steps.bodies import bodies_of, with_bodies
from auth0_apim_sandbox.apim.policies.markup import parse_markup


@pytest.fixture
def context():
    async def receive():
        return {"type": "http.request", "body": b"asked"}

    made = Context(Request("POST", Url("https", "h", 443, "/", ""), Headers(), "203.0.113.9", receive))
    made.response.stream = aiter(httpx.ByteStream(b"answered"))
    return made


@pytest.mark.parametrize(
    ("expression", "request_body", "response_body"),
    [
        ("@(context.Request.Body.As<string>())", b"asked", b""),
        ("@(context.Response.Body.As<string>())", None, b"answered"),
        ("@{ var r = context.Request; return r.Body.As<string>(); }", b"asked", b"answered"),
        ("@(context.Request.Method)", None, b""),
    ],
)
async def test_bodies_are_read_that_an_expression_looks_into(context, expression, request_body, response_body):
    node = parse_markup(f"<set-body>{expression}</set-body>", "rawxml")
    await bodies_of(node)(context)
    assert (context.request.body, context.response.body) == (request_body, response_body)


async def test_policies_inside_another_read_their_own(context):
    inner = "<set-body>@(context.Request.Body.As<string>())</set-body>"
    for text, is_read in (
        (f"<choose><when condition='@(true)'>{inner}</when></choose>", False),
        ("<choose><when condition='@(context.Request.Body != null)'><base /></when></choose>", True),
        (f"<retry condition='@(true)' count='1' interval='1'>{inner}</retry>", False),
        (f"<send-request response-variable-name='r'>{inner}</send-request>", True),
    ):
        node = parse_markup(text, "rawxml")
        step = with_bodies(node, lambda _: None)
        pending = step(context)
        assert (pending is not None) == is_read
        if pending is not None:
            await pending
