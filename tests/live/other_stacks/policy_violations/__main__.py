"""A stack that was written without the components, and has every hole that the policies look for."""

import pulumi_auth0 as auth0
from pulumi_azure_native import apimanagement

auth0.Client("app", name="App", app_type="spa", callbacks=["https://*.example.com/cb"])
auth0.ResourceServer("api", identifier="https://holes.example", signing_alg="HS256", token_lifetime=600000)
auth0.Connection("users", strategy="auth0", name="holes")
service = apimanagement.ApiManagementService(
    "service",
    resource_group_name="local",
    service_name="policy-violations",
    publisher_email="apis@contoso.example",
    publisher_name="Contoso",
    sku={"name": "Developer", "capacity": 1},
)
apimanagement.Api(
    "open-api",
    resource_group_name="local",
    service_name=service.name,
    api_id="open",
    path="open",
    display_name="Open",
    protocols=["https"],
)
