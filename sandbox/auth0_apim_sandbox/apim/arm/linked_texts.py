"""Texts that a body only links to: API documents and policies."""

import asyncio

import httpx

from auth0_apim_sandbox.apim.arm.errors import ValidationFailed

LARGEST_TEXT = 16 * 1024 * 1024
"""Bytes of a linked text that are read; more is refused."""

LONGEST_WAIT = 30.0
"""Seconds until a link is given up, however slowly its text drips."""


async def fetch_text(url: str, fetch: httpx.AsyncClient, what: str) -> str:
    """The text at `url`; redirects are followed.

    Raises:
        ValidationFailed: it cannot be fetched, is too large or too slow; `what` names it.
    """
    try:
        return await asyncio.wait_for(_fetch(url, fetch), LONGEST_WAIT)
    except asyncio.TimeoutError:
        cause = f"no answer within {LONGEST_WAIT:g} seconds"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # httpx adds a second line, an address to read more at
        cause = (str(error) or type(error).__name__).splitlines()[0]
    raise ValidationFailed(("value", f"Unable to retrieve the {what} from '{url}': {cause}"))


async def _fetch(url: str, fetch: httpx.AsyncClient) -> str:
    body = bytearray()
    async with fetch.stream("GET", url, follow_redirects=True) as answer:
        answer.raise_for_status()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_TEXT:
                raise ValueError(f"it has more than {LARGEST_TEXT} bytes")
        return body.decode(answer.charset_encoding or "utf-8", "replace")
