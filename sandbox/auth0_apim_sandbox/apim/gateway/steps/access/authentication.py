"""`authentication-basic` and `authentication-managed-identity`: who the gateway is to a backend."""

import base64
from collections.abc import Callable

from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure, Step, internal_error
from auth0_apim_sandbox.apim.gateway.state.shared import Shared
from auth0_apim_sandbox.apim.gateway.steps.values import text_of
from auth0_apim_sandbox.apim.policies.markup import Node

Credential = Callable[[Context], str]
"""Gives the value of `Authorization`; raises PolicyFailure."""


def credential_of(node: Node, shared: Shared) -> Credential:
    """The credential that an `authentication-…` element stands for."""
    if node.name == "authentication-basic":
        return _basic(node)
    token = _identity_token(node, shared)
    return lambda context: f"Bearer {token(context)}"


def compile_authentication_basic(node: Node, shared: Shared) -> Step:
    """`authentication-basic` (RFC 7617)."""
    credential = credential_of(node, shared)

    def authenticate(context: Context) -> None:
        context.request.headers.set("authorization", credential(context))

    return authenticate


def compile_authentication_managed_identity(node: Node, shared: Shared) -> Step:
    """`authentication-managed-identity`: the token goes into `Authorization`, or into a variable where one is named."""
    token, variable = _identity_token(node, shared), node.attributes.get("output-token-variable-name")
    ignores = node.attributes.get("ignore-error") == "true"

    def authenticate(context: Context) -> None:
        try:
            value = token(context)
        except PolicyFailure:
            if ignores:
                return
            raise
        if variable is not None:
            context.variables[variable] = value
        else:
            context.request.headers.set("authorization", f"Bearer {value}")

    return authenticate


def _basic(node: Node) -> Credential:
    user, password = text_of(node.attributes["username"]), text_of(node.attributes["password"])

    def credential(context: Context) -> str:
        pair = f"{user(context)}:{password(context)}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    return credential


def _identity_token(node: Node, shared: Shared) -> Callable[[Context], str]:
    resource = text_of(node.attributes["resource"])
    client_id = text_of(node.attributes["client-id"]) if "client-id" in node.attributes else None

    def token(context: Context) -> str:
        try:
            return shared.identity_token(resource(context), client_id(context) if client_id else None)
        except LookupError as error:
            raise internal_error("ManagedIdentityFailure", f"No access token: {error.args[0]}.") from None

    return token
