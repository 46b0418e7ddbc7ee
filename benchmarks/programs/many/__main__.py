"""As many APIs as the environment variable APIS says, each in the tenant with a scope of its own and behind the gateway."""

import os

import pulumi
from auth0_apim import ApiGateway, Auth0Api, PublishedApi

gateway = ApiGateway(
    "gateway",
    {
        "resource_group_name": "local",
        "service_name": "many-apis",
        "location": "westeurope",
        "sku": "Developer",
        "publisher_name": "Many APIs",
        "publisher_email": "admin@example.com",
    },
)
for number in range(int(os.environ["APIS"])):
    Auth0Api(
        f"api-{number}",
        {"display_name": f"API {number}", "identifier": f"api-{number}", "scopes": {f"api-{number}:read": "Read"}},
    )
    PublishedApi(
        f"published-{number}",
        {
            "resource_group_name": gateway.resource_group_name,
            "service_name": gateway.service_name,
            "gateway_url": gateway.gateway_url,
            "path": f"api-{number}",
            "openapi": "openapi.json",
            "service_url": "https://backend.example",
        },
    )
pulumi.export("apis", int(os.environ["APIS"]))
