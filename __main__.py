"""One environment: its settings, the components made of them, and what it tells the outside."""

import pulumi
from auth0_apim import (
    ApiGateway,
    Auth0Api,
    DatabaseUser,
    InteractiveClient,
    JwtPolicy,
    MachineClient,
    PortalLogin,
    PublishedApi,
    UserDatabase,
    redirect_uris,
)
from auth0_apim_environments.settings import Settings

settings = Settings.load()
portal, login, publication = settings.portal, settings.interactive_client, settings.publication

api = Auth0Api("api", settings.api.args())
machine = MachineClient(
    "client",
    {"audience": api.audience, "available_scopes": api.scopes, "scopes": api.scopes, **settings.client.args()},
)
gateway = ApiGateway("gateway", settings.gateway_args())
service = {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}

interactive, console = None, None
portal_callbacks = pulumi.Output.from_input(list[str]())
if login is not None:
    if portal is not None:
        portal_callbacks = gateway.portal_url.apply(
            lambda url: redirect_uris(url or "", portal.authorization_server_id, portal.grant_types)
        )
    interactive = InteractiveClient(
        "login",
        {
            **login.args(),
            "callbacks": portal_callbacks.apply(lambda callbacks: [*login.callbacks, *callbacks]),
        },
    )
    if portal is not None:
        console = PortalLogin(
            "portal",
            {
                **service,
                **portal.args(),
                "audience": api.audience,
                "authorization_endpoint": api.authorization_endpoint,
                "token_endpoint": api.token_endpoint,
                "client_id": interactive.client_id,
                "client_secret": interactive.client_secret,
                "portal_url": gateway.portal_url,
                "sku": gateway.sku,
            },
        )

if settings.database is not None:
    clients = [client.client_id for client in (machine, interactive) if client is not None]
    database = UserDatabase("database", {**settings.database_args(), "enabled_clients": clients})
    if settings.user is not None:
        DatabaseUser("user", {**settings.user_args(), "connection_name": database.connection_name})

published = PublishedApi(
    "published-api",
    {
        **service,
        **publication.args(),
        **({"authorization_server_id": console.authorization_server_id} if console is not None else {}),
        "gateway_url": gateway.gateway_url,
    },
)
policy = JwtPolicy(
    "policy",
    {
        **service,
        "issuer": api.issuer,
        "audience": api.audience,
        "openid_configuration_url": api.openid_configuration_url,
        "signing_algorithm": settings.api.signing_algorithm,
        "signing_secret": api.signing_secret,
        "api_id": published.api_id,
        "operations": published.operations,
        "operation_scopes": publication.operation_scopes,
    },
)

for output, value in {
    "issuer": api.issuer,
    "audience": api.audience,
    "apiUrl": published.url,
    "tokenEndpoint": api.token_endpoint,
    "authorizationEndpoint": api.authorization_endpoint,
    "clientId": machine.client_id,
    "clientSecret": machine.client_secret,
    "grantedScopes": machine.granted_scopes,
    "operations": published.operations,
    "redirectUris": portal_callbacks,
    "policyId": policy.policy_id,
    **settings.probe_outputs(),
}.items():
    pulumi.export(output, value)
if interactive is not None:
    pulumi.export("interactiveClientId", interactive.client_id)
    pulumi.export("interactiveClientSecret", interactive.client_secret)
