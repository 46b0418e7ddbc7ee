"""One request that the gateway sends, and what it may be: to a host that can exist, by a path that says what it means."""

import httpx

from auth0_apim_sandbox.apim.gateway.calls.context import Context

_NOWHERE = "invalid"
"""The top-level domain whose names exist nowhere; they are not looked up (RFC 6761, section 6.4)."""

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Headers that belong to one connection (RFC 9110, section 7.6.1)."""


async def send_request(context: Context, fetch: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """The answer to `request`, whose body is still to be read; recorded where calls are.

    Raises:
        httpx.HTTPError: none comes.
    """
    sending = _sent(fetch, request)
    answer = await (sending if context.recording is None else context.recording.to_backend(request, sending))
    # the client keeps cookies, and would send one caller's with the next one's redirect
    fetch.cookies.clear()
    return answer


async def _sent(fetch: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    if request.url.host.rstrip(".").rpartition(".")[2] == _NOWHERE:
        raise httpx.ConnectError("the name of the backend's host is one that cannot exist")
    return await fetch.send(request, stream=True, auth=None, follow_redirects=False)


def timeout_of(seconds: float) -> dict[str, dict[str, float]]:
    """The extension that tells the client how long anything may take."""
    return {"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}}


def end_to_end(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """`headers` without those of one connection, including those that `Connection` names."""
    named = {
        token.strip().lower() for name, value in headers if name.lower() == b"connection" for token in value.split(b",")
    }
    return [pair for pair in headers if pair[0].lower() not in _HOP_BY_HOP and pair[0].lower() not in named]
