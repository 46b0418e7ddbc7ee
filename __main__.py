"""One environment: its settings, the components made of them, and what it tells the outside."""

from typing import Any

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
    Role,
    UserDatabase,
    redirect_uris,
)
from auth0_apim_environments.settings.auth0_sections import ClientSettings, InteractiveClientSettings
from auth0_apim_environments.settings.kept import keep
from auth0_apim_environments.settings.settings import Settings

settings = Settings.load()
keep(settings.keep)
portal, login, publication = settings.portal, settings.interactive_client, settings.publication

api = Auth0Api("api", settings.api.args())
marks = settings.metadata_args()


def granted(client: ClientSettings | InteractiveClientSettings) -> Any:
    """What a client may ask for: every scope of the API, unless its settings or its existing grant say which."""
    scopes = {} if client.existing_grant else {"scopes": api.scopes}
    return {"audience": api.audience, "available_scopes": api.scopes} | scopes


machine = MachineClient(
    "client", granted(settings.client) | settings.client.args() | ({} if settings.client.existing_client_id else marks)
)
roles = {
    key: Role(key, {"audience": api.audience, "available_scopes": api.scopes, "role_name": key} | role.args())
    for key, role in settings.roles.items()
}
gateway = ApiGateway("gateway", settings.gateway_args())
service: Any = {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}
# Azure makes a subscription to a product that needs some, and deletes the product only with the service around it.
# A service that was there before survives, and the product in it.
subscribed, survives = publication.product_subscription_required, settings.gateway.existing
inside = pulumi.ResourceOptions(deleted_with=gateway if subscribed and not survives else None)
kept: Any = {"keep_product": True} if subscribed and survives else {}

interactive, console = None, None
portal_callbacks = pulumi.Output.from_input(list[str]())
if login is not None:
    callbacks = pulumi.Output.from_input(list(login.callbacks))
    if portal is not None:
        server, grants = portal.authorization_server_id, portal.grant_types
        portal_callbacks = gateway.portal_url.apply(lambda url: redirect_uris(url, server, grants) if url else [])
        callbacks = pulumi.Output.all(callbacks, portal_callbacks).apply(lambda lists: [*lists[0], *lists[1]])
    described = {} if login.existing_client_id else marks | {"callbacks": callbacks}
    access = {} if login.without_grant else granted(login)
    interactive = InteractiveClient("login", access | login.args() | described)
    if portal is not None:
        console = PortalLogin(
            "portal",
            service
            | settings.portal_args()
            | {
                "audience": api.audience,
                "available_scopes": api.scopes if login.without_grant else interactive.granted_scopes,
                "authorization_endpoint": api.authorization_endpoint,
                "token_endpoint": api.token_endpoint,
                "client_id": interactive.client_id,
                "client_secret": interactive.client_secret,
                "portal_url": gateway.portal_url,
                "sku": gateway.sku,
            },
            inside,
        )

if settings.database is not None:
    users_clients: Any = [client.client_id for client in (machine, interactive) if client is not None]
    if not settings.database.existing:  # of its own database all clients are listed, each once
        users_clients = pulumi.Output.all(*users_clients).apply(lambda ids: list(dict.fromkeys(ids)))
    database = UserDatabase("database", settings.database_args() | {"enabled_clients": users_clients})
    if settings.user is not None:
        assigned: Any = {"roles": [roles[key].role_id for key in settings.user.roles]} if roles else {}
        DatabaseUser("user", settings.user_args() | assigned | {"connection_name": database.connection_name})
    pulumi.export("connectionId", database.connection_id)
    pulumi.export("connectionName", database.connection_name)

security = {} if console is None else {"authorization_server_id": console.authorization_server_id}
published = PublishedApi(
    "published-api",
    service | publication.args() | kept | security | {"gateway_url": gateway.gateway_url},
    inside,
)
policy = JwtPolicy(
    "policy",
    service
    | settings.policy_args()
    | {
        "issuer": api.issuer,
        "audience": api.audience,
        "openid_configuration_url": api.openid_configuration_url,
        "signing_secret": api.signing_secret,
        "api_id": published.api_id,
        "backend_url": published.backend_url,
        "operations": published.operations,
        "available_scopes": api.scopes,
        "sku": gateway.sku,
    },
    inside,
)

for output, value in {
    "issuer": api.issuer,
    "audience": api.audience,
    "scopes": api.scopes,
    "userAccess": api.user_access,
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
    pulumi.export("interactiveGrantedScopes", interactive.granted_scopes)
