"""What somebody has who followed the tutorial by hand: made by the services' own clients, not by Pulumi."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from azure.mgmt.apimanagement import models

GROUP, SERVICE = "local", "calculator-by-hand"
OPENAPI = Path(__file__).resolve().parents[3] / "examples" / "basic-calculator" / "openapi.json"
SCOPES = {"calc:add": "Add two numbers", "calc:subtract": "Subtract one number from another"}
POLICY = """<policies>
  <inbound>
    <base />
    <validate-jwt header-name="Authorization" failed-validation-httpcode="401" require-scheme="Bearer">
      <openid-config url="{issuer}.well-known/openid-configuration" />
      <audiences>
        <audience>basic-calculator</audience>
      </audiences>
      <issuers>
        <issuer>{issuer}</issuer>
      </issuers>
    </validate-jwt>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>"""


@dataclass(frozen=True)
class ByHand:
    """Ids of what was made."""

    client_id: str
    user_id: str


@pytest.fixture(scope="module")
def by_hand(sandbox, tenant, manager) -> ByHand:
    """The tutorial, step by step: one client for everything, as it says, and the token check that it forgets."""
    client_id, client_secret, user_id = auth0_part(tenant, sandbox)
    azure_part(manager, sandbox, client_id, client_secret)
    portal = manager.api_management_service.get(GROUP, SERVICE).developer_portal_url
    tenant.clients.update(client_id, callbacks=[f"{portal}/signin-oauth/code/callback/auth0"])
    return ByHand(client_id, user_id)


def auth0_part(tenant, sandbox):
    api = tenant.resource_servers.create(
        identifier="basic-calculator",
        name="Basic Calculator",
        signing_alg="RS256",
        scopes=[{"value": name, "description": description} for name, description in SCOPES.items()],
    )
    client = tenant.clients.create(
        name="Basic Calculator (Test Application)",
        app_type="non_interactive",
        grant_types=["client_credentials", "authorization_code"],
    )
    tenant.client_grants.create(client_id=client.client_id, audience=api.identifier, scope=list(SCOPES))
    connection = tenant.connections.create(name="BasicCalculator", strategy="auth0")
    tenant.connections.clients.update(connection.id, request=[{"client_id": client.client_id, "status": True}])
    password = sandbox.credentials["AUTH0_APIM_USER_PASSWORD"]
    user = tenant.users.create(
        connection="BasicCalculator", email="jane@example.com", password=password, email_verified=True
    )
    return client.client_id, client.client_secret, user.user_id


def azure_part(manager, sandbox, client_id, client_secret, backend_url=None, is_guarded=True):
    service = models.ApiManagementServiceResource(
        location="westeurope",
        sku=models.ApiManagementServiceSkuProperties(name="Developer", capacity=1),
        publisher_email="admin@example.com",
        publisher_name="Basic Calculator",
        identity=models.ApiManagementServiceIdentity(type="SystemAssigned"),
    )
    manager.api_management_service.begin_create_or_update(GROUP, SERVICE, service).result(1)
    server = models.AuthorizationServerContract(
        display_name="Auth0",
        client_registration_endpoint="https://placeholder.contoso.com",
        authorization_endpoint=f"{sandbox.issuer}authorize?audience=basic-calculator",
        authorization_methods=["GET", "POST"],
        token_endpoint=f"{sandbox.issuer}oauth/token",
        grant_types=["authorizationCode"],
        client_authentication_method=["Body"],
        bearer_token_sending_methods=["authorizationHeader"],
        default_scope="calc:add",
        client_id=client_id,
        client_secret=client_secret,
    )
    manager.authorization_server.create_or_update(GROUP, SERVICE, "auth0", server)
    document = json.loads(OPENAPI.read_text())
    api = models.ApiCreateOrUpdateParameter(
        path="calc",
        display_name="Basic Calculator",
        protocols=["https"],
        subscription_required=False,
        format="openapi+json",
        value=json.dumps(document),
        service_url=backend_url or f"{sandbox.calculator_url}/api",
        authentication_settings=models.AuthenticationSettingsContract(
            o_auth2=models.OAuth2AuthenticationSettingsContract(authorization_server_id="auth0")
        ),
    )
    manager.api.begin_create_or_update(GROUP, SERVICE, "basic-calculator", api).result(1)
    product = models.ProductContract(display_name="Starter", state="published", subscription_required=False)
    manager.product.create_or_update(GROUP, SERVICE, "starter", product)
    manager.product_api.create_or_update(GROUP, SERVICE, "starter", "basic-calculator")
    if is_guarded:
        policy = models.PolicyContract(value=POLICY.format(issuer=sandbox.issuer), format="rawxml")
        manager.api_policy.create_or_update(GROUP, SERVICE, "basic-calculator", "policy", policy)
