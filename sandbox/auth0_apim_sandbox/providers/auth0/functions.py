"""The auth0 provider's functions: reading what a tenant has."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from auth0_apim_sandbox.providers.auth0.management import Management
from auth0_apim_sandbox.providers.auth0.mapping import Mapping as Naming
from auth0_apim_sandbox.providers.auth0.resources import CONNECTION, PERMISSIONS, USER
from auth0_apim_sandbox.providers.plugin.errors import ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Properties
from auth0_apim_sandbox.providers.plugin.schema import PackageSchema
from auth0_apim_sandbox.providers.plugin.values import Secret

CLIENT = Naming(renamed={"crossOriginAuth": "cross_origin_authentication"})
RESOURCE_SERVER = Naming(renamed={"scopes.name": "value"})
USER_RESULT = Naming(renamed={**USER.renamed, **PERMISSIONS.renamed}, json_text=USER.json_text)

_NO_GRANT: dict[str, Any] = {"client_id": "", "scope": [], "allow_all_scopes": False, "default_for": ""}
"""What the official provider answers of a grant where the tenant says nothing."""


class Functions:
    """The functions over one tenant's Management API."""

    def __init__(self, management: Management, package: PackageSchema) -> None:
        self._management = management
        self._package = package
        self._functions: Mapping[str, Callable[[Properties], Awaitable[tuple[Any, Naming]]]] = {
            "auth0:index/getClient:getClient": self._client,
            "auth0:index/getClientGrants:getClientGrants": self._client_grants,
            "auth0:index/getClients:getClients": self._clients,
            "auth0:index/getConnection:getConnection": self._connection,
            "auth0:index/getResourceServer:getResourceServer": self._resource_server,
            "auth0:index/getRole:getRole": self._role,
            "auth0:index/getSigningKeys:getSigningKeys": self._signing_keys,
            "auth0:index/getTenant:getTenant": self._tenant,
            "auth0:index/getUser:getUser": self._user,
        }

    async def invoke(self, token: str, arguments: Properties) -> Properties:
        """The result of a function, beside its arguments.

        Raises:
            ProviderError: there is nothing that the arguments describe.
        """
        document, naming = await self._functions[token](arguments)
        described = self._package.function_outputs(token)
        result = arguments | naming.values(self._package, described, document)
        for secret in {"clientSecret"} & result.keys():
            result[secret] = Secret(result[secret])
        return result

    async def _client(self, arguments: Properties) -> tuple[Any, Naming]:
        if "clientId" in arguments:
            client = await self._management.get("clients", arguments["clientId"])
        else:
            name = _one_of(arguments, "clientId", "name")
            client = _named(await self._management.listed("clients", "clients"), "client", name)
        return _without_secret(client, arguments) | {"id": client["client_id"]}, CLIENT

    async def _clients(self, arguments: Properties) -> tuple[Any, Naming]:
        clients = [
            client
            for client in await self._management.listed("clients", "clients", is_global="false")
            if arguments.get("nameFilter", "") in client["name"]
            and client.get("app_type") in arguments.get("appTypes", [client.get("app_type")])
            and arguments.get("isFirstParty", client.get("is_first_party")) == client.get("is_first_party")
        ]
        found = [_without_secret(client, arguments) for client in clients]
        return {"id": "clients", "clients": [_sealed(client) for client in found]}, CLIENT

    async def _client_grants(self, arguments: Properties) -> tuple[Any, Naming]:
        filters = {"clientId": "client_id", "audience": "audience", "defaultFor": "default_for"}
        query = {name: arguments[given] for given, name in filters.items() if arguments.get(given)}
        grants = await self._management.listed("client_grants", "client-grants", **query)
        return {"id": "client_grants_list", "client_grants": [_NO_GRANT | grant for grant in grants]}, Naming()

    async def _connection(self, arguments: Properties) -> tuple[Any, Naming]:
        if "connectionId" in arguments:
            connection = await self._management.get("connections", arguments["connectionId"])
        else:
            name = _one_of(arguments, "connectionId", "name")
            connection = _named(await self._management.listed("connections", "connections"), "connection", name)
        enabled = []
        if not arguments.get("skipEnabledClients"):
            enabled = await self._management.checkpointed("clients", "connections", connection["id"], "clients")
        options = {key: value for key, value in connection.get("options", {}).items() if key != "configuration"}
        clients = [client["client_id"] for client in enabled]
        return connection | {
            "connection_id": connection["id"],
            "options": options,
            "enabled_clients": clients,
        }, CONNECTION

    async def _resource_server(self, arguments: Properties) -> tuple[Any, Naming]:
        server = await self._management.get("resource-servers", _one_of(arguments, "resourceServerId", "identifier"))
        return server | {"resource_server_id": server["id"]}, RESOURCE_SERVER

    async def _role(self, arguments: Properties) -> tuple[Any, Naming]:
        if "roleId" in arguments:
            role = await self._management.get("roles", arguments["roleId"])
        else:
            name = _one_of(arguments, "roleId", "name")
            role = _named(await self._management.listed("roles", "roles"), "role", name)
        role_id = role["id"]
        permissions = await self._management.listed("permissions", "roles", role_id, "permissions")
        users = await self._management.listed("users", "roles", role_id, "users")
        found = {"role_id": role_id, "permissions": permissions, "users": [user["user_id"] for user in users]}
        return role | found, PERMISSIONS

    async def _signing_keys(self, arguments: Properties) -> tuple[Any, Naming]:  # noqa: ARG002
        keys = await self._management.get("keys", "signing")
        return {"id": "signing-keys", "signing_keys": keys}, Naming()

    async def _tenant(self, arguments: Properties) -> tuple[Any, Naming]:  # noqa: ARG002
        settings = await self._management.get("tenants", "settings")
        url = self._management.tenant_url
        # The official provider answers the host without its port, and the Management API's identifier with it.
        names = {
            "id": url.host,
            "domain": url.host,
            "management_api_identifier": f"https://{url.netloc.decode()}/api/v2/",
        }
        return settings | names, Naming()

    async def _user(self, arguments: Properties) -> tuple[Any, Naming]:
        if "userId" in arguments:
            user = await self._management.get("users", arguments["userId"])
        else:
            query = _one_of(arguments, "userId", "query")
            found = await self._management.listed("users", "users", q=query, search_engine="v3")
            if len(found) != 1:
                raise ProviderError(f"The query {query} finds {len(found)} users; it must find one.")
            [user] = found
        user_id = user["user_id"]
        roles = await self._management.listed("roles", "users", user_id, "roles")
        permissions = await self._management.listed("permissions", "users", user_id, "permissions")
        connection = next((identity["connection"] for identity in user.get("identities", [])), None)
        return user | {
            "id": user_id,
            "connection": connection,
            "roles": [role["id"] for role in roles],
            "permissions": permissions,
        }, USER_RESULT


def _one_of(arguments: Properties, *names: str) -> str:
    for name in names:
        if name in arguments:
            value: str = arguments[name]
            return value
    raise ProviderError(f"One of the arguments {' and '.join(names)} is needed.")


def _named(documents: list[Any], kind: str, name: str) -> Any:
    for document in documents:
        if document.get("name") == name:
            return document
    raise ProviderError(f"There is no {kind} named {name}.")


def _without_secret(client: dict[str, Any], arguments: Properties) -> dict[str, Any]:
    hidden = {"client_secret"} if arguments.get("hideClientSecret") else set()
    return {name: value for name, value in client.items() if name not in hidden}


def _sealed(client: dict[str, Any]) -> dict[str, Any]:
    return {name: Secret(value) if name == "client_secret" else value for name, value in client.items()}
