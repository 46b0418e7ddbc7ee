import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from auth0_apim_sandbox.cloud.listeners import Listener
from starlette.requests import Request
from starlette.responses import JSONResponse


async def who_asks(scope, receive, send):
    request = Request(scope)
    await JSONResponse([request.client.host, request.url.scheme])(scope, receive, send)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    listener = Listener(who_asks, listening)
    await listener.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    await listener.stop()


async def test_a_callers_word_about_a_proxy_is_not_believed(url):
    async with httpx.AsyncClient() as client:
        claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        assert (await client.get(url, headers=claimed)).json() == ["127.0.0.1", "http"]
