"""Documents that a body only links to."""

import asyncio

import httpx
import pytest
from auth0_apim_sandbox.apim.arm import linked_texts
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed
from auth0_apim_sandbox.apim.arm.linked_texts import fetch_text

URL = "https://docs.test/calc.json"


class _Stream(httpx.AsyncByteStream):
    def __init__(self, chunk, pause):
        self._chunk, self._pause = chunk, pause

    async def __aiter__(self):
        while True:
            await asyncio.sleep(self._pause)
            yield self._chunk


async def fetched(answer):
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as fetch:
        return await fetch_text(URL, fetch, "document")


async def test_the_text_comes_in_its_own_encoding():
    headers = {"content-type": "text/plain; charset=latin-1"}
    assert await fetched(httpx.Response(200, content="é".encode("latin-1"), headers=headers)) == "é"
    assert await fetched(httpx.Response(200, content="é".encode())) == "é"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (httpx.Response(404), "404 Not Found"),
        (httpx.Response(200, stream=_Stream(b" " * 65536, 0)), "it has more than 100000 bytes"),
        (httpx.Response(200, stream=_Stream(b" ", 0.01)), "no answer within 0.2 seconds"),
    ],
)
async def test_what_cannot_be_had_is_refused(monkeypatch, answer, cause):
    monkeypatch.setattr(linked_texts, "LARGEST_TEXT", 100_000)
    monkeypatch.setattr(linked_texts, "LONGEST_WAIT", 0.2)
    with pytest.raises(ValidationFailed) as caught:
        await fetched(answer)
    [detail] = caught.value.details
    assert detail["target"] == "value"
    assert detail["message"].startswith(f"Unable to retrieve the document from '{URL}': ")
    assert cause in detail["message"]
    assert "\n" not in detail["message"]
