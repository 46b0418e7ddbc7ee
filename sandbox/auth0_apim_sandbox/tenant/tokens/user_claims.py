"""What ID tokens and /userinfo say of a user, by scope (OpenID Connect Core 1.0, section 5.4)."""

from collections.abc import Iterable
from typing import Any

from auth0_apim_sandbox.store.store import Document

_CLAIMS = {
    "profile": ("name", "family_name", "given_name", "nickname", "picture", "updated_at"),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
}


def user_claims(user: Document, scopes: Iterable[str]) -> dict[str, Any]:
    """The claims about `user` that `scopes` ask for; the service's old scopes name one claim each."""
    names = dict.fromkeys(claim for scope in scopes for claim in _CLAIMS.get(scope, (scope,)))
    return {name: user[name] for name in names if user.get(name) is not None and name in _PUBLIC}


_PUBLIC = frozenset(name for claims in _CLAIMS.values() for name in claims) | {"created_at", "identities"}
