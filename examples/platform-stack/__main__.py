"""The platform team's stack: an API in Auth0 and a gateway, and what the products' stacks need to know of them."""

import pulumi
from auth0_apim import ApiGateway, Auth0Api, GatewaySku

config = pulumi.Config()

api = Auth0Api(
    "calculator",
    {
        "identifier": config.require("identifier"),
        "scopes": {"calc:add": "Add two numbers", "calc:subtract": "Subtract one number from another"},
        "token_lifetime": 3600,
    },
)
gateway = ApiGateway(
    "gateway",
    {
        "resource_group_name": config.require("resourceGroup"),
        "service_name": config.require("serviceName"),
        "location": "westeurope",
        "sku": GatewaySku.DEVELOPER,
        "publisher_name": "Contoso",
        "publisher_email": "apis@contoso.example",
    },
)

# These names are the interface between the stacks: renaming one breaks every product.
pulumi.export("issuer", api.issuer)
pulumi.export("audience", api.audience)
pulumi.export("openidConfigurationUrl", api.openid_configuration_url)
pulumi.export("tokenEndpoint", api.token_endpoint)
pulumi.export("scopes", api.scopes)
pulumi.export("resourceGroup", gateway.resource_group_name)
pulumi.export("serviceName", gateway.service_name)
pulumi.export("gatewayUrl", gateway.gateway_url)
