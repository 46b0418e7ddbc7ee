"""/authorize and /authorize/resume: from an application's request to the answer at its callback."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.authorize.consent import Consents
from auth0_apim_sandbox.tenant.authorize.request import AuthorizeRequest, read_callback, read_request
from auth0_apim_sandbox.tenant.authorize.response import AuthorizationResponses, respond, respond_with_error
from auth0_apim_sandbox.tenant.authorize.transactions import Transaction, Transactions
from auth0_apim_sandbox.tenant.login.logins import refuse_blocked
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.login.sessions import Sessions, browser, mark_browser
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, missing
from auth0_apim_sandbox.tenant.oauth.parameters import parse_form, read_call
from auth0_apim_sandbox.tenant.tokens.authorization import Authorization, api_for_user, authorize_user


@dataclass(frozen=True)
class Interaction:
    """Everything that stands between a user's browser and the answer to an application."""

    pages: Pages
    sessions: Sessions
    transactions: Transactions
    consents: Consents


class Authorize:
    """The authorization endpoint of one tenant."""

    def __init__(self, tenant: Tenant, interaction: Interaction, responses: AuthorizationResponses) -> None:
        self._tenant = tenant
        self._pages = interaction.pages
        self._sessions = interaction.sessions
        self._transactions = interaction.transactions
        self._consents = interaction.consents
        self._responses = responses

    async def authorize(self, http: Request) -> Response:
        """Answer at once where the browser is logged in already, else send it to the login page."""
        try:
            parameters = await _parameters(http)
            callback = read_callback(self._tenant, parameters)
        except OAuthError as error:
            return self._pages.error(error)
        try:
            request = read_request(self._tenant, callback, parameters)
            api_for_user(self._tenant, self._tenant.clients[callback.client_id], request.audience)
        except OAuthError as error:
            return respond_with_error(self._pages, callback, error)
        session = self._session_for(request, http)
        if session is not None:
            return self._proceed(http, None, Transaction(request, "", session))
        if "none" in request.prompt:
            return respond_with_error(self._pages, callback, OAuthError(400, "login_required", "Login required"))
        return self._to_page(http, "/u/login", request, None)

    async def resume(self, http: Request) -> Response:
        """Go on after the login or consent page."""
        try:
            state = http.query_params.get("state")
            if not state:
                raise missing("state")
            transaction = self._transactions.find(state, browser(http))
        except OAuthError as error:
            return self._pages.error(error)
        return self._proceed(http, state, transaction)

    def _session_for(self, request: AuthorizeRequest, http: Request) -> str | None:
        """The key of the browser's session, if it is what the request asks for."""
        found = self._sessions.current(http)
        alone = self._tenant.clients[request.callback.client_id].get("sso_disabled")
        if found is None or alone or request.prompt & {"login", "select_account"}:
            return None
        key, session = found
        too_old = request.max_age is not None and session["authenticated_at"] + request.max_age <= self._tenant.clock()
        other = request.connection not in (None, session["connection"])
        left = all(session["connection"] != each["name"] for each in self._enabled(request))
        return None if too_old or other or left else key

    def _enabled(self, request: AuthorizeRequest) -> list[Document]:
        return list(self._tenant.connections_of(request.callback.client_id))

    def _proceed(self, http: Request, state: str | None, transaction: Transaction) -> Response:
        request = transaction.request
        found = self._sessions.current(http)
        if found is None or found[0] != transaction.session:
            return _redirect("/u/login", state or "")
        key, session = found
        try:
            user, allowed = authorize_session(self._tenant, request, session)
        except OAuthError as error:
            self._end(state)
            return respond_with_error(self._pages, request.callback, error)
        if not transaction.consented and self._needs_consent(request, user, allowed):
            if "none" in request.prompt:
                return respond_with_error(
                    self._pages, request.callback, OAuthError(400, "consent_required", "Consent required")
                )
            return self._to_page(http, "/u/consent", request, key) if state is None else _redirect("/u/consent", state)
        self._end(state)
        self._sessions.touch(key)
        return respond(self._pages, request.callback, self._responses.parameters(request, user, session, allowed))

    def _needs_consent(self, request: AuthorizeRequest, user: Document, allowed: Authorization) -> bool:
        client = self._tenant.clients[request.callback.client_id]
        return "consent" in request.prompt or self._consents.is_missing(
            client, request.callback.redirect_uri, user, allowed
        )

    def _to_page(self, http: Request, path: str, request: AuthorizeRequest, session: str | None) -> Response:
        mark = browser(http)
        response = _redirect(path, self._transactions.begin(request, mark, session))
        mark_browser(response, mark)
        return response

    def _end(self, state: str | None) -> None:
        if state is not None:
            self._transactions.end(state)


def authorize_session(tenant: Tenant, request: AuthorizeRequest, session: Document) -> tuple[Document, Authorization]:
    """The session's user, and what the request may have of what it asks for.

    Raises:
        OAuthError: the client is gone, the user is blocked, or the API keeps the client out.
    """
    client = tenant.clients.get(request.callback.client_id)
    if client is None:
        raise OAuthError(400, "invalid_request", f"Unknown client: {request.callback.client_id}")
    user = tenant.users[session["user_id"]]
    refuse_blocked(user)
    return user, authorize_user(tenant, client, user, request.audience, list(request.scopes))


async def _parameters(http: Request) -> dict[str, str]:
    if http.method != "POST":
        return parse_form(http.scope["query_string"])
    call = await read_call(http.scope, http.receive)
    return {name: value for name in call.parameters if (value := call.get(name)) is not None}


def _redirect(path: str, state: str) -> RedirectResponse:
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return RedirectResponse(f"{path}?state={quote(state, safe='')}", 302, headers)
