"""An application that people log in to."""

from enum import Enum
from typing import Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0.client_rules import (
    callbacks_problem,
    password_grant_problem,
    redirect_urls_problem,
    web_origins_problem,
)
from auth0_apim.auth0.clients import (
    CLIENT_ID,
    PASSWORD_GRANTS,
    SIGNED_BY_THE_TENANT,
    Grant,
    check_client,
    granted_scopes,
    readable_secret,
)
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule
from auth0_apim.rules.scope_rules import IDENTIFIER, SCOPE_NAMES
from auth0_apim.rules.text_rules import DISPLAY_NAME, METADATA


class Application(Enum):
    """What kind of application it is, which decides whether it can keep a secret (RFC 6749, 2.1)."""

    REGULAR_WEB = "regular_web"
    """Runs on a server, and has a secret."""
    SINGLE_PAGE = "spa"
    """Runs in the browser, and has none."""


class InteractiveClientSection(TypedDict):
    callbacks: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Required unless `existing_client_id`. Every address that a login may answer to, exactly; https, or http on localhost."""
    existing_client_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a new client. The id of a client that exists: it is read, never changed, and remains after a destroy; only a grant is made here. Excludes every input that describes a new one. A grant of the tenant that this stack did not make is refused: see `existing_grant`."""
    existing_grant: NotRequired[bool]
    """Optional, defaults to false. With `existing_client_id` and `audience`: use the grant that the client has for its users' tokens. It is read, never changed, and remains after a destroy; where `scopes` are given, it must have exactly these."""
    without_grant: NotRequired[bool]
    """Optional, defaults to false. Make no grant: for an API that was adopted, as long as its access policy is `allow_all`, Auth0's default. Excludes `scopes` and `existing_grant`."""
    application: NotRequired[pulumi.Input[Application]]
    """Optional, defaults to `regular_web`. Whether the application runs on a server, with a secret, or in the browser, without."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name; in a ProtectedApi to the API's name followed by `Login`. The application's name, shown to its users at login; at most 200 characters without `<` and `>`."""
    allowed_logout_urls: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Every address that a logout may answer to, exactly."""
    web_origins: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none. Origins whose pages may renew a login silently."""
    scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none; with `existing_grant` to what the grant has, else in a ProtectedApi to every scope of the API. With `audience`: the API's scopes that the application may ask its users for, and no others; a login has to name those it wants."""
    offline_access: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Let the application have refresh tokens: rotating ones that expire after 30 days, or 15 without use."""
    allow_password_grant: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Let a regular web application exchange users' passwords for tokens, which RFC 9700 advises against."""


class InteractiveClientArgs(InteractiveClientSection):
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of the client: up to 10 texts by name."""
    audience: NotRequired[pulumi.Input[str]]
    """Optional, defaults to no grant, without which an Auth0Api's users get no token by the application. The identifier of the API; pass Auth0Api's `audience`."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every one of `scopes` must be among; pass Auth0Api's `scopes`."""


def _check(inputs: Inputs) -> None:
    check_client(inputs)
    inputs.need("scopes", "audience")
    for name in ("scopes", "existing_grant"):
        if inputs.get("without_grant") and name in inputs:
            raise inputs.error("without_grant", f"excludes {name!r}", "leave one of them out")
    if "existing_client_id" not in inputs and "callbacks" not in inputs:
        raise inputs.error("callbacks", "is required")
    grants = {"application": inputs.get("application"), "password": inputs.get("allow_password_grant")}
    inputs.require("allow_password_grant", grants, password_grant_problem, "leave it out")


INTERACTIVE_CLIENT = ComponentInputs(
    component="InteractiveClient",
    shape=InteractiveClientArgs,
    rules={
        "callbacks": Rule(callbacks_problem, ["https://app.example.com/callback"]),
        "existing_client_id": CLIENT_ID,
        "display_name": DISPLAY_NAME,
        "allowed_logout_urls": Rule(redirect_urls_problem, ["https://app.example.com/"]),
        "web_origins": Rule(web_origins_problem, ["https://app.example.com"]),
        "audience": IDENTIFIER,
        "scopes": SCOPE_NAMES,
        "available_scopes": SCOPE_NAMES,
        "metadata": METADATA,
    },
    defaults={
        "display_name": str,
        "existing_grant": False,
        "without_grant": False,
        "application": "regular_web",
        "allowed_logout_urls": [],
        "web_origins": [],
        "offline_access": False,
        "allow_password_grant": False,
    },
    check=_check,
)


class InteractiveClient(pulumi.ComponentResource):
    """A client for the authorization code grant with exact callbacks; the implicit grant is never enabled."""

    client_id: pulumi.Output[str]
    """The client's id."""
    client_secret: pulumi.Output[Optional[str]]
    """The client's secret, secret; null for a single page application."""
    granted_scopes: pulumi.Output[list[str]]
    """The scopes of the application's grant as the tenant has it, sorted; empty without an `audience`. Known once a user's token with them can be had."""

    def __init__(self, name: str, args: InteractiveClientArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = INTERACTIVE_CLIENT.of(name, args)
        super().__init__("auth0-apim:index:InteractiveClient", name, {}, opts)

        existing_id, audience = inputs.optional("existing_client_id"), inputs.optional("audience")
        if existing_id is not None:
            self.client_id, self.client_secret = _existing_client(self, existing_id)
        else:
            self.client_id, self.client_secret = _new_client(self, name, inputs)
        self.granted_scopes = pulumi.Output.from_input(list[str]())
        if audience is not None and not inputs.get("without_grant"):
            self.granted_scopes = granted_scopes(self, inputs, Grant(self.client_id, audience, "user"))
        self.register_outputs(
            {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "granted_scopes": self.granted_scopes,
            }
        )


def _new_client(
    component: pulumi.ComponentResource, name: str, inputs: Inputs
) -> tuple[pulumi.Output[str], pulumi.Output[Optional[str]]]:
    application, offline_access = inputs.output("application"), inputs.output("offline_access")
    grants = pulumi.Output.all(offline_access, inputs.output("allow_password_grant"))
    client = auth0.Client(
        f"{name}-client",
        name=inputs.output("display_name"),
        app_type=application,
        grant_types=grants.apply(lambda allowed: _grant_types(*allowed)),
        callbacks=inputs.output("callbacks"),
        allowed_logout_urls=inputs.output("allowed_logout_urls"),
        web_origins=inputs.output("web_origins"),
        oidc_conformant=True,
        jwt_configuration=SIGNED_BY_THE_TENANT,
        client_metadata=inputs.optional("metadata"),
        refresh_token=offline_access.apply(_refresh_token),
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


def _grant_types(offline_access: bool, password: bool) -> list[str]:
    refresh = ["refresh_token"] if offline_access else []
    return ["authorization_code", *refresh, *(PASSWORD_GRANTS if password else [])]


def _refresh_token(offline_access: bool) -> Optional[auth0.ClientRefreshTokenArgs]:
    if not offline_access:
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
