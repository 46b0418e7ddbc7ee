"""Why a token is refused."""


class TokenRefused(Exception):  # noqa: N818 - the field says refused
    """A token that does not pass.

    Attributes:
        reason: the vendor's machine-readable reason, `context.LastError.Reason`.
        message: the vendor's message; it may hold claims, never the token.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def malformed(problem: str) -> TokenRefused:
    """A token that cannot be read at all."""
    return TokenRefused("JwtInvalid", problem)
