"""Logging a user in with a password against a database connection, and brute-force protection."""

import asyncio
import json

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.clock import ExpiringMap
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_grant, invalid_request, not_supported
from auth0_apim_sandbox.tenant.users import imported_passwords
from auth0_apim_sandbox.tenant.users.custom_database import (
    CustomDatabase,
    DatabaseScriptError,
    UnsupportedDatabaseError,
    imports_users,
    is_custom,
)
from auth0_apim_sandbox.tenant.users.passwords import MAX_PASSWORD_BYTES, hash_password, verify_password

MAX_ATTEMPTS = 10
LOCKED_SECONDS = 30 * 24 * 3600
"""How long the lock holds after the last failure."""
Attempt = tuple[str, str, str, str]
# The hash of a password nobody knows, verified when there is no such user: the answer takes as long and tells nothing.
_NOBODY = "$2b$10$0ePMrfP.RQCCPE.pRTuVLOnZSNp9VWHW9NiYC.KaUbVWw5Nz0ZRN6"


class BruteForceProtection:
    """Counts failed logins, in memory: ten wrong passwords for one user from one address lock the address out.

    https://auth0.com/docs/secure/attack-protection/brute-force-protection
    """

    def __init__(self, tenant: Tenant) -> None:
        self._failures: ExpiringMap[Attempt, int] = ExpiringMap(tenant.clock, LOCKED_SECONDS, limit=100_000)

    def begin(self, attempt: Attempt) -> None:
        """Count one attempt before its password is looked at, so that simultaneous guesses count too.

        Args:
            attempt: connection, login, the user's password hash (a new password lifts the lock), address.

        Raises:
            OAuthError: too many attempts have failed already.
        """
        failures = self._failures.get(attempt) or 0
        if failures >= MAX_ATTEMPTS:
            raise OAuthError(
                429,
                "too_many_attempts",
                "Your account has been blocked after multiple consecutive login attempts. "
                "We've sent you an email with instructions on how to unblock it.",
            )
        self._failures.put(attempt, failures + 1)

    def succeed(self, attempt: Attempt) -> None:
        """The password was right: forget the failures."""
        self._failures.pop(attempt)


class Logins:
    """Checks passwords for every flow that takes one."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._protection = BruteForceProtection(tenant)
        self._custom = CustomDatabase(tenant)

    async def verify(self, connection: Document, login: str, password: str, address: str) -> Document:
        """The user of `connection` with this e-mail address or username and password.

        Args:
            connection: the database the user is in.
            login: e-mail address in any case, or username; white space around it does not count.
            password: in the clear.
            address: the IP address the attempt comes from.

        Raises:
            OAuthError: wrong password or unknown user (403), too many attempts (429), blocked user (403), or a kind
                of connection the sandbox cannot log in to (501).
        """
        _check_connection(connection)
        login = login.strip()
        user = self._tenant.user(connection["name"], login)
        if is_custom(connection) and (user is None or not imports_users(connection)):
            return await self._verify_by_script(connection, login, password, address)
        stored = {} if user is None else self._tenant.passwords.get(user["user_id"], {})
        expected = stored.get("hash") or json.dumps(stored.get("imported")) if stored else _NOBODY
        attempt = (connection["id"], login.lower() if user is None else user["user_id"], expected, address)
        protected = (connection.get("options") or {}).get("brute_force_protection") is not False
        if protected:
            self._protection.begin(attempt)
        is_right = await asyncio.to_thread(_is_right, password, stored)
        if user is None or not is_right:
            raise invalid_grant("Wrong email or password.")
        if protected:
            self._protection.succeed(attempt)
        await self._rehash(user["user_id"], password, stored)
        current = self._tenant.users.get(user["user_id"])
        if current is None:
            raise invalid_grant("Wrong email or password.")
        refuse_blocked(current)
        return current

    async def _verify_by_script(self, connection: Document, login: str, password: str, address: str) -> Document:
        """The user as the custom database's login script knows them; in import mode they live here from now on."""
        known = self._tenant.user(connection["name"], login)
        attempt = (connection["id"], login.lower() if known is None else known["user_id"], "script", address)
        protected = connection["options"].get("brute_force_protection") is not False
        if protected:
            self._protection.begin(attempt)
        try:
            profile = await self._custom.login(connection, login, password)
            user = None if profile is None else self._custom.record(connection, profile)
        except DatabaseScriptError as error:
            raise OAuthError(500, "server_error", str(error)) from error
        except UnsupportedDatabaseError as error:
            raise not_supported(str(error)) from error
        if user is None:
            raise invalid_grant("Wrong email or password.")
        if protected:
            self._protection.succeed(attempt)
        moved = await self._password_to_keep(connection, password)
        with self._tenant.store.transaction():
            self._tenant.users.put(user["user_id"], user)
            if moved is not None:
                self._tenant.passwords.put(user["user_id"], moved)
        refuse_blocked(user)
        return user

    async def _password_to_keep(self, connection: Document, password: str) -> Document | None:
        if not imports_users(connection) or len(password.encode()) > MAX_PASSWORD_BYTES:
            return None
        return {"hash": await asyncio.to_thread(hash_password, password), "history": []}

    async def _rehash(self, user_id: str, password: str, stored: Document) -> None:
        """Put a bcrypt hash in the place of an imported one, as the service does at the first login."""
        if "imported" not in stored or len(password.encode()) > MAX_PASSWORD_BYTES:
            return
        password_hash = await asyncio.to_thread(hash_password, password)
        if self._tenant.passwords.get(user_id) == stored:
            self._tenant.passwords.put(user_id, {"hash": password_hash, "history": []})


def refuse_blocked(user: Document) -> None:
    """Keep a blocked user out.

    Raises:
        OAuthError: the user is blocked.
    """
    if user.get("blocked"):
        raise OAuthError(403, "unauthorized", "user is blocked")


def _is_right(password: str, stored: Document) -> bool:
    if "imported" in stored:
        return imported_passwords.matches(stored["imported"], password)
    return verify_password(password, stored.get("hash", _NOBODY)) and "hash" in stored


def _check_connection(connection: Document) -> None:
    if connection["strategy"] != "auth0":
        raise not_supported(f"login through connections of strategy '{connection['strategy']}'")
    methods = (connection.get("options") or {}).get("authentication_methods") or {}
    password = methods.get("password") or {}
    if (connection.get("authentication") or {}).get("active") is False or password.get("enabled") is False:
        raise invalid_request("the connection is not enabled")
