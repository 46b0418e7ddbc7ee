"""`set-header`."""

from auth0_apim_sandbox.apim.gateway.calls.context import Context, Step, internal_error
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers
from auth0_apim_sandbox.apim.gateway.steps.values import text_of
from auth0_apim_sandbox.apim.policies.markup import Node

_MANAGED = frozenset(
    {b"connection", b"content-length", b"host", b"keep-alive", b"te", b"transfer-encoding", b"upgrade"}
)

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
    change = HeaderChange(node)

    def set_header(context: Context) -> None:
        change(context, context.message_headers)

    return set_header


class HeaderChange:
    """What a `set-header` does to the headers it is given."""

    def __init__(self, node: Node) -> None:
        self._name = text_of(node.attributes["name"])
        self._action = text_of(node.attributes.get("exists-action", "override"))
        self._values = [text_of(value.text) for value in node.children]

    def __call__(self, context: Context, headers: Headers) -> None:
        """Change `headers`."""
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
