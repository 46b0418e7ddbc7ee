"""`validate-azure-ad-token`: `validate-jwt` with the keys of a directory, and the applications that may call."""

from collections.abc import Callable, Sequence

from auth0_apim_sandbox.apim.gateway.calls.context import Context
from auth0_apim_sandbox.apim.gateway.state.shared import Shared
from auth0_apim_sandbox.apim.gateway.steps.access.validate_jwt import TokenValidation, items
from auth0_apim_sandbox.apim.gateway.steps.values import texts_of
from auth0_apim_sandbox.apim.gateway.tokens.jwt import CompactToken, TokenRefused
from auth0_apim_sandbox.apim.policies.markup import Node

_SAME = ("failed-validation-httpcode", "failed-validation-error-message", "output-token-variable-name")
_SOURCES = ("header-name", "query-parameter-name", "token-value")


class AzureAdTokenValidation(TokenValidation):
    """One `validate-azure-ad-token` policy, compiled."""

    def __init__(self, node: Node, shared: Shared) -> None:
        super().__init__(_as_validate_jwt(node, shared.directory), shared.sources, shared.clock)
        self._clients: Callable[[Context], Sequence[str]] | None = None
        if found := items(node, "client-application-ids"):
            self._clients = texts_of([item.text.strip() for item in found])

    def _check(self, context: Context, token: CompactToken) -> None:
        if self._clients is not None:
            caller = token.claims.get("azp", token.claims.get("appid"))
            if not isinstance(caller, str) or not caller.strip() or caller not in self._clients(context):
                message = "The token was issued to an application that is not allowed. Access denied."
                raise TokenRefused("TokenClaimValueMismatch", message)
        super()._check(context, token)


def _as_validate_jwt(node: Node, directory: str) -> Node:
    """The `validate-jwt` that checks the same; audiences are those of the element and of the backend's applications."""
    attributes = {name: node.attributes[name] for name in (*_SAME, *_SOURCES) if name in node.attributes}
    if not attributes.keys() & set(_SOURCES):
        attributes["header-name"] = "Authorization"
    if attributes.get("header-name", "").lower() == "authorization":
        attributes["require-scheme"] = "Bearer"
    tenant = node.attributes["tenant-id"]
    url = f"{directory}/{tenant}/v2.0/.well-known/openid-configuration"
    audiences = [
        Node("audience", node.line, node.column, content=[item.text])
        for name in ("audiences", "backend-application-ids")
        for item in items(node, name)
    ]
    children: list[Node | str] = [Node("openid-config", node.line, node.column, {"url": url})]
    if audiences:
        children.append(Node("audiences", node.line, node.column, content=[*audiences]))
    children += [child for child in node.children if child.name == "required-claims"]
    return Node("validate-jwt", node.line, node.column, attributes, children)
