"""The resources of the tutorial's stack, written straight against the two providers' SDKs: no components, no settings, no checks.

Its service and API have names and identifiers of their own, so that it deploys beside the tutorial's stack. The backend is the
environment variable CALCULATOR_URL.
"""

import json
import os
from pathlib import Path

import pulumi
import pulumi_auth0 as auth0
from pulumi_azure_native import apimanagement

SCOPES = {
    "calc:add": "Add two numbers",
    "calc:divide": "Divide one number by another",
    "calc:multiply": "Multiply two numbers",
    "calc:subtract": "Subtract one number from another",
}
TLS_OFF = [
    "Security.Backend.Protocols.Ssl30",
    "Security.Backend.Protocols.Tls10",
    "Security.Backend.Protocols.Tls11",
    "Security.Ciphers.TLS_RSA_WITH_AES_128_CBC_SHA",
    "Security.Ciphers.TLS_RSA_WITH_AES_128_CBC_SHA256",
    "Security.Ciphers.TLS_RSA_WITH_AES_128_GCM_SHA256",
    "Security.Ciphers.TLS_RSA_WITH_AES_256_CBC_SHA",
    "Security.Ciphers.TLS_RSA_WITH_AES_256_CBC_SHA256",
    "Security.Ciphers.TripleDes168",
    "Security.Protocols.Ssl30",
    "Security.Protocols.Tls10",
    "Security.Protocols.Tls11",
]
IDENTIFIER = "raw-calculator"
ISSUER = f"https://{os.environ['AUTH0_DOMAIN']}/"
HERE = Path(__file__).parent

api = auth0.ResourceServer(
    "api",
    identifier=IDENTIFIER,
    name="Raw Calculator",
    signing_alg="RS256",
    token_dialect="access_token",  # noqa: S106 - the name of a dialect
    token_lifetime=86400,
    token_lifetime_for_web=7200,
    allow_offline_access=False,
    enforce_policies=False,
    skip_consent_for_verifiable_first_party_clients=True,
    subject_type_authorization=auth0.ResourceServerSubjectTypeAuthorizationArgs(
        client=auth0.ResourceServerSubjectTypeAuthorizationClientArgs(policy="require_client_grant"),
        user=auth0.ResourceServerSubjectTypeAuthorizationUserArgs(policy="require_client_grant"),
    ),
)
scopes = auth0.ResourceServerScopes(
    "scopes",
    resource_server_identifier=api.identifier,
    scopes=[auth0.ResourceServerScopesScopeArgs(name=name, description=text) for name, text in SCOPES.items()],
)
client = auth0.Client(
    "client",
    name="Raw Calculator Client",
    description="Managed by Pulumi",
    app_type="non_interactive",
    grant_types=["client_credentials"],
    jwt_configuration=auth0.ClientJwtConfigurationArgs(alg="RS256"),
    oidc_conformant=True,
)
credentials = auth0.ClientCredentials(
    "credentials", client_id=client.client_id, authentication_method="client_secret_post"
)
grant = auth0.ClientGrant(
    "grant",
    client_id=client.client_id,
    audience=api.identifier,
    scopes=list(SCOPES),
    subject_type="client",
    opts=pulumi.ResourceOptions(depends_on=[scopes]),
)
gateway = apimanagement.ApiManagementService(
    "gateway",
    resource_group_name="local",
    service_name="raw-calculator",
    location="westeurope",
    sku=apimanagement.ApiManagementServiceSkuPropertiesArgs(name="Developer", capacity=1),
    publisher_name="Raw Calculator",
    publisher_email="admin@example.com",
    custom_properties={f"Microsoft.WindowsAzure.ApiManagement.Gateway.{name}": "False" for name in TLS_OFF},
)
placed = {"resource_group_name": "local", "service_name": gateway.name}
login = auth0.Client(
    "login",
    name="Raw Calculator Portal",
    description="Managed by Pulumi",
    app_type="regular_web",
    grant_types=["authorization_code"],
    callbacks=[gateway.developer_portal_url.apply(lambda url: f"{url}/signin-oauth/code/callback/auth0")],
    jwt_configuration=auth0.ClientJwtConfigurationArgs(alg="RS256"),
    oidc_conformant=True,
)
login_credentials = auth0.ClientCredentials(
    "login-credentials", client_id=login.client_id, authentication_method="client_secret_post"
)
LOGIN_SCOPES = ["calc:add", "calc:multiply", "calc:subtract"]
login_grant = auth0.ClientGrant(
    "login-grant",
    client_id=login.client_id,
    audience=api.identifier,
    scopes=LOGIN_SCOPES,
    subject_type="user",
    opts=pulumi.ResourceOptions(depends_on=[scopes]),
)
server = apimanagement.AuthorizationServer(
    "server",
    authsid="auth0",
    display_name="Auth0",
    authorization_endpoint=f"{ISSUER}authorize?audience={IDENTIFIER}",
    token_endpoint=f"{ISSUER}oauth/token",
    client_registration_endpoint="https://placeholder.contoso.com",
    authorization_methods=[apimanagement.AuthorizationMethod.GET],
    client_authentication_method=[apimanagement.ClientAuthenticationMethod.BASIC],
    bearer_token_sending_methods=[apimanagement.BearerTokenSendingMethod.AUTHORIZATION_HEADER],
    grant_types=[apimanagement.GrantType.AUTHORIZATION_CODE],
    token_body_parameters=[apimanagement.TokenBodyParameterContractArgs(name="audience", value=IDENTIFIER)],
    default_scope=" ".join(LOGIN_SCOPES),
    support_state=True,
    use_in_test_console=True,
    use_in_api_documentation=False,
    client_id=login.client_id,
    client_secret=login_credentials.client_secret,
    **placed,
)
database = auth0.Connection(
    "database",
    name="RawCalculator",
    strategy="auth0",
    options=auth0.ConnectionOptionsArgs(
        brute_force_protection=True,
        disable_signup=True,
        password_policy="good",  # noqa: S106 - the name of a policy
        password_complexity_options=auth0.ConnectionOptionsPasswordComplexityOptionsArgs(min_length=12),
        password_dictionary=auth0.ConnectionOptionsPasswordDictionaryArgs(enable=True),
        password_histories=[auth0.ConnectionOptionsPasswordHistoryArgs(enable=True, size=5)],
        password_no_personal_info=auth0.ConnectionOptionsPasswordNoPersonalInfoArgs(enable=True),
        requires_username=False,
    ),
)
enabled = auth0.ConnectionClients(
    "enabled", connection_id=database.id, enabled_clients=[client.client_id, login.client_id]
)
user = auth0.User(
    "user",
    connection_name=database.name,
    email="jane@example.com",
    password=pulumi.Output.secret(os.environ["AUTH0_APIM_USER_PASSWORD"]),
    email_verified=True,
    verify_email=False,
    opts=pulumi.ResourceOptions(depends_on=[enabled]),
)
product = apimanagement.Product(
    "product",
    product_id="starter",
    display_name="Starter",
    state=apimanagement.ProductState.PUBLISHED,
    subscription_required=False,
    **placed,
)
published = apimanagement.Api(
    "published",
    api_id="calc",
    display_name="Raw Calculator",
    path="calc",
    protocols=[apimanagement.Protocol.HTTPS],
    format=apimanagement.ContentFormat.OPENAPI_JSON,
    value=(HERE / "openapi.json").read_text(),
    service_url=f"{os.environ['CALCULATOR_URL']}/api",
    subscription_required=False,
    authentication_settings=apimanagement.AuthenticationSettingsContractArgs(
        o_auth2=apimanagement.OAuth2AuthenticationSettingsContractArgs(authorization_server_id=server.name)
    ),
    **placed,
)
offered = apimanagement.ProductApi("offered", api_id=published.name, product_id=product.name, **placed)
policy = apimanagement.ApiPolicy(
    "policy",
    api_id=published.name,
    policy_id="policy",
    format=apimanagement.PolicyContentFormat.XML,
    value=(HERE / "policy.xml").read_text().replace("{issuer}", ISSUER),
    opts=pulumi.ResourceOptions(depends_on=[offered]),
    **placed,
)

for name, value in {
    "issuer": ISSUER,
    "audience": api.identifier,
    "apiUrl": gateway.gateway_url.apply(lambda url: f"{url}/calc"),
    "clientId": client.client_id,
    "clientSecret": credentials.client_secret,
    "interactiveClientId": login.client_id,
    "interactiveClientSecret": login_credentials.client_secret,
    "policyId": policy.id,
    "operations": sorted(
        operation["operationId"]
        for path in json.loads((HERE / "openapi.json").read_text())["paths"].values()
        for operation in path.values()
    ),
}.items():
    pulumi.export(name, value)
