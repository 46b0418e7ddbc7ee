"""What Azure's contract says of the values of azure-native's types: lengths, patterns, ranges, required properties.

The official provider has them from Azure's specification and checks inputs against them at preview
(`validateType` and `validateProperty` of pulumi-azure-native, `provider/pkg/provider/provider.go`). Azure's own Python SDK,
`azure-mgmt-apimanagement`, is generated from the same specification; `sdk_schema` writes them from there.
"""

import ast
import inspect
import re
from importlib import import_module
from types import ModuleType
from typing import Any

SDK = "azure.mgmt.apimanagement"
KEYWORDS = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
}
"""The SDK's words and those of JSON Schema."""


def add_limits(schema: dict[str, Any]) -> None:
    """Adds the contract's limits to the inputs and object types of the azure-native schema."""
    models = import_module(f"{SDK}.models")
    for token, kind in schema["types"].items():
        model = getattr(models, token.rpartition(":")[2], None)
        if model is not None:
            _add(kind["properties"], _of_model(model))
            required = _required(model, kind["properties"])
            kind.update({"required": required} if required else {})
    for token, described in schema["resources"].items():
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", token.rpartition(":")[2]).lower()
        if token.startswith("azure-native:apimanagement:"):
            operations = import_module(f"{SDK}.operations._{name}_operations")
            body = re.search(r'_serialize\.body\(parameters, "(\w+)"\)', inspect.getsource(operations))
            _add(described["inputProperties"], _of_model(getattr(models, body[1])) if body else {})
            _add(described["inputProperties"], _of_path(operations))
    group = schema["resources"]["azure-native:resources:ResourceGroup"]["inputProperties"]
    _add(group, {"resourceGroupName": {"minLength": 1, "maxLength": 90}})  # as every path of API Management has it


def _add(properties: dict[str, Any], limits: dict[str, dict[str, Any]]) -> None:
    for name, found in limits.items():
        if name in properties:
            properties[name] |= found


def _of_model(model: Any) -> dict[str, dict[str, Any]]:
    """The limits of a model's properties by their names in the document; `properties.` is not part of a name."""
    return {_name(model, attribute): _limits(rules) for attribute, rules in model._validation.items()}  # noqa: SLF001


def _required(model: Any, properties: dict[str, Any]) -> list[str]:
    rules = model._validation.items()  # noqa: SLF001
    names = {_name(model, attribute) for attribute, each in rules if each.get("required") and not each.get("readonly")}
    return sorted(names & properties.keys())


def _name(model: Any, attribute: str) -> str:
    key: str = model._attribute_map[attribute]["key"]  # noqa: SLF001
    return key.rpartition(".")[2]


def _limits(rules: dict[str, Any]) -> dict[str, Any]:
    return {KEYWORDS[name]: value for name, value in rules.items() if name in KEYWORDS}


def _of_path(operations: ModuleType) -> dict[str, dict[str, Any]]:
    """The limits of the parameters in the path of a PUT."""
    [built] = ast.parse(inspect.getsource(operations.build_create_or_update_request)).body
    return {
        str(ast.literal_eval(key)): _limits(
            {word.arg: ast.literal_eval(word.value) for word in value.keywords if word.arg}
        )
        for node in ast.walk(built)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call)
    }
