"""The Authentication API put together: which path is answered by what."""

from starlette.routing import BaseRoute, Route

from auth0_apim_sandbox.tenant.authentication.authorization_code import AuthorizationCodeGrant
from auth0_apim_sandbox.tenant.authentication.authorize import Authorize
from auth0_apim_sandbox.tenant.authentication.authorize_answer import AuthorizeAnswers
from auth0_apim_sandbox.tenant.authentication.client_authentication import ClientAuthentication
from auth0_apim_sandbox.tenant.authentication.client_credentials import ClientCredentialsGrant
from auth0_apim_sandbox.tenant.authentication.codes import Codes
from auth0_apim_sandbox.tenant.authentication.consent import Consents
from auth0_apim_sandbox.tenant.authentication.database_connections import DatabaseConnections
from auth0_apim_sandbox.tenant.authentication.discovery import Discovery
from auth0_apim_sandbox.tenant.authentication.endpoint import PostEndpoint
from auth0_apim_sandbox.tenant.authentication.interaction import Interaction
from auth0_apim_sandbox.tenant.authentication.login import Logins
from auth0_apim_sandbox.tenant.authentication.logout import Logout
from auth0_apim_sandbox.tenant.authentication.opaque_tokens import OpaqueTokens
from auth0_apim_sandbox.tenant.authentication.pages import Pages
from auth0_apim_sandbox.tenant.authentication.password import PASSWORD, PASSWORD_REALM, PasswordGrant
from auth0_apim_sandbox.tenant.authentication.refresh_token import RefreshTokenGrant
from auth0_apim_sandbox.tenant.authentication.refresh_tokens import RefreshTokens
from auth0_apim_sandbox.tenant.authentication.revocation import Revocation
from auth0_apim_sandbox.tenant.authentication.rp_logout import RpInitiatedLogout
from auth0_apim_sandbox.tenant.authentication.sessions import Sessions
from auth0_apim_sandbox.tenant.authentication.ticket_pages import TicketPages
from auth0_apim_sandbox.tenant.authentication.token_endpoint import TokenEndpoint
from auth0_apim_sandbox.tenant.authentication.tokens import Tokens
from auth0_apim_sandbox.tenant.authentication.transactions import Transactions
from auth0_apim_sandbox.tenant.authentication.universal_login import UniversalLogin
from auth0_apim_sandbox.tenant.authentication.unsupported import unsupported_routes
from auth0_apim_sandbox.tenant.authentication.user_grant import UserGrant
from auth0_apim_sandbox.tenant.authentication.userinfo import UserInfo
from auth0_apim_sandbox.tenant.model import Tenant


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
