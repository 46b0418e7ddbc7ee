"""The OpenID document that an `openid-config` names (OpenID Connect Discovery 1.0, section 3), and its key set.

Saving a policy depends on them: every OpenID document that it names must be reachable, unless it says otherwise.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx

from auth0_apim_sandbox.apim.policies.document import PolicyDocument
from auth0_apim_sandbox.apim.policies.errors import PolicyError
from auth0_apim_sandbox.apim.policies.kinds import url
from auth0_apim_sandbox.apim.policies.markup import Node

LARGEST_ANSWER = 1024 * 1024
"""Bytes of a document or a key set that are read; more is refused."""

LONGEST_WAIT = 10.0
"""Seconds that a document and its key set may take together, however slowly they drip."""

_LISTS = (
    "id_token_signing_alg_values_supported",
    "response_types_supported",
    "scopes_supported",
    "subject_types_supported",
)


@dataclass(frozen=True)
class OpenIdDocument:
    """What the gateway takes from an OpenID document."""

    issuer: str
    jwks_uri: str


async def fetch_openid(url: str, fetch: httpx.AsyncClient) -> tuple[OpenIdDocument, dict[str, Any]]:
    """The OpenID document at `url` and the key set it names; redirects are not followed.

    Raises:
        httpx.HTTPError: one of them cannot be fetched.
        httpx.InvalidURL: an address is none.
        ValueError: one of them is too large, too slow, or not what it should be.
    """
    try:
        return await asyncio.wait_for(_fetch_both(url, fetch), LONGEST_WAIT)
    except asyncio.TimeoutError:
        raise ValueError(f"no answer within {LONGEST_WAIT:g} seconds") from None


async def _fetch_both(url: str, fetch: httpx.AsyncClient) -> tuple[OpenIdDocument, dict[str, Any]]:
    document = parse_openid_document(await _fetch(url, fetch))
    if url.lower().startswith("https:") and not document.jwks_uri.lower().startswith("https:"):
        raise ValueError("IDX20108: the document's 'jwks_uri' must use https, as the document's own address does")
    return document, parse_object(await _fetch(document.jwks_uri, fetch))


async def _fetch(url: str, fetch: httpx.AsyncClient) -> bytes:
    body = bytearray()
    async with fetch.stream("GET", url, headers={"accept": "application/json"}, timeout=LONGEST_WAIT) as answer:
        answer.raise_for_status()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise ValueError(f"the document has more than {LARGEST_ANSWER} bytes")
    return bytes(body)


def parse_openid_document(body: bytes) -> OpenIdDocument:
    """The issuer and the address of the keys.

    Raises:
        ValueError: `body` is not a document that follows the specification; the message says why.
    """
    document = parse_object(body)
    for name in ("issuer", "jwks_uri"):
        value = document.get(name)
        if not isinstance(value, str) or url(value):
            raise ValueError(f"IDX21815: the document's '{name}' must be an absolute URL")
    if "?" in document["issuer"] or "#" in document["issuer"]:
        raise ValueError("IDX21815: the document's 'issuer' must have neither query nor fragment")
    for name in _LISTS:
        if name in document and not isinstance(document[name], list):
            raise ValueError(f"IDX21815: the document's '{name}' must be a list")
    return OpenIdDocument(document["issuer"], document["jwks_uri"])


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`.

    Raises:
        ValueError: no JSON object.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("IDX21815: the document is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("IDX21815: the document is not a JSON object")
    return document


async def check_connectivity(document: PolicyDocument, fetch: httpx.AsyncClient) -> None:
    """Fetch the OpenID document and the keys of every `openid-config` that does not say `validate-connectivity="false"`.

    Raises:
        PolicyError: they cannot be fetched or are not what they should be; the message has Azure's shape.
    """
    for policy in document.root.walk():
        if policy.name == "validate-jwt":
            for child in policy.children:
                if child.name == "openid-config" and child.attributes.get("validate-connectivity") != "false":
                    await _check_reachable(policy, child.attributes["url"], fetch)


async def _check_reachable(policy: Node, url: str, fetch: httpx.AsyncClient) -> None:
    try:
        await fetch_openid(url, fetch)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # httpx adds a second line, an address to read more at
        cause = (str(error) or type(error).__name__).splitlines()[0]
        raise PolicyError(_unreachable(url, cause), policy.line, policy.column, policy.name) from None


def _unreachable(url: str, cause: str) -> str:
    return (
        f" Unable to obtain configuration from: '{url}'. Will retry at '1/1/0001 12:00:00 AM +00:00'. "
        f"Exception: 'System.IO.IOException: IDX20804: Unable to retrieve document from: '{url}'. {cause}'."
    )
