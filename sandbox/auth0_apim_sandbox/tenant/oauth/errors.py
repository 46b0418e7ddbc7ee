"""The errors of the Authentication API: a status and the JSON object of RFC 6749, section 5.2."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class OAuthError(Exception):
    """A request the Authentication API refuses.

    Args:
        status: the HTTP status of the answer.
        error: the code, such as `invalid_grant`.
        description: what is wrong, in the words of the real service; never a secret.
        uri: a page about the error, for the few errors that have one.
        headers: of the answer.
    """

    status: int
    error: str
    description: str
    uri: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.error}: {self.description}"

    def body(self) -> dict[str, str]:
        """The JSON object of the answer."""
        body = {"error": self.error, "error_description": self.description}
        return body if self.uri is None else {**body, "error_uri": self.uri}


def invalid_request(description: str) -> OAuthError:
    """The request is malformed."""
    return OAuthError(400, "invalid_request", description)


def missing(parameter: str) -> OAuthError:
    """A required parameter is absent or empty."""
    return invalid_request(f"Missing required parameter: {parameter}")


def unauthorized() -> OAuthError:
    """The client is unknown or did not prove who it is; both look the same from outside."""
    return OAuthError(401, "access_denied", "Unauthorized")


def invalid_grant(description: str) -> OAuthError:
    """The code, refresh token or password is not (or no longer) good."""
    return OAuthError(403, "invalid_grant", description)


def grant_not_allowed(grant_type: str) -> OAuthError:
    """The client's `grant_types` does not list `grant_type`."""
    return OAuthError(
        403,
        "unauthorized_client",
        f"Grant type '{grant_type}' not allowed for the client.",
        "https://auth0.com/docs/clients/client-grant-types",
    )


def server_error(description: str) -> OAuthError:
    """The tenant itself failed."""
    return OAuthError(500, "server_error", description)


def not_supported(feature: str) -> OAuthError:
    """The real service has `feature`; the sandbox does not."""
    return OAuthError(501, "not_supported", f"The sandbox does not support {feature}.")
