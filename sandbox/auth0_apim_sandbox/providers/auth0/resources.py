"""The table of the auth0 provider's resource types.

What needs a new resource, what is sent once, and what is auto-named follows terraform-provider-auth0 and the registration of
its types in pulumi-auth0.
"""

import json
from collections.abc import Iterable

from auth0_apim_sandbox.providers.auth0.assignments import Permission, Permissions, Role, Roles
from auth0_apim_sandbox.providers.auth0.client_credentials import ClientCredentials
from auth0_apim_sandbox.providers.auth0.documents import Client, ClientGrant, Connection, Tenant, User
from auth0_apim_sandbox.providers.auth0.enabled_clients import ConnectionClient, ConnectionClients
from auth0_apim_sandbox.providers.auth0.mapping import Mapping
from auth0_apim_sandbox.providers.auth0.resource import AUTO_NAME, Description, DocumentResource
from auth0_apim_sandbox.providers.auth0.scopes import ResourceServerScope, ResourceServerScopes
from auth0_apim_sandbox.providers.plugin.provider import Properties
from auth0_apim_sandbox.providers.plugin.schema import Failure

MIN_SIGNING_SECRET = 16
"""Characters."""
PROOFS = ("clientSecret", "clientSecretWo", "privateKeyJwt")
METADATA = ("appMetadata", "userMetadata")
CONNECTION = Mapping(
    renamed={
        "options.customScripts": "customScripts",
        "options.enabledDatabaseCustomization": "enabledDatabaseCustomization",
        "options.passwordPolicy": "passwordPolicy",
        "options.passwordHistories": "password_history",
        "options.precedences": "precedence",
        "options.passwordDictionary.dictionaries": "dictionary",
    },
    single=frozenset({"options.attributes", "options.authenticationMethods", "options.passwordHistories"}),
    json_text=frozenset({"options.upstreamParams"}),
)
USER = Mapping(renamed={"connectionName": "connection"}, json_text=frozenset({"userMetadata", "appMetadata"}))
SCOPES = Mapping(renamed={"scopes.name": "value"})
PERMISSIONS = Mapping(renamed={"permissions.name": "permission_name"})
PERMISSION = Mapping(renamed={"permission": "permission_name"})
PAIR_OF_PERMISSION = frozenset({"permission", "resourceServerIdentifier"})


def server_failures(inputs: Properties) -> Iterable[Failure]:
    """A signing secret that is too short."""
    secret = inputs.get("signingSecret")
    if isinstance(secret, str) and len(secret) < MIN_SIGNING_SECRET:
        yield Failure("signingSecret", f"signingSecret must have {MIN_SIGNING_SECRET} characters, not {len(secret)}.")


def credentials_failures(inputs: Properties) -> Iterable[Failure]:
    """More than one proof of a client, or a write-only secret without its version."""
    given = [name for name in PROOFS if name in inputs]
    if len(given) > 1:
        yield Failure(given[0], f"{given[0]} conflicts with {given[1]}: give one of them.")
    if ("clientSecretWo" in inputs) != ("clientSecretWoVersion" in inputs):
        yield Failure("clientSecretWo", "clientSecretWo and clientSecretWoVersion need each other.")


def user_failures(inputs: Properties) -> Iterable[Failure]:
    """Metadata that is no JSON."""
    for name in METADATA:
        if isinstance(inputs.get(name), str) and not _is_json(inputs[name]):
            yield Failure(name, f'{name} must be JSON in a text, such as {{"plan": "gold"}}.')


def grant_failures(inputs: Properties) -> Iterable[Failure]:
    """Neither scopes nor all of them, or not one party."""
    if "scopes" not in inputs and not inputs.get("allowAllScopes"):
        yield Failure(
            "scopes", "A client grant needs scopes (an empty list grants none), unless allowAllScopes is true."
        )
    if ("clientId" in inputs) == ("defaultFor" in inputs):
        yield Failure("clientId", "A client grant needs clientId or defaultFor, one of them.")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


RESOURCES: dict[str, tuple[type[DocumentResource], Description]] = {
    "auth0:index/client:Client": (
        Client,
        Description(
            collection="clients",
            id_field="client_id",
            mapping=Mapping(
                renamed={"crossOriginAuth": "cross_origin_authentication"},
                boolean_text=frozenset({"skipNonVerifiableCallbackUriConfirmationPrompt"}),
            ),
            naming=AUTO_NAME,
            replaces=frozenset({"jwtConfiguration.secretEncoded"}),
            cleared=frozenset({"clientMetadata"}),
            nulled=frozenset({"tokenQuota"}),
            unsupported=frozenset({"addons", "oidcBackchannelLogoutUrls"}),
        ),
    ),
    "auth0:index/clientCredentials:ClientCredentials": (
        ClientCredentials,
        Description(
            mapping=Mapping(
                renamed={"privateKeyJwt.credentials.keyId": "kid", "privateKeyJwt.credentials.algorithm": "alg"}
            ),
            replaces=frozenset({"clientId"}),
            write_only=frozenset({"clientSecretWoVersion"}),
            check=credentials_failures,
            unsupported=frozenset(
                {"selfSignedTlsClientAuth", "signedRequestObject", "tlsClientAuth", "tokenVaultPrivilegedAccess"}
            ),
        ),
    ),
    "auth0:index/clientGrant:ClientGrant": (
        ClientGrant,
        Description(
            collection="client-grants",
            mapping=Mapping(renamed={"scopes": "scope"}),
            replaces=frozenset({"audience", "clientId", "subjectType", "defaultFor"}),
            check=grant_failures,
        ),
    ),
    "auth0:index/connection:Connection": (
        Connection,
        Description(
            collection="connections",
            mapping=CONNECTION,
            naming=AUTO_NAME,
            replaces=frozenset({"name", "strategy"}),
            unsupported=frozenset({"optionsClientSecretWo", "optionsClientSecretWoVersion"}),
        ),
    ),
    "auth0:index/connectionClient:ConnectionClient": (
        ConnectionClient,
        Description(replaces=frozenset({"connectionId", "clientId"})),
    ),
    "auth0:index/connectionClients:ConnectionClients": (
        ConnectionClients,
        Description(replaces=frozenset({"connectionId"}), sets=frozenset({"enabledClients"})),
    ),
    "auth0:index/resourceServer:ResourceServer": (
        DocumentResource,
        Description(
            collection="resource-servers",
            naming=AUTO_NAME,
            replaces=frozenset({"identifier"}),
            check=server_failures,
        ),
    ),
    "auth0:index/resourceServerScope:ResourceServerScope": (
        ResourceServerScope,
        Description(
            mapping=Mapping(renamed={"scope": "value"}), replaces=frozenset({"resourceServerIdentifier", "scope"})
        ),
    ),
    "auth0:index/resourceServerScopes:ResourceServerScopes": (
        ResourceServerScopes,
        Description(mapping=SCOPES, replaces=frozenset({"resourceServerIdentifier"}), sets=frozenset({"scopes"})),
    ),
    "auth0:index/role:Role": (
        DocumentResource,
        Description(collection="roles", naming=AUTO_NAME, unsupported=frozenset({"ownerId", "type"})),
    ),
    "auth0:index/rolePermission:RolePermission": (
        Permission,
        Description(
            collection="roles", id_field="role_id", mapping=PERMISSION, replaces=PAIR_OF_PERMISSION | {"roleId"}
        ),
    ),
    "auth0:index/rolePermissions:RolePermissions": (
        Permissions,
        Description(
            collection="roles",
            id_field="role_id",
            mapping=PERMISSIONS,
            replaces=frozenset({"roleId"}),
            sets=frozenset({"permissions"}),
        ),
    ),
    "auth0:index/tenant:Tenant": (Tenant, Description()),
    "auth0:index/user:User": (
        User,
        Description(
            collection="users",
            id_field="user_id",
            mapping=USER,
            naming=AUTO_NAME,
            create_only=frozenset({"userId"}),
            write_only=frozenset({"password", "verifyEmail"}),
            cleared=frozenset({"userMetadata", "appMetadata"}),
            unsupported=frozenset({"customDomainHeader"}),
            check=user_failures,
        ),
    ),
    "auth0:index/userPermission:UserPermission": (
        Permission,
        Description(
            collection="users", id_field="user_id", mapping=PERMISSION, replaces=PAIR_OF_PERMISSION | {"userId"}
        ),
    ),
    "auth0:index/userPermissions:UserPermissions": (
        Permissions,
        Description(
            collection="users",
            id_field="user_id",
            mapping=PERMISSIONS,
            replaces=frozenset({"userId"}),
            sets=frozenset({"permissions"}),
        ),
    ),
    "auth0:index/userRole:UserRole": (Role, Description(replaces=frozenset({"roleId", "userId"}))),
    "auth0:index/userRoles:UserRoles": (
        Roles,
        Description(replaces=frozenset({"userId"}), sets=frozenset({"roles"})),
    ),
}
