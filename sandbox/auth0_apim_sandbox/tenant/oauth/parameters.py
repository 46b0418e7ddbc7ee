"""The parameters of a request to the Authentication API, from a form or a JSON object.

RFC 6749, section 3.2: a parameter without a value counts as omitted, and none may be sent twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from auth0_apim_sandbox.tenant.model.json_input import parse_json
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request, missing

MAX_BODY_BYTES = 100 * 1024
_MAX_FIELDS = 100


@dataclass(frozen=True)
class Call:
    """One request: its parameters, and what its headers and connection say."""

    parameters: Mapping[str, Any]
    scope: Scope

    def get(self, name: str) -> str | None:
        """The text of parameter `name`, or None when it was left out or is empty.

        Raises:
            OAuthError: a JSON body gave something other than a text.
        """
        value = self.parameters.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise invalid_request(f"Parameter '{name}' must be a string")
        return value

    def require(self, name: str) -> str:
        """The text of parameter `name`.

        Raises:
            OAuthError: it was left out or is empty.
        """
        value = self.get(name)
        if value is None:
            raise missing(name)
        return value

    def header(self, name: bytes) -> str | None:
        """The value of the header whose lower-case name is `name`.

        Raises:
            OAuthError: the header was sent more than once.
        """
        return header(self.scope, name)

    @property
    def address(self) -> str:
        """The IP address the connection comes from."""
        client = self.scope.get("client")
        return client[0] if client else ""


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a request's header by its lower-case name.

    Raises:
        OAuthError: the header was sent more than once.
    """
    values = [value for key, value in scope["headers"] if key == name]
    if len(values) > 1:
        raise invalid_request(f"Header {name.decode()} was sent {len(values)} times")
    return values[0].decode("latin-1") if values else None


async def read_call(scope: Scope, receive: Receive) -> Call:
    """Read a request whose parameters are its body.

    Raises:
        OAuthError: the body is too long, of another media type, malformed, or repeats a parameter.
    """
    body = await _read_body(receive)
    media_type = (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return Call(parse_form(body), scope)
    if media_type == "application/json":
        return Call(_parse_json(body), scope)
    if not body:
        return Call({}, scope)
    raise invalid_request("Content-Type must be application/x-www-form-urlencoded or application/json")


def parse_form(text: bytes) -> dict[str, str]:
    """The parameters of a form body or a query string.

    Raises:
        OAuthError: it is not UTF-8, has too many parameters, or repeats one.
    """
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise invalid_request("The parameters are not a URL-encoded form in UTF-8") from error
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise _repeated([name for name, _ in pairs])
    return parameters


def _parse_json(body: bytes) -> dict[str, Any]:
    try:
        parameters = parse_json(body, _unique)
    except ValueError as error:
        raise invalid_request("The body is not a JSON object") from error
    if not isinstance(parameters, dict):
        raise invalid_request("The body is not a JSON object")
    return parameters


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise _repeated([name for name, _ in pairs])
    return parameters


def _repeated(names: list[str]) -> OAuthError:
    name = next(name for name in names if names.count(name) > 1)
    return invalid_request(f"Parameter '{name}' was sent more than once")


async def _read_body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            break
    if len(body) > MAX_BODY_BYTES:
        raise OAuthError(413, "invalid_request", f"The body is longer than {MAX_BODY_BYTES} bytes")
    return body
