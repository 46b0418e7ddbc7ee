"""A program that knows the components only as a package of the engine, as one in another language does."""

from typing import Any

import pulumi

config = pulumi.Config()


def remote(kind: str, name: str, inputs: dict[str, Any], *outputs: str) -> Any:
    """A component made by its plugin; the inputs travel, the outputs come back as attributes."""
    properties = {**dict.fromkeys(outputs), **inputs}
    return pulumi.ComponentResource(f"auth0-apim:index:{kind}", name, properties, remote=True)


api = remote(
    "Auth0Api",
    "api",
    {
        "identifier": "https://remote.example",
        "displayName": config.require_secret("displayName"),
        "scopes": {"calc:add": "Add two numbers"},
        # An enum and a whole number that are secret reach the plugin as outputs.
        "signingAlgorithm": config.require_secret("signingAlgorithm"),
        "tokenLifetime": config.require_secret_int("tokenLifetime"),
    },
    "issuer",
    "audience",
    "scopes",
    "tokenEndpoint",
    "openidConfigurationUrl",
)
client = remote(
    "MachineClient",
    "client",
    {
        "audience": api.audience,
        "scopes": ["calc:add"],
        "availableScopes": api.scopes,
        # An enum that another resource's output decides.
        "tokenEndpointAuthMethod": api.issuer.apply(lambda _: "client_secret_basic"),
    },
    "clientId",
    "clientSecret",
    "grantedScopes",
)
if config.get("existingClientId"):
    theirs = remote(
        "InteractiveClient",
        "theirs",
        {
            "audience": api.audience,
            "existingClientId": config.require("existingClientId"),
            "existingGrant": config.require_bool("existingGrant"),
        },
        "grantedScopes",
    )
    pulumi.export("theirScopes", theirs.grantedScopes)
gateway = remote(
    "ApiGateway",
    "gateway",
    {
        "resourceGroupName": "local",
        "serviceName": config.require("serviceName"),
        "location": "westeurope",
        "sku": config.require_secret("sku"),
        "capacity": config.require_secret_int("capacity"),
        "publisherName": "Contoso",
        "publisherEmail": "apis@contoso.example",
    },
    "gatewayUrl",
    "resourceGroupName",
    "serviceName",
)
service = {"resourceGroupName": gateway.resourceGroupName, "serviceName": gateway.serviceName}
published = remote(
    "PublishedApi",
    "published",
    {
        **service,
        "path": "calc",
        "openapi": config.require("openapi"),
        "serviceUrl": config.require("backend"),
        "gatewayUrl": gateway.gatewayUrl,
    },
    "apiId",
    "url",
    "operations",
    "backendUrl",
)
policy = remote(
    "JwtPolicy",
    "policy",
    {
        **service,
        "issuer": api.issuer,
        "audience": api.audience,
        "openidConfigurationUrl": api.openidConfigurationUrl,
        "apiId": published.apiId,
        "operations": published.operations,
        "backendUrl": published.backendUrl,
        "operationScopes": {"add": ["calc:add"]},
        "clockSkew": config.require_secret_int("clockSkew"),
        "scopeMatch": api.issuer.apply(lambda _: "any"),
    },
    "policyXml",
    "policyId",
)

pulumi.export("issuer", api.issuer)
pulumi.export("audience", api.audience)
pulumi.export("tokenEndpoint", api.tokenEndpoint)
pulumi.export("clientId", client.clientId)
pulumi.export("clientSecret", client.clientSecret)
pulumi.export("grantedScopes", client.grantedScopes)
pulumi.export("url", published.url)
pulumi.export("operations", published.operations)
pulumi.export("policyXml", policy.policyXml)
pulumi.export("policyId", policy.policyId)
