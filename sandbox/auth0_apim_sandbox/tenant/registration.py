"""POST /oidc/register: anybody registers a third-party client, where the tenant lets them.

RFC 7591, and https://auth0.com/docs/get-started/applications/dynamic-client-registration.
"""

from collections import deque
from typing import Any
from urllib.parse import urlsplit

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.resources.client_defaults import default_client
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.client_authentication import is_public

_A_SECOND = 5
_GRANT_TYPES = ("authorization_code", "refresh_token")
_METHODS = ("none", "client_secret_post", "client_secret_basic")
_APP_TYPES = {"native": "native", "web": "regular_web"}
_REFUSED = ("jwks", "jwks_uri", "software_statement", "request_uris", "sector_identifier_uri")
"""They decide how the client proves who it is; other metadata that is not known is left out (RFC 7591, section 2)."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SCRIPTS = ("javascript", "data", "vbscript", "file", "blob", "about")


class Registration:
    """Registers the clients of one tenant, at most five a second."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._times: deque[float] = deque(maxlen=_A_SECOND)

    async def register(self, call: Call) -> Answer:
        """The new client with its secret, which no other answer shows.

        Raises:
            OAuthError: the tenant registers nobody, too many ask, or the metadata is not that of such a client.
        """
        if not (self._tenant.settings.get("flags") or {}).get("enable_dynamic_client_registration"):
            raise OAuthError(403, "access_denied", "Dynamic client registration is not enabled")  # words inferred
        self._check_rate()
        client = _client(call.parameters)
        self._tenant.clients.put(client["client_id"], client)
        return Answer(_shown(client), 201)

    def _check_rate(self) -> None:
        now = self._tenant.clock()
        if len(self._times) == _A_SECOND and now - self._times[0] < 1:
            raise OAuthError(429, "too_many_requests", "Global limit has been reached")
        self._times.append(now)


def _client(metadata: Any) -> Document:
    for name in _REFUSED:
        if name in metadata:
            raise _invalid_metadata(f"The sandbox does not support the client metadata '{name}'")
    method = metadata.get("token_endpoint_auth_method", "client_secret_post")
    if method not in _METHODS:
        raise _invalid_metadata(f"token_endpoint_auth_method must be one of {', '.join(_METHODS)}")
    if metadata.get("response_types", ["code"]) != ["code"]:
        raise _invalid_metadata("response_types must be ['code']")
    kind = metadata.get("application_type", "web")
    if kind not in _APP_TYPES:
        raise _invalid_metadata(f"application_type must be one of {', '.join(_APP_TYPES)}")
    name = metadata.get("client_name", "Dynamic client")
    if not isinstance(name, str) or not 0 < len(name) <= 120 or set(name) & set("<>"):
        raise _invalid_metadata("client_name must be a text of at most 120 characters without < and >")
    body = {"name": name, "is_first_party": False, "app_type": _APP_TYPES[kind], "token_endpoint_auth_method": method}
    client = {**default_client(body), **body, "grant_types": _grant_types(metadata), "callbacks": _callbacks(metadata)}
    if is_public(client):
        # A public client's refresh tokens rotate (third-party applications, security controls).
        client["refresh_token"] = {**client["refresh_token"], "rotation_type": "rotating"}
    return client


def _grant_types(metadata: Any) -> list[str]:
    asked = metadata.get("grant_types", ["authorization_code"])
    if not isinstance(asked, list):
        raise _invalid_metadata("grant_types must be a list")
    kept = [name for name in _GRANT_TYPES if name in asked]
    if "authorization_code" not in kept:
        raise _invalid_metadata(f"grant_types must hold authorization_code; of {', '.join(_GRANT_TYPES)} they may be")
    return kept


def _callbacks(metadata: Any) -> list[str]:
    given = metadata.get("redirect_uris")
    if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
        raise OAuthError(400, "invalid_redirect_uri", "redirect_uris must be a list of at least one URL")
    for each in given:
        _check_redirect(each)
    return list(dict.fromkeys(given))


def _check_redirect(url: str) -> None:
    """https anywhere, http on the user's own machine, or an application's own scheme (RFC 8252); never a pattern."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    odd = "*" in url or "#" in url or not url.isprintable() or " " in url or "@" in parts.netloc
    of_web = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    of_app = parts.scheme not in ("", "http", "https", *_SCRIPTS) and bool(parts.netloc or parts.path)
    if odd or not ((of_web and host) or of_app):
        raise OAuthError(
            400,
            "invalid_redirect_uri",
            f"{url} is no redirect URI: use https, http on localhost, or the scheme of a native application, "
            "without a fragment, user or wildcard",
        )


def _shown(client: Document) -> Document:
    shown = {
        "client_id": client["client_id"],
        "client_name": client["name"],
        "redirect_uris": client["callbacks"],
        "grant_types": client["grant_types"],
        "response_types": ["code"],
        "token_endpoint_auth_method": client["token_endpoint_auth_method"],
        "client_secret_expires_at": 0,
    }
    return shown if is_public(client) else {**shown, "client_secret": client["client_secret"]}


def _invalid_metadata(description: str) -> OAuthError:
    return OAuthError(400, "invalid_client_metadata", description)
