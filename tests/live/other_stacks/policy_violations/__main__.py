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

CHECK = '<validate-jwt header-name="Authorization"><openid-config url="https://t.example/.well-known" /></validate-jwt>'


def document(inbound):
    return f"<policies><inbound>{inbound}</inbound></policies>"


place = {"resource_group_name": "local", "service_name": service.name}
api = apimanagement.Api(
    "own-backend",
    **place,
    api_id="own",
    path="own",
    display_name="Own",
    protocols=["https"],
    service_url="https://backend.example",
)
public = f'<choose><when condition="@(true)">{CHECK}</when></choose>'
apimanagement.ApiPolicy(
    "public-and-early",
    **place,
    api_id=api.name,
    policy_id="policy",
    format="xml",
    value=document(f"<mock-response /><base />{public}"),
)
product = apimanagement.Product("product", **place, product_id="starter", display_name="Starter")
apimanagement.ProductPolicy(
    "wide",
    **place,
    product_id=product.name,
    policy_id="policy",
    format="xml",
    value=document(f'<base />{CHECK}<set-backend-service base-url="https://backend.example" />'),
)
