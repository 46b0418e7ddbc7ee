"""What /authorize gives the application: a code, or tokens where the implicit or hybrid flow is allowed."""

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.authorize.request import AuthorizeRequest
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.tokens.authorization import OFFLINE_ACCESS, Authorization
from auth0_apim_sandbox.tenant.tokens.codes import Codes
from auth0_apim_sandbox.tenant.tokens.tokens import Authentication, Tokens


class AuthorizeAnswers:
    """Builds the parameters of a successful answer."""

    def __init__(self, tenant: Tenant, codes: Codes, tokens: Tokens) -> None:
        self._tenant = tenant
        self._codes = codes
        self._tokens = tokens

    def parameters(
        self, request: AuthorizeRequest, user: Document, session: Document, allowed: Authorization
    ) -> dict[str, str]:
        """A code, an access token and an ID token, as far as the response type names them."""
        client = self._tenant.clients[request.callback.client_id]
        authentication = Authentication(user, session["authenticated_at"], session["sid"], request.nonce)
        answer: dict[str, str] = {}
        if "code" in request.response_types:
            answer["code"] = self._code(request, allowed, authentication)
        if "token" in request.response_types:
            online = Authorization(
                allowed.api, tuple(scope for scope in allowed.scopes if scope != OFFLINE_ACCESS), allowed.permissions
            )
            token, lifetime = self._tokens.access_token(client, user["user_id"], online, for_web=True)
            answer |= {"access_token": token, "expires_in": str(lifetime), "token_type": "Bearer"}
            if online.scopes:
                answer["scope"] = online.scope
        if "id_token" in request.response_types:
            answer["id_token"] = self._tokens.id_token(
                client,
                allowed,
                authentication,
                access_token=answer.get("access_token"),
                code=answer.get("code"),
            )
        return answer

    def _code(self, request: AuthorizeRequest, allowed: Authorization, authentication: Authentication) -> str:
        callback = request.callback
        return self._codes.issue(
            {
                "client_id": callback.client_id,
                "redirect_uri": callback.redirect_uri,
                "redirect_uri_omitted": callback.redirect_uri_omitted,
                "code_challenge": request.code_challenge,
                "code_challenge_method": request.code_challenge_method,
                "user_id": authentication.user["user_id"],
                "audience": allowed.audience(self._tenant),
                "scope": allowed.scope,
                "auth_time": authentication.auth_time,
                "sid": authentication.sid,
                "nonce": authentication.nonce,
            }
        )
