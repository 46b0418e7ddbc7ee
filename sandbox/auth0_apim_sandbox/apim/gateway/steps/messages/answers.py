"""Policies that make the answer: its status, its body, or all of it."""

from collections.abc import Callable

from auth0_apim_sandbox.apim.gateway.calls.context import Answered, Context, Response, Step
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers
from auth0_apim_sandbox.apim.gateway.steps.messages.headers import HeaderChange
from auth0_apim_sandbox.apim.gateway.steps.values import status_of, text_of
from auth0_apim_sandbox.apim.policies.markup import Node


def compile_set_status(node: Node) -> Step:
    """`set-status`."""
    status = _status(node)

    def set_status(context: Context) -> None:
        context.response.status_code, context.response.status_reason = status(context)

    return set_status


def _status(node: Node) -> Callable[[Context], tuple[int, str]]:
    code, reason = status_of(node, "code", 200), text_of(node.attributes.get("reason", ""))
    return lambda context: (code(context), reason(context))


def compile_return_response(node: Node) -> Step:
    """`return-response`: a new response, and nothing more is run. Its expressions see the response as it was."""
    statuses = [_status(child) for child in node.children if child.name == "set-status"]
    headers = [HeaderChange(child) for child in node.children if child.name == "set-header"]
    bodies = [text_of(child.text) for child in node.children if child.name == "set-body"]

    variable = node.attributes.get("response-variable-name")

    def return_response(context: Context) -> None:
        response = _copied(context, variable)
        for status in statuses:
            response.status_code, response.status_reason = status(context)
        for change in headers:
            change(context, response.headers)
        for body in bodies:
            response.body = body(context).encode()
        context.response = response
        raise Answered

    return return_response


def _copied(context: Context, variable: str | None) -> Response:
    """A new response, or a copy of the one in a variable; an empty one when there is none in it."""
    given, response = context.variables.get(variable) if variable else None, Response()
    if isinstance(given, Response):
        response.status_code, response.status_reason = given.status_code, given.status_reason
        response.headers, response.body = Headers(given.headers.raw), given.body
    return response


def compile_mock_response(node: Node) -> Step:
    """`mock-response`: status and content type without a body, since examples of operations are not read."""
    status = int(node.attributes.get("status-code", "200"))
    content_type = node.attributes.get("content-type")

    def mock_response(context: Context) -> None:
        response = context.response
        response.status_code, response.status_reason = status, ""
        response.headers, response.body, response.stream = Headers(), b"", None
        if content_type:
            response.headers.set("content-type", content_type)
        raise Answered

    return mock_response


def compile_set_body(node: Node) -> Step:
    """`set-body` with a text."""
    text = text_of(node.text)

    def set_body(context: Context) -> None:
        body = text(context).encode()
        context.message_headers.remove("content-encoding")
        if context.section in ("inbound", "backend"):
            context.request.body = body
        else:
            context.response.body, context.response.stream = body, None

    return set_body
