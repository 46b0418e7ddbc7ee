"""`set-method`, `set-query-parameter` and `find-and-replace`."""

from urllib.parse import quote_plus

from auth0_apim_sandbox.apim.gateway.calls.bodies import read_request_body, read_response_body
from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step, internal_error
from auth0_apim_sandbox.apim.gateway.calls.headers import Url, without_parameter
from auth0_apim_sandbox.apim.gateway.steps.values import text_of
from auth0_apim_sandbox.apim.policies.kinds import method as method_problem
from auth0_apim_sandbox.apim.policies.markup import Node


def compile_set_method(node: Node) -> Step:
    """`set-method`."""
    method = text_of(node.text)

    def set_method(context: Context) -> None:
        value = method(context).strip()
        if problem := method_problem(value):
            raise internal_error("ExpressionValueEvaluationFailure", problem)
        context.request.method = value

    return set_method


def compile_set_query_parameter(node: Node) -> Step:
    """`set-query-parameter`."""
    name_of, action_of = text_of(node.attributes["name"]), text_of(node.attributes.get("exists-action", "override"))
    values = [text_of(value.text) for value in node.children]

    def set_query_parameter(context: Context) -> None:
        name, action, url = name_of(context), action_of(context), context.request.url
        exists = name in url.query
        if action == "skip" and exists:
            return
        kept = url.query_string if action == "append" else without_parameter(url.query_string, name)
        added = [] if action == "delete" else [f"{quote_plus(name)}={quote_plus(value(context))}" for value in values]
        query = "&".join(filter(None, [kept, *added]))
        context.request.url = Url(url.scheme, url.host, url.port, url.path, query)

    return set_query_parameter


def compile_find_and_replace(node: Node) -> Step:
    """`find-and-replace` in the body of the request on the way in, of the response on the way out."""
    old_of, new_of = text_of(node.attributes["from"]), text_of(node.attributes["to"])

    async def find_and_replace(context: Context) -> None:
        old, new = old_of(context).encode(), new_of(context).encode()
        if not old:
            raise internal_error("ExpressionValueEvaluationFailure", "The text to find must not be empty.")
        if context.section in ("inbound", "backend"):
            context.request.body = (await read_request_body(context)).replace(old, new)
        else:
            context.response.body = (await read_response_body(context.response)).replace(old, new)

    return find_and_replace
