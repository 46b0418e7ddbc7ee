"""A product team's stack: it publishes an API behind the platform's gateway, and knows the platform by its outputs."""

from typing import Any

import pulumi
from auth0_apim import JwtPolicy, MachineClient, PublishedApi

config = pulumi.Config()
platform = pulumi.StackReference(config.require("platform"))
audience = platform.require_output("audience")
service: Any = {
    "resource_group_name": platform.require_output("resourceGroup"),
    "service_name": platform.require_output("serviceName"),
}

published = PublishedApi(
    "calculator",
    service
    | {
        "path": "calc",
        "openapi": config.require("openapi"),
        "service_url": config.require("backend"),
        "gateway_url": platform.require_output("gatewayUrl"),
    },
)
JwtPolicy(
    "calculator-policy",
    service
    | {
        "issuer": platform.require_output("issuer"),
        "audience": audience,
        "openid_configuration_url": platform.require_output("openidConfigurationUrl"),
        "api_id": published.api_id,
        "operations": published.operations,
        "backend_url": published.backend_url,
        "operation_scopes": {"add": ["calc:add"], "subtract": ["calc:subtract"]},
    },
)
client = MachineClient(
    "adder",
    {"audience": audience, "available_scopes": platform.require_output("scopes"), "scopes": ["calc:add"]},
)

pulumi.export("url", published.url)
pulumi.export("audience", audience)
pulumi.export("tokenEndpoint", platform.require_output("tokenEndpoint"))
pulumi.export("clientId", client.client_id)
pulumi.export("clientSecret", client.client_secret)
