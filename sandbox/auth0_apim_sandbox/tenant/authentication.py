"""The Authentication API put together: which path is answered by what, and which paths are refused by name."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from auth0_apim_sandbox.tenant.authorize.consent import Consents
from auth0_apim_sandbox.tenant.authorize.endpoint import Authorize, Interaction
from auth0_apim_sandbox.tenant.authorize.response import AuthorizationResponses
from auth0_apim_sandbox.tenant.authorize.transactions import Transactions
from auth0_apim_sandbox.tenant.authorize.universal_login import UniversalLogin
from auth0_apim_sandbox.tenant.discovery import Discovery
from auth0_apim_sandbox.tenant.login.database_connections import DatabaseConnections
from auth0_apim_sandbox.tenant.login.logins import Logins
from auth0_apim_sandbox.tenant.login.logout import Logout, RpInitiatedLogout
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.login.sessions import Sessions
from auth0_apim_sandbox.tenant.login.ticket_pages import TicketPages
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import PostEndpoint
from auth0_apim_sandbox.tenant.oauth.errors import not_supported
from auth0_apim_sandbox.tenant.registration import Registration
from auth0_apim_sandbox.tenant.tokens.authorization_code import AuthorizationCodeGrant, AuthorizationCodes
from auth0_apim_sandbox.tenant.tokens.client_authentication import ClientAuthentication
from auth0_apim_sandbox.tenant.tokens.client_credentials import ClientCredentialsGrant
from auth0_apim_sandbox.tenant.tokens.password import PASSWORD, PASSWORD_REALM, PasswordGrant
from auth0_apim_sandbox.tenant.tokens.refresh_tokens import RefreshTokenGrant, RefreshTokens, Revocation, UserGrant
from auth0_apim_sandbox.tenant.tokens.token_endpoint import TokenEndpoint
from auth0_apim_sandbox.tenant.tokens.tokens import Tokens
from auth0_apim_sandbox.tenant.tokens.userinfo import OpaqueTokens, UserInfo

UNSUPPORTED = {
    "/oauth/par": "pushed authorization requests",
    "/oauth/global-token-revocation/{rest:path}": "global token revocation",
    "/oauth/device/code": "the device authorization flow",
    "/activate": "the device authorization flow",
    "/bc-authorize": "client-initiated backchannel authentication",
    "/mfa/{rest:path}": "multi-factor authentication",
    "/passwordless/{rest:path}": "passwordless login",
    "/samlp/{rest:path}": "SAML",
    "/wsfed/{rest:path}": "WS-Federation",
    "/co/authenticate": "cross-origin authentication",
    "/co/verify": "cross-origin authentication",
    "/passkey/{rest:path}": "passkeys",
    "/u/signup": "the sign-up page; use /dbconnections/signup",
    "/u/reset-password/request": "the page that asks for a new password; use /api/v2/tickets/password-change",
    "/login": "the classic login page",
    "/login/callback": "callbacks of other identity providers",
    "/usernamepassword/login": "the classic login page",
    "/logout": "the legacy logout; use /v2/logout or /oidc/logout",
    "/oauth/ro": "the legacy resource owner endpoint; use /oauth/token",
    "/oauth/access_token": "the legacy social access token endpoint",
    "/delegation": "delegation",
    "/tokeninfo": "the legacy tokeninfo endpoint; use /userinfo",
    "/unlink": "the legacy account linking",
    "/users/{user_id}/impersonate": "impersonation",
    **dict.fromkeys(("/pem", "/cer", "/rawpem", "/pb7"), "certificates as files; use /api/v2/keys/signing"),
    "/user/ssodata": "the legacy single sign-on endpoint",
    "/me/{rest:path}": "the My Account API",
    "/my-org/{rest:path}": "the My Organization API",
    "/scim/{rest:path}": "SCIM",
}
"""What Auth0 has at a path, and this tenant refuses by name."""
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(tenant: Tenant) -> list[BaseRoute]:
    """Everything the tenant answers outside the Management API, the token endpoint first."""
    opaque_tokens = OpaqueTokens(tenant.store, tenant.issuer)
    tokens = Tokens(tenant, opaque_tokens)
    codes, refresh_tokens, logins = AuthorizationCodes(tenant), RefreshTokens(tenant), Logins(tenant)
    authentication = ClientAuthentication(tenant)
    user_grant = UserGrant(tenant, tokens, refresh_tokens)
    password = PasswordGrant(tenant, logins, user_grant)
    token_endpoint = TokenEndpoint(
        authentication,
        {
            "client_credentials": ClientCredentialsGrant(tenant, tokens),
            PASSWORD: password,
            PASSWORD_REALM: password,
            "authorization_code": AuthorizationCodeGrant(tenant, codes, refresh_tokens, user_grant),
            "refresh_token": RefreshTokenGrant(tenant, refresh_tokens, user_grant),
        },
    )
    databases = DatabaseConnections(tenant)
    return [
        Route("/oauth/token", PostEndpoint(tenant, token_endpoint)),
        Route("/oauth/revoke", PostEndpoint(tenant, Revocation(tenant, authentication, refresh_tokens))),
        Route("/oidc/register", PostEndpoint(tenant, Registration(tenant).register)),
        Route("/dbconnections/signup", PostEndpoint(tenant, databases.signup)),
        Route("/dbconnections/change_password", PostEndpoint(tenant, databases.change_password)),
        *_public_documents(tenant),
        Route("/userinfo", UserInfo(tenant, opaque_tokens).answer, methods=["GET", "POST", "OPTIONS"]),
        *_pages(tenant, tokens, codes, logins),
        *unsupported_routes(),
    ]


def _public_documents(tenant: Tenant) -> list[BaseRoute]:
    discovery = Discovery(tenant)
    return [
        Route("/.well-known/openid-configuration", discovery.configuration),
        Route("/.well-known/oauth-authorization-server", discovery.configuration),
        Route("/.well-known/jwks.json", discovery.jwks),
    ]


def _pages(tenant: Tenant, tokens: Tokens, codes: AuthorizationCodes, logins: Logins) -> list[BaseRoute]:
    interaction = Interaction(Pages(), Sessions(tenant), Transactions(tenant), Consents(tenant))
    authorize = Authorize(tenant, interaction, AuthorizationResponses(tenant, codes, tokens))
    universal_login = UniversalLogin(tenant, interaction, logins)
    ticket_pages = TicketPages(tenant, interaction.pages)
    rp_logout = RpInitiatedLogout(tenant, interaction.pages, interaction.sessions)
    return [
        Route("/authorize", authorize.authorize, methods=["GET", "POST"]),
        Route("/authorize/resume", authorize.resume),
        Route("/u/login", universal_login.login, methods=["GET", "POST"]),
        Route("/u/consent", universal_login.consent, methods=["GET", "POST"]),
        Route("/u/email-verification", ticket_pages.verify_email),
        Route("/u/reset-password", ticket_pages.reset_password, methods=["GET", "POST"]),
        Route("/v2/logout", Logout(tenant, interaction.pages, interaction.sessions).answer),
        Route("/oidc/logout", rp_logout.answer, methods=["GET", "POST"]),
    ]


def unsupported_routes() -> list[Route]:
    """A route for each, answering 501 with what is missing."""
    return [Route(path, _refusing(feature), methods=_METHODS) for path, feature in UNSUPPORTED.items()]


def _refusing(feature: str) -> Callable[[Request], Awaitable[Response]]:
    error = not_supported(feature)

    async def refuse(_: Request) -> Response:
        return JSONResponse(error.body(), error.status, {"cache-control": "no-store"})

    return refuse
