"""The package schemas of the two providers, and the check of a program's inputs against them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from auth0_apim_sandbox.providers.plugin.values import UNKNOWN

PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@dataclass(frozen=True)
class Failure:
    """One input that is wrong: the property and a sentence about it."""

    property: str
    reason: str


@dataclass(frozen=True)
class ResourceSchema:
    """Inputs and outputs of one resource type."""

    token: str
    inputs: dict[str, Any]
    required: list[str]
    outputs: dict[str, Any]
    secrets: frozenset[str] = field(default=frozenset())
    optional: frozenset[str] = field(default=frozenset())
    """Outputs that may be absent: for a bridged provider, those that are optional and not computed."""

    @property
    def defaults(self) -> dict[str, Any]:
        """Inputs that the provider fills in when the program leaves them out."""
        return {name: schema["default"] for name, schema in self.inputs.items() if "default" in schema}


class PackageSchema:
    """One provider's schema, read from `schemas/<package>.json`."""

    def __init__(self, package: str) -> None:
        self.text = Path(__file__).with_name("schemas").joinpath(f"{package}.json").read_text(encoding="utf-8")
        document = json.loads(self.text)
        self.version: str = document["version"]
        self._types: dict[str, Any] = document["types"]
        self._resources: dict[str, Any] = document["resources"]
        self._functions: dict[str, Any] = document["functions"]

    @property
    def resources(self) -> list[str]:
        """The supported type tokens."""
        return sorted(self._resources)

    @property
    def functions(self) -> list[str]:
        """The supported function tokens."""
        return sorted(self._functions)

    def resource(self, token: str) -> ResourceSchema | None:
        """The resource type of that token, or None when the sandbox does not have it."""
        document = self._resources.get(token)
        if document is None:
            return None
        outputs = document["properties"]
        secrets = frozenset(name for name, schema in outputs.items() if schema.get("secret"))
        return ResourceSchema(
            token,
            document["inputProperties"],
            document["requiredInputs"],
            outputs,
            secrets,
            frozenset(document["optional"]),
        )

    def function_inputs(self, token: str) -> dict[str, Any] | None:
        """The arguments of a function, or None when the sandbox does not have it."""
        document = self._functions.get(token)
        return None if document is None else document["inputs"]["properties"]

    def function_outputs(self, token: str) -> dict[str, Any]:
        """The result's properties of a function."""
        outputs: dict[str, Any] = self._functions[token]["outputs"]["properties"]
        return outputs

    def properties_of(self, schema: Mapping[str, Any]) -> dict[str, Any] | None:
        """The properties of an object type that `schema` refers to, or None when it is not one."""
        described = self._types.get(schema.get("$ref", "").removeprefix("#/types/"))
        return None if described is None else described["properties"]

    def described(self, properties: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """What of `values` the `properties` have, at any depth: of an answer, what can be given as inputs."""
        return {
            name: self._described_value(properties[name], value) if name in properties else value
            for name, value in values.items()
            if name in properties or name.startswith("__")
        }

    def _described_value(self, schema: Mapping[str, Any], value: Any) -> Any:
        properties = self.properties_of(schema)
        if isinstance(value, dict) and properties is not None:
            return self.described(properties, value)
        if isinstance(value, dict) and "additionalProperties" in schema:
            return {key: self._described_value(schema["additionalProperties"], item) for key, item in value.items()}
        if isinstance(value, list) and "items" in schema:
            return [self._described_value(schema["items"], item) for item in value]
        return value

    def failures(self, properties: Mapping[str, Any], values: Mapping[str, Any], path: str = "") -> Iterator[Failure]:
        """Unknown properties and wrong types, at any depth."""
        for name, value in values.items():
            if name.startswith("__"):
                continue
            where = f"{path}.{name}" if path else name
            if name in properties:
                yield from self._value_failures(properties[name], value, where)
            else:
                close = get_close_matches(name, properties, n=1)
                advice = f"did you mean {close[0]}?" if close else f"known are: {', '.join(sorted(properties))}."
                yield Failure(where, f"There is no property {where}; {advice}")

    def _value_failures(self, schema: Mapping[str, Any], value: Any, path: str) -> Iterator[Failure]:
        properties = self.properties_of(schema)
        expected = "object" if properties is not None else schema.get("type")
        if value is UNKNOWN or value is None or expected is None:
            return
        if not _is_a(value, expected):
            yield Failure(path, f"{path} must be of type {expected}, not {_type_name(value)}.")
        elif properties is not None:
            yield from self._missing(schema, value, path)
            yield from self.failures(properties, value, path)
        elif isinstance(value, str):
            yield from _text_failures(schema, value, path)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from _number_failures(schema, value, path)
        elif expected == "array":
            for index, item in enumerate(value):
                yield from self._value_failures(schema["items"], item, f"{path}[{index}]")
        elif expected == "object":
            for key, item in value.items():
                yield from self._value_failures(schema["additionalProperties"], item, f"{path}.{key}")

    def _missing(self, schema: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[Failure]:
        for name in self._types[schema["$ref"].removeprefix("#/types/")].get("required", []):
            if name not in value:
                yield Failure(f"{path}.{name}", f"missing required property '{path}.{name}'")


def _text_failures(schema: Mapping[str, Any], value: str, path: str) -> Iterator[Failure]:
    """Length and pattern. The official provider counts bytes, and looks for the pattern anywhere in the text."""
    length = len(value.encode())
    if length < schema.get("minLength", 0):
        least = f"at least {schema['minLength']} characters required"
        yield Failure(path, f"'{path}' is too short ({length}): {least}")
    if length > schema.get("maxLength", length):
        yield Failure(path, f"'{path}' is too long ({length}): at most {schema['maxLength']} characters allowed")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield Failure(path, f"'{path}' does not match expression '{schema['pattern']}'")


def _number_failures(schema: Mapping[str, Any], value: float, path: str) -> Iterator[Failure]:
    if value < schema.get("minimum", value):
        yield Failure(path, f"'{path}' is too low ({value:f} < {schema['minimum']:f})")
    if value > schema.get("maximum", value):
        yield Failure(path, f"'{path}' is too high ({value:f} > {schema['maximum']:f})")


def _is_a(value: Any, expected: str) -> bool:
    if isinstance(value, bool) and expected != "boolean":
        return expected == "string"
    return isinstance(value, PYTHON_TYPES[expected]) or (expected == "string" and isinstance(value, (int, float)))


def _type_name(value: Any) -> str:
    return next(name for name, types in PYTHON_TYPES.items() if type(value) in types)
