"""POST /oauth/token: which client, which grant."""

from collections.abc import Awaitable, Callable, Mapping

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import THIRD_PARTY_GRANT_TYPES, is_third_party
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, grant_not_allowed, not_supported
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.client_authentication import ClientAuthentication

Grant = Callable[[Call, Document], Awaitable[Answer]]

UNSUPPORTED_GRANTS = {
    "urn:ietf:params:oauth:grant-type:device_code": "the device authorization flow",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "the JWT bearer grant",
    "urn:ietf:params:oauth:grant-type:token-exchange": "token exchange",
    "urn:openid:params:grant-type:ciba": "client-initiated backchannel authentication",
    "http://auth0.com/oauth/grant-type/mfa-oob": "multi-factor authentication",
    "http://auth0.com/oauth/grant-type/mfa-otp": "multi-factor authentication",
    "http://auth0.com/oauth/grant-type/mfa-recovery-code": "multi-factor authentication",
    "http://auth0.com/oauth/grant-type/passwordless/otp": "passwordless login",
}
"""Grant types that Auth0 has, and this tenant refuses by name."""
WITH_RESOURCE = ("authorization_code", "refresh_token")
"""The grants that Auth0 documents `resource` for."""


class TokenEndpoint:
    """Authenticates the client and hands the call to the grant it names.

    Attributes:
        grants: by grant type.
    """

    def __init__(self, authentication: ClientAuthentication, grants: Mapping[str, Grant]) -> None:
        self._authentication = authentication
        self.grants = grants

    async def __call__(self, call: Call) -> Answer:
        """The grant's answer.

        Raises:
            OAuthError: no or an unknown grant type, a proof for tokens that are bound to a key, a client that is not
                who it says or may not use the grant, a parameter that is not supported, or whatever the grant refuses.
        """
        if call.header(b"dpop") is not None:
            raise not_supported("tokens bound to a key: the header DPoP")
        grant_type = call.require("grant_type")
        grant = self.grants.get(grant_type)
        if grant is None:
            if grant_type in UNSUPPORTED_GRANTS:
                raise not_supported(UNSUPPORTED_GRANTS[grant_type])
            raise OAuthError(403, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")
        client = self._authentication.authenticate(call)
        forbidden = is_third_party(client) and grant_type not in THIRD_PARTY_GRANT_TYPES
        if forbidden or grant_type not in (client.get("grant_types") or []):
            raise grant_not_allowed(grant_type)
        # Each changes what the token is for, so it is never ignored.
        if call.get("organization"):
            raise not_supported("organizations: parameter 'organization'")
        if call.get("resource") and grant_type not in WITH_RESOURCE:
            raise not_supported("resource indicators: parameter 'resource'")
        return await grant(call, client)
