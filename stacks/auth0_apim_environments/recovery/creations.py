"""Finds the resource that an interrupted operation created, by the operation's inputs.

A resource that matches the inputs is the stack's own only if it is part of another resource of the stack (a grant of its
client, an API of its service), or if it did not exist before the deployment that was interrupted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.recovery.orphans import OrphanedResource

Resource = Mapping[str, Any]
"""A resource as the engine exports it."""

_AZURE = "azure-native:apimanagement:"
_SERVICE = "ApiManagementService"
_IN_SERVICE = {
    "Api": "apis/{apiId}",
    "ApiDiagnostic": "apis/{apiId}/diagnostics/{diagnosticId}",
    "ApiOperationPolicy": "apis/{apiId}/operations/{operationId}/policies/{policyId}",
    "ApiPolicy": "apis/{apiId}/policies/{policyId}",
    "ApiRelease": "apis/{apiId}/releases/{releaseId}",
    "ApiVersionSet": "apiVersionSets/{versionSetId}",
    "AuthorizationServer": "authorizationServers/{authsid}",
    "Backend": "backends/{backendId}",
    "Logger": "loggers/{loggerId}",
    "NamedValue": "namedValues/{namedValueId}",
    "Policy": "policies/{policyId}",
    "PolicyFragment": "policyFragments/{id}",
    "Product": "products/{productId}",
    "ProductApi": "products/{productId}/apis/{apiId}",
    "ProductGroup": "products/{productId}/groups/{groupId}",
    "ProductPolicy": "products/{productId}/policies/{policyId}",
    "Subscription": "subscriptions/{sid}",
}
"""The path of a resource below its service, by its type, with the inputs that its name is taken from."""

_KINDS = {
    _SERVICE: "service",
    "Api": "api",
    "Client": "client",
    "ClientGrant": "client grant",
    "Connection": "connection",
    "Product": "product",
    "ProductApi": "product link",
    "ProductGroup": "product's group",
    "ResourceServer": "resource server",
    "Role": "role",
    "User": "user",
}
"""The kind of an orphaned resource, by its type; every other type is deleted as a policy is."""


class AmbiguousCreationError(StackError):
    """An interrupted operation may have created one of several resources."""


@dataclass(frozen=True)
class Creations:
    """Finds the resources that interrupted operations of a stack created.

    Attributes:
        tenant: the Auth0 tenant.
        manager: the subscription.
        subscription: the subscription's ARM id.
        in_state: the resources in the stack's state.
        before: ids of the resources that existed before the interrupted deployment, in lower case; None when there is no
            inventory.
    """

    tenant: Tenant
    manager: Manager
    subscription: str
    in_state: Collection[Resource]
    before: Collection[str] | None

    def created(self, stack: str, resource: Resource) -> OrphanedResource | None:
        """The resource of this stack that the operation on `resource` created; None when it created none.

        Raises:
            AmbiguousCreationError: several resources match.
            ServiceError: a service refused.
        """
        kind, inputs = str(resource["type"]), resource.get("inputs") or {}
        if kind.startswith(_AZURE):
            kind = kind.removeprefix(_AZURE)
            found = self._in_azure(kind, inputs)
        else:
            kind = kind.rpartition(":")[2]
            found = self._in_tenant(kind, inputs)
        found = [each for each in found if not self._is_in_state(each)]
        if len(found) > 1:
            raise AmbiguousCreationError(
                f"a deployment was interrupted while it created a {kind}, which is one of {', '.join(found)}: "
                "delete those that nobody uses, and run this again"
            )
        if not found:
            return None
        return OrphanedResource(stack, _KINDS.get(kind, "policy"), found[0].rpartition("/")[2], found[0])

    def _in_tenant(self, kind: str, inputs: Mapping[str, Any]) -> list[str]:
        if kind == "ClientGrant":
            wanted = {"client_id": inputs["clientId"], "audience": inputs["audience"]}
            return _ids(self.tenant.client_grants(), wanted) if self._is_own(inputs["clientId"]) else []
        if kind == "User":
            name = inputs["connectionName"]
            is_own = any(each["type"].endswith(":Connection") and _name(each) == name for each in self._managed())
            users = self.tenant.users_with_email(str(inputs.get("email")), name) if is_own else []
            return [user["user_id"] for user in users]
        return [each for each in self._named(kind, inputs) if self._is_new(each)]

    def _named(self, kind: str, inputs: Mapping[str, Any]) -> list[str]:
        name = {"name": inputs.get("name")}
        if kind == "ResourceServer":
            return _ids(self.tenant.resource_servers(), {"identifier": inputs["identifier"]})
        if kind == "Client":
            wanted = {**name, "app_type": inputs.get("appType"), "client_metadata": inputs.get("clientMetadata")}
            return _ids(self.tenant.clients(), {key: value for key, value in wanted.items() if value}, "client_id")
        if kind == "Connection":
            return _ids(self.tenant.databases(), name)
        return _ids(self.tenant.roles(), name) if kind == "Role" else []

    def _in_azure(self, kind: str, inputs: Mapping[str, Any]) -> list[str]:
        if kind != _SERVICE and kind not in _IN_SERVICE:
            return []
        service = (
            f"{self.subscription}/resourceGroups/{inputs['resourceGroupName']}/providers/Microsoft.ApiManagement/"
            f"service/{inputs['serviceName']}"
        )
        parts = [] if kind == _SERVICE else _IN_SERVICE[kind].format_map(inputs).split("/")
        resource_id = "/".join([service, *parts])
        parents = ["/".join([service, *parts[:length]]) for length in range(0, len(parts), 2)]
        proven = any(map(self._is_own, parents)) or (len(parts) <= 2 and self._is_new(resource_id))
        return [resource_id] if proven and self.manager.exists(resource_id) else []

    def _is_own(self, object_id: str) -> bool:
        return any(str(each.get("id", "")).lower() == object_id.lower() for each in self._managed())

    def _is_new(self, object_id: str) -> bool:
        return self.before is not None and object_id.lower() not in self.before

    def _is_in_state(self, object_id: str) -> bool:
        return any(str(each.get("id", "")).lower() == object_id.lower() for each in self.in_state)

    def _managed(self) -> Iterable[Resource]:
        """The resources that the stack manages: neither components nor resources that it only reads."""
        return (each for each in self.in_state if each.get("custom") and not each.get("external"))


def _name(resource: Resource) -> object:
    return (resource.get("inputs") or {}).get("name")


def _ids(documents: Iterable[Mapping[str, Any]], wanted: Mapping[str, Any], key: str = "id") -> list[str]:
    return [each[key] for each in documents if all(each.get(name) == value for name, value in wanted.items())]
