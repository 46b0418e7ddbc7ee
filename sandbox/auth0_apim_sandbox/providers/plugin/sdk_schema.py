"""Writes the package schemas of the supported types from Pulumi's own Python SDKs.

The provider endpoints check programs against `schemas/*.json`, and answer the engine's GetSchema with them, so that they
accept the properties which the SDKs have, no more and no fewer. The files are written by
`python -m auth0_apim_sandbox.providers.plugin.sdk_schema`; the format is Pulumi's package schema
(https://www.pulumi.com/docs/iac/extending-pulumi/schema/), without descriptions, with the limits of Azure's contract.
"""

import ast
import collections.abc
import inspect
import json
import re
import typing
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from pulumi import Output
from pulumi._types import (
    _pulumi_to_py_names_from_py_properties,
    _types_from_py_properties,
    is_input_type,
    is_output_type,
)

from auth0_apim_sandbox.providers.plugin.contract_limits import add_limits

SCHEMAS = Path(__file__).with_name("schemas")
SCALARS: dict[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}

AUTH0_RESOURCES = (
    "Client", "ClientCredentials", "ClientGrant", "Connection", "ConnectionClient", "ConnectionClients", "ResourceServer",
    "ResourceServerScope", "ResourceServerScopes", "Role", "RolePermission", "RolePermissions", "Tenant", "User",
    "UserPermission", "UserPermissions", "UserRole", "UserRoles",
)  # fmt: skip
AUTH0_FUNCTIONS = (
    "get_client", "get_client_grants", "get_clients", "get_connection", "get_resource_server", "get_role", "get_signing_keys",
    "get_tenant", "get_user",
)  # fmt: skip
APIM_RESOURCES = (
    "Api", "ApiDiagnostic", "ApiManagementService", "ApiOperation", "ApiOperationPolicy", "ApiPolicy", "ApiRelease",
    "ApiVersionSet", "AuthorizationServer", "Backend", "Diagnostic", "Logger", "NamedValue", "OpenIdConnectProvider",
    "Policy", "PolicyFragment", "Product", "ProductApi", "ProductGroup", "ProductPolicy", "Subscription", "Tag",
)  # fmt: skip
APIM_FUNCTIONS = (
    "get_api", "get_api_diagnostic", "get_api_management_service", "get_api_operation", "get_api_operation_policy",
    "get_api_policy", "get_api_release", "get_api_version_set", "get_authorization_server", "get_backend", "get_diagnostic",
    "get_logger", "get_named_value", "get_open_id_connect_provider", "get_policy", "get_policy_fragment", "get_product",
    "get_product_policy", "get_subscription", "get_tag", "list_authorization_server_secrets", "list_named_value",
    "list_open_id_connect_provider_secrets", "list_subscription_secrets",
)  # fmt: skip


class SchemaWriter:
    """Collects resources, functions and the object types they name into one package schema."""

    def __init__(self, package: str, distribution: str) -> None:
        self._package = package
        self._types: dict[str, Any] = {}
        self.schema: dict[str, Any] = {
            "name": package,
            "version": metadata.version(distribution),
            "resources": {},
            "functions": {},
            "types": self._types,
        }

    def add_resource(self, module: ModuleType, name: str) -> None:
        """Adds the resource class `name` of an SDK module."""
        resource = getattr(module, name)
        arguments = getattr(import_module(resource.__module__), f"{name}Args")
        source = inspect.getsource(getattr(resource, "_internal_init"))  # noqa: B009 (a name mangled by nothing, but private)
        names = {python: pulumi for pulumi, python in _pulumi_to_py_names_from_py_properties(arguments).items()}
        inputs, outputs = self._properties(arguments), self._properties(resource)
        for python, default in re.findall(r"if (\w+) is None:\n\s+\1 = (.+)", source):
            inputs[names[python]]["default"] = ast.literal_eval(default)
        for secret in re.findall(r'"(\w+)"', "".join(re.findall(r"additional_secret_outputs=\[(.*?)\]", source))):
            outputs[secret]["secret"] = True
        [token] = re.findall(rf"^\s+'({self._package}:[\w/]+:{name})'", source, re.MULTILINE)
        self.schema["resources"][token] = {
            "inputProperties": inputs,
            "requiredInputs": sorted(
                names[python] for python in re.findall(r"Missing required property '(\w+)'", source)
            ),
            "properties": outputs,
            "optional": _optional(resource),
        }

    def add_provider(self, module: ModuleType) -> None:
        """Adds the configuration of the SDK's provider."""
        self.schema["provider"] = {"inputProperties": self._properties(module.ProviderArgs)}

    def add_function(self, module: ModuleType, name: str) -> None:
        """Adds the function `name` of an SDK module."""
        function = getattr(module, name)
        source = inspect.getsource(function)
        [token] = re.findall(r"invoke\('([^']+)'", source)
        home = import_module(function.__module__)
        result = token.rpartition(":")[2]
        types = typing.get_type_hints(function, vars(home))
        arguments = re.findall(r"__args__\['(\w+)'\] = (\w+)", source)
        self.schema["functions"][token] = {
            "inputs": {"type": "object", "properties": {name: self._type(types[python]) for name, python in arguments}},
            "outputs": {
                "type": "object",
                "properties": self._properties(getattr(home, f"{result[0].upper()}{result[1:]}Result")),
            },
        }

    def finished(self) -> dict[str, Any]:
        """The schema, without the bookkeeping of its types."""
        for described in self._types.values():
            described.pop("classes", None)
        return self.schema

    def _properties(self, cls: type) -> dict[str, dict[str, Any]]:
        return {
            name: self._type(annotation)
            for name, annotation in _types_from_py_properties(cls).items()
            if name not in {"pulumi_resource_name", "pulumi_resource_type", "urn"}
        }

    def _type(self, annotation: Any) -> dict[str, Any]:
        annotation = _plain(annotation)
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is collections.abc.Sequence:
            return {"type": "array", "items": self._type(arguments[0])}
        if origin is collections.abc.Mapping:
            return {"type": "object", "additionalProperties": self._type(arguments[1])}
        if inspect.isclass(annotation) and (is_input_type(annotation) or is_output_type(annotation)):
            return {"$ref": f"#/types/{self._object_type(annotation)}"}
        scalar = next((base for base in getattr(annotation, "__mro__", ()) if base in SCALARS), None)
        return {"type": SCALARS[scalar]} if scalar else {"$ref": "pulumi.json#/Any"}

    def _object_type(self, cls: type) -> str:
        name = cls.__name__.removesuffix("Args")
        module = f"index/{name}" if self._package == "auth0" else cls.__module__.split(".")[1]
        token = f"{self._package}:{module}:{name}"
        described = self._types.setdefault(token, {"type": "object", "properties": {}})
        if cls.__qualname__ not in described.setdefault("classes", []):
            described["classes"].append(cls.__qualname__)
            described["properties"] |= self._properties(cls)
        return token


def _optional(cls: type) -> list[str]:
    """Outputs that may be absent: for a bridged provider, those that are optional and not computed."""
    names = _pulumi_to_py_names_from_py_properties(cls)
    hints = {
        name: typing.get_type_hints(getattr(cls, python).fget)["return"]
        for name, python in names.items()
        if name not in {"urn", "id"}
    }
    plain = {
        name: next(iter(typing.get_args(hint))) if typing.get_origin(hint) is Output else hint
        for name, hint in hints.items()
    }
    return sorted(name for name, hint in plain.items() if type(None) in typing.get_args(hint))


def _plain(annotation: Any) -> Any:
    """The value type inside `Input[…]`, `Optional[…]` and a union of an enum with its scalar."""
    while typing.get_origin(annotation) is typing.Union:
        members = [
            member
            for member in typing.get_args(annotation)
            if member is not type(None)
            and typing.get_origin(member) not in {collections.abc.Awaitable, Output}
            and not (inspect.isclass(member) and member.__name__.endswith("ArgsDict"))
        ]
        annotation = members[0]
    return annotation


def auth0_schema() -> dict[str, Any]:
    """The package schema of the auth0 provider, as far as the sandbox has it."""
    writer = SchemaWriter("auth0", "pulumi-auth0")
    writer.schema["meta"] = {"moduleFormat": "(.*)(?:/[^/]*)"}
    module = import_module("pulumi_auth0")
    writer.add_provider(module)
    for resource in AUTH0_RESOURCES:
        writer.add_resource(module, resource)
    for function in AUTH0_FUNCTIONS:
        writer.add_function(module, function)
    return writer.finished()


def azure_native_schema() -> dict[str, Any]:
    """The package schema of the azure-native provider, as far as the sandbox has it."""
    writer = SchemaWriter("azure-native", "pulumi-azure-native")
    module = import_module("pulumi_azure_native.apimanagement")
    writer.add_provider(import_module("pulumi_azure_native"))
    for resource in APIM_RESOURCES:
        writer.add_resource(module, resource)
    for function in APIM_FUNCTIONS:
        writer.add_function(module, function)
    writer.add_resource(import_module("pulumi_azure_native.resources"), "ResourceGroup")
    schema = writer.finished()
    add_limits(schema)
    return schema


def main() -> None:
    """Writes both files."""
    SCHEMAS.mkdir(exist_ok=True)
    for schema in (auth0_schema(), azure_native_schema()):
        text = json.dumps(schema, indent=1, sort_keys=True) + "\n"
        SCHEMAS.joinpath(f"{schema['name']}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
