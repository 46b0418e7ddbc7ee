"""Secrets as the vault answers them: bundles with a value, items of lists without, deleted ones with their dates."""

from typing import Any

from auth0_apim_sandbox.vault.secret_store import RETENTION_DAYS, Secret, Version


def bundle(url: str, secret: Secret, version: Version) -> dict[str, Any]:
    """A version with its value, as set and get answer it; `url` is the vault's."""
    return {"value": version["value"], **properties(url, secret, version)}


def properties(url: str, secret: Secret, version: Version) -> dict[str, Any]:
    """A version without its value, as a change and the list of versions answer it."""
    return {"id": f"{url}/secrets/{secret['name']}/{version['version']}", **_said_of(version)}


def item(url: str, secret: Secret) -> dict[str, Any]:
    """A secret as the list shows it: what is said of its newest version, under the name alone."""
    return {"id": f"{url}/secrets/{secret['name']}", **_said_of(secret["versions"][-1])}


def deleted_bundle(url: str, secret: Secret) -> dict[str, Any]:
    """A deleted secret, as its deletion and a look at it answer it."""
    return {**properties(url, secret, secret["versions"][-1]), **_deletion(url, secret)}


def deleted_item(url: str, secret: Secret) -> dict[str, Any]:
    """A deleted secret as the list shows it."""
    return {**item(url, secret), **_deletion(url, secret)}


def _said_of(version: Version) -> dict[str, Any]:
    recovery = {"recoveryLevel": "Recoverable+Purgeable", "recoverableDays": RETENTION_DAYS}
    said: dict[str, Any] = {name: version[name] for name in ("contentType", "tags") if name in version}
    return {"attributes": {**version["attributes"], **recovery}, "tags": {}, **said}


def _deletion(url: str, secret: Secret) -> dict[str, Any]:
    return {
        "recoveryId": f"{url}/deletedsecrets/{secret['name']}",
        "deletedDate": secret["deletedDate"],
        "scheduledPurgeDate": secret["deletedDate"] + RETENTION_DAYS * 86_400,
    }
