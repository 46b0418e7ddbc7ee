"""Property values as the engine sends them: JSON with unknowns and secrets.

The wire format is Pulumi's property marshalling (`sdk/proto` of github.com/pulumi/pulumi): an unknown is a string that
nobody else uses, a secret is an object with a signature. The SDK's own `PropertyValue` does not know unknowns, and a
provider cannot plan without them; hence these few functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import ListValue, NullValue, Struct, Value

from auth0_apim_sandbox.providers.plugin.errors import ProviderError

UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (the signature of a secret, public)
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"


class Unknown:
    """A value that only an update will tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that the engine encrypts in the state and hides on the screen."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


def unmarshal(properties: Struct) -> dict[str, Any]:
    """Python values of a message, with `UNKNOWN` and `Secret` where the engine has them; nulls are left out."""
    values = {name: _from_wire(value) for name, value in properties.fields.items()}
    return {name: value for name, value in values.items() if value is not None}


def marshal(properties: Mapping[str, Any]) -> Struct:
    """The message of Python values; nulls are left out."""
    return Struct(fields={name: _to_wire(value) for name, value in properties.items() if value is not None})


def reveal(value: Any) -> Any:
    """The same value with no `Secret` in it, for a provider that must use it."""
    match value:
        case Secret():
            return reveal(value.value)
        case dict():
            return {name: reveal(item) for name, item in value.items()}
        case list():
            return [reveal(item) for item in value]
        case _:
            return value


def seal(value: Any, pattern: Any) -> Any:
    """`value` with a `Secret` wherever `pattern` has one: what was secret as an input is secret as an output."""
    if isinstance(value, Secret):
        return value
    match pattern:
        case Secret():
            return Secret(value)
        case dict() if isinstance(value, dict):
            return {name: seal(item, pattern.get(name)) for name, item in value.items()}
        case list() if isinstance(value, list):
            sealed = [seal(item, inner) for item, inner in zip(value, pattern, strict=False)]
            return sealed + value[len(sealed) :]
        case _:
            return value


def has_unknown(value: Any) -> bool:
    """Whether anything in the value is unknown."""
    match value:
        case Secret():
            return has_unknown(value.value)
        case dict():
            return any(has_unknown(item) for item in value.values())
        case list():
            return any(has_unknown(item) for item in value)
        case _:
            return value is UNKNOWN


def _from_wire(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == UNKNOWN_STRING else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_from_wire(item) for item in value.list_value.values]
        case "struct_value":
            return _object_from_wire(value.struct_value)
        case _:
            return None


def _object_from_wire(struct: Struct) -> Any:
    fields = struct.fields
    if SIGNATURE not in fields:
        return unmarshal(struct)
    match fields[SIGNATURE].string_value:
        case signature if signature == SECRET:
            return Secret(_from_wire(fields["value"]))
        case signature if signature == OUTPUT:
            value = _from_wire(fields["value"]) if "value" in fields else UNKNOWN
            return Secret(value) if "secret" in fields and fields["secret"].bool_value else value
        case signature if signature == RESOURCE:
            return _from_wire(fields["id"]) if "id" in fields else fields["urn"].string_value
        case _:
            raise ProviderError("The sandbox's providers take no assets or archives as property values; pass text.")


def _to_wire(value: Any) -> Value:
    wire = Value(null_value=NullValue.NULL_VALUE)
    match value:
        case bool():
            wire.bool_value = value
        case int() | float():
            wire.number_value = value
        case str():
            wire.string_value = value
        case Unknown():
            wire.string_value = UNKNOWN_STRING
        case Secret():
            wire.CopyFrom(_to_wire({SIGNATURE: SECRET, "value": value.value}))
        case dict():
            wire.struct_value.CopyFrom(marshal(value))
        case list():
            wire.list_value.CopyFrom(ListValue(values=[_to_wire(item) for item in value]))
    return wire
