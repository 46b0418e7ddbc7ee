"""What is sent to set and change secrets, checked as Key Vault checks it."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError
from pydantic.alias_generators import to_camel

from auth0_apim_sandbox.vault.vault_error import bad_parameter

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
