"""Brute-force protection: ten wrong passwords for one user from one address, and that address is locked out.

https://auth0.com/docs/secure/attack-protection/brute-force-protection
"""

from auth0_apim_sandbox.tenant.model.expiring import ExpiringMap
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError

MAX_ATTEMPTS = 10
LOCKED_SECONDS = 30 * 24 * 3600
"""How long the lock holds after the last failure."""

Attempt = tuple[str, str, str, str]


class BruteForceProtection:
    """Counts failed logins, in memory."""

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
