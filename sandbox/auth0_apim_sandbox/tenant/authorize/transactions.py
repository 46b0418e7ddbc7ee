"""Logins on their way: from /authorize over the login and consent pages to the callback.

Kept in memory: whoever is on the login page when the tenant restarts starts over.
"""

import secrets
from dataclasses import dataclass, replace

from auth0_apim_sandbox.tenant.authorize.request import AuthorizeRequest
from auth0_apim_sandbox.tenant.model.clock import ExpiringMap
from auth0_apim_sandbox.tenant.model.ids import digest
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError

LIFETIME = 3600
"""Seconds a user may stay on the login page."""


@dataclass(frozen=True)
class Transaction:
    """A request to /authorize and how far it has come."""

    request: AuthorizeRequest
    browser: str
    """The hash of the mark of the browser it began in."""
    session: str | None = None
    """The session that satisfies it; None while the user still has to log in."""
    consented: bool = False


class Transactions:
    """The tenant's transactions by their `state`, a secret between the tenant and one browser."""

    def __init__(self, tenant: Tenant) -> None:
        self._transactions: ExpiringMap[str, Transaction] = ExpiringMap(tenant.clock, LIFETIME)

    def begin(self, request: AuthorizeRequest, browser: str, session: str | None) -> str:
        """Begin a transaction in the browser with the mark `browser`; its `state`."""
        state = secrets.token_urlsafe(32)
        self._transactions.put(state, Transaction(request, digest(browser), session))
        return state

    def find(self, state: str, browser: str) -> Transaction:
        """The transaction `state`, when the browser with the mark `browser` began it.

        Raises:
            OAuthError: there is none, it is over, or it began elsewhere.
        """
        transaction = self._transactions.get(state)
        if transaction is None or not secrets.compare_digest(transaction.browser, digest(browser)):
            raise OAuthError(
                400,
                "invalid_request",
                "You may have pressed the back button, refreshed during login, opened too many login dialogs, "
                "or there is some issue with cookies, since we couldn't find your session. "
                "Try logging in again from the application.",
            )
        return transaction

    def logged_in(self, state: str, transaction: Transaction, session: str) -> None:
        """The user has logged in, as `session` knows."""
        self._transactions.put(state, replace(transaction, session=session))

    def consented(self, state: str, transaction: Transaction) -> None:
        """The user has let the application do what it asked for."""
        self._transactions.put(state, replace(transaction, consented=True))

    def end(self, state: str) -> None:
        """The answer is on its way."""
        self._transactions.pop(state)
