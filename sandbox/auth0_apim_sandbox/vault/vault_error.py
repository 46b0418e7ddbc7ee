"""Errors as Azure Key Vault words them.

https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, and the answers recorded in the tests of Azure's SDKs.
"""

from typing import Any


class VaultError(Exception):
    """An answer other than success.

    Attributes:
        status: the HTTP status.
        code: the machine-readable code, for example `SecretNotFound`.
        message: the sentence for people; never holds a secret's value.
        inner: the code of `innererror`, where there is one.
        headers: headers that belong to the answer.
    """

    def __init__(
        self, status: int, code: str, message: str, *, inner: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.inner = inner
        self.headers = headers or {}
        super().__init__(f"{status} {code}: {message}")

    def body(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        inner = {"innererror": {"code": self.inner}} if self.inner else {}
        return {"error": {"code": self.code, "message": self.message, **inner}}


def not_found(name: str, *, deleted: bool = False) -> VaultError:
    """404: no secret, or no deleted one, is called `name`."""
    if deleted:
        message = f"Deleted Secret not found: {name}"
    else:
        message = (
            f"A secret with (name/id) {name} was not found in this key vault. If you recently deleted this secret you may "
            "be able to recover it using the correct recovery command. For help resolving this issue, please see "
            "https://go.microsoft.com/fwlink/?linkid=2125182"
        )
    return VaultError(404, "SecretNotFound", message)


def name_taken(name: str) -> VaultError:
    """409: a deleted secret still has `name`."""
    message = (
        f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the "
        "secret can only be recovered or purged."
    )
    return VaultError(409, "Conflict", message, inner="ObjectIsDeletedButRecoverable")


def disabled() -> VaultError:
    """403: the version is disabled."""
    return VaultError(403, "Forbidden", "Operation get is not allowed on a disabled secret.", inner="SecretDisabled")


def bad_parameter(message: str) -> VaultError:
    """400: something sent is wrong."""
    return VaultError(400, "BadParameter", message)


def unsupported(feature: str) -> VaultError:
    """501: Azure can do `feature`, this vault cannot."""
    return VaultError(501, "NotImplemented", f"{feature} is not supported by the local vault.")
