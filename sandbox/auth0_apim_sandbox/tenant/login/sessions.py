"""Browsers' sessions with the tenant: who is logged in, kept under the hash of a cookie.

https://auth0.com/docs/manage-users/sessions/session-lifetime-limits
"""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.ids import digest
from auth0_apim_sandbox.tenant.model.tenant import Tenant

SESSION_COOKIE = "auth0"
BROWSER_COOKIE = "did"
"""Marks a browser, logged in or not: a login that one browser began cannot be finished in another."""

_MINUTE = 60
_HOUR = 3600
_DEFAULT_LIFETIME_HOURS = 168
_DEFAULT_IDLE_HOURS = 72
_BROWSER_LIFETIME = 365 * 24 * _HOUR


class Sessions:
    """The sessions of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def start(self, user: Document, connection: Document, request: Request, response: Response) -> str:
        """Log a user in and give the browser its cookie, in place of an older one; the key of the new session."""
        now = self._tenant.now()
        lifetime = self._seconds("session_lifetime", _DEFAULT_LIFETIME_HOURS)
        token = secrets.token_urlsafe(32)
        with self._tenant.store.transaction():
            self._delete_expired()
            self._tenant.sessions.delete(digest(request.cookies.get(SESSION_COOKIE, "")))
            self._tenant.sessions.put(
                digest(token),
                {
                    "sid": secrets.token_urlsafe(24),
                    "user_id": user["user_id"],
                    "connection": connection["name"],
                    "authenticated_at": now,
                    "used_at": now,
                    "expires_at": now + lifetime,
                },
            )
        mode = (self._tenant.settings.get("session_cookie") or {}).get("mode")
        _set_cookie(response, SESSION_COOKIE, token, None if mode == "non-persistent" else lifetime)
        return digest(token)

    def current(self, request: Request) -> tuple[str, Document] | None:
        """The key and content of the session the browser is in, while it lasts and its user exists."""
        key = digest(request.cookies.get(SESSION_COOKIE, ""))
        session = self._tenant.sessions.get(key)
        if session is None or self._is_expired(session) or session["user_id"] not in self._tenant.users:
            return None
        return key, session

    def touch(self, key: str) -> None:
        """Note that the session is in use."""
        self._tenant.sessions.put(key, {**self._tenant.sessions[key], "used_at": self._tenant.now()})

    def end(self, request: Request, response: Response) -> None:
        """Log the browser out, if it is logged in."""
        token = request.cookies.get(SESSION_COOKIE)
        if token is not None:
            self._tenant.sessions.delete(digest(token))
            _set_cookie(response, SESSION_COOKIE, "", 0)

    def _is_expired(self, session: Document) -> bool:
        idle = self._seconds("idle_session_lifetime", _DEFAULT_IDLE_HOURS)
        return bool(min(session["expires_at"], session["used_at"] + idle) <= self._tenant.clock())

    def _seconds(self, setting: str, default_hours: int) -> int:
        """A lifetime of the tenant's settings, which name it in minutes or in hours."""
        minutes = self._tenant.settings.get(f"{setting}_in_minutes")
        hours = self._tenant.settings.get(setting, default_hours)
        return int(hours * _HOUR if minutes is None else minutes * _MINUTE)

    def _delete_expired(self) -> None:
        for key in [key for key, session in self._tenant.sessions.items() if self._is_expired(session)]:
            self._tenant.sessions.delete(key)


def browser(request: Request) -> str:
    """The mark of the browser a request comes from, a new one for a browser never seen."""
    return request.cookies.get(BROWSER_COOKIE) or secrets.token_urlsafe(32)


def mark_browser(response: Response, mark: str) -> None:
    """Give the browser its mark."""
    _set_cookie(response, BROWSER_COOKIE, mark, _BROWSER_LIFETIME)


def _set_cookie(response: Response, name: str, value: str, max_age: int | None) -> None:
    # SameSite=None as the real service: single-page applications renew tokens in an invisible frame.
    response.set_cookie(name, value, max_age, path="/", secure=True, httponly=True, samesite="none")
