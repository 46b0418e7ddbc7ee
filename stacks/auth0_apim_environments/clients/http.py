"""HTTP for every client: trusted authorities, retries, and errors that say what to do."""

import random
import ssl
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from auth0_apim_environments.errors import StackError

Document = dict[str, Any]
"""A JSON object as a service returns it."""

_RETRIED = {409, 412, 423, 500, 502, 503, 504}
_ATTEMPTS = 6
_LONGEST_WAIT = 60.0


class ServiceError(StackError):
    """A service refused a request; the message has the request, the status and the service's own words."""


def open_client(environment: Mapping[str, str]) -> httpx.Client:
    """An HTTP client that trusts the system's authorities, or those of `SSL_CERT_FILE` in `environment`."""
    return httpx.Client(verify=trusted_authorities(environment), timeout=30, follow_redirects=False, trust_env=False)


def trusted_authorities(environment: Mapping[str, str]) -> ssl.SSLContext:
    """The system's certificate authorities, or those of `SSL_CERT_FILE` in `environment`."""
    return ssl.create_default_context(cafile=environment.get("SSL_CERT_FILE"))


def read_json(response: httpx.Response) -> Any:
    """The JSON document of a response.

    Raises:
        ServiceError: the status is not 200.
    """
    if response.status_code != 200:
        raise service_error(response)
    return response.json()


def require_deleted(response: httpx.Response) -> None:
    """Accept the response to a DELETE request, 404 included.

    Raises:
        ServiceError: the service refused.
    """
    if response.is_error and response.status_code != 404:
        raise service_error(response)


def service_error(response: httpx.Response) -> ServiceError:
    """The error for a response; the request's query and body, which may hold secrets, are left out."""
    status, request = response.status_code, _request(response.request)
    remedy = ": give these credentials the permission, or use others" if status in (401, 403) else ""
    return ServiceError(f"{request} was answered with {status} {response.text[:300].strip()}{remedy}")


def describe_http_error(error: Exception) -> str:
    """The message of an error; of an HTTP error the request, the reason and what to do, without secrets."""
    if not isinstance(error, httpx.HTTPError):
        return str(error)
    try:
        request = _request(error.request)
    except RuntimeError:  # httpx raises it for an error without a request
        request = "a request"
    return (
        f"{request} was not answered ({error or type(error).__name__}): "
        "check AUTH0_DOMAIN, ARM_METADATA_HOSTNAME and the network, and run it again"
    )


def _request(request: httpx.Request) -> str:
    return f"{request.method} {request.url.copy_with(query=None, userinfo=b'')}"


class RetryTransport(httpx.BaseTransport):
    """Sends a request again after an error that is temporary.

    After 429 it waits as long as the service says (`Retry-After`, or Auth0's `X-RateLimit-Reset` in epoch seconds); after
    409, 412, 423, server errors and lost connections it waits twice as long each time. Use it for reads and deletes, which
    may be repeated.

    Args:
        transport: sends each request.
        sleep: waits for seconds; `time.sleep` when absent.
    """

    def __init__(self, transport: httpx.BaseTransport, sleep: Callable[[float], None] | None = None) -> None:
        self._transport = transport
        self._sleep = sleep or time.sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The first response that is not a temporary error, or the last one."""
        for attempt in range(1, _ATTEMPTS):
            wait = self._wait_after(request, attempt)
            if isinstance(wait, httpx.Response):
                return wait
            self._sleep(wait)
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _wait_after(self, request: httpx.Request, attempt: int) -> httpx.Response | float:
        backoff: float = min(0.25 * 2**attempt, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        try:
            response: httpx.Response = self._transport.handle_request(request)
        except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, httpx.TimeoutException):
            return backoff
        if response.status_code == 429:
            response.close()
            return min(_announced_wait(response.headers, backoff), _LONGEST_WAIT)
        if response.status_code in _RETRIED:
            response.close()
            return backoff
        return response


def _announced_wait(headers: httpx.Headers, otherwise: float) -> float:
    retry_after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if retry_after.isdigit():
        return float(retry_after)
    if retry_after:
        try:
            return max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0)
        except ValueError:
            return otherwise
    return max(float(reset) - time.time(), 0.1) if reset.isdigit() else otherwise
