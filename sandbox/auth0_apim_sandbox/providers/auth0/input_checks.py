"""What the official provider finds wrong with inputs in a preview, beyond their types."""

import json
from collections.abc import Iterable

from auth0_apim_sandbox.providers.plugin.provider import Properties
from auth0_apim_sandbox.providers.plugin.schema import Failure

MIN_SIGNING_SECRET = 16
"""Characters."""
PROOFS = ("clientSecret", "clientSecretWo", "privateKeyJwt")
METADATA = ("appMetadata", "userMetadata")


def server_failures(inputs: Properties) -> Iterable[Failure]:
    """A signing secret that is too short."""
    secret = inputs.get("signingSecret")
    if isinstance(secret, str) and len(secret) < MIN_SIGNING_SECRET:
        yield Failure("signingSecret", f"signingSecret must have {MIN_SIGNING_SECRET} characters, not {len(secret)}.")


def credentials_failures(inputs: Properties) -> Iterable[Failure]:
    """More than one proof of a client, or a write-only secret without its version."""
    given = [name for name in PROOFS if name in inputs]
    if len(given) > 1:
        yield Failure(given[0], f"{given[0]} conflicts with {given[1]}: give one of them.")
    if ("clientSecretWo" in inputs) != ("clientSecretWoVersion" in inputs):
        yield Failure("clientSecretWo", "clientSecretWo and clientSecretWoVersion need each other.")


def user_failures(inputs: Properties) -> Iterable[Failure]:
    """Metadata that is no JSON."""
    for name in METADATA:
        if isinstance(inputs.get(name), str) and not _is_json(inputs[name]):
            yield Failure(name, f'{name} must be JSON in a text, such as {{"plan": "gold"}}.')


def grant_failures(inputs: Properties) -> Iterable[Failure]:
    """Neither scopes nor all of them, or not one party."""
    if "scopes" not in inputs and not inputs.get("allowAllScopes"):
        yield Failure(
            "scopes", "A client grant needs scopes (an empty list grants none), unless allowAllScopes is true."
        )
    if ("clientId" in inputs) == ("defaultFor" in inputs):
        yield Failure("clientId", "A client grant needs clientId or defaultFor, one of them.")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
