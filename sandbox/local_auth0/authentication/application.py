"""The Authentication API put together: which path is answered by what."""

from starlette.routing import BaseRoute, Route

from local_auth0.authentication.authorization_code import AuthorizationCodeGrant
from local_auth0.authentication.authorize import Authorize
from local_auth0.authentication.authorize_answer import AuthorizeAnswers
from local_auth0.authentication.client_authentication import ClientAuthentication
from local_auth0.authentication.client_credentials import ClientCredentialsGrant
from local_auth0.authentication.codes import Codes
from local_auth0.authentication.consent import Consents
from local_auth0.authentication.database_connections import DatabaseConnections
from local_auth0.authentication.discovery import Discovery
from local_auth0.authentication.endpoint import PostEndpoint
from local_auth0.authentication.interaction import Interaction
from local_auth0.authentication.login import Logins
from local_auth0.authentication.logout import Logout
from local_auth0.authentication.opaque_tokens import OpaqueTokens
from local_auth0.authentication.pages import Pages
from local_auth0.authentication.password import PASSWORD, PASSWORD_REALM, PasswordGrant
from local_auth0.authentication.refresh_token import RefreshTokenGrant
from local_auth0.authentication.refresh_tokens import RefreshTokens
from local_auth0.authentication.revocation import Revocation
from local_auth0.authentication.rp_logout import RpInitiatedLogout
from local_auth0.authentication.sessions import Sessions
from local_auth0.authentication.ticket_pages import TicketPages
from local_auth0.authentication.token_endpoint import TokenEndpoint
from local_auth0.authentication.tokens import Tokens
from local_auth0.authentication.transactions import Transactions
from local_auth0.authentication.universal_login import UniversalLogin
from local_auth0.authentication.unsupported import unsupported_routes
from local_auth0.authentication.user_grant import UserGrant
from local_auth0.authentication.userinfo import UserInfo
from local_auth0.model import Tenant


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
