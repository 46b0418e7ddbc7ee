"""A program that calls the API in its own name."""

from enum import Enum
from typing import Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0.clients import (
    CLIENT_ID,
    PASSWORD_GRANTS,
    SIGNED_BY_THE_TENANT,
    Grant,
    check_client,
    granted_scopes,
    new_grant,
    readable_secret,
)
from auth0_apim.component.inputs import ComponentInputs
from auth0_apim.rules.scope_rules import IDENTIFIER, SCOPE_NAMES
from auth0_apim.rules.text_rules import DISPLAY_NAME, METADATA


class TokenEndpointAuthMethod(Enum):
    """How a client shows its secret at the token endpoint (RFC 6749, 2.3.1)."""

    POST = "client_secret_post"
    """In the request's body."""
    BASIC = "client_secret_basic"
    """In the Authorization header."""


class ClientSection(TypedDict):
    scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to none; with `existing_grant` to what the grant has, else in a ProtectedApi to every scope of the API. The API's scopes that the client is granted, and no others."""
    existing_client_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to a new client. The id of a client that exists: it is read, never changed, and remains after a destroy; only a grant is made here. Excludes every input that describes a new one. A grant of the tenant that this stack did not make is refused: see `existing_grant`. Tokens of its users need an `InteractiveClient` with the same id."""
    existing_grant: NotRequired[bool]
    """Optional, defaults to false. With `existing_client_id`: use the grant that the client has for the API in its own name. It is read, never changed, and remains after a destroy; where `scopes` are given, it must have exactly these."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name; in a ProtectedApi to the API's name followed by `Client`. The client's name in Auth0's dashboard, at most 200 characters without `<` and `>`."""
    token_endpoint_auth_method: NotRequired[pulumi.Input[TokenEndpointAuthMethod]]
    """Optional, defaults to `client_secret_post`. How the client shows its secret at the token endpoint."""
    allow_password_grant: NotRequired[bool]
    """Optional, defaults to false. Let the client also exchange users' passwords for tokens, which RFC 9700 advises against; for a developer portal's test console. Its users' tokens are granted the same `scopes`."""


class MachineClientArgs(ClientSection):
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of the client: up to 10 texts by name."""
    audience: pulumi.Input[str]
    """Required. The identifier of the API that the client calls; pass Auth0Api's `audience`."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every granted one must be among; pass Auth0Api's `scopes`."""


MACHINE_CLIENT = ComponentInputs(
    component="MachineClient",
    shape=MachineClientArgs,
    rules={
        "audience": IDENTIFIER,
        "scopes": SCOPE_NAMES,
        "available_scopes": SCOPE_NAMES,
        "existing_client_id": CLIENT_ID,
        "display_name": DISPLAY_NAME,
        "metadata": METADATA,
    },
    defaults={
        "display_name": str,
        "existing_grant": False,
        "token_endpoint_auth_method": "client_secret_post",
        "allow_password_grant": False,
    },
    check=check_client,
)


class MachineClient(pulumi.ComponentResource):
    """A confidential client for the client credentials grant, allowed one API and only the scopes it needs there."""

    client_id: pulumi.Output[str]
    """The client's id."""
    client_secret: pulumi.Output[str]
    """The client's secret, secret."""
    granted_scopes: pulumi.Output[list[str]]
    """The scopes of the client's grant as the tenant has it, sorted. Known once a token with them can be had."""

    def __init__(self, name: str, args: MachineClientArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = MACHINE_CLIENT.of(name, args)
        super().__init__("auth0-apim:index:MachineClient", name, {}, opts)

        audience, existing_id = inputs.output("audience"), inputs.optional("existing_client_id")
        by_password = inputs.get("allow_password_grant")
        if existing_id is not None:
            found = auth0.get_client_output(client_id=existing_id, opts=pulumi.InvokeOutputOptions(parent=self))
            self.client_id, secret = pulumi.Output.unsecret(found.client_id), found.client_secret
        else:
            client = auth0.Client(
                f"{name}-client",
                name=inputs.output("display_name"),
                app_type="non_interactive",
                grant_types=["client_credentials", *(PASSWORD_GRANTS if by_password else [])],
                oidc_conformant=True,
                jwt_configuration=SIGNED_BY_THE_TENANT,
                client_metadata=inputs.optional("metadata"),
                opts=pulumi.ResourceOptions(parent=self),
            )
            credentials = auth0.ClientCredentials(
                f"{name}-credentials",
                client_id=client.client_id,
                authentication_method=inputs.output("token_endpoint_auth_method"),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.client_id, secret = client.client_id, credentials.client_secret
        if by_password:
            new_grant(self, f"{name}-user-grant", Grant(self.client_id, audience, "user"), inputs.output("scopes", []))

        self.client_secret = pulumi.Output.secret(secret.apply(readable_secret))
        self.granted_scopes = granted_scopes(self, inputs, Grant(self.client_id, audience, "client"))
        self.register_outputs(
            {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "granted_scopes": self.granted_scopes,
            }
        )
