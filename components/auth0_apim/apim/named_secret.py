"""A secret that policies and backends refer to by name."""

import re
from typing import Any, Optional
from urllib.parse import urlsplit

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired

from auth0_apim.apim.azure_rules import secret_text_problem
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.component.child_options import create_before_delete
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule


def named_value_name_problem(value: str) -> str | None:
    """A named value's name, by which policies refer to it: 1 to 256 letters, digits, `.`, `_`, `-`."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,256}", value):
        return f"must be 1 to 256 letters, digits, '.', '_' and '-', not {value!r}"
    return None


def key_vault_secret_problem(value: str) -> str | None:
    """A secret's identifier in Azure Key Vault, with or without its version."""
    parts = urlsplit(value)
    if (
        parts.scheme != "https"
        or not parts.hostname
        or not re.fullmatch(r"/secrets/[\w-]+(/\w+)?/?", parts.path, re.ASCII)
    ):
        return f"must look like https://vault.vault.azure.net/secrets/name, not {value!r}"
    return None


def client_uuid_problem(value: str) -> str | None:
    """The client id of a managed identity: a UUID."""
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        return f"must be a UUID, not {value!r}"
    return None


class NamedSecretArgs(ServiceArgs):
    value: NotRequired[pulumi.Input[str]]
    """Required, unless `key_vault_secret` is given. The value, 1 to 4096 characters, secret."""
    key_vault_secret: NotRequired[pulumi.Input[str]]
    """Required, unless `value` is given. Identifier of a secret in Azure Key Vault that the service's managed identity (`ApiGateway.system_identity`) may read. Without a version, the service uses the newest one."""
    key_vault_client_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the service's system-assigned identity. With `key_vault_secret`: client id of the user-assigned identity that reads it."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The name that policies refer to, unique in the service: letters, digits, `.`, `_`, `-`."""


def _check(inputs: Inputs) -> None:
    if ("value" in inputs) == ("key_vault_secret" in inputs):
        raise inputs.error("value", "or 'key_vault_secret' is required, one of them")
    inputs.need("key_vault_client_id", "key_vault_secret")


NAMED_SECRET = ComponentInputs(
    component="NamedSecret",
    shape=NamedSecretArgs,
    rules={
        **SERVICE_RULES,
        "value": Rule(secret_text_problem, "a secret"),
        "key_vault_secret": Rule(key_vault_secret_problem, "https://contoso.vault.azure.net/secrets/calculator"),
        "key_vault_client_id": Rule(client_uuid_problem, "00000000-0000-0000-0000-000000000000"),
        "secret_name": Rule(named_value_name_problem, "calculator-key"),
    },
    defaults={"secret_name": str},
    check=_check,
)


class NamedSecret(pulumi.ComponentResource):
    """A secret named value, whose value is given here or stored in Azure Key Vault. Policies and state do not show it."""

    secret_name: pulumi.Output[str]
    """The name; known once the named value exists."""
    reference: pulumi.Output[str]
    """How a policy or a backend's credential refers to it: the name in double braces."""

    def __init__(self, name: str, args: NamedSecretArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = NAMED_SECRET.of(name, args)
        super().__init__("auth0-apim:index:NamedSecret", name, {}, opts)

        secret_name = inputs.output("secret_name")
        named_value = apimanagement.NamedValue(
            f"{name}-named-value",
            **service_of(inputs),
            named_value_id=secret_name,
            display_name=secret_name,
            secret=True,
            **_content(inputs),
            opts=create_before_delete(self, opts),
        )

        self.secret_name = named_value.display_name
        self.reference = pulumi.Output.concat("{{", named_value.display_name, "}}")
        self.register_outputs({"secret_name": self.secret_name, "reference": self.reference})


def _content(inputs: Inputs) -> dict[str, Any]:
    if "value" in inputs:
        return {"value": pulumi.Output.secret(inputs.output("value"))}
    contract = apimanagement.KeyVaultContractCreatePropertiesArgs(
        secret_identifier=inputs.output("key_vault_secret"),
        identity_client_id=inputs.optional("key_vault_client_id"),
    )
    return {"key_vault": contract}
