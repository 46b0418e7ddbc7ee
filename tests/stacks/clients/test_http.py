"""HTTP that waits a refusal out, as long as the service says and no longer than is sensible."""

import time

import httpx
import pytest
from auth0_apim_environments.clients.http import RetryTransport

DONE = httpx.Response(204)


def run(*answers):
    """The last answer, and how long was waited before each further try."""
    waits, remaining = [], list(answers)

    def answer(request):
        found = remaining.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    transport = RetryTransport(httpx.MockTransport(answer), waits.append)
    with httpx.Client(transport=transport) as client:
        return client.delete("https://tenant.example/api/v2/clients/a").status_code, waits


def test_a_response_without_an_error_is_returned_at_once():
    assert run(httpx.Response(404)) == (404, [])


def test_a_rate_limited_request_is_retried_at_the_time_that_the_service_names():
    status, [wait] = run(httpx.Response(429, headers={"x-ratelimit-reset": str(int(time.time()) + 7)}), DONE)
    assert status == 204
    assert 5 < wait <= 7
    assert run(httpx.Response(429, headers={"retry-after": "3"}), DONE) == (204, [3.0])
    assert run(httpx.Response(429, headers={"retry-after": "9999"}), DONE) == (204, [60.0])


@pytest.mark.parametrize("status", [409, 412, 423, 500, 502, 503, 504])
def test_conflicts_and_server_errors_are_retried_with_longer_waits(status):
    answer, waits = run(httpx.Response(status), httpx.Response(status), DONE)
    assert answer == 204
    assert waits[0] < waits[1]


def test_a_lost_connection_is_retried():
    assert run(httpx.ConnectError("refused"), DONE)[0] == 204


def test_the_last_error_is_returned():
    status, waits = run(*[httpx.Response(503)] * 6)
    assert (status, len(waits)) == (503, 5)
    with pytest.raises(httpx.ConnectError):
        run(*[httpx.ConnectError("refused")] * 6)
