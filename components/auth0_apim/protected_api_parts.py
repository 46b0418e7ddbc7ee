"""The parts of a ProtectedApi, each made from the inputs that concern it and from the parts before."""

from collections.abc import Mapping
from typing import Any, Optional, cast

import pulumi

from auth0_apim.api_gateway import ApiGateway, ApiGatewayArgs
from auth0_apim.api_gateway_inputs import OF_A_NEW_SERVICE
from auth0_apim.auth0_api import Auth0Api, Auth0ApiArgs
from auth0_apim.database_user import DatabaseUser, DatabaseUserArgs
from auth0_apim.interactive_client import InteractiveClient, InteractiveClientArgs
from auth0_apim.jwt_policy import JwtPolicy, JwtPolicyArgs
from auth0_apim.jwt_settings import OPTIONAL_RULES
from auth0_apim.machine_client import MachineClient, MachineClientArgs
from auth0_apim.names import slug
from auth0_apim.portal_login import ClientAuthentication, PortalLogin, PortalLoginArgs, redirect_uris
from auth0_apim.protected_users_checks import OF_THE_DATABASE, OF_THE_LOGIN
from auth0_apim.published_api import PublishedApi, PublishedApiArgs
from auth0_apim.user_database import UserDatabase, UserDatabaseArgs

_OF_THE_API = (
    "identifier",
    "scopes",
    "signing_algorithm",
    "permissions_in_token",
    "token_lifetime",
    "allow_offline_access",
    "domain",
)
_OF_THE_GATEWAY = ("resource_group_name", "service_name", *OF_A_NEW_SERVICE)
_OF_THE_PUBLICATION = (
    "path",
    "openapi",
    "link_format",
    "api_id",
    "description",
    "service_url",
    "keep_service_url",
    "subscription_required",
    "product_name",
    "product_id",
    "product_subscription_required",
    "keep_product",
    "version",
    "versioning_scheme",
    "version_set_id",
)
_OF_THE_OPERATIONS = ("operation_scopes", "default_scopes", "public_operations")


class ProtectedApiParts:
    """Makes the parts of one ProtectedApi; an optional one that is not asked for is None."""

    def __init__(self, whole: pulumi.ComponentResource, name: str, args: Mapping[str, Any]) -> None:
        self._name = name
        self._args = args
        self._title = pulumi.Output.from_input(args.get("display_name", name))
        self._opts = pulumi.ResourceOptions(parent=whole)

    def auth0_api(self) -> Auth0Api:
        """The API in Auth0."""
        wired = {
            "display_name": self._title,
            "allow_offline_access": self._args.get("offline_access", False),
            **self._given(*_OF_THE_API),
        }
        return Auth0Api(f"{self._name}-auth0-api", cast(Auth0ApiArgs, wired), self._opts)

    def machine_client(self, api: Auth0Api) -> MachineClient:
        """The client that calls the API in its own name."""
        wired = {
            "audience": api.audience,
            "scopes": self._args.get("client_scopes", api.scopes),
            "available_scopes": api.scopes,
            "display_name": self._args.get("client_name", pulumi.Output.concat(self._title, " Client")),
            **self._given("allow_password_grant", "token_endpoint_auth_method", "metadata"),
        }
        return MachineClient(f"{self._name}-machine-client", cast(MachineClientArgs, wired), self._opts)

    def api_gateway(self) -> ApiGateway:
        """The service, new or existing."""
        given = self._given(*_OF_THE_GATEWAY)
        given["existing"] = self._args.get("existing_service", False)
        return ApiGateway(f"{self._name}-gateway", cast(ApiGatewayArgs, given), self._opts)

    def redirect_uris(self, gateway: ApiGateway) -> pulumi.Output[list[str]]:
        """Where the portal waits for a login's answer; known before its authorization server, so that the client can list it."""
        if "portal_display_name" not in self._args:
            return pulumi.Output.from_input([])
        known = pulumi.Output.all(gateway.portal_url, self._authorization_server_id(), self._portal_grant_types())
        return known.apply(lambda each: redirect_uris(*each))

    def interactive_client(
        self, api: Auth0Api, portal_addresses: pulumi.Output[list[str]]
    ) -> Optional[InteractiveClient]:
        """The application that people log in to, the portal included."""
        if "callbacks" not in self._args and "portal_display_name" not in self._args:
            return None
        own = pulumi.Output.from_input(self._args.get("callbacks", []))
        wired = {
            "callbacks": pulumi.Output.all(own, portal_addresses).apply(lambda both: [*both[0], *both[1]]),
            "audience": api.audience,
            "scopes": self._args.get("interactive_client_scopes", api.scopes),
            "available_scopes": api.scopes,
            "display_name": self._args.get("interactive_client_name", pulumi.Output.concat(self._title, " Login")),
            **self._given(*OF_THE_LOGIN, "allow_password_grant", "metadata"),
        }
        return InteractiveClient(f"{self._name}-interactive-client", cast(InteractiveClientArgs, wired), self._opts)

    def user_database(self, machine: MachineClient, interactive: Optional[InteractiveClient]) -> Optional[UserDatabase]:
        """The users' database."""
        if "connection_name" not in self._args:
            return None
        clients = [machine.client_id, *([interactive.client_id] if interactive else [])]
        wired = self._given("connection_name", *OF_THE_DATABASE, "metadata") | {"enabled_clients": clients}
        return UserDatabase(f"{self._name}-database", cast(UserDatabaseArgs, wired), self._opts)

    def database_user(self, database: Optional[UserDatabase]) -> Optional[DatabaseUser]:
        """Its first user."""
        if database is None or "user_email" not in self._args:
            return None
        wired = {
            "connection_name": database.connection_name,
            "email": self._args["user_email"],
            "password": self._args["user_password"],
            **self._given("username", "password_policy", "minimum_password_length"),
        }
        return DatabaseUser(f"{self._name}-user", cast(DatabaseUserArgs, wired), self._opts)

    def portal_login(
        self, api: Auth0Api, gateway: ApiGateway, interactive: Optional[InteractiveClient]
    ) -> Optional[PortalLogin]:
        """The portal's way to log in."""
        if "portal_display_name" not in self._args or interactive is None:
            return None
        wired = self._of(gateway) | {
            "display_name": self._args["portal_display_name"],
            "authorization_server_id": self._authorization_server_id(),
            "audience": api.audience,
            "authorization_endpoint": api.authorization_endpoint,
            "token_endpoint": api.token_endpoint,
            "client_id": interactive.client_id,
            "client_secret": interactive.client_secret,
            # What Auth0 expects of an InteractiveClient.
            "client_authentication": ClientAuthentication.BODY,
            "grant_types": self._portal_grant_types(),
            "default_scope": interactive.granted_scopes.apply(" ".join),
            "available_scopes": interactive.granted_scopes,
            "portal_url": gateway.portal_url,
            "sku": gateway.sku,
        }
        return PortalLogin(f"{self._name}-portal-login", cast(PortalLoginArgs, wired), self._inside(gateway))

    def published_api(self, gateway: ApiGateway, portal: Optional[PortalLogin]) -> PublishedApi:
        """The API behind the gateway."""
        given = self._given(*_OF_THE_PUBLICATION)
        wired = self._of(gateway) | {"display_name": self._title, "gateway_url": gateway.gateway_url}
        if portal is not None:
            wired["authorization_server_id"] = portal.authorization_server_id
        return PublishedApi(f"{self._name}-published-api", cast(PublishedApiArgs, given | wired), self._inside(gateway))

    def jwt_policy(self, api: Auth0Api, gateway: ApiGateway, published: PublishedApi) -> JwtPolicy:
        """The gateway's check."""
        by_permissions = pulumi.Output.from_input(self._args.get("permissions_in_token", False))
        wired = self._of(gateway) | {
            "issuer": api.issuer,
            "audience": api.audience,
            "openid_configuration_url": api.openid_configuration_url,
            "signing_secret": api.signing_secret,
            "api_id": published.api_id,
            "operations": published.operations,
            "available_scopes": api.scopes,
            "sku": gateway.sku,
            "scope_claim": by_permissions.apply(lambda yes: "permissions" if yes else "scope"),
        }
        if "backend_id" not in self._args:
            wired["backend_url"] = published.backend_url
        given = self._given(*OPTIONAL_RULES, *_OF_THE_OPERATIONS, "signing_algorithm", "counted_by")
        if self._args.get("scopes_from_document"):
            given["scopes_document"] = self._args["openapi"]
        return JwtPolicy(f"{self._name}-jwt-policy", cast(JwtPolicyArgs, given | wired), self._inside(gateway))

    def _given(self, *names: str) -> dict[str, Any]:
        return {name: value for name, value in self._args.items() if name in names}

    def _of(self, gateway: ApiGateway) -> dict[str, Any]:
        return {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}

    def _inside(self, gateway: ApiGateway) -> pulumi.ResourceOptions:
        # Azure makes a subscription to a product that needs some, and deletes the product only with the service around it.
        goes_along = self._args.get("product_subscription_required") and not self._args.get("existing_service")
        return pulumi.ResourceOptions(parent=self._opts.parent, deleted_with=gateway if goes_along else None)

    def _authorization_server_id(self) -> pulumi.Output[str]:
        # One service may hold many APIs, whose paths differ, and several versions of each.
        named = pulumi.Output.all(self._args["path"], self._args.get("version"))
        return named.apply(lambda each: slug("-".join(filter(None, each))))

    def _portal_grant_types(self) -> list[str]:
        return ["authorization_code", *(["password"] if self._args.get("allow_password_grant") else [])]
