"""Client ID metadata documents: the rules for their URLs and their members, and what Auth0 makes of them.

https://auth0.com/docs/get-started/auth0-overview/create-applications/register-applications-with-cimd
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from auth0_apim_sandbox.store.store import Document

_MOST_URL_BYTES = 120
_MOST_DESCRIPTION = 140
_GRANT_TYPES = ("authorization_code", "refresh_token")
_APP_TYPES = {"native": "native", "web": "regular_web"}
_METHODS = ("none", "private_key_jwt")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MEMBERS = (
    "client_id",
    "client_name",
    "redirect_uris",
    "grant_types",
    "application_type",
    "token_endpoint_auth_method",
    "jwks_uri",
    "logo_uri",
    "description",
    "response_types",
    "scope",
)
_SHOWN = ("redirect_uris", "client_name", "logo_uri", "description", "application_type", "jwks_uri", "scope")
_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass
class Mapping:
    """What Auth0 makes of one document."""

    fields: Document = field(default_factory=dict)
    """As the preview shows them."""
    client: Document = field(default_factory=dict)
    """As a client has them."""
    violations: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def validation(self) -> Document:
        """The verdict, as answers show it."""
        verdict: Document = {"valid": not self.violations, "warnings": self.warnings}
        return {**verdict, "violations": self.violations} if self.violations else verdict


def url_violations(url: str) -> list[str]:
    """Which of the rules for the URL of a document are broken; that it may not be on localhost is not among them."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ["The URL cannot be parsed"]
    segments = re.sub("%2e", ".", parts.path, flags=re.IGNORECASE).split("/")
    broken = {
        "The URL must use https": parts.scheme != "https",
        "The URL must have a host name": not parts.hostname,
        "The URL must have a path": parts.path in ("", "/"),
        "The URL must not have dot segments": "." in segments or ".." in segments,
        f"The URL must have at most {_MOST_URL_BYTES} bytes": len(url.encode()) > _MOST_URL_BYTES,
        "The URL must not have white space": bool(re.search(r"\s", url)),
        "The URL must not have a user or a password": "@" in parts.netloc,
        "The URL must not have a fragment": "#" in url,
        "The URL must not have a query": "?" in url,
        "The URL must not have port 0": port == 0,
        "A % of the URL must be followed by two hex digits": bool(_ENCODED.search(url)),
    }
    return [text for text, is_broken in broken.items() if is_broken]


def mapped(url: str, content: Any) -> Mapping:
    """What Auth0 makes of the document at `url`, and what is wrong with it."""
    mapping = Mapping(fields={"external_client_id": url})
    if not isinstance(content, dict):
        mapping.violations.append("The document must be a JSON object")
        return mapping
    mapping.warnings += [f"Property not supported: '{name}'" for name in content if name not in (*_MEMBERS, "jwks")]
    _check_texts(mapping, url, content)
    grant_types = _grant_types(mapping, content)
    _check_redirects(mapping, content, grant_types)
    _check_authentication(mapping, url, content)
    mapping.fields |= {name: content[name] for name in _SHOWN if name in content} | {"grant_types": grant_types}
    if not mapping.violations:
        mapping.client = {
            "name": content["client_name"],
            "app_type": _APP_TYPES[content.get("application_type", "web")],
            "callbacks": content.get("redirect_uris", []),
            "grant_types": grant_types,
            **{name: content[name] for name in ("logo_uri", "description", "jwks_uri") if name in content},
        }
    return mapping


def _check_texts(mapping: Mapping, url: str, content: Document) -> None:
    if content.get("client_id") != url:
        mapping.violations.append("client_id must be the URL of the document")
    name = content.get("client_name")
    if not isinstance(name, str) or not name.strip() or set(name) & set("<>"):
        mapping.violations.append("client_name must be a text that is not empty")
    if content.get("application_type", "web") not in _APP_TYPES:
        mapping.violations.append("application_type must be native or web")
    description = content.get("description", "")
    if not isinstance(description, str) or len(description) > _MOST_DESCRIPTION:
        mapping.violations.append(f"description must be a text of at most {_MOST_DESCRIPTION} characters")
    logo = content.get("logo_uri", "https://example.com/")
    if not isinstance(logo, str) or not logo.startswith(("http://", "https://")):
        mapping.violations.append("logo_uri must be an http or https URL")


def _grant_types(mapping: Mapping, content: Document) -> list[str]:
    asked = content.get("grant_types")
    names = asked if isinstance(asked, list) else []
    mapping.warnings += [f"Grant type not supported: '{name}'" for name in names if name not in _GRANT_TYPES]
    kept = [name for name in _GRANT_TYPES if name in names]
    if not kept:
        mapping.violations.append(f"grant_types must hold one of {', '.join(_GRANT_TYPES)}")
    if "code" in (content.get("response_types") or []) and "authorization_code" not in kept:
        mapping.warnings.append("response_types has 'code', grant_types has no 'authorization_code'")
    return kept


def _check_redirects(mapping: Mapping, content: Document, grant_types: list[str]) -> None:
    uris = content.get("redirect_uris", [])
    if not isinstance(uris, list) or not all(isinstance(each, str) for each in uris):
        mapping.violations.append("redirect_uris must be a list of texts")
        return
    if len(set(uris)) < len(uris) or (not uris and "authorization_code" in grant_types):
        mapping.violations.append("redirect_uris must hold at least one URI, and each once")
    native = content.get("application_type") == "native"
    mapping.violations += [f"redirect URI not allowed: {uri}" for uri in uris if not _is_redirect(uri, native)]


def _is_redirect(uri: str, native: bool) -> bool:
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    if not host or "@" in parts.netloc or set("*#") & set(uri) or re.search(r"\s", uri):
        return False
    return parts.scheme == "https" or (native and parts.scheme == "http" and host in _LOOPBACK)


def _check_authentication(mapping: Mapping, url: str, content: Document) -> None:
    method, keys = content.get("token_endpoint_auth_method", "none"), content.get("jwks_uri")
    if "jwks" in content:
        mapping.violations.append("jwks is not supported, jwks_uri is")
    if method not in _METHODS:
        mapping.violations.append(f"token_endpoint_auth_method must be one of {', '.join(_METHODS)}")
    if method == "private_key_jwt" and keys is None:
        mapping.violations.append("private_key_jwt needs jwks_uri")
    if keys is not None and (not isinstance(keys, str) or _origin(keys) != _origin(url)):
        mapping.violations.append("jwks_uri must have the origin of the document")


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc
