"""The parts of a ProtectedApi, each made from its section and from the parts before it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional, TypeVar

import pulumi

from auth0_apim.apim.api_gateway import ApiGateway
from auth0_apim.apim.jwt_policy import JwtPolicy
from auth0_apim.apim.portal_login import PortalLogin, redirect_uris
from auth0_apim.apim.published_api import PublishedApi
from auth0_apim.auth0.auth0_api import Auth0Api
from auth0_apim.auth0.database_user import DatabaseUser
from auth0_apim.auth0.interactive_client import InteractiveClient
from auth0_apim.auth0.machine_client import MachineClient
from auth0_apim.auth0.role import Role
from auth0_apim.auth0.user_database import UserDatabase
from auth0_apim.component.input_types import is_known
from auth0_apim.component.inputs import Inputs, section
from auth0_apim.composite.sections import (
    NAME_A_ROLE,
    PROTECTED_API,
    section_of,
    user_roles_problem,
)

Part = TypeVar("Part", bound=pulumi.ComponentResource)


class Wiring:
    """Makes the parts of one ProtectedApi; an optional one that is not asked for is None.

    Args:
        whole: the ProtectedApi.
        sections: its sections, derived and checked.
        args: its args, for tags and metadata.
    """

    def __init__(self, whole: pulumi.ComponentResource, sections: Mapping[str, Any], args: Mapping[str, Any]) -> None:
        self._whole = whole
        self._sections = sections
        self._args = args

    def auth0_api(self) -> Auth0Api:
        """The API in Auth0."""
        return self._part(Auth0Api, "api", {})

    def machine_client(self, api: Auth0Api) -> MachineClient:
        """The client that calls the API in its own name."""
        return self._part(MachineClient, "client", self._granted("client", api))

    def roles(self, api: Auth0Api) -> dict[str, Role]:
        """The roles of users, by their keys."""
        wired = {"audience": api.audience, "available_scopes": api.scopes}
        return {key: self._part(Role, f"roles.{key}", wired) for key in self._sections["roles"]}

    def api_gateway(self) -> ApiGateway:
        """The service, new or existing."""
        return self._part(ApiGateway, "gateway", {})

    def redirect_uris(self, gateway: ApiGateway) -> pulumi.Output[list[str]]:
        """Where the portal waits for a login's answer; known before its authorization server, so that the client can list it."""
        if "portal" not in self._sections:
            return pulumi.Output.from_input(list[str]())
        portal = self._sections["portal"]
        known = pulumi.Output.all(gateway.portal_url, portal["authorization_server_id"], portal["grant_types"])
        return known.apply(lambda each: redirect_uris(*each) if each[0] else [])

    def interactive_client(
        self, api: Auth0Api, portal_addresses: pulumi.Output[list[str]]
    ) -> Optional[InteractiveClient]:
        """The application that people log in to, the portal included."""
        if "interactive_client" not in self._sections:
            return None
        login = self._sections["interactive_client"]
        wired = self._granted("interactive_client", api)
        if "existing_client_id" not in login:
            both = pulumi.Output.all(login.get("callbacks", []), portal_addresses)
            wired["callbacks"] = both.apply(lambda addresses: [*addresses[0], *addresses[1]])
        return self._part(InteractiveClient, "interactive_client", wired)

    def user_database(self, machine: MachineClient, interactive: Optional[InteractiveClient]) -> Optional[UserDatabase]:
        """The users' database."""
        if "database" not in self._sections:
            return None
        clients: Any = [machine.client_id]
        if interactive is not None and not self._is_one_client():
            clients.append(interactive.client_id)
        if not self._sections["database"].get("existing"):  # of its own database all clients are listed, each once
            clients = pulumi.Output.all(*clients).apply(lambda ids: list(dict.fromkeys(ids)))
        return self._part(UserDatabase, "database", {"enabled_clients": clients})

    def database_user(self, database: Optional[UserDatabase], roles: Mapping[str, Role]) -> Optional[DatabaseUser]:
        """A first user in it."""
        if database is None or "user" not in self._sections:
            return None
        settings = self._sections["database"]
        wired: dict[str, Any] = {each: settings.get(each) for each in ("password_policy", "minimum_password_length")}
        if "roles" in self._sections["user"]:
            named = pulumi.Output.from_input(self._sections["user"]["roles"])
            wired["roles"] = named.apply(lambda names: self._role_ids(names, roles))
        return self._part(DatabaseUser, "user", wired | {"connection_name": database.connection_name})

    def portal_login(
        self, api: Auth0Api, gateway: ApiGateway, interactive: Optional[InteractiveClient]
    ) -> Optional[PortalLogin]:
        """The portal's way to log in."""
        if "portal" not in self._sections or interactive is None:
            return None
        without_grant = self._sections["interactive_client"].get("without_grant")
        available = api.scopes if without_grant else interactive.granted_scopes
        wired = self._service(gateway) | {
            "audience": api.audience,
            "available_scopes": available,
            "authorization_endpoint": api.authorization_endpoint,
            "token_endpoint": api.token_endpoint,
            "client_id": interactive.client_id,
            "client_secret": interactive.client_secret,
            "portal_url": gateway.portal_url,
            "sku": gateway.sku,
        }
        if "default_scope" not in self._sections["portal"]:
            wired["default_scope"] = available.apply(" ".join)
        wired |= self._resource_owner()
        return self._part(PortalLogin, "portal", wired, gateway)

    def published_api(self, gateway: ApiGateway, portal: Optional[PortalLogin]) -> PublishedApi:
        """The API behind the gateway."""
        wired = self._service(gateway) | {"gateway_url": gateway.gateway_url}
        if portal is not None:
            wired["authorization_server_id"] = portal.authorization_server_id
        return self._part(PublishedApi, "publication", wired, gateway)

    def jwt_policy(self, api: Auth0Api, gateway: ApiGateway, published: PublishedApi) -> JwtPolicy:
        """The gateway's check."""
        wired = self._service(gateway) | {
            "issuer": api.issuer,
            "audience": api.audience,
            "openid_configuration_url": api.openid_configuration_url,
            "signing_secret": api.signing_secret,
            "api_id": published.api_id,
            "operations": published.operations,
            "available_scopes": api.scopes,
            "sku": gateway.sku,
        }
        if "portal" in self._sections:
            wired["allowed_origins"] = self._origins(gateway)
        if "backend_id" not in self._sections["policy"]:
            wired["backend_url"] = published.backend_url
        if self._sections["policy"].get("scopes_from_document"):
            wired["openapi"] = self._sections["publication"]["openapi"]
        return self._part(JwtPolicy, "policy", wired, gateway)

    def _origins(self, gateway: ApiGateway) -> pulumi.Output[list[str]]:
        """The origins whose pages may call the API: those of the section, and the portal's, whose console calls it."""
        default = pulumi.Output.concat("https://", gateway.service_name, ".developer.azure-api.net")
        own = self._sections["policy"].get("allowed_origins", [])
        known = pulumi.Output.all(own, gateway.portal_url, default)
        return known.apply(lambda each: list(dict.fromkeys([*each[0], each[1] or each[2]])))

    def _part(
        self,
        make: Callable[[str, Any, pulumi.ResourceOptions], Part],
        path: str,
        wired: Mapping[str, Any],
        service: Optional[ApiGateway] = None,
    ) -> Part:
        key, _, role = path.partition(".")
        own = self._sections[key][role] if role else self._sections[key]
        name = self._whole.pulumi_resource_name
        given = {**self._marks(key), **own, **wired}
        options = pulumi.ResourceOptions(parent=self._whole, deleted_with=service if self._goes_along() else None)
        with section(section_of(name, path)):
            return make("-".join(filter(None, [name, key.replace("_", "-"), role])), given, options)

    def _is_one_client(self) -> bool:
        ids = [self._sections[each].get("existing_client_id") for each in ("client", "interactive_client")]
        return isinstance(ids[0], str) and ids[0] == ids[1]

    def _role_ids(self, names: Sequence[str], roles: Mapping[str, Role]) -> pulumi.Output[list[str]]:
        if problem := user_roles_problem({"names": names, "keys": list(roles)}):
            inputs = Inputs(PROTECTED_API, self._whole.pulumi_resource_name, self._args)
            raise inputs.error("user.roles", problem, NAME_A_ROLE)
        return pulumi.Output.all(*[roles[each].role_id if each in roles else each for each in names])

    def _marks(self, path: str) -> dict[str, Any]:
        """The tags or the metadata of the objects that a section makes; an existing object gets none."""
        own = self._sections[path]
        if own.get("existing") or own.get("existing_client_id") is not None:
            return {}
        inputs = {"gateway": ("tags", "tags"), "user": ("app_metadata", "metadata")}
        inputs |= dict.fromkeys(("client", "interactive_client", "database"), ("metadata", "metadata"))
        return {inputs[path][0]: self._args.get(inputs[path][1])} if path in inputs else {}

    def _granted(self, path: str, api: Auth0Api) -> dict[str, Any]:
        """What a client may ask for: every scope of the API, unless its section or its existing grant say which."""
        client = self._sections[path]
        wired: dict[str, Any] = {"audience": api.audience, "available_scopes": api.scopes}
        if "scopes" in client or client.get("existing_grant") or client.get("without_grant"):
            return wired
        return wired | {"scopes": api.scopes}

    def _resource_owner(self) -> dict[str, Any]:
        """The user whose password the portal's console sends, where it may."""
        portal, user = self._sections["portal"], self._sections.get("user")
        if user is None or "resource_owner_username" in portal:
            return {}
        if not is_known(portal["grant_types"]) or "password" not in portal["grant_types"]:
            return {}
        return {"resource_owner_username": user["email"], "resource_owner_password": user["password"]}

    def _service(self, gateway: ApiGateway) -> dict[str, Any]:
        return {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}

    def _goes_along(self) -> bool:
        # Azure subscribes to a product that needs subscriptions, and deletes such a product only with its service.
        subscribed = self._sections["publication"].get("product_subscription_required")
        return bool(subscribed) and not self._sections["gateway"].get("existing")
