"""What is sent to set and change secrets, checked as Key Vault checks it, and what it answers: bundles and items of lists."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError
from pydantic.alias_generators import to_camel

from auth0_apim_sandbox.vault.vault_error import bad_parameter

RETENTION_DAYS = 90
"""Days that a deleted secret can be recovered."""

Secret = dict[str, Any]
"""A document: `name`, `versions`, and `deletedDate` when it is deleted."""

Version = dict[str, Any]
"""One of a secret's versions: `version`, `value`, `attributes`, and `contentType` and `tags` where they were given."""

LONGEST_VALUE = 25 * 1024
"""Bytes of a secret's value."""

Text = Annotated[str, Field(max_length=255)]

Tags = Annotated[
    dict[Annotated[str, Field(max_length=256)], Annotated[str, Field(max_length=256)]], Field(max_length=15)
]


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class Attributes(_Body):
    """What a caller may say about a version: whether it is enabled, and from when to when (seconds since 1970)."""

    enabled: bool | None = None
    nbf: StrictInt | None = None
    exp: StrictInt | None = None


class SecretChange(_Body):
    """A PATCH of a version; what is not given stays."""

    content_type: Text | None = None
    attributes: Attributes | None = None
    tags: Tags | None = None


class NewSecret(SecretChange):
    """A PUT of a new version."""

    value: str


Body = TypeVar("Body", bound=SecretChange)


def read_body(model: type[Body], body: bytes) -> Body:
    """`body` as a `model`.

    Raises:
        VaultError: 400, naming the field and never its value.
    """
    try:
        read = model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise bad_parameter(f"Property {place} is invalid: {first['msg']}.") from None
    if isinstance(read, NewSecret) and len(read.value.encode()) > LONGEST_VALUE:
        raise bad_parameter(f"The secret's value is longer than {LONGEST_VALUE} bytes.")
    return read


def changes_of(body: SecretChange) -> dict[str, Any]:
    """What `body` says other than a value, in the words of the wire."""
    return body.model_dump(by_alias=True, exclude_none=True, exclude={"value"})


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
