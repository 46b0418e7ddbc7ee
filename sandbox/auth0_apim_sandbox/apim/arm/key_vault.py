"""Secrets of Azure Key Vault, read with a service's managed identity."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, unsupported

AUDIENCE = "https://vault.azure.net"
"""The resource that tokens for vaults are for."""

_API_VERSION = "7.4"
_PATH = re.compile(r"/secrets/(?P<name>[0-9a-zA-Z-]{1,127})(?:/(?P<version>[0-9a-fA-F]{32}))?/?")
_MORE = "For more information please see aka.ms/apimmsi."


class UnreadableSecret(Exception):  # noqa: N818 - a state of the secret, which a named value then shows
    """The vault did not hand the secret out.

    Attributes:
        code: the vault's own, for example `SecretNotFound`.
        message: the vault's sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True)
class KeyVault:
    """The vault of the local cloud, as the resource manager calls it.

    Attributes:
        url: absolute URL without a trailing slash; None where there is no vault.
        fetch: sends the requests; it must trust the local CA.
        issue_token: makes the access token of a managed identity (its principal id) for an audience.
    """

    url: str | None
    fetch: httpx.AsyncClient
    issue_token: Callable[[str, str], str]

    async def read(self, identifier: str, principal_id: str) -> str:
        """The value of the secret `identifier`: of the version it names, else of the newest.

        Raises:
            UnreadableSecret: the vault refuses, or is not there.
        """
        headers = {"Authorization": f"Bearer {self.issue_token(principal_id, AUDIENCE)}"}
        try:
            answer = await self.fetch.get(identifier.rstrip("/"), params={"api-version": _API_VERSION}, headers=headers)
        except httpx.HTTPError as error:
            raise UnreadableSecret(
                "VaultUnreachable", f"The vault cannot be reached: {type(error).__name__}."
            ) from None
        if answer.status_code != 200:
            raise _refusal(answer)
        value: str = answer.json()["value"]
        return value

    def check_identifier(self, identifier: str) -> None:
        """Raise ArmError unless `identifier` is that of a secret in this vault."""
        parts = urlsplit(identifier)
        if not _PATH.fullmatch(parts.path) or not parts.netloc:
            message = f"'{identifier}' is not the identifier of a secret: https://<vault>/secrets/<name>[/<version>]."
            raise ValidationFailed(("keyVault.secretIdentifier", message))
        if self.url is None or f"{parts.scheme}://{parts.netloc}".lower() != self.url.lower():
            raise unsupported(f"A Key Vault other than {self.url or 'none'} (keyVault.secretIdentifier '{identifier}')")


def _refusal(answer: httpx.Response) -> UnreadableSecret:
    try:
        error = answer.json()["error"]
        return UnreadableSecret(error["code"], error["message"])
    except (ValueError, KeyError, TypeError):  # not the vault's own, as from what stands in for it in tests of failures
        return UnreadableSecret("VaultUnavailable", f"The vault answered with status {answer.status_code}.")


def is_versioned(identifier: str) -> bool:
    """Whether `identifier` names a version, which a named value then stays with."""
    match = _PATH.fullmatch(urlsplit(identifier).path)
    return match is not None and match["version"] is not None


def principal_of(service: dict[str, Any], client_id: str | None) -> str:
    """The principal id of the managed identity that reads: the one with `client_id`, else the service's own.

    Raises:
        ValidationFailed: the service has no such identity.
    """
    identity = service.get("identity") or {}
    if client_id is None:
        if "principalId" in identity:
            return str(identity["principalId"])
        message = f"System-assigned Managed Identity is not enabled for the service '{service['name']}'. {_MORE}"
        raise ValidationFailed(("identityClientId", message))
    for assigned in identity.get("userAssignedIdentities", {}).values():
        if assigned["clientId"].lower() == client_id.lower():
            return str(assigned["principalId"])
    message = f"Can not find Managed Identity with provided IdentityClientId : {client_id}. {_MORE}"
    raise ValidationFailed(("identityClientId", message))
