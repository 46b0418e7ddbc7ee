"""What a new client has where its body says nothing else, as the live service was recorded to fill it in."""

from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.tenant import is_third_party

_SESSION_TRANSFER: Document = {
    "can_create_session_transfer_token": False,
    "allowed_authentication_methods": [],
    "enforce_device_binding": "ip",
    "allow_refresh_token": False,
    "enforce_online_refresh_tokens": True,
    "enforce_cascade_revocation": True,
}
_OF_AN_API: Document = {
    "oidc_conformant": True,
    "jwt_configuration": {"secret_encoded": False, "alg": "RS256"},
    "grant_types": [],
}
"""What a client that is an API has of its own."""
_LOGOUT_INITIATORS: Document = {"mode": "custom", "selected_initiators": ["rp-logout", "idp-logout"]}
_SECRET_METHODS = ("client_secret_basic", "client_secret_post")


def default_client(body: dict[str, Any]) -> Document:
    """What a new client has besides, and where it says nothing else in, `body`; recorded from the live service."""
    method = body.get("token_endpoint_auth_method")
    return {
        "client_id": ids.client_id(),
        "client_secret": ids.client_secret(),
        "is_first_party": True,
        "is_token_endpoint_ip_header_trusted": False,
        "oidc_conformant": body.get("is_first_party") is False,
        "jwt_configuration": {"secret_encoded": False, "lifetime_in_seconds": 36000},
        "sso_disabled": False,
        "cross_origin_authentication": False,
        "grant_types": [
            "authorization_code",
            "implicit",
            "refresh_token",
            *([] if method == "none" else ["client_credentials"]),
        ],
        "custom_login_page_on": True,
        "refresh_token": _default_refresh_token(body.get("refresh_token") or {}, long=method in _SECRET_METHODS),
        **(_OF_AN_API if body.get("app_type") == "resource_server" else {}),
        **(_of_a_third_party(body) if is_third_party(body) else {}),
    }


def _of_a_third_party(body: dict[str, Any]) -> Document:
    long = body.get("token_endpoint_auth_method") in _SECRET_METHODS
    lifetimes = _default_refresh_token({}, long=long)
    return {
        "client_id": ids.third_party_client_id(),
        "jwt_configuration": {"secret_encoded": False, "alg": "RS256", "lifetime_in_seconds": 3600},
        "grant_types": ["authorization_code"],
        "refresh_token": {**lifetimes, "expiration_type": "expiring", "infinite_idle_token_lifetime": False},
        "third_party_security_mode": "strict",
    }


def _default_refresh_token(given: dict[str, Any], *, long: bool) -> Document:
    infinite = given.get("expiration_type") != "expiring"
    return {
        "rotation_type": "non-rotating",
        "expiration_type": "non-expiring",
        "leeway": 0,
        "token_lifetime": 31557600 if long else 2592000,
        "infinite_token_lifetime": infinite,
        "infinite_idle_token_lifetime": infinite,
        "idle_token_lifetime": 2592000 if long else 1296000,
    }


def session_transfer_settings(body: dict[str, Any]) -> Document:
    """`session_transfer` completed; what it allows is refused by name where it is used."""
    given = body.get("session_transfer")
    if given is None:
        return {}
    settings = {**_SESSION_TRANSFER, **given}
    return {"session_transfer": {name: value for name, value in settings.items() if value is not None}}


def logout_settings(body: dict[str, Any]) -> Document:
    """`oidc_logout` completed, and the older property that says the same of its URLs."""
    if "oidc_logout" not in body:
        return {"oidc_logout": None} if body.get("oidc_backchannel_logout", "") is None else {}
    settings = body["oidc_logout"]
    if settings is None:
        return {"oidc_backchannel_logout": None}
    urls = "backchannel_logout_urls"
    return {
        "oidc_backchannel_logout": {urls: settings[urls]} if urls in settings else {},
        "oidc_logout": {"backchannel_logout_initiators": _LOGOUT_INITIATORS, **settings},
    }
