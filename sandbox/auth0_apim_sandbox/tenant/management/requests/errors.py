"""Refusals of the Management API, in the one shape it gives every error."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse


class ManagementError(Exception):
    """A request that the Management API refuses.

    Args:
        status: HTTP status, of which `error` is the reason phrase.
        message: what is wrong, for a person; never a secret.
        error_code: what is wrong, for a program, such as `invalid_body`; left out where Auth0 has none.
        headers: further response headers.
    """

    def __init__(
        self, status: int, message: str, error_code: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.error_code = error_code
        self.headers = headers

    def response(self) -> JSONResponse:
        """The answer: `{"statusCode", "error", "message", "errorCode"}`."""
        content: dict[str, Any] = {
            "statusCode": self.status,
            "error": HTTPStatus(self.status).phrase,
            "message": self.message,
        }
        if self.error_code is not None:
            content["errorCode"] = self.error_code
        return JSONResponse(content, self.status, self.headers, media_type="application/json; charset=utf-8")


def invalid_body(message: str) -> ManagementError:
    """400 for a payload that is well-formed and says something impossible."""
    return ManagementError(400, message, "invalid_body")


def not_supported(what: str) -> ManagementError:
    """501 for something Auth0 has and this tenant does not."""
    return ManagementError(501, f"This local tenant does not support {what}.", "not_supported")
