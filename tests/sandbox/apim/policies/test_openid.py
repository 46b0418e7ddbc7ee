"""Saving needs the tenant's OpenID document."""

import httpx
import pytest
from auth0_apim_sandbox.apim.policies import PolicyError, check_connectivity, parse_policy

URL = "https://tenant.example/.well-known/openid-configuration"


def saved(attribute=""):
    return parse_policy(
        f"<policies>\n <inbound>\n  <validate-jwt header-name='a'><openid-config url='{URL}' {attribute}/></validate-jwt></inbound></policies>",
        "xml",
    )


def tenant(answer):
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))


async def test_a_reachable_document_is_enough():
    document = {"issuer": "https://tenant.example/", "jwks_uri": "https://tenant.example/jwks"}
    async with tenant(httpx.Response(200, json=document)) as fetch:
        await check_connectivity(saved(), fetch)


@pytest.mark.parametrize(
    "answer", [httpx.Response(404), httpx.Response(200, text="hello"), httpx.Response(200, json={})]
)
async def test_no_document_is_refused_in_azures_words(answer):
    async with tenant(answer) as fetch:
        with pytest.raises(PolicyError) as caught:
            await check_connectivity(saved(), fetch)
    assert str(caught.value).startswith(
        f"Error in element 'validate-jwt' on line 3, column 4:  Unable to obtain configuration from: '{URL}'. Will retry at "
        "'1/1/0001 12:00:00 AM +00:00'. Exception: 'System.IO.IOException: IDX20804: Unable to retrieve document from: "
    )
    assert "\n" not in str(caught.value)


def answering(answers):
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answers[str(request.url)]))


async def test_the_keys_must_be_reachable_too():
    keys = "https://tenant.example/jwks"
    document = httpx.Response(200, json={"issuer": "https://tenant.example/", "jwks_uri": keys})
    for answer, cause in (
        (httpx.Response(404), "404 Not Found"),
        (httpx.Response(200, text="<html>"), "the document is not JSON"),
        (httpx.Response(200, content=b" " * 2**20 + b"{}"), "the document has more than 1048576 bytes"),
    ):
        async with answering({URL: document, keys: answer}) as fetch:
            with pytest.raises(PolicyError, match=cause):
                await check_connectivity(saved(), fetch)


async def test_the_check_can_be_turned_off():
    async with tenant(httpx.Response(404)) as fetch:
        await check_connectivity(saved("validate-connectivity='false'"), fetch)
