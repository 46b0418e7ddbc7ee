"""Policies that change the request or the response: headers, body, status, address, variables."""

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from auth0_apim_sandbox.apim.gateway.calls.context import Answered, Context, Step, internal_error
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers, Url, without_parameter
from auth0_apim_sandbox.apim.gateway.configuration.service import Backend
from auth0_apim_sandbox.apim.gateway.steps.values import TextOf, flag_of, status_of, text_of, value_of
from auth0_apim_sandbox.apim.policies.kinds import url as url_problem
from auth0_apim_sandbox.apim.policies.markup import Node

_MANAGED = frozenset(
    {b"connection", b"content-length", b"host", b"keep-alive", b"te", b"transfer-encoding", b"upgrade"}
)

_WIDEST_FIRST = ("global", "product", "api", "operation")
"""The scopes of documents; what a wider one does is inherited by the narrower ones."""

_SEPARATE = frozenset(
    {
        "cookie",
        "date",
        "expires",
        "if-modified-since",
        "if-unmodified-since",
        "last-modified",
        "proxy-authenticate",
        "retry-after",
        "set-cookie",
        "user-agent",
        "warning",
        "www-authenticate",
    }
)
"""Headers whose values go out one by one; those of all others are joined by commas (vendor's page on `set-header`)."""


def compile_set_header(node: Node) -> Step:
    """`set-header`, on the request on the way in and on the response on the way out."""
    change = _header_change(node)

    def set_header(context: Context) -> None:
        change(context, context.message_headers)

    return set_header


def compile_set_variable(node: Node) -> Step:
    """`set-variable`."""
    name, value = node.attributes["name"], value_of(node.attributes["value"])

    def set_variable(context: Context) -> None:
        context.variables[name] = value(context)

    return set_variable


def compile_set_status(node: Node) -> Step:
    """`set-status`."""
    code, reason = status_of(node, "code", 200), text_of(node.attributes.get("reason", ""))

    def set_status(context: Context) -> None:
        context.response.status_code = code(context)
        context.response.status_reason = reason(context)

    return set_status


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


def compile_return_response(node: Node) -> Step:
    """`return-response`: a new response, and nothing more is run."""
    statuses = [compile_set_status(child) for child in node.children if child.name == "set-status"]
    headers = [_header_change(child) for child in node.children if child.name == "set-header"]
    bodies = [text_of(child.text) for child in node.children if child.name == "set-body"]

    def return_response(context: Context) -> None:
        response = context.response
        response.status_code, response.status_reason = 200, ""
        response.headers, response.body, response.stream = Headers(), b"", None
        for set_status in statuses:
            set_status(context)
        for change in headers:
            change(context, response.headers)
        for body in bodies:
            response.body = body(context).encode()
        raise Answered

    return return_response


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


def compile_set_backend_service(node: Node, scope: str, backends: Mapping[str, Backend]) -> Step:
    """`set-backend-service` by address, or by the id of a backend in `backends`, which has its own credentials.

    A backend that a wider scope has set by its id gives way only to another id (vendor's page on `set-backend-service`).
    """
    base, backend = node.attributes.get("base-url"), node.attributes.get("backend-id")
    address: TextOf = text_of(base or backend or "")
    width = _WIDEST_FIRST.index(scope)

    def set_backend_service(context: Context) -> None:
        if backend is None and context.backend_width is not None and context.backend_width < width:
            return
        given = address(context)
        chosen = backends.get(given.lower()) if backend is not None else Backend(given)
        if chosen is None:
            raise internal_error("BackendNotFound", f"Backend with id '{given}' could not be found.")
        if problem := url_problem(chosen.url):
            raise internal_error("ExpressionValueEvaluationFailure", problem)
        context.backend_url = chosen.url
        context.backend_headers, context.backend_query = chosen.headers, chosen.query
        context.backend_width = None if backend is None else width

    return set_backend_service


def compile_rewrite_uri(node: Node) -> Step:
    """`rewrite-uri`: another path for the backend; parameters of the operation's template may stand in it."""
    template = text_of(node.attributes["template"])
    copy_unmatched = flag_of(node, "copy-unmatched-params", default=True)

    def rewrite_uri(context: Context) -> None:
        path, _, query = template(context).partition("?")
        for name, value in context.request.matched_parameters.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
            query = query.replace(f"{{{name}}}", quote(value, safe=""))
        old = context.request.url
        if copy_unmatched(context):
            query = "&".join(filter(None, [query, _unmatched_query(context)]))
        context.request.url = Url(old.scheme, old.host, old.port, "/" + urlsplit(path).path.lstrip("/"), query)

    return rewrite_uri


def _unmatched_query(context: Context) -> str:
    """The query without the parameters that the operation's own template asks for."""
    query: str = context.request.url.query_string
    for part in filter(None, context.operation.url_template.partition("?")[2].split("&")):
        query = without_parameter(query, unquote(part.partition("=")[0]))
    return query


def _header_change(node: Node) -> "_HeaderChange":
    return _HeaderChange(node)


class _HeaderChange:
    def __init__(self, node: Node) -> None:
        self._name = text_of(node.attributes["name"])
        self._action = text_of(node.attributes.get("exists-action", "override"))
        self._values = [text_of(value.text) for value in node.children]

    def __call__(self, context: Context, headers: Headers) -> None:
        name, action = self._name(context), self._action(context)
        if name.lower().encode("latin-1", "replace") in _MANAGED:
            raise internal_error("HeaderNotAllowed", f"Header {name} belongs to the connection and cannot be set.")
        if action == "delete":
            headers.remove(name)
            return
        if action == "skip" and headers.get(name) is not None:
            return
        values = [value(context) for value in self._values]
        if action == "append":
            values = (headers.get(name) or []) + values
        if len(values) > 1 and name.lower() not in _SEPARATE:
            values = [",".join(values)]
        try:
            headers.set(name, *values)
        except ValueError as error:
            raise internal_error("ExpressionValueEvaluationFailure", str(error)) from None
