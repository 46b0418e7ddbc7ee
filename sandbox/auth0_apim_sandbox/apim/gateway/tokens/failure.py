"""Why a token is refused."""

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class TokenRefused(Exception):  # noqa: N818 - the field says refused
    """A token that does not pass.

    Attributes:
        reason: the vendor's machine-readable reason, `context.LastError.Reason`.
        message: the vendor's message; it may hold what the token says, without control characters (policies put it into headers),
            never the token itself.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        self.message = _CONTROL.sub(" ", message)
        super().__init__(self.message)


def malformed(problem: str) -> TokenRefused:
    """A token that cannot be read at all."""
    return TokenRefused("JwtInvalid", problem)
