"""Errors as Azure Resource Manager and the API Management provider word them.

Shapes: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling and the
`ErrorResponse` definition of the provider's specification, 2024-05-01.
"""

from typing import Any


class ArmError(Exception):
    """An answer other than success, from Resource Manager itself.

    Attributes:
        status: the HTTP status.
        code: the machine-readable code, for example `ResourceNotFound`.
        message: the sentence for people; never holds a secret.
        headers: headers that belong to the answer, for example `WWW-Authenticate`.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        super().__init__(f"{status} {code}: {message}")

    def body(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        return {"error": {"code": self.code, "message": self.message}}


class ProviderError(ArmError):
    """An answer other than success from the API Management provider, which always sends `details`."""

    details: list[dict[str, str]] | None = None

    def body(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


class ValidationFailed(ProviderError):  # noqa: N818 - the code is called ValidationError, as pydantic's exception is
    """400 `ValidationError`: fields of the body are wrong.

    Args:
        problems: pairs of the field (Azure's `target`) and what is wrong with it.
    """

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__(400, "ValidationError", "One or more fields contain incorrect values:")
        self.problems = problems
        self.details = [
            {"code": "ValidationError", "target": target, "message": message} for target, message in problems
        ]


def refused(message: str) -> ProviderError:
    """400 `ValidationError` about the whole request rather than a field."""
    return ProviderError(400, "ValidationError", message)


def missing(noun: str) -> ProviderError:
    """404 `ResourceNotFound` of the provider, for example `Api not found.`"""
    return ProviderError(404, "ResourceNotFound", f"{noun} not found.")


def unsupported(feature: str) -> ArmError:
    """501: Azure can do `feature`, this resource manager cannot."""
    return ArmError(501, "NotImplemented", f"{feature} is not supported by the local resource manager.")


def method_not_allowed(method: str, allowed: list[str]) -> ArmError:
    """405, naming the methods that work."""
    message = f"The requested resource does not support http method '{method}'."
    return ArmError(405, "MethodNotAllowed", message, {"Allow": ", ".join(sorted(allowed))})
