"""The tenant's OpenID document: whether the gateway could use it (OpenID Connect Discovery 1.0, sections 3 and 4)."""

from collections.abc import Iterator
from typing import Any

import httpx

from auth0_apim_environments.doctor.finding import Finding, right, wrong

_REQUIRED = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
)
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def openid_findings(domain: str, client: httpx.Client) -> Iterator[Finding]:
    """Reachability and compliance of the document, and of the keys that it names.

    Args:
        domain: that tokens are requested from: the tenant's, or its custom one.
        client: trusts what the gateway would trust.
    """
    issuer, subject = f"https://{domain}/", "OpenID document"
    url = f"{issuer}.well-known/openid-configuration"
    document = _fetched(url, client)
    if isinstance(document, str):
        yield wrong(
            subject, f"{url}: {document}", "correct AUTH0_DOMAIN or api.domain; API Management must reach it, too"
        )
        return
    problem = document_problem(document, issuer)
    if problem is not None:
        yield wrong(
            subject, f"{url} {problem}", "is the domain really an Auth0 tenant's, and spelled as the tenant has it?"
        )
        return
    yield right(subject, url)
    keys = _fetched(document["jwks_uri"], client)
    found = [key for key in keys.get("keys", []) if is_signing_key(key)] if isinstance(keys, dict) else []
    if found:
        yield right("signing keys", f"{len(found)} for RS256 at {document['jwks_uri']}")
    else:
        reason = keys if isinstance(keys, str) else "has no RSA key for signatures (RFC 7517)"
        yield wrong(
            "signing keys", f"{document['jwks_uri']} {reason}", "rotate the tenant's signing key in its dashboard"
        )


def document_problem(document: dict[str, Any], issuer: str) -> str | None:
    """What is wrong with a document, as the end of a sentence that begins with its URL."""
    missing = [name for name in _REQUIRED if name not in document]
    if missing:
        return f"lacks {', '.join(missing)}"
    if document["issuer"] != issuer:
        return f"says the issuer is {document['issuer']!r}, not {issuer!r}"
    insecure = [name for name in _ADDRESSES if not str(document[name]).startswith("https://")]
    if insecure:
        return f"has no https address in {', '.join(insecure)}"
    if "RS256" not in document["id_token_signing_alg_values_supported"]:
        return "does not offer RS256"
    return None


def is_signing_key(key: dict[str, Any]) -> bool:
    """Whether RS256 signatures can be checked with it (RFC 7517, RFC 7518 section 6.3)."""
    return key.get("kty") == "RSA" and key.get("use", "sig") == "sig" and bool(key.get("n") and key.get("e"))


def _fetched(url: str, client: httpx.Client) -> dict[str, Any] | str:
    try:
        answer = client.get(url)
        document = answer.json() if answer.status_code == 200 else None
    except httpx.HTTPError as error:
        return f"cannot be reached ({error})"
    except ValueError:
        return "is no JSON"
    if not isinstance(document, dict):
        return f"was answered with {answer.status_code}" if document is None else "is no JSON object"
    return document
