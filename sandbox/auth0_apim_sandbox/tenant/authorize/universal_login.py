"""The pages a user sees on the way: /u/login and /u/consent."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.authorize.consent import described_scopes
from auth0_apim_sandbox.tenant.authorize.endpoint import Interaction, authorize_session
from auth0_apim_sandbox.tenant.authorize.response import respond, respond_with_error
from auth0_apim_sandbox.tenant.authorize.transactions import Transaction
from auth0_apim_sandbox.tenant.login.logins import Logins
from auth0_apim_sandbox.tenant.login.sessions import browser
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request
from auth0_apim_sandbox.tenant.oauth.parameters import Call, read_call


class UniversalLogin:
    """Shows the pages and takes what the user sends back."""

    def __init__(self, tenant: Tenant, interaction: Interaction, logins: Logins) -> None:
        self._tenant = tenant
        self._pages = interaction.pages
        self._sessions = interaction.sessions
        self._transactions = interaction.transactions
        self._consents = interaction.consents
        self._logins = logins

    async def login(self, http: Request) -> Response:
        """GET shows the login form, POST takes it."""
        try:
            call, state, transaction = await self._transaction(http)
            if http.method != "POST":
                return self._login_page(state, transaction)
            return await self._log_in(http, call, state, transaction)
        except OAuthError as error:
            return self._pages.error(error)

    async def consent(self, http: Request) -> Response:
        """GET shows what the application wants, POST takes the user's answer."""
        try:
            call, state, transaction = await self._transaction(http)
            found = self._sessions.current(http)
            if found is None or found[0] != transaction.session:
                return RedirectResponse(f"/u/login?state={quote(state, safe='')}", 302)
            user, allowed = authorize_session(self._tenant, transaction.request, found[1])
        except OAuthError as error:
            return self._pages.error(error)
        client = self._tenant.clients[transaction.request.callback.client_id]
        if http.method != "POST":
            return self._pages.render(
                "consent",
                leads_to=transaction.request.callback.redirect_uri,
                state=state,
                application=client["name"],
                user=user.get("name") or user["user_id"],
                api="your account" if allowed.api is None else allowed.api.get("name") or allowed.api["identifier"],
                scopes=described_scopes(allowed),
            )
        if call.parameters.get("action") != "accept":
            self._transactions.end(state)
            denied = OAuthError(403, "access_denied", "User did not authorize the request")
            # The user has seen who asks, so this is told also where other errors are kept (inferred).
            return respond(self._pages, transaction.request.callback, denied.body())
        self._consents.give(client, user, allowed)
        self._transactions.consented(state, transaction)
        return _resume(state)

    async def _transaction(self, http: Request) -> tuple[Call, str, Transaction]:
        call = (
            await read_call(http.scope, http.receive) if http.method == "POST" else Call(http.query_params, http.scope)
        )
        state = call.require("state")
        return call, state, self._transactions.find(state, browser(http))

    async def _log_in(self, http: Request, call: Call, state: str, transaction: Transaction) -> Response:
        username, password = call.get("username") or "", call.get("password") or ""
        if call.parameters.get("action") != "default":
            raise invalid_request("Parameter 'action' must be 'default'")
        if not username or not password:
            problem = "Password is required" if username else "Please enter an email address"
            return self._login_page(state, transaction, username, problem, 400)
        connection = self._database(transaction, username)
        try:
            user = await self._logins.verify(connection, username, password, call.address)
        except OAuthError as error:
            if error.error == "unauthorized":
                self._transactions.end(state)
                return respond_with_error(self._pages, transaction.request.callback, error)
            if error.status == 501:
                raise
            return self._login_page(
                state, transaction, username, error.description, 429 if error.status == 429 else 400
            )
        response = _resume(state)
        session = self._sessions.start(user, connection, http, response)
        self._transactions.logged_in(state, transaction, session)
        return response

    def _database(self, transaction: Transaction, username: str) -> Document:
        """The connection to log in to: the one asked for, else the first that knows the user, else the first."""
        request = transaction.request
        enabled = [
            connection
            for connection in self._tenant.connections_of(request.callback.client_id)
            if request.connection in (None, connection["name"])
        ]
        if not enabled:
            raise invalid_request("the connection is not enabled")
        knowing = (each for each in enabled if self._tenant.user(each["name"], username) is not None)
        return next(knowing, enabled[0])

    def _login_page(
        self,
        state: str,
        transaction: Transaction,
        username: str | None = None,
        error: str | None = None,
        status: int = 200,
    ) -> Response:
        callback = transaction.request.callback
        client = self._tenant.clients.get(callback.client_id)
        if client is None:
            raise invalid_request(f"Unknown client: {callback.client_id}")
        return self._pages.render(
            "login",
            status,
            leads_to=callback.redirect_uri,
            state=state,
            application=client["name"],
            username=(transaction.request.login_hint or "") if username is None else username,
            error=error,
        )


def _resume(state: str) -> RedirectResponse:
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return RedirectResponse(f"/authorize/resume?state={quote(state, safe='')}", 302, headers)
