"""The requests of scripts: `fetch`, `http`, `https`, `node-fetch`, `axios` and `request` all come here."""

import ssl
from base64 import b64decode, b64encode
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from auth0_apim_sandbox.scripts.access import MachineAccess
from auth0_apim_sandbox.scripts.errors import ModuleError

_HOSTS = ("localhost", "127.0.0.1", "::1")
_MOST_BYTES = 1024 * 1024
_MOST_SECONDS = 20.0
_PORTS = {"http": 80, "https": 443}


class Client:
    """Sends the requests of one script, to services on this machine.

    Args:
        access: what of this machine the script may reach.
    """

    def __init__(self, access: MachineAccess) -> None:
        self._access = access

    def request(
        self, method: str, url: str, headers: list[list[str]], body: str | None, limits: dict[str, Any]
    ) -> dict[str, Any]:
        """Send a request and give the answer: `status`, `reason`, `url`, `headers`, and `body` as Base64.

        Args:
            body: as Base64; None for none.
            limits: `timeout` in milliseconds or None, and how many `redirects` are followed; with 0 one is the answer.

        Raises:
            ModuleError: the address is not one of this machine, or there is no answer.
        """
        timeout, redirects = limits["timeout"], limits["redirects"]
        self._client.max_redirects = redirects
        seconds = min(timeout / 1000 if timeout else _MOST_SECONDS, _MOST_SECONDS)
        content = None if body is None else b64decode(body)
        given = [
            (name, value) for name, value in headers if name.lower() not in ("host", "content-length", "connection")
        ]
        try:
            with self._client.stream(
                method, url, headers=given, content=content, timeout=seconds, follow_redirects=redirects > 0
            ) as answer:
                return _described(answer)
        except httpx.TimeoutException as error:
            raise ModuleError(f"no answer within {seconds:g} seconds", code="ETIMEDOUT") from error
        except httpx.ConnectError as error:
            raise ModuleError(*_connection_problem(error, httpx.URL(url))) from error
        except httpx.TooManyRedirects as error:
            raise ModuleError("maximum redirect reached", code="ERR_FR_TOO_MANY_REDIRECTS") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModuleError(f"the request failed: {error}", code="ECONNRESET") from error

    @cached_property
    def _client(self) -> httpx.Client:
        authority = self._access.authority
        trust = ssl.create_default_context(cafile=None if authority is None else str(authority))
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        return httpx.Client(
            verify=trust, trust_env=False, cookies=no_cookies, event_hooks={"request": [self._check], "response": []}
        )

    def _check(self, request: httpx.Request) -> None:
        """Refuse an address before anything is sent there, that of each redirect too."""
        host, scheme = request.url.host, request.url.scheme
        if scheme not in _PORTS:
            raise ModuleError(f"scripts send requests by http and https, not {scheme}", "TypeError")
        if host.rstrip(".") not in _HOSTS:
            raise ModuleError(
                f"scripts in this sandbox reach services on this machine only, at http://localhost:PORT, not {host}",
                code="ENOTFOUND",
            )
        port = request.url.port or _PORTS[scheme]
        if port in self._access.closed_ports:
            raise ModuleError(f"port {port} is the sandbox's own, which no script reaches", code="ECONNREFUSED")


def _described(answer: httpx.Response) -> dict[str, Any]:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > _MOST_BYTES:
            raise ModuleError(
                f"an answer of more than {_MOST_BYTES // 1024} KB is too large for this sandbox's scripts"
            )
        parts.append(part)
    return {
        "status": answer.status_code,
        "reason": answer.reason_phrase,
        "url": str(answer.url),
        "headers": [[name, value] for name, value in answer.headers.multi_items() if name != "content-encoding"],
        "body": b64encode(b"".join(parts)).decode(),
    }


def _connection_problem(error: httpx.ConnectError, url: httpx.URL) -> tuple[str, str, str]:
    if "certificate" in str(error).lower():
        return f"unable to verify the certificate of {url.host}", "Error", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    return f"connect ECONNREFUSED {url.host}:{url.port or _PORTS[url.scheme]}", "Error", "ECONNREFUSED"
