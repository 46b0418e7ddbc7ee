"""The documents that tell clients where everything is: OpenID Connect Discovery 1.0, RFC 8414 and RFC 7517."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.tenant.authorize.request import RESPONSE_MODES
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.tokens.authorization import CLAIM_SCOPES
from auth0_apim_sandbox.tenant.tokens.client_assertion import ALGORITHMS

_HEADERS = {
    "cache-control": "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400",
    "access-control-allow-origin": "*",
}
_PATHS = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "oauth/token",
    "device_authorization_endpoint": "oauth/device/code",
    "userinfo_endpoint": "userinfo",
    "mfa_challenge_endpoint": "mfa/challenge",
    "jwks_uri": ".well-known/jwks.json",
    "registration_endpoint": "oidc/register",
    "revocation_endpoint": "oauth/revoke",
}


class Discovery:
    """Serves the tenant's public documents."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    async def configuration(self, _: Request) -> Response:
        """The provider's configuration."""
        configuration = provider_configuration(self._tenant.issuer)
        if (self._tenant.settings.get("oidc_logout") or {}).get("rp_logout_end_session_endpoint_discovery"):
            configuration["end_session_endpoint"] = f"{self._tenant.issuer}oidc/logout"
        # RFC 9207, and OAuth Client ID Metadata Documents: each is a setting of the tenant by the same name.
        for name in ("authorization_response_iss_parameter_supported", "client_id_metadata_document_supported"):
            if self._tenant.settings.get(name):
                configuration[name] = True
        return JSONResponse(configuration, headers=_HEADERS)

    async def jwks(self, _: Request) -> Response:
        """The public keys: current, next, and previous ones that are not revoked."""
        document: dict[str, Any] = self._tenant.signing_keys.jwks()
        if (self._tenant.settings.get("flags") or {}).get("remove_alg_from_jwks"):
            document = {"keys": [{k: v for k, v in key.items() if k != "alg"} for key in document["keys"]]}
        return JSONResponse(document, headers=_HEADERS)


def provider_configuration(issuer: str) -> dict[str, Any]:
    """The OpenID provider metadata of the tenant at `issuer`, a URL with a trailing slash."""
    return {
        "issuer": issuer,
        **{name: f"{issuer}{path}" for name, path in _PATHS.items()},
        "scopes_supported": ["openid", "profile", "offline_access", *_claim_scopes(), "phone", "address"],
        "response_types_supported": [
            "code",
            "token",
            "id_token",
            "code token",
            "code id_token",
            "token id_token",
            "code token id_token",
        ],
        "code_challenge_methods_supported": ["S256", "plain"],
        "response_modes_supported": list(RESPONSE_MODES),
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
        "claims_supported": [
            "aud",
            "auth_time",
            "created_at",
            "email",
            "email_verified",
            "exp",
            "family_name",
            "given_name",
            "iat",
            "identities",
            "iss",
            "name",
            "nickname",
            "phone_number",
            "picture",
            "sub",
        ],
        "request_uri_parameter_supported": False,
        "request_parameter_supported": False,
    }


def _claim_scopes() -> list[str]:
    names = list(CLAIM_SCOPES)
    names.insert(names.index("email_verified"), "email")
    return names
