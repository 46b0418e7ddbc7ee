"""The directory that knows one service principal and services' managed identities: Microsoft Entra ID's discovery and token endpoints.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and the error codes of
https://learn.microsoft.com/entra/identity-platform/reference-error-codes. Client credentials with a secret only.
"""

import base64
import binascii
import hmac
import json
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import jwt
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

from auth0_apim_sandbox.apim.arm.errors import ArmError
from auth0_apim_sandbox.apim.arm.key_vault import AUDIENCE as VAULT_AUDIENCE
from auth0_apim_sandbox.apim.arm.manager_client import manager_client, signing_key
from auth0_apim_sandbox.apim.manager.metadata import AUDIENCES
from auth0_apim_sandbox.store import Store

LIFETIME = 3599
"""Seconds a token lives."""

_KEY_ID = "local-directory"


class DirectoryError(Exception):
    """A refusal of the token endpoint: an OAuth error and the directory's own `AADSTS` number."""

    def __init__(self, status: int, error: str, number: int, description: str) -> None:
        self.status = status
        self.error = error
        self.number = number
        self.description = f"AADSTS{number}: {description}"
        super().__init__(self.description)

    def body(self, now: float) -> dict[str, Any]:
        """The JSON document of the answer."""
        time_, trace, correlation = _timestamp(now), str(uuid.uuid4()), str(uuid.uuid4())
        ids = f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time_}"
        return {
            "error": self.error,
            "error_description": f"{self.description} {ids}",
            "error_codes": [self.number],
            "timestamp": time_,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")


class Directory:
    """Issues tokens for the resource manager under `endpoint` and for vaults; checks the resource manager's."""

    def __init__(self, store: Store, endpoint: str, clock: Callable[[], float] = time.time) -> None:
        self.client = manager_client(store)
        self.clock = clock
        self._endpoint = endpoint
        self._key = signing_key(store)
        self._own_object = str(uuid.uuid5(uuid.NAMESPACE_URL, self.client.client_id))
        self._audiences = {audience.rstrip("/") for audience in (endpoint, *AUDIENCES)}

    def openid_configuration(self, tenant: str) -> dict[str, Any]:
        """The discovery document of version 2 for `tenant`."""
        self._check_tenant(tenant)
        base = f"{self._endpoint}/{self.client.tenant_id}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "grant_types_supported": ["client_credentials"],
        }

    def keys(self, tenant: str) -> dict[str, Any]:
        """The JWKS that the tokens are signed with."""
        self._check_tenant(tenant)
        key = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**key, "kid": _KEY_ID, "use": "sig", "alg": "RS256", "key_ops": ["verify"]}]}

    def token(self, tenant: str, version: int, body: bytes, authorization: str | None) -> dict[str, Any]:
        """Answer a token request (a form) at the endpoint of `version` 1 or 2.

        Raises:
            DirectoryError: the request is refused.
        """
        self._check_tenant(tenant)
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        self._check_grant(form)
        self._check_client(form, authorization)
        audience = self._audience(form, version)
        now = int(self.clock())
        token = {
            "token_type": "Bearer",
            "access_token": self._signed(audience, self.client.client_id, self._own_object),
        }
        if version == 2:
            return {**token, "expires_in": LIFETIME, "ext_expires_in": LIFETIME}
        lifetime = {"expires_in": str(LIFETIME), "ext_expires_in": str(LIFETIME)}
        return {**token, **lifetime, "expires_on": str(now + LIFETIME), "not_before": str(now), "resource": audience}

    def identity_token(self, principal_id: str, audience: str) -> str:
        """The access token of a managed identity for `audience`."""
        return self._signed(audience, principal_id, principal_id)

    def check(self, authorization: str | None) -> None:
        """Check the `Authorization` header of a call to the resource manager.

        Raises:
            ArmError: 401, with Azure's codes.
        """
        if not authorization:
            raise self._refused("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            message = f"The authentication scheme '{scheme}' is not supported; use 'Bearer'."
            raise self._refused("AuthenticationFailed", message)
        try:
            claims = self._claims(token.strip())
        except jwt.InvalidTokenError as error:
            raise self._refused(_code(error), f"The access token is invalid: {error}") from None
        if claims["appid"] != self.client.client_id:
            raise self._refused("InvalidAuthenticationToken", "The access token belongs to an unknown application.")

    def _claims(self, token: str) -> dict[str, Any]:
        # The clock is ours (tests turn it), so lifetimes are compared here rather than by the library's own clock.
        options: Options = {
            "require": ["aud", "iss", "exp", "nbf", "appid"],
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        }
        audiences = [spelling for audience in self._audiences for spelling in (audience, f"{audience}/")]
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key.public_key(),
            algorithms=["RS256"],
            audience=audiences,
            issuer=f"{self._endpoint}/{self.client.tenant_id}/",
            options=options,
        )
        if not isinstance(claims["exp"], int) or claims["exp"] <= self.clock():
            raise jwt.ExpiredSignatureError("The access token expiry UTC time is earlier than the current UTC time.")
        if not isinstance(claims["nbf"], int) or claims["nbf"] > self.clock():
            raise jwt.ImmatureSignatureError("The access token is not valid yet.")
        return claims

    def _signed(self, audience: str, application: str, object_id: str) -> str:
        now = int(self.clock())
        claims = {
            "aud": audience,
            "iss": f"{self._endpoint}/{self.client.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "appid": application,
            "appidacr": "1",
            "idtyp": "app",
            "oid": object_id,
            "sub": object_id,
            "tid": self.client.tenant_id,
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def _refused(self, code: str, message: str) -> ArmError:
        challenge = (
            f'Bearer authorization_uri="{self._endpoint}/{self.client.tenant_id}", error="invalid_token", '
            'error_description="The authentication failed because of a missing or invalid access token."'
        )
        return ArmError(401, code, message, {"WWW-Authenticate": challenge})

    def _check_tenant(self, tenant: str) -> None:
        if tenant.lower() != self.client.tenant_id:
            message = (
                f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
                "correct cloud. The local directory has one tenant, its manager client's."
            )
            raise DirectoryError(400, "invalid_request", 90002, message)

    @staticmethod
    def _check_grant(form: dict[str, str]) -> None:
        if "grant_type" not in form:
            message = "The request body must contain the following parameter: 'grant_type'."
            raise DirectoryError(400, "invalid_request", 900144, message)
        if form["grant_type"] != "client_credentials":
            message = f"The app requested an unsupported grant type '{form['grant_type']}'; use 'client_credentials'."
            raise DirectoryError(400, "unsupported_grant_type", 70003, message)
        if "client_assertion" in form:
            message = "Client assertions are not supported by the local directory; use 'client_secret'."
            raise DirectoryError(401, "invalid_client", 700027, message)

    def _check_client(self, form: dict[str, str], authorization: str | None) -> None:
        client_id, secret = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        if not client_id:
            message = "The request body must contain the following parameter: 'client_id'."
            raise DirectoryError(400, "invalid_request", 900144, message)
        if client_id.lower() != self.client.client_id:
            message = (
                f"Application with identifier '{client_id}' was not found in the directory '{self.client.tenant_id}'."
            )
            raise DirectoryError(400, "unauthorized_client", 700016, message)
        if not secret:
            message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            raise DirectoryError(401, "invalid_client", 7000218, message)
        if not hmac.compare_digest(secret.encode(), self.client.client_secret.encode()):
            message = (
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
                f"not the client secret ID, for a secret added to app '{self.client.client_id}'."
            )
            raise DirectoryError(401, "invalid_client", 7000215, message)

    def _audience(self, form: dict[str, str], version: int) -> str:
        parameter = "scope" if version == 2 else "resource"
        if parameter not in form:
            message = f"The request body must contain the following parameter: '{parameter}'."
            raise DirectoryError(400, "invalid_request", 900144, message)
        wanted = form[parameter]
        if version == 2:
            if not wanted.endswith("/.default"):
                message = f"The provided value for scope {wanted} is not valid; it must end with '/.default'."
                raise DirectoryError(400, "invalid_scope", 1002012, message)
            wanted = wanted[: -len("/.default")]
        if wanted.rstrip("/") not in {*self._audiences, VAULT_AUDIENCE}:
            message = (
                f"The resource principal named {wanted} was not found in the tenant named {self.client.tenant_id}. This can "
                "happen if the application has not been installed by the administrator of the tenant."
            )
            raise DirectoryError(400, "invalid_resource", 500011, message)
        return wanted


def _code(error: jwt.InvalidTokenError) -> str:
    return {
        jwt.ExpiredSignatureError: "ExpiredAuthenticationToken",
        jwt.InvalidAudienceError: "InvalidAuthenticationTokenAudience",
        jwt.InvalidIssuerError: "InvalidAuthenticationTokenTenant",
    }.get(type(error), "InvalidAuthenticationToken")


def _basic(authorization: str | None) -> tuple[str, str] | None:
    """Client id and secret of an HTTP Basic header (RFC 6749, section 2.3.1)."""
    if authorization is None or not authorization.lower().startswith("basic "):
        return None
    try:
        client_id, _, secret = base64.b64decode(authorization[6:], validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise DirectoryError(401, "invalid_client", 7000215, "The Authorization header is not valid Basic.") from None
    return unquote_plus(client_id), unquote_plus(secret)
