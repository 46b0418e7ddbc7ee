"""Tokens of language models: what an answer says that was used, and what a prompt is estimated at.

An answer says it in `usage` (OpenAI's REST API reference, "The chat completion object"); a streamed one in its last events. Where a streamed
one says nothing, or an answer is coded against what was asked for, four bytes count as one token.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from auth0_apim_sandbox.apim.gateway.calls.context import Context

_BYTES_PER_TOKEN = 4


class Usage(NamedTuple):
    """Tokens of one call."""

    total: int
    prompt: int
    completion: int


def ask_for_plain_answer(context: Context) -> None:
    """Have the answer read as a whole, and not in a coding that only the caller could read."""
    context.needs_response_body = True
    context.request.headers.set("accept-encoding", "identity")


def usage_of(context: Context) -> Usage | None:
    """What the answer in `context` used; None when it is no answer of a model."""
    response = context.response
    if response.status_code != 200:
        return None
    is_stream = (response.headers.joined(b"content-type") or "").startswith("text/event-stream")
    documents = list(_events(response.body)) if is_stream else [_document(response.body)]
    for document in reversed(documents):
        usage = document.get("usage")
        if isinstance(usage, dict):
            prompt = _number(usage, "prompt_tokens", "input_tokens")
            completion = _number(usage, "completion_tokens", "output_tokens")
            return Usage(_number(usage, "total_tokens") or prompt + completion, prompt, completion)
    if not is_stream and response.headers.joined(b"content-encoding") is None:
        return None
    prompt, completion = estimated(context.request.body or b""), estimated(response.body)
    return Usage(prompt + completion, prompt, completion)


def estimated(body: bytes) -> int:
    """The tokens that a body is estimated at."""
    return -(-len(body) // _BYTES_PER_TOKEN)


def _number(usage: dict[str, Any], *names: str) -> int:
    return next((usage[name] for name in names if type(usage.get(name)) is int and usage[name] >= 0), 0)


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        if line.startswith(b"data:"):
            yield _document(line.removeprefix(b"data:"))


def _document(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
