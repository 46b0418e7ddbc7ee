"""Resource indicators (RFC 8707), as the tenant's setting `resource_parameter_profile` has them.

https://auth0.com/docs/get-started/tenant-settings: with `compatibility` the parameter `resource` names an API where
no `audience` does; with `audience` it names none, and goes on to identity providers, of which a database has none.
"""

from urllib.parse import urlsplit

from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError


def requested_api(tenant: Tenant, audience: str | None, resource: str | None) -> str | None:
    """The API that a request is for: that of its `audience`, else that of its `resource`, where the tenant heeds it.

    Raises:
        OAuthError: `resource` is no absolute URI without a fragment, or the tenant has no profile yet, whose default
            Auth0's documents do not agree on.
    """
    if resource is None:
        return audience
    profile = tenant.settings.get("resource_parameter_profile")
    if profile is None:
        setting = "resource_parameter_profile, such as 'compatibility'"
        raise _invalid_target(f"Parameter 'resource' needs the tenant setting {setting}")
    parts = urlsplit(resource)
    if not parts.scheme or not (parts.netloc or parts.path) or "#" in resource:
        raise _invalid_target("Parameter 'resource' must be an absolute URI without a fragment")
    return audience if audience or profile != "compatibility" else resource


def check_resource(tenant: Tenant, authorized: str, resource: str | None) -> None:
    """Refuse a token request whose `resource` is not the API that the login was for.

    Raises:
        OAuthError: it is another one, or not a good one; see `requested_api`.
    """
    if requested_api(tenant, None, resource) not in (None, authorized):
        raise _invalid_target(f"The authorization is for {authorized}, not for {resource}")


def _invalid_target(description: str) -> OAuthError:
    return OAuthError(400, "invalid_target", description)
