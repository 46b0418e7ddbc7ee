"""The auth0 provider: its configuration, and its types and functions over one tenant."""

import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from auth0_apim_sandbox.providers.auth0.functions import Functions
from auth0_apim_sandbox.providers.auth0.management import Credentials, Management
from auth0_apim_sandbox.providers.auth0.resources import RESOURCES
from auth0_apim_sandbox.providers.plugin.provider import Properties, Resource, Services
from auth0_apim_sandbox.providers.plugin.schema import Failure, PackageSchema

OTHER_WAYS_IN = ("clientAssertionPrivateKey", "clientAssertionSigningAlg", "customDomainHeader")
TIMEOUT = 30.0


class Auth0Provider:
    """The provider of one engine."""

    def __init__(self, management: Management, package: PackageSchema) -> None:
        self._management = management
        self._package = package
        self._functions = Functions(management, package)

    def resource(self, token: str) -> Resource:
        """The resource type of a token."""
        schema = self._package.resource(token)
        if schema is None:
            raise KeyError(token)
        implementation, description = RESOURCES[token]
        return implementation(self._management, self._package, schema, description)

    async def invoke(self, token: str, arguments: Properties) -> Properties:
        """The result of a function."""
        return await self._functions.invoke(token, arguments)


class Auth0Package:
    """The auth0 provider of a sandbox, for any engine that attaches.

    `transport` stands in for the network in tests.
    """

    name = "auth0"
    records_defaults = True

    def __init__(self, services: Services, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.schema = PackageSchema("auth0")
        self._services = services
        trust = ssl.create_default_context(cafile=services.ca_file) if services.ca_file else True
        self._http = httpx.AsyncClient(
            base_url=f"https://{services.auth0_domain}",
            verify=trust,
            transport=transport,
            timeout=TIMEOUT,
            trust_env=False,
        )
        self._providers: dict[tuple[str | None, ...], Auth0Provider] = {}

    def canonical(self, token: str) -> str:
        """The token itself: each type has one."""
        return token

    def check_config(self, config: Mapping[str, Any]) -> Iterable[Failure]:
        """Refuses another tenant, and ways to authenticate that the sandbox does not have."""
        domain = _bare(str(config.get("domain") or self._services.auth0_domain))
        if domain != self._services.auth0_domain:
            yield Failure(
                "domain",
                f"This auth0 provider endpoint serves only the sandbox's tenant {self._services.auth0_domain}, and the "
                f"provider's domain is {domain}; leave auth0:domain out, or deploy without PULUMI_DEBUG_PROVIDERS.",
            )
        for name in OTHER_WAYS_IN:
            if config.get(name):
                yield Failure(name, f"The sandbox's auth0 provider has no {name}; use clientId and clientSecret.")

    def configured(self, config: Mapping[str, Any]) -> Auth0Provider:
        """The provider with the program's credentials, or with the sandbox's own."""
        services = self._services
        given = (config.get("clientId"), config.get("clientSecret"), config.get("apiToken"), config.get("audience"))
        if given not in self._providers:
            client_id, client_secret, api_token, audience = given
            credentials = Credentials(
                client_id or services.auth0_client_id,
                client_secret or services.auth0_client_secret,
                api_token,
                audience or f"https://{services.auth0_domain}/api/v2/",
            )
            self._providers[given] = Auth0Provider(Management(self._http, credentials), self.schema)
        return self._providers[given]

    async def close(self) -> None:
        """Closes the connections to the tenant."""
        await self._http.aclose()


def _bare(domain: str) -> str:
    return domain.removeprefix("https://").removeprefix("http://").rstrip("/")
