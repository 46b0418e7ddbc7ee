"""Tickets: links that let whoever follows one confirm an e-mail address, or choose a new password, once.

No mail leaves the sandbox: POST /api/v2/tickets/… gives the link, as https://auth0.com/docs/customize/email describes
for those who send their own mails.
"""

import secrets
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.ids import digest
from auth0_apim_sandbox.tenant.model.tenant import Tenant

EMAIL_VERIFICATION = "email-verification"
PASSWORD_CHANGE = "reset-password"  # noqa: S105 - the name of a page
LIFETIME = 5 * 24 * 3600
"""Seconds that a link works where nothing else was asked for."""
_REMEMBERED = 30 * 24 * 3600


class Tickets:
    """The tickets of one tenant; only their digests are kept."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def issue(self, kind: str, lifetime: int, content: dict[str, Any]) -> str:
        """The link of a new ticket.

        Args:
            kind: `EMAIL_VERIFICATION` or `PASSWORD_CHANGE`, the page that the link leads to.
            lifetime: seconds; 0 for the usual five days.
            content: user_id, email, connection_id, and what the page is to do besides.
        """
        ticket, now = secrets.token_urlsafe(24), self._tenant.now()
        with self._tenant.store.transaction():
            for key in [key for key, old in self._tenant.tickets.items() if old["expires_at"] + _REMEMBERED < now]:
                self._tenant.tickets.delete(key)
            document = {**content, "kind": kind, "expires_at": now + (lifetime or LIFETIME), "used": False}
            self._tenant.tickets.put(digest(ticket), document)
        return f"{self._tenant.issuer}u/{kind}?ticket={ticket}#"

    def find(self, kind: str, ticket: str) -> Document | None:
        """What `ticket` stands for, used, expired or not; None for any other text."""
        content = self._tenant.tickets.get(digest(ticket))
        return content if content is not None and content["kind"] == kind else None

    def problem(self, content: Document) -> str | None:
        """Why a ticket that was found is not good any more, in the words of the real service."""
        if content["used"]:
            return "This URL can be used only once"
        user = self._tenant.users.get(content["user_id"])
        moved = user is not None and user.get("email") != content["email"]
        over = content["expires_at"] <= self._tenant.clock() or (user is None and "profile" not in content)
        return "Access expired." if over or moved else None

    def use(self, ticket: str) -> None:
        """Mark `ticket` as used, with every other ticket of its kind for the same user."""
        content = self._tenant.tickets[digest(ticket)]
        same = {name: content[name] for name in ("kind", "user_id")}
        with self._tenant.store.transaction():
            for key, other in list(self._tenant.tickets.items()):
                if same.items() <= other.items():
                    self._tenant.tickets.put(key, {**other, "used": True})
