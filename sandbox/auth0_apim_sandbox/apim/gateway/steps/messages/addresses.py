"""Where a request goes: backend, path and query."""

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step, bad_request, internal_error
from auth0_apim_sandbox.apim.gateway.calls.headers import Url, without_parameter
from auth0_apim_sandbox.apim.gateway.configuration.service import Backend
from auth0_apim_sandbox.apim.gateway.steps.values import TextOf, flag_of, text_of
from auth0_apim_sandbox.apim.policies.kinds import url as url_problem
from auth0_apim_sandbox.apim.policies.markup import Node

_WIDEST_FIRST = ("global", "product", "api", "operation")
"""The scopes of documents; what a wider one does is inherited by the narrower ones."""


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
            path = path.replace(f"{{{name}}}", _path_value(context, name, value))
            query = query.replace(f"{{{name}}}", quote(value, safe=""))
        old = context.request.url
        if copy_unmatched(context):
            query = "&".join(filter(None, [query, _unmatched_query(context)]))
        context.request.url = Url(old.scheme, old.host, old.port, "/" + urlsplit(path).path.lstrip("/"), query)

    return rewrite_uri


def _path_value(context: Context, name: str, value: str) -> str:
    """A parameter's value as one segment of a path; of several ones where the operation's template has a wildcard."""
    if f"{{*{name}}}" in context.operation.url_template.partition("?")[0]:
        return quote(value, safe="/")
    if "/" in value or "\\" in value:
        raise bad_request(
            f"The value of parameter '{name}' has a slash in it, so it is no segment of the backend's path."
        )
    return quote(value, safe="")


def _unmatched_query(context: Context) -> str:
    """The query without the parameters that the operation's own template asks for."""
    query: str = context.request.url.query_string
    for part in filter(None, context.operation.url_template.partition("?")[2].split("&")):
        query = without_parameter(query, unquote(part.partition("=")[0]))
    return query
