"""`cors` at run time (Fetch standard, "HTTP CORS protocol", and the vendor's page on the policy)."""

from urllib.parse import urlsplit

from auth0_apim_sandbox.apim.gateway.calls.context import Answered, Context
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers
from auth0_apim_sandbox.apim.gateway.steps.values import TextOf, flag_of, number_of, text_of
from auth0_apim_sandbox.apim.policies.markup import Node

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Cors:
    """One `cors` policy, compiled: a step for requests, `preflight` for preflight requests."""

    def __init__(self, node: Node) -> None:
        self._credentials = flag_of(node, "allow-credentials", default=False)
        self.terminates = flag_of(node, "terminate-unmatched-request", default=True)
        self._origins = _texts(node, "allowed-origins")
        self._methods = _texts(node, "allowed-methods") or [text_of("GET"), text_of("POST")]
        self._headers = _texts(node, "allowed-headers")
        self._exposed = _texts(node, "expose-headers")
        methods = next((child for child in node.children if child.name == "allowed-methods"), node)
        self._max_age = number_of(methods, "preflight-result-max-age", 0)

    def __call__(self, context: Context) -> None:
        """Add the headers to the answer of a cross-origin request; end an unmatched GET or HEAD where that is asked for."""
        origin = context.request.headers.joined(b"origin")
        if origin is None:
            return
        allowed = self._allowed_origin(context, origin)
        if allowed is not None:
            context.final_headers += self._origin_headers(context, allowed)
            if self._exposed:
                exposed = ",".join(header(context) for header in self._exposed)
                context.final_headers.append(("access-control-expose-headers", exposed))
        elif context.request.method in ("GET", "HEAD") and self.terminates(context):
            _answer_empty(context, [])

    def preflight(self, context: Context) -> None:
        """Answer a preflight request that this policy allows; give up otherwise, so that another policy may."""
        headers = context.request.headers
        origin, method = headers.joined(b"origin"), headers.joined(b"access-control-request-method")
        allowed = self._allowed_origin(context, origin or "")
        methods = {item(context) for item in self._methods}
        asked = [
            name.strip()
            for name in (headers.joined(b"access-control-request-headers") or "").split(",")
            if name.strip()
        ]
        known = {header(context).lower() for header in self._headers}
        fits = "*" in known or all(name.lower() in known for name in asked)
        if allowed is None or not fits or not (method in methods or "*" in methods):
            return
        answer = [*self._origin_headers(context, allowed), ("access-control-allow-methods", method or "")]
        if asked:
            answer.append(("access-control-allow-headers", ",".join(asked)))
        if seconds := self._max_age(context):
            answer.append(("access-control-max-age", str(seconds)))
        _answer_empty(context, answer)

    def _allowed_origin(self, context: Context, origin: str) -> str | None:
        """What `Access-Control-Allow-Origin` says to `origin`, None when it is not allowed."""
        allowed = [item(context) for item in self._origins]
        if "*" in allowed:
            return "*"
        given = _origin(origin)
        return origin if given is not None and given in {_origin(item) for item in allowed} else None

    def _origin_headers(self, context: Context, allowed: str) -> list[tuple[str, str]]:
        headers = [("access-control-allow-origin", allowed)]
        if allowed != "*":
            headers.append(("vary", "Origin"))
            # any origin with credentials is what browsers refuse, so it is not offered
            if self._credentials(context):
                headers.append(("access-control-allow-credentials", "true"))
        return headers


def answer_unmatched_preflight(context: Context) -> None:
    """The empty 200 the vendor documents for a preflight request that no policy allows."""
    _answer_empty(context, [])


def _answer_empty(context: Context, headers: list[tuple[str, str]]) -> None:
    response = context.response
    response.status_code, response.headers, response.body, response.stream = 200, Headers(), b"", None
    for name, value in headers:
        response.headers.add(name, value)
    raise Answered


def _texts(node: Node, name: str) -> list[TextOf]:
    return [text_of(item.text.strip()) for part in node.children if part.name == name for item in part.children]


def _origin(text: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None for what is none."""
    try:
        parts = urlsplit(text)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.scheme and parts.hostname else None
