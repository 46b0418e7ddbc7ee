"""The Authentication API put together: which path is answered by what."""

from starlette.routing import BaseRoute, Route

from auth0_apim_sandbox.tenant.authorize.consent import Consents
from auth0_apim_sandbox.tenant.authorize.endpoint import Authorize
from auth0_apim_sandbox.tenant.authorize.interaction import Interaction
from auth0_apim_sandbox.tenant.authorize.response import AuthorizeAnswers
from auth0_apim_sandbox.tenant.authorize.transactions import Transactions
from auth0_apim_sandbox.tenant.authorize.universal_login import UniversalLogin
from auth0_apim_sandbox.tenant.discovery import Discovery
from auth0_apim_sandbox.tenant.login.database_connections import DatabaseConnections
from auth0_apim_sandbox.tenant.login.logins import Logins
from auth0_apim_sandbox.tenant.login.logout import Logout
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.login.rp_logout import RpInitiatedLogout
from auth0_apim_sandbox.tenant.login.sessions import Sessions
from auth0_apim_sandbox.tenant.login.ticket_pages import TicketPages
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import PostEndpoint
from auth0_apim_sandbox.tenant.tokens.authorization_code import AuthorizationCodeGrant
from auth0_apim_sandbox.tenant.tokens.client_authentication import ClientAuthentication
from auth0_apim_sandbox.tenant.tokens.client_credentials import ClientCredentialsGrant
from auth0_apim_sandbox.tenant.tokens.codes import Codes
from auth0_apim_sandbox.tenant.tokens.opaque_tokens import OpaqueTokens
from auth0_apim_sandbox.tenant.tokens.password import PASSWORD, PASSWORD_REALM, PasswordGrant
from auth0_apim_sandbox.tenant.tokens.refresh_token import RefreshTokenGrant
from auth0_apim_sandbox.tenant.tokens.refresh_tokens import RefreshTokens
from auth0_apim_sandbox.tenant.tokens.revocation import Revocation
from auth0_apim_sandbox.tenant.tokens.token_endpoint import TokenEndpoint
from auth0_apim_sandbox.tenant.tokens.tokens import Tokens
from auth0_apim_sandbox.tenant.tokens.user_grant import UserGrant
from auth0_apim_sandbox.tenant.tokens.userinfo import UserInfo
from auth0_apim_sandbox.tenant.unsupported import unsupported_routes


def routes(tenant: Tenant) -> list[BaseRoute]:
    """Everything the tenant answers outside the Management API, the token endpoint first."""
    opaque_tokens = OpaqueTokens(tenant.store, tenant.issuer)
    tokens = Tokens(tenant, opaque_tokens)
    codes, refresh_tokens, logins = Codes(tenant), RefreshTokens(tenant), Logins(tenant)
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


def _pages(tenant: Tenant, tokens: Tokens, codes: Codes, logins: Logins) -> list[BaseRoute]:
    interaction = Interaction(Pages(), Sessions(tenant), Transactions(tenant), Consents(tenant))
    authorize = Authorize(tenant, interaction, AuthorizeAnswers(tenant, codes, tokens))
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
