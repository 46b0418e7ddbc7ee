"""The OpenID document that an `openid-config` names (OpenID Connect Discovery 1.0, section 3)."""

import json
from dataclasses import dataclass
from typing import Any

from local_apim.policies.kinds import url

LARGEST_ANSWER = 1024 * 1024
"""Bytes of a document or a key set that are read; more is refused."""

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
        ValueError: too large, or no JSON object.
    """
    if len(body) > LARGEST_ANSWER:
        raise ValueError(f"the document has more than {LARGEST_ANSWER} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("IDX21815: the document is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("IDX21815: the document is not a JSON object")
    return document
