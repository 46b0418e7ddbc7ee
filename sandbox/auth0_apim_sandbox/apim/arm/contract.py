"""Bodies: read as JSON, checked against a model, refused in Azure's words.

The provider reads what it knows and ignores the rest, takes an explicit null for "not given", and answers with every
property, null where there is nothing.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from auth0_apim_sandbox.apim.arm.errors import ArmError, ValidationFailed

DEEPEST_NESTING = 100
"""Objects and arrays inside each other, the most that is read."""


class Contract(BaseModel):
    """A model of a body's `properties`; names are snake_case here and camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _spelled(cls, value: Any, info: ValidationInfo) -> Any:
        """The members of closed sets are read in any case, as the provider reads them."""
        spellings = _spellings(cls, str(info.field_name))
        if isinstance(value, list):
            return [spellings.get(item.lower(), item) if isinstance(item, str) else item for item in value]
        return spellings.get(value.lower(), value) if isinstance(value, str) else value

    def wire(self) -> dict[str, Any]:
        """The properties as JSON, with null for what is not given."""
        return self.model_dump(by_alias=True, mode="json")


Model = TypeVar("Model", bound=Contract)


def read_json(body: bytes, content_type: str | None) -> dict[str, Any]:
    """The JSON object in `body`.

    Raises:
        ArmError: 415 for another media type, 400 `InvalidRequestContent` for anything but a JSON object.
    """
    media_type = (content_type or "application/json").partition(";")[0].strip().lower()
    if media_type not in ("application/json", "application/merge-patch+json", "text/json"):
        message = f"The content media type '{media_type}' is not supported. Only 'application/json' is supported."
        raise ArmError(415, "UnsupportedMediaType", message)
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
        check_unicode(document)
    except (ValueError, RecursionError) as error:
        raise _invalid_content(str(error)) from None
    if not isinstance(document, dict):
        raise _invalid_content("the body must be a JSON object")
    if is_too_deep(document):
        raise _invalid_content(f"the body is nested deeper than {DEEPEST_NESTING} levels")
    return document


def check_unicode(document: Any) -> None:
    """Refuse half characters (lone surrogates), which JSON's escapes can spell and no answer could repeat.

    Raises:
        ValueError: there is one in a text of `document`.
    """
    json.dumps(document, ensure_ascii=False, default=str).encode()


def is_too_deep(document: Any) -> bool:
    """Whether `document` is nested deeper than DEEPEST_NESTING; what is walked recursively must not be."""
    level = [document]
    for _ in range(DEEPEST_NESTING):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def object_in(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The object `name` of a body or of a part of it, empty when it is not there.

    Raises:
        ArmError: 400 when it is there but no object.
    """
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _invalid_content(f"'{name}' must be a JSON object")
    return value


def properties_of(document: dict[str, Any]) -> dict[str, Any]:
    """The `properties` object of a body; raises ArmError 400 when it is there but no object."""
    return object_in(document, "properties")


def checked(model: type[Model], properties: dict[str, Any]) -> Model:
    """`properties` as a `model`.

    Raises:
        ValidationFailed: fields are missing or wrong, each named.
    """
    try:
        return model.model_validate(_without_nulls(properties))
    except ValidationError as error:
        problems = [(_target(item["loc"]), _sentence(item["msg"], _target(item["loc"]))) for item in error.errors()]
        raise ValidationFailed(*problems) from None


def merged(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """`old` with `patch` applied as a JSON merge patch (RFC 7396)."""
    result = dict(old)
    for name, value in patch.items():
        if isinstance(value, dict):
            before = result.get(name)
            result[name] = merged(before if isinstance(before, dict) else {}, value)
        elif value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


@cache
def _spellings(model: type[Contract], field: str) -> Mapping[str, str]:
    """The members of the closed sets of a field by their spelling in lower case."""
    return {word.lower(): word for word in _words(model.model_fields[field].annotation)}


def _words(annotation: Any) -> list[str]:
    """The members of the closed sets in `annotation`."""
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for part in get_args(annotation) for word in _words(part)]


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _target(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _sentence(message: str, target: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"'{target}' is required." if text == "Field required" else f"'{target}': {text}."


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _invalid_content(reason: str) -> ArmError:
    message = f"The request content was invalid and could not be deserialized: '{reason}'."
    return ArmError(400, "InvalidRequestContent", message)


def absolute_url(text: str) -> str:
    """`text` when it is an absolute http or https URL.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{text}' is not an absolute http or https URL, for example https://example.com/path")
    return text


def check_url(target: str, text: str) -> None:
    """Refuse a text that is no absolute http or https URL.

    Raises:
        ValidationFailed: with `target`, the property that has it.
    """
    try:
        absolute_url(text)
    except ValueError as error:
        raise ValidationFailed((target, f"'{target}': {error}.")) from None
