"""An application that people log in to."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.api_rules import identifier_problem
from auth0_apim.azure_rules import client_id_problem
from auth0_apim.clients import (
    PASSWORD_GRANTS,
    SIGNED_BY_THE_TENANT,
    Grant,
    granted_scopes,
    has_existing_grant,
    readable_secret,
    requested_scopes,
)
from auth0_apim.existing import refuse_description
from auth0_apim.inputs import Inputs
from auth0_apim.interactive_client_inputs import described_client

_DESCRIPTION = (
    "callbacks",
    "application",
    "display_name",
    "allowed_logout_urls",
    "web_origins",
    "offline_access",
    "allow_password_grant",
    "metadata",
)


class Application(Enum):
    """What kind of application it is, which decides whether it can keep a secret (RFC 6749, 2.1)."""

    REGULAR_WEB = "regular_web"
    """Runs on a server, and has a secret."""
    SINGLE_PAGE = "spa"
    """Runs in the browser, and has none."""


class InteractiveClientArgs(TypedDict):
    callbacks: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Required unless `existing_client_id`. Every address that a login may answer to, exactly; https, or http on localhost. Example: `["https://app.example.com/callback"]`."""
    existing_client_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a new client. The id of a client that exists: it is read, never changed, and remains after a destroy; only a grant is made here. Excludes every input that describes a new one. A grant of the tenant that this stack did not make is refused: see `existing_grant`."""
    existing_grant: NotRequired[bool]
    """Optional, defaults to false. With `existing_client_id` and `audience`: use the grant that the client has for its users' tokens. It is read, never changed, and remains after a destroy; where `scopes` are given, it must have exactly these."""
    application: NotRequired[pulumi.Input[Application]]
    """Optional, defaults to `regular_web`. Whether the application runs on a server, with a secret, or in the browser, without."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The application's name, shown to its users at login; at most 200 characters without `<` and `>`."""
    allowed_logout_urls: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Every address that a logout may answer to, exactly. Example: `["https://app.example.com/"]`."""
    web_origins: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Origins whose pages may renew a login silently. Example: `["https://app.example.com"]`."""
    audience: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no grant, without which an Auth0Api's users get no token by the application. The identifier of the API; pass Auth0Api's `audience`. Example: `basic-calculator`."""
    scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none; with `existing_grant` to what the grant has. With `audience`: the API's scopes that the application may ask its users for, and no others; a login has to name those it wants. Example: `["calc:add"]`."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every one of `scopes` must be among; pass Auth0Api's `scopes`."""
    offline_access: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Let the application have refresh tokens: rotating ones that expire after 30 days, or 15 without use."""
    allow_password_grant: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Let a regular web application exchange users' passwords for tokens, which RFC 9700 advises against."""
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of the client: up to 10 texts by name. Example: `{"owner": "platform-team"}`."""


class InteractiveClient(pulumi.ComponentResource):
    """A client for the authorization code grant with exact callbacks; the implicit grant is never enabled."""

    client_id: pulumi.Output[str]
    """The client's id."""
    client_secret: pulumi.Output[Optional[str]]
    """The client's secret, secret; null for a single page application."""
    granted_scopes: pulumi.Output[list[str]]
    """The scopes of the application's grant as the tenant has it, sorted; empty without an `audience`. Known once a user's token with them can be had."""

    def __init__(self, name: str, args: InteractiveClientArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("InteractiveClient", name)
        args = inputs.known(args, InteractiveClientArgs)
        scopes = requested_scopes(inputs, args)
        has_existing_grant(inputs, args)
        audience = None
        if "audience" in args:
            audience = inputs.check("audience", args["audience"], identifier_problem, '"basic-calculator"')
        elif "scopes" in args:
            raise inputs.error("audience", "is required where there are scopes", '"basic-calculator"')
        existing_id, described = None, {}
        if "existing_client_id" in args:
            existing_id = inputs.check("existing_client_id", args["existing_client_id"], client_id_problem, '"AaBb…"')
            refuse_description(inputs, args, "existing_client_id", _DESCRIPTION)
        else:
            described = described_client(inputs, name, args)
        super().__init__("auth0-apim:index:InteractiveClient", name, {}, opts)

        if existing_id is not None:
            self.client_id, self.client_secret = _existing_client(self, existing_id)
        else:
            self.client_id, self.client_secret = _new_client(self, name, described)
        self.granted_scopes = pulumi.Output.from_input(list[str]())
        if audience is not None:
            grant = Grant(self.client_id, audience, "user")
            self.granted_scopes = granted_scopes(self, inputs, args, grant, scopes)
        self.register_outputs(
            {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "granted_scopes": self.granted_scopes,
            }
        )


def _new_client(
    component: pulumi.ComponentResource, name: str, described: Mapping[str, pulumi.Output[Any]]
) -> tuple[pulumi.Output[str], pulumi.Output[Optional[str]]]:
    application, grants = described["application"], described["grants"]
    client = auth0.Client(
        f"{name}-client",
        name=described["display_name"],
        app_type=application,
        grant_types=grants.apply(_grant_types),
        callbacks=described["callbacks"],
        allowed_logout_urls=described["allowed_logout_urls"],
        web_origins=described["web_origins"],
        oidc_conformant=True,
        jwt_configuration=SIGNED_BY_THE_TENANT,
        client_metadata=described.get("metadata"),
        refresh_token=grants.apply(_refresh_token),
        opts=pulumi.ResourceOptions(parent=component),
    )
    credentials = auth0.ClientCredentials(
        f"{name}-credentials",
        client_id=client.client_id,
        authentication_method=application.apply(_authentication_method),
        opts=pulumi.ResourceOptions(parent=component),
    )
    secret = pulumi.Output.all(application, credentials.client_secret).apply(_own_secret)
    return client.client_id, pulumi.Output.secret(secret)


def _existing_client(
    component: pulumi.ComponentResource, client_id: pulumi.Output[str]
) -> tuple[pulumi.Output[str], pulumi.Output[Optional[str]]]:
    found = auth0.get_client_output(client_id=client_id, opts=pulumi.InvokeOutputOptions(parent=component))
    secret = pulumi.Output.all(found.app_type, found.client_secret).apply(_own_secret)
    return pulumi.Output.unsecret(found.client_id), pulumi.Output.secret(secret)


def _grant_types(grants: Mapping[str, Any]) -> list[str]:
    refresh = ["refresh_token"] if grants["offline_access"] else []
    return ["authorization_code", *refresh, *(PASSWORD_GRANTS if grants["password"] else [])]


def _refresh_token(grants: Mapping[str, Any]) -> Optional[auth0.ClientRefreshTokenArgs]:
    if not grants["offline_access"]:
        return None
    # A stolen refresh token is found out when it is used a second time (RFC 9700, 4.14.2).
    return auth0.ClientRefreshTokenArgs(
        rotation_type="rotating",
        expiration_type="expiring",
        leeway=0,
        token_lifetime=2_592_000,
        infinite_token_lifetime=False,
        idle_token_lifetime=1_296_000,
        infinite_idle_token_lifetime=False,
    )


def _authentication_method(application: str) -> str:
    return "none" if application == Application.SINGLE_PAGE.value else "client_secret_post"


def _own_secret(application_and_secret: list[Optional[str]]) -> Optional[str]:
    application, secret = application_and_secret
    return None if application == Application.SINGLE_PAGE.value else readable_secret(secret)
