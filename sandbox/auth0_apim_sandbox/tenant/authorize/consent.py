"""Asking the user whether an application may act for them, and remembering the answer.

https://auth0.com/docs/get-started/applications/third-party-applications/user-consent-and-third-party-applications
"""

from urllib.parse import urlsplit

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.tenant import Tenant, grant_key
from auth0_apim_sandbox.tenant.tokens.authorization import OFFLINE_ACCESS, Authorization

_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class Consents:
    """What users have agreed to."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def is_missing(self, client: Document, redirect_uri: str, user: Document, allowed: Authorization) -> bool:
        """Whether the user has to be asked.

        Not for a first-party application at a verifiable address, where the API lets those through; nor again for
        what was agreed to before.
        """
        if client.get("is_first_party", True) and _is_verifiable(redirect_uri) and _skips_consent(allowed.api):
            return False
        given = self._given(client, user, allowed)
        return given is None or not set(allowed.scopes) <= set(given["scope"])

    def give(self, client: Document, user: Document, allowed: Authorization) -> None:
        """Remember that the user agreed."""
        audience = allowed.audience(self._tenant)
        before = self._given(client, user, allowed) or {"id": ids.grant_id(), "scope": []}
        grant = {
            "id": before["id"],
            "clientID": client["client_id"],
            "user_id": user["user_id"],
            "audience": audience,
            "scope": list(dict.fromkeys([*before["scope"], *allowed.scopes])),
        }
        self._tenant.grants.put(grant_key(user["user_id"], client["client_id"], audience), grant)

    def _given(self, client: Document, user: Document, allowed: Authorization) -> Document | None:
        key = grant_key(user["user_id"], client["client_id"], allowed.audience(self._tenant))
        return self._tenant.grants.get(key)


def described_scopes(allowed: Authorization) -> list[dict[str, str]]:
    """The scopes as the consent page lists them: `value` and `description`."""
    descriptions = {"profile": "access to your profile", "email": "access to your email address"}
    descriptions[OFFLINE_ACCESS] = "access while you are not using the application"
    for scope in (allowed.api or {}).get("scopes") or []:
        descriptions[scope["value"]] = scope.get("description") or ""
    return [
        {"value": scope, "description": descriptions.get(scope, "")} for scope in allowed.scopes if scope != "openid"
    ]


def _is_verifiable(redirect_uri: str) -> bool:
    parts = urlsplit(redirect_uri)
    return parts.scheme == "https" and parts.hostname not in _LOCAL_HOSTS


def _skips_consent(api: Document | None) -> bool:
    return api is None or bool(api.get("skip_consent_for_verifiable_first_party_clients"))
