"""A secret that policies and backends refer to by name."""

from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.ordering import referred_to
from auth0_apim.part_rules import (
    client_uuid_problem,
    key_vault_secret_problem,
    named_value_name_problem,
    secret_text_problem,
)


class NamedSecretArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    value: NotRequired[pulumi.Input[str]]
    """Required, unless `key_vault_secret` is given. The value, 1 to 4096 characters, secret."""
    key_vault_secret: NotRequired[pulumi.Input[str]]
    """Required, unless `value` is given. Identifier of a secret in Azure Key Vault that the service's managed identity (`ApiGateway.system_identity`) may read. Without a version, the service uses the newest one. Example: `https://contoso.vault.azure.net/secrets/calculator`."""
    key_vault_client_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the service's system-assigned identity. With `key_vault_secret`: client id of the user-assigned identity that reads it."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The name that policies refer to, unique in the service: letters, digits, `.`, `_`, `-`."""


class NamedSecret(pulumi.ComponentResource):
    """A secret named value, whose value is given here or stored in Azure Key Vault. Policies and state do not show it."""

    secret_name: pulumi.Output[str]
    """The name; known once the named value exists."""
    reference: pulumi.Output[str]
    """How a policy or a backend's credential refers to it: the name in double braces."""

    def __init__(self, name: str, args: NamedSecretArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("NamedSecret", name)
        args = inputs.known(args, NamedSecretArgs)
        group, service_name = service_inputs(inputs, args)
        secret_name = inputs.check(
            "secret_name", args.get("secret_name", name), named_value_name_problem, '"calculator-key"'
        )
        content = _content(inputs, args)
        super().__init__("auth0-apim:index:NamedSecret", name, {}, opts)

        named_value = apimanagement.NamedValue(
            f"{name}-named-value",
            resource_group_name=group,
            service_name=service_name,
            named_value_id=secret_name,
            display_name=secret_name,
            secret=True,
            **content,
            opts=referred_to(self, opts),
        )

        self.secret_name = named_value.display_name
        self.reference = pulumi.Output.concat("{{", named_value.display_name, "}}")
        self.register_outputs({"secret_name": self.secret_name, "reference": self.reference})


def _content(inputs: Inputs, args: NamedSecretArgs) -> dict[str, Any]:
    value, vault = args.get("value"), args.get("key_vault_secret")
    if (value is None) == (vault is None):
        raise inputs.error("value", "or 'key_vault_secret' is required, one of them", "value: a secret")
    if vault is None:
        if args.get("key_vault_client_id") is not None:
            raise inputs.error("key_vault_client_id", "needs 'key_vault_secret'", "leave it out")
        return {"value": pulumi.Output.secret(inputs.check("value", value, secret_text_problem, "a secret"))}
    example = '"https://contoso.vault.azure.net/secrets/calculator"'
    identity = None
    if args.get("key_vault_client_id") is not None:
        identity = inputs.check(
            "key_vault_client_id",
            args["key_vault_client_id"],
            client_uuid_problem,
            '"00000000-0000-0000-0000-000000000000"',
        )
    contract = apimanagement.KeyVaultContractCreatePropertiesArgs(
        secret_identifier=inputs.check("key_vault_secret", vault, key_vault_secret_problem, example),
        identity_client_id=identity,
    )
    return {"key_vault": contract}
