"""A program that calls the API in its own name."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Optional

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
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule
from auth0_apim.rules.scope_rules import IDENTIFIER, SCOPE_NAMES
from auth0_apim.rules.text_rules import DISPLAY_NAME, METADATA

_MOST_KEYS = 2
_PUBLIC = re.compile(
    r"\s*-----BEGIN (PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)-----\s[A-Za-z0-9+/=\s]+-----END \1-----\s*"
)


def public_keys_problem(value: Mapping[str, str]) -> str | None:
    """Public keys by name: one or two, as PEM (Auth0 Management API, client credentials). A value is never quoted."""
    if not 1 <= len(value) <= _MOST_KEYS:
        return f"must have 1 or {_MOST_KEYS} keys, not {len(value)}"
    for name, pem in value.items():
        if not 1 <= len(name) <= 128:
            return f"must have names of 1 to 128 characters, not {name!r}"
        if "PRIVATE KEY" in pem:
            return f"has a private key for {name!r}, which must stay with the client"
        if not _PUBLIC.fullmatch(pem):
            return f"has no public key or certificate as PEM for {name!r}"
    return None


def token_quota_problem(value: float) -> str | None:
    """A number of tokens: a whole number from 1 to 2,147,483,647 (Auth0 Management API, token quotas)."""
    if isinstance(value, bool) or value != int(value) or not 1 <= value <= 2_147_483_647:
        return f"must be a whole number from 1, not {value!r}"
    return None


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
    token_quota_per_hour: NotRequired[pulumi.Input[int]]
    """Optional, defaults to the tenant's default. The number of access tokens that the client gets in an hour; Auth0 answers further requests with 429. Needs a plan of Auth0 with token quotas."""
    token_quota_per_day: NotRequired[pulumi.Input[int]]
    """Optional, defaults to the tenant's default. The number of access tokens that the client gets in a day (UTC); Auth0 answers further requests with 429. Needs a plan of Auth0 with token quotas."""
    allow_password_grant: NotRequired[bool]
    """Optional, defaults to false. Let the client also exchange users' passwords for tokens, which RFC 9700 advises against; for a developer portal's test console. Its users' tokens are granted the same `scopes`."""


class MachineClientArgs(ClientSection):
    public_keys: NotRequired[dict[str, pulumi.Input[str]]]
    """Optional, defaults to a secret. One or two RSA public keys or certificates as PEM, by a name: the client signs a JWT with its private key (`private_key_jwt`, RS256) instead of sending a secret, and no state holds one. Give both keys while the client changes from one to the other. Excludes `token_endpoint_auth_method`. Needs an Enterprise plan of Auth0."""
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of the client: up to 10 texts by name."""
    audience: pulumi.Input[str]
    """Required. The identifier of the API that the client calls; pass Auth0Api's `audience`."""
    available_scopes: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Optional, defaults to no check. The scopes that the API has, which every granted one must be among; pass Auth0Api's `scopes`."""


def _check(inputs: Inputs) -> None:
    check_client(inputs)
    if "public_keys" in inputs and "token_endpoint_auth_method" in inputs:
        raise inputs.error(
            "token_endpoint_auth_method", "says how a secret is sent, and excludes 'public_keys'", "leave it out"
        )


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
        "public_keys": Rule(
            public_keys_problem,
            {"2026": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOC\n-----END PUBLIC KEY-----"},
        ),
        "token_quota_per_hour": Rule(token_quota_problem, 100),
        "token_quota_per_day": Rule(token_quota_problem, 1000),
    },
    defaults={
        "display_name": str,
        "existing_grant": False,
        "token_endpoint_auth_method": "client_secret_post",
        "allow_password_grant": False,
    },
    check=_check,
)


class MachineClient(pulumi.ComponentResource):
    """A confidential client for the client credentials grant, allowed one API and only the scopes it needs there."""

    client_id: pulumi.Output[str]
    """The client's id."""
    client_secret: pulumi.Output[Optional[str]]
    """The client's secret, secret; null for a client with `public_keys`."""
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
                token_quota=_token_quota(inputs),
                opts=pulumi.ResourceOptions(parent=self),
            )
            credentials = auth0.ClientCredentials(
                f"{name}-credentials",
                client_id=client.client_id,
                **_authentication(inputs),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.client_id, secret = client.client_id, credentials.client_secret
        if by_password:
            new_grant(self, f"{name}-user-grant", Grant(self.client_id, audience, "user"), inputs.output("scopes", []))

        has_keys = "public_keys" in inputs
        self.client_secret = pulumi.Output.secret(
            None if has_keys else secret.apply(_known_secret if existing_id is None else readable_secret)
        )
        self.granted_scopes = granted_scopes(self, inputs, Grant(self.client_id, audience, "client"))
        self.register_outputs(
            {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "granted_scopes": self.granted_scopes,
            }
        )


def _known_secret(client_secret: Optional[str]) -> str:
    """The secret of a client that is made here; a preview does not know it where the client had public keys before."""
    return "" if pulumi.runtime.is_dry_run() and not client_secret else readable_secret(client_secret)


def _authentication(inputs: Inputs) -> dict[str, Any]:
    """How the client proves who it is: by a secret, or by one of its keys (RFC 7523, 2.2)."""
    keys = inputs.get("public_keys")
    if keys is None:
        return {"authentication_method": inputs.output("token_endpoint_auth_method")}
    credentials = [
        auth0.ClientCredentialsPrivateKeyJwtCredentialArgs(
            name=name, credential_type="public_key", algorithm="RS256", pem=keys[name]
        )
        for name in sorted(keys)
    ]
    described = auth0.ClientCredentialsPrivateKeyJwtArgs(credentials=credentials)
    return {"authentication_method": "private_key_jwt", "private_key_jwt": described}


def _token_quota(inputs: Inputs) -> Optional[auth0.ClientTokenQuotaArgs]:
    limits = {name: inputs.optional(f"token_quota_{name}") for name in ("per_hour", "per_day")}
    if all(limit is None for limit in limits.values()):
        return None
    return auth0.ClientTokenQuotaArgs(
        client_credentials=auth0.ClientTokenQuotaClientCredentialsArgs(**limits, enforce=True)
    )
