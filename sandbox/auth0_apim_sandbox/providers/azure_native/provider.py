"""The azure-native provider: its configuration, and its types and functions over one resource manager."""

import re
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from auth0_apim_sandbox.providers.azure_native.resource import ArmResource, Scope
from auth0_apim_sandbox.providers.azure_native.resource_manager import Identity, ResourceManager
from auth0_apim_sandbox.providers.azure_native.resources import LISTS, RESOURCES
from auth0_apim_sandbox.providers.plugin.errors import ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Properties, Services
from auth0_apim_sandbox.providers.plugin.schema import Failure, PackageSchema
from auth0_apim_sandbox.providers.plugin.values import Secret

OTHER_WAYS_IN = ("clientCertificatePath", "useOidc", "useMsi", "useDefaultAzureCredential")
VERSIONED = re.compile(r"^(azure-native:\w+)/v\d{8}(?:preview)?:")
TIMEOUT = 60.0
APIM = "azure-native:apimanagement:"


class AzureNativeProvider:
    """The provider of one engine."""

    def __init__(self, manager: ResourceManager, package: PackageSchema, scope: Scope) -> None:
        self._manager = manager
        self._package = package
        self._scope = scope

    def resource(self, token: str) -> ArmResource:
        """The resource type of a token."""
        schema = self._package.resource(token)
        if schema is None:
            raise KeyError(token)
        implementation, description = RESOURCES[token]
        return implementation(self._manager, schema, description, self._scope)

    async def invoke(self, token: str, arguments: Properties) -> Properties:
        """The result of a function: a resource by its path parameters, or the secrets of one."""
        kind, action = LISTS.get(token, (token.removeprefix(f"{APIM}get"), ""))
        resource = self.resource(f"{APIM}{kind}")
        missing = [name for name in resource.description.parameters if name not in arguments]
        if missing:
            raise ProviderError(f"{token} needs the argument {missing[0]}.")
        resource_id = resource.resource_id(arguments)
        version = resource.description.api_version
        if action:
            answer = await self._manager.post(f"{resource_id}/{action}", version)
            return {name: Secret(value) for name, value in answer.items() if value is not None}
        document = await self._manager.get(resource_id, version)
        return {"id": document.get("id", resource_id)} | resource.outputs(document)


class AzureNativePackage:
    """The azure-native provider of a sandbox, for any engine that attaches.

    `transport` stands in for the network in tests.
    """

    name = "azure-native"
    records_defaults = False

    def __init__(self, services: Services, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.schema = PackageSchema("azure-native")
        self._services = services
        trust = ssl.create_default_context(cafile=services.ca_file) if services.ca_file else True
        self._http = httpx.AsyncClient(verify=trust, transport=transport, timeout=TIMEOUT, trust_env=False)
        self._managers: dict[Identity, ResourceManager] = {}

    def canonical(self, token: str) -> str:
        """The token without an API version: `azure-native:apimanagement/v20240501:Api` is `azure-native:apimanagement:Api`."""
        return VERSIONED.sub(r"\1:", token)

    def check_config(self, config: Mapping[str, Any]) -> Iterable[Failure]:
        """Refuses another cloud, and ways to authenticate that the sandbox does not have."""
        host = _bare(str(config.get("metadataHost") or self._services.arm_endpoint))
        if host != _bare(self._services.arm_endpoint):
            yield Failure(
                "metadataHost",
                f"This azure-native provider endpoint serves only the sandbox's resource manager "
                f"{_bare(self._services.arm_endpoint)}, and the provider's metadataHost is {host}; leave "
                "azure-native:metadataHost out, or deploy without PULUMI_DEBUG_PROVIDERS.",
            )
        for name in OTHER_WAYS_IN:
            if str(config.get(name) or "false").lower() != "false":
                yield Failure(
                    name, f"The sandbox's azure-native provider has no {name}; use clientId and clientSecret."
                )

    def configured(self, config: Mapping[str, Any]) -> AzureNativeProvider:
        """The provider with the program's credentials and subscription, or with the sandbox's own."""
        services = self._services
        identity = Identity(
            config.get("tenantId") or services.arm_tenant_id,
            config.get("clientId") or services.arm_client_id,
            config.get("clientSecret") or services.arm_client_secret,
        )
        manager = self._managers.setdefault(identity, ResourceManager(self._http, services.arm_endpoint, identity))
        scope = Scope(config.get("subscriptionId") or services.arm_subscription_id, config.get("location"))
        return AzureNativeProvider(manager, self.schema, scope)

    async def close(self) -> None:
        """Closes the connections to the resource manager."""
        await self._http.aclose()


def _bare(host: str) -> str:
    return host.removeprefix("https://").removeprefix("http://").rstrip("/")
