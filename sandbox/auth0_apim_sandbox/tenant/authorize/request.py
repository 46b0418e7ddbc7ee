"""The parameters of /authorize, checked (RFC 6749, section 4.1.1; OpenID Connect Core 1.0, section 3.1.2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant, is_third_party
from auth0_apim_sandbox.tenant.oauth.errors import (
    OAuthError,
    grant_not_allowed,
    invalid_request,
    missing,
    not_supported,
)
from auth0_apim_sandbox.tenant.oauth.resource import requested_api
from auth0_apim_sandbox.tenant.oauth.urls import is_allowed, origin_of
from auth0_apim_sandbox.tenant.tokens.authorization import split_scope
from auth0_apim_sandbox.tenant.tokens.authorization_code import METHODS, is_well_formed_verifier
from auth0_apim_sandbox.tenant.tokens.client_authentication import is_public

RESPONSE_MODES = ("query", "fragment", "form_post")
WEB_MESSAGE = "web_message"
"""For single-page applications that ask in an invisible frame; not among the modes that discovery names."""
RESPONSE_TYPES = (
    frozenset({"code"}),
    frozenset({"token"}),
    frozenset({"id_token"}),
    frozenset({"code", "token"}),
    frozenset({"code", "id_token"}),
    frozenset({"token", "id_token"}),
    frozenset({"code", "token", "id_token"}),
)
PARAMETERS = frozenset(
    [
        "acr_values",
        "audience",
        "authorization_details",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "connection",
        "correlation_id",
        "display",
        "dpop_jkt",
        "login_hint",
        "max_age",
        "nonce",
        "prompt",
        "redirect_uri",
        "resource",
        "response_type",
        "scope",
        "state",
        "ui_locales",
    ]
)
"""What third-party clients may send, besides `ext-…` (third-party applications, security controls)."""
_PROMPTS = ("none", "login", "consent", "select_account")
UNSUPPORTED_PARAMETERS = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "authorization_details": "invalid_authorization_details",
    "dpop_jkt": "not_supported",
    "acr_values": "unmet_authentication_requirements",
    "id_token_hint": "not_supported",
    "invitation": "not_supported",
    "login_ticket": "not_supported",
    "session_transfer_token": "not_supported",
}
"""Parameters that decide who logs in, how, or for which API: ignored, the answer would be another than asked for.

The codes are those of OpenID Connect Core 1.0, RFC 8707 and OpenID Connect Core Unmet Authentication Requirements 1.0.
"""
_HINTED_PAGES = {
    "signup": "the sign-up page; use /dbconnections/signup",
    "reset-password": "the page that asks for a new password",
}


@dataclass(frozen=True)
class Callback:
    """Where and how the answer goes: fixed before anything else is looked at, so that errors can go there too."""

    client_id: str
    redirect_uri: str
    redirect_uri_omitted: bool
    response_mode: str
    state: str | None
    issuer: str | None
    """What the answer says who it is from (RFC 9207); None where the tenant does not say so."""
    keeps_errors: bool
    """Whether an error is shown to the user and not sent to the application (`redirection_policy`)."""


@dataclass(frozen=True)
class AuthorizeRequest:
    """What a client asked a user's browser to ask for."""

    callback: Callback
    response_types: frozenset[str]
    scopes: tuple[str, ...]
    audience: str | None
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    prompt: frozenset[str]
    max_age: int | None
    login_hint: str | None
    connection: str | None


def read_callback(tenant: Tenant, parameters: Mapping[str, str]) -> Callback:
    """Where the answer to a request may go.

    Raises:
        OAuthError: the client is unknown, its page may not be told by a message, or the redirect URI is not one of its own (see `is_allowed`); the
            user's browser must not be sent there (RFC 9700, section 4.11).
    """
    client_id = _require(parameters, "client_id")
    client = tenant.client(client_id)
    if client is None:
        raise invalid_request(f"Unknown client: {client_id}")
    callbacks: list[str] = client.get("callbacks") or []
    sent = _text(parameters, "redirect_uri")
    if sent is None and len(callbacks) != 1:
        raise missing("redirect_uri")
    redirect_uri = sent or callbacks[0]
    if not is_allowed(redirect_uri, callbacks):
        raise OAuthError(
            403,
            "unauthorized_client",
            f"Callback URL mismatch. {redirect_uri} is not in the list of allowed callback URLs.",
        )
    types = frozenset((parameters.get("response_type") or "").split())
    default_mode = "fragment" if types & {"token", "id_token"} else "query"
    mode = _text(parameters, "response_mode") or default_mode
    if mode not in (*RESPONSE_MODES, WEB_MESSAGE) or (mode == "query" and default_mode == "fragment"):
        mode = default_mode
    if mode == WEB_MESSAGE and not is_allowed(origin_of(redirect_uri), client.get("web_origins") or []):
        raise OAuthError(
            403,
            "unauthorized_client",
            f"{origin_of(redirect_uri)} is not in the list of allowed web origins, which response_mode=web_message needs.",
        )
    policy = client.get("redirection_policy")
    keeps_errors = policy == "open_redirect_protection" or (policy is None and is_third_party(client))
    issuer = tenant.issuer if tenant.settings.get("authorization_response_iss_parameter_supported") else None
    return Callback(
        client["client_id"], redirect_uri, sent is None, mode, _text(parameters, "state"), issuer, keeps_errors
    )


def read_request(tenant: Tenant, callback: Callback, parameters: Mapping[str, str]) -> AuthorizeRequest:
    """The rest of a request whose callback is good.

    Raises:
        OAuthError: something is wrong; the client is told at its redirect URI.
    """
    client = tenant.clients[callback.client_id]
    _refuse_unsupported(client, parameters, callback)
    types = _response_types(client, parameters)
    nonce = _text(parameters, "nonce")
    if "id_token" in types and nonce is None:
        raise missing("nonce")
    challenge, method = _challenge(client, types, parameters)
    return AuthorizeRequest(
        callback=callback,
        response_types=types,
        scopes=tuple(split_scope(parameters.get("scope"))),
        audience=requested_api(tenant, _text(parameters, "audience"), _text(parameters, "resource")),
        nonce=nonce,
        code_challenge=challenge,
        code_challenge_method=method,
        prompt=_prompt(parameters),
        max_age=_max_age(parameters),
        login_hint=_text(parameters, "login_hint"),
        connection=_connection(tenant, client, parameters),
    )


def _refuse_unsupported(client: Document, parameters: Mapping[str, str], callback: Callback) -> None:
    if is_third_party(client):
        for name in parameters:
            if name not in PARAMETERS and not name.startswith("ext-"):
                raise invalid_request(f"Unsupported parameter: {name}")
    for name, error in UNSUPPORTED_PARAMETERS.items():
        if parameters.get(name):
            raise OAuthError(400, error, f"The sandbox does not support the parameter '{name}'")
    if (hint := parameters.get("screen_hint")) in _HINTED_PAGES:
        raise not_supported(f"screen_hint={hint}: {_HINTED_PAGES[hint]}")
    if parameters.get("organization"):
        if client.get("organization_usage") == "allow":
            raise invalid_request("The sandbox does not support the parameter 'organization'")
        raise invalid_request("parameter organization is not allowed for this client")
    mode = _text(parameters, "response_mode")
    if mode is not None and mode != callback.response_mode:
        raise invalid_request(f"response_mode '{mode}' is not supported for this response_type")


def _response_types(client: Document, parameters: Mapping[str, str]) -> frozenset[str]:
    response_type = _require(parameters, "response_type")
    types = frozenset(response_type.split())
    if types not in RESPONSE_TYPES or (is_third_party(client) and types != {"code"}):
        raise OAuthError(400, "unsupported_response_type", f"Unsupported response type: {response_type}")
    grant_types = client.get("grant_types") or []
    if "code" in types and "authorization_code" not in grant_types:
        raise grant_not_allowed("authorization_code")
    if types != {"code"} and "implicit" not in grant_types:
        raise grant_not_allowed("implicit")
    return types


def _challenge(client: Document, types: frozenset[str], parameters: Mapping[str, str]) -> tuple[str | None, str | None]:
    challenge, method = _text(parameters, "code_challenge"), _text(parameters, "code_challenge_method")
    if challenge is None:
        if method is not None or ("code" in types and (is_public(client) or is_third_party(client))):
            raise missing("code_challenge")
        return None, None
    method = method or "plain"
    if method not in METHODS:
        raise invalid_request(f"Unsupported code_challenge_method: {method}. Use one of {', '.join(METHODS)}")
    if not is_well_formed_verifier(challenge):
        raise invalid_request("Parameter 'code_challenge' must be 43 to 128 unreserved characters")
    return challenge, method


def _prompt(parameters: Mapping[str, str]) -> frozenset[str]:
    prompt = frozenset((parameters.get("prompt") or "").split())
    if unknown := sorted(prompt - set(_PROMPTS)):
        raise invalid_request(f"Unsupported prompt: {unknown[0]}")
    if "none" in prompt and len(prompt) > 1:
        raise invalid_request("prompt 'none' cannot be combined with another value")
    return prompt


def _max_age(parameters: Mapping[str, str]) -> int | None:
    text = _text(parameters, "max_age")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise invalid_request("Parameter 'max_age' must be a number of seconds")
    return int(text)


def _connection(tenant: Tenant, client: Document, parameters: Mapping[str, str]) -> str | None:
    enabled = {connection["name"] for connection in tenant.connections_of(client["client_id"])}
    if not enabled:
        raise invalid_request("no connections enabled for the client")
    name = _text(parameters, "connection")
    if name is not None and tenant.connection(name) is None:
        raise invalid_request("the connection was not found")
    if name is not None and name not in enabled:
        raise invalid_request("the connection is not enabled")
    return name


def _text(parameters: Mapping[str, str], name: str) -> str | None:
    return parameters.get(name) or None


def _require(parameters: Mapping[str, str], name: str) -> str:
    value = _text(parameters, name)
    if value is None:
        raise missing(name)
    return value
