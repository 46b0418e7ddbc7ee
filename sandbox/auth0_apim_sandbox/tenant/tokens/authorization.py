"""What a token may say: which API, which scopes, which permissions.

Client grants decide for machines and, where an API asks for it, for applications on behalf of users; roles decide
for users where an API enforces its policies:
https://auth0.com/docs/get-started/apis/api-access-policies-for-applications and
https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis
"""

from dataclasses import dataclass

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant, is_third_party, public_client_id
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, missing

OPENID_SCOPES = ("openid", "profile", "email", "address", "phone")
CLAIM_SCOPES = (
    "name",
    "given_name",
    "family_name",
    "nickname",
    "email_verified",
    "picture",
    "created_at",
    "identities",
)
OFFLINE_ACCESS = "offline_access"


@dataclass(frozen=True)
class Authorization:
    """What was asked for, cut down to what is allowed."""

    api: Document | None
    """The resource server, None when the token is for /userinfo only."""
    scopes: tuple[str, ...]
    permissions: tuple[str, ...] | None
    """For the `permissions` claim; None when the API wants no such claim."""

    def audience(self, tenant: Tenant) -> str:
        """The audience that asks for the same API again."""
        return userinfo_audience(tenant) if self.api is None else str(self.api["identifier"])

    @property
    def scope(self) -> str:
        """The scopes as RFC 6749, section 3.3, writes them."""
        return " ".join(self.scopes)


def authorize_user(
    tenant: Tenant, client: Document, user: Document, audience: str | None, requested: list[str]
) -> Authorization:
    """What `client` may do for `user`.

    Scopes that the API does not have, that the user may not use, or that are OpenID Connect's and a third-party
    client asks for, are left out without an error.

    Args:
        tenant: where all of them live.
        client: the application that asks.
        user: who logged in.
        audience: an API's identifier; None falls back to the tenant's default audience, then to /userinfo only.
        requested: scope names.

    Raises:
        OAuthError: no such API, or its policy keeps this client out.
    """
    api = api_for_user(tenant, client, audience)
    allowed = [] if is_third_party(client) else [*OPENID_SCOPES, *CLAIM_SCOPES]
    if _offline_allowed(api, client):
        allowed.append(OFFLINE_ACCESS)
    permissions: tuple[str, ...] | None = None
    if api is not None:
        held = _scopes_of_user(tenant, client, user, api)
        allowed += held
        permissions = tuple(tenant.permissions_of(user, api["identifier"])) if shows_permissions(api) else None
    return Authorization(api, tuple(scope for scope in requested if scope in allowed), permissions)


def api_for_user(tenant: Tenant, client: Document, audience: str | None) -> Document | None:
    """The API a token on behalf of a user is for; None stands for /userinfo only.

    Raises:
        OAuthError: no such API, or its policy keeps this client out.
    """
    audience = audience or tenant.settings.get("default_audience")
    if not audience or audience == userinfo_audience(tenant):
        if is_third_party(client):
            raise missing("audience")  # inferred: it has no use for a token for /userinfo
        return None
    api = find_api(tenant, audience)
    granted = tenant.client_grant(client["client_id"], audience, "user") is not None
    if access_policy(api, "user", "allow_all") == "deny_all" or (needs_user_grant(client, api) and not granted):
        # The live service answers so at /authorize and at /oauth/device/code, before any login; that it does for a
        # user's password too is inferred.
        error = "unauthorized_client" if is_third_party(client) else "invalid_request"
        raise OAuthError(400, error, not_authorized(client, audience))
    return api


def needs_user_grant(client: Document, api: Document) -> bool:
    """Whether a grant of subject type `user` decides what `client` may ask `api`'s users for."""
    return access_policy(api, "user", "allow_all") == "require_client_grant" or is_third_party(client)


def scopes_of_api(api: Document) -> list[str]:
    """The scopes that `api` defines, in its order."""
    return [scope["value"] for scope in api.get("scopes") or []]


def userinfo_audience(tenant: Tenant) -> str:
    """The audience of tokens for /userinfo."""
    return f"{tenant.issuer}userinfo"


def split_scope(scope: str | None) -> list[str]:
    """The distinct names in a `scope` parameter, in their order."""
    return list(dict.fromkeys((scope or "").split()))


def _scopes_of_user(tenant: Tenant, client: Document, user: Document, api: Document) -> list[str]:
    scopes = scopes_of_api(api)
    if api.get("is_system"):
        # Users reach only their own profile through the Management API, whatever a client asks for.
        return [scope for scope in scopes if ":current_user" in scope]
    if needs_user_grant(client, api):
        grant = tenant.client_grant(client["client_id"], api["identifier"], "user")
        granted = [] if grant is None else granted_scopes(grant, api)
        scopes = [scope for scope in scopes if scope in granted]
    if api.get("enforce_policies"):
        permissions = tenant.permissions_of(user, api["identifier"])
        scopes = [scope for scope in scopes if scope in permissions]
    return scopes


def find_api(tenant: Tenant, audience: str) -> Document:
    """The API whose identifier is `audience`.

    Raises:
        OAuthError: there is none.
    """
    api = tenant.resource_server(audience)
    if api is None:
        raise OAuthError(403, "access_denied", f"Service not found: {audience}")
    return api


def granted_scopes(grant: Document, api: Document) -> list[str]:
    """The scopes of `api` that a client grant gives."""
    scopes = scopes_of_api(api)
    if grant.get("allow_all_scopes"):
        return scopes
    defined = set(scopes)
    return [scope for scope in grant.get("scope") or [] if scope in defined]


def access_policy(api: Document, subject: str, default: str) -> str:
    """The policy of `api` for the access of clients, or of users."""
    policy: str = ((api.get("subject_type_authorization") or {}).get(subject) or {}).get("policy", default)
    return policy


def shows_permissions(api: Document) -> bool:
    """Whether access tokens for `api` have a `permissions` claim."""
    return bool(api.get("enforce_policies")) and str(api.get("token_dialect")).endswith("_authz")


def _offline_allowed(api: Document | None, client: Document) -> bool:
    if "refresh_token" not in (client.get("grant_types") or []):
        return False
    return api is None or bool(api.get("allow_offline_access"))


def not_authorized(client: Document, audience: str) -> str:
    """The message for a client that an API keeps out."""
    return f'Client "{public_client_id(client)}" is not authorized to access resource server "{audience}".'
