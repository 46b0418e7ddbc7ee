"""Who calls the token endpoint: client authentication by secret, by signed assertion, or none (RFC 6749, section 2.3).

The real service takes a secret from the Authorization header and from the body alike, whichever of
`client_secret_basic` and `client_secret_post` the client is set to; never from both at once.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from urllib.parse import unquote_plus

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import invalid_request, missing, unauthorized
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.tokens.client_assertion import ClientAssertions

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class _Credentials:
    client_id: str
    secrets: tuple[str, ...] = ()
    """The ways to read the secret that was sent."""
    assertion: str | None = None


class ClientAuthentication:
    """Tells which client of the tenant a request comes from."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._assertions = ClientAssertions(tenant)

    def authenticate(self, call: Call) -> Document:
        """The client that made `call`, proven by what its settings ask for.

        Raises:
            OAuthError: no or contradictory credentials (400), an unknown client or a wrong proof (401).
        """
        credentials = self._credentials(call)
        client = self._tenant.client(credentials.client_id)
        if client is None:
            raise unauthorized()
        if uses_assertions(client):
            if credentials.assertion is None:
                raise unauthorized()
            self._assertions.check(client, credentials.assertion)
        elif client.get("token_endpoint_auth_method") != "none" and not _secret_matches(client, credentials.secrets):
            raise unauthorized()
        return client

    def _credentials(self, call: Call) -> _Credentials:
        basic = _basic(call.header(b"authorization"))
        client_id, secret, assertion = (call.get(name) for name in ("client_id", "client_secret", "client_assertion"))
        if sum(proof is not None for proof in (basic, secret, assertion)) > 1:
            raise invalid_request("Use only one client authentication method per request")
        if basic is not None:
            if client_id not in (None, basic.client_id):
                raise invalid_request("Parameter 'client_id' differs from the client in the Authorization header")
            return basic
        if assertion is not None:
            if call.get("client_assertion_type") != ASSERTION_TYPE:
                raise invalid_request(f"Parameter 'client_assertion_type' must be {ASSERTION_TYPE}")
            return _Credentials(client_id or self._assertions.claimed_client_id(assertion), assertion=assertion)
        if client_id is None:
            raise missing("client_id")
        return _Credentials(client_id, () if secret is None else (secret,))


def is_public(client: Document) -> bool:
    """Whether `client` proves nothing at the token endpoint (RFC 6749, section 2.1)."""
    return client.get("token_endpoint_auth_method") == "none" and not uses_assertions(client)


def uses_assertions(client: Document) -> bool:
    """Whether `client` authenticates by private_key_jwt and no longer by its secret."""
    return bool((client.get("client_authentication_methods") or {}).get("private_key_jwt"))


def _secret_matches(client: Document, sent: tuple[str, ...]) -> bool:
    expected = (client.get("client_secret") or "").encode()
    matches = [hmac.compare_digest(secret.encode(), expected) for secret in sent]
    return bool(expected) and any(matches)


def _basic(authorization: str | None) -> _Credentials | None:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise invalid_request("The Authorization header is not Basic authentication in UTF-8") from error
    if not colon or not user:
        raise invalid_request("The Authorization header is not Basic authentication in UTF-8")
    # RFC 6749 wants both parts form-encoded; widespread clients send them as they are.
    return _Credentials(unquote_plus(user), tuple({password, unquote_plus(password)}))
