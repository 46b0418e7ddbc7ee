"""The API as Auth0 knows it: what tokens are issued for, and by which rules."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Optional

import pulumi
import pulumi_auth0 as auth0
from typing_extensions import NotRequired, TypedDict

from auth0_apim.auth0.tenant import tenant_issuer
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule
from auth0_apim.rules.opinion_rules import open_access_problem, shared_key_problem
from auth0_apim.rules.scope_rules import IDENTIFIER, scopes_problem
from auth0_apim.rules.text_rules import DISPLAY_NAME


def token_lifetime_problem(value: float, limit: int = 2_592_000) -> str | None:
    """A token's lifetime: whole seconds, 1 to `limit` (Auth0's own is 2,592,000, 30 days)."""
    if isinstance(value, bool) or value != int(value) or not 1 <= value <= limit:
        return f"must be a whole number of seconds from 1 to {limit}, not {value!r}"
    return None


def domain_problem(value: str) -> str | None:
    """A tenant's domain as Auth0 shows it: a host name, no scheme and no path."""
    if "://" in value or "/" in value:
        return f"must be a bare domain, without scheme and path, not {value!r}"
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?", value):
        return f"must be a host name, not {value!r}"
    return None


class SigningAlgorithm(Enum):
    """How Auth0 signs the API's access tokens."""

    RS256 = "RS256"
    """With the tenant's private key; the gateway finds the public one by the OpenID document."""
    HS256 = "HS256"
    """With a secret that the tenant and the gateway share."""


class UserAccess(Enum):
    """Which applications get tokens of the API's users."""

    REQUIRE_CLIENT_GRANT = "require_client_grant"
    """Those that have a grant, with its scopes and no others."""
    ALLOW_ALL = "allow_all"
    """Every application of the tenant, with every scope of the API. Auth0's default."""


class ApiSection(TypedDict):
    identifier: pulumi.Input[str]
    """Required. The API's immutable identifier, 1 to 600 characters; the `aud` claim of its tokens. A change replaces the API."""
    existing: NotRequired[bool]
    """Optional, defaults to false. Use the API that has the identifier: it is read, never changed, and remains after a destroy. Excludes every input that describes a new one. Its access policy stays as it is, too: where that is `allow_all`, Auth0's default, any application of the tenant gets its users' tokens with every scope, whatever is granted; `auth0-apim doctor` tells."""
    display_name: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name. The API's name in Auth0's dashboard, at most 200 characters without `<` and `>`."""
    scopes: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Every scope the API has, as a map from the scope to its description."""
    signing_algorithm: NotRequired[pulumi.Input[SigningAlgorithm]]
    """Optional, defaults to `RS256`. How Auth0 signs the API's tokens."""
    permissions_in_token: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false. Enforce role-based access control and put the caller's permissions into the token's `permissions` claim."""
    token_lifetime: NotRequired[pulumi.Input[int]]
    """Optional, defaults to 86400. Seconds an access token is good for, 1 to 2592000."""
    allow_offline_access: NotRequired[pulumi.Input[bool]]
    """Optional, defaults to false; in a ProtectedApi to `offline_access` of its interactive client. Let clients ask for refresh tokens with the scope `offline_access`."""
    user_access: NotRequired[pulumi.Input[UserAccess]]
    """Optional, defaults to `require_client_grant`: an application gets tokens of the API's users by a grant alone, with the scopes of that grant alone; it is an `InteractiveClient` with this `audience`. Tokens in an application's own name always need a grant."""
    domain: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the domain of the tenant that the auth0 provider manages. The domain tokens are requested from, without scheme; the tenant's custom domain where it has one."""


class Auth0ApiArgs(ApiSection):
    """The inputs of an Auth0Api."""


def _check(inputs: Inputs) -> None:
    inputs.refuse_beside("existing", "identifier", "domain")


AUTH0_API = ComponentInputs(
    component="Auth0Api",
    shape=Auth0ApiArgs,
    rules={
        "identifier": IDENTIFIER,
        "display_name": DISPLAY_NAME,
        "scopes": Rule(scopes_problem, {"calc:add": "Add two numbers"}),
        "token_lifetime": Rule(token_lifetime_problem, 3600),
        "domain": Rule(domain_problem, "login.example.com"),
    },
    defaults={
        "display_name": str,
        "existing": False,
        "scopes": {},
        "signing_algorithm": "RS256",
        "permissions_in_token": False,
        "token_lifetime": 86400,
        "allow_offline_access": False,
        "user_access": "require_client_grant",
    },
    check=_check,
)


class Auth0Api(pulumi.ComponentResource):
    """An API registered in Auth0, with its scopes declared once and everything a gateway needs to check its tokens."""

    issuer: pulumi.Output[str]
    """The `iss` claim of the API's tokens: an absolute URL with a trailing slash."""
    audience: pulumi.Output[str]
    """The `aud` claim of the API's tokens: the identifier exactly as given. Known once the API has its scopes."""
    openid_configuration_url: pulumi.Output[str]
    """Absolute URL of the tenant's OpenID Connect discovery document."""
    jwks_url: pulumi.Output[str]
    """Absolute URL of the tenant's public signing keys, a JSON Web Key Set (RFC 7517)."""
    authorization_endpoint: pulumi.Output[str]
    """Absolute URL where a user's browser is sent to log in."""
    token_endpoint: pulumi.Output[str]
    """Absolute URL where clients get tokens."""
    signing_algorithm: pulumi.Output[str]
    """`RS256` or `HS256`."""
    signing_secret: pulumi.Output[Optional[str]]
    """The shared signing secret of an HS256 API, secret; null with RS256."""
    scopes: pulumi.Output[list[str]]
    """The names of the API's scopes, sorted."""
    user_access: pulumi.Output[str]
    """The API's access policy for its users' tokens as the tenant has it: `require_client_grant`, `allow_all` or `deny_all`."""

    def __init__(self, name: str, args: Auth0ApiArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = AUTH0_API.of(name, args)
        super().__init__("auth0-apim:index:Auth0Api", name, {}, opts)
        inputs.warn("signing_algorithm", inputs.get("signing_algorithm"), shared_key_problem, "use RS256")

        domain, identifier, exists = inputs.optional("domain"), inputs.output("identifier"), inputs.get("existing")
        self.issuer = tenant_issuer(self) if domain is None else pulumi.Output.concat("https://", domain, "/")
        self.openid_configuration_url = pulumi.Output.concat(self.issuer, ".well-known/openid-configuration")
        self.jwks_url = pulumi.Output.concat(self.issuer, ".well-known/jwks.json")
        self.authorization_endpoint = pulumi.Output.concat(self.issuer, "authorize")
        self.token_endpoint = pulumi.Output.concat(self.issuer, "oauth/token")
        if exists:
            found = auth0.get_resource_server_output(
                identifier=identifier, opts=pulumi.InvokeOutputOptions(parent=self)
            )
            self.audience, self.signing_algorithm, signing_secret = (
                found.identifier,
                found.signing_alg,
                found.signing_secret,
            )
            self.scopes = found.scopes.apply(lambda declared: sorted(scope.name for scope in declared))
            self.user_access = found.subject_type_authorizations.apply(_found_user_access)
        else:
            server = _new_resource_server(self, name, inputs)
            declared_scopes = auth0.ResourceServerScopes(
                f"{name}-scopes",
                resource_server_identifier=server.identifier,
                scopes=inputs.output("scopes").apply(_scope_list),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.audience, self.scopes = (
                declared_scopes.resource_server_identifier,
                inputs.output("scopes").apply(sorted),
            )
            self.signing_algorithm, signing_secret = server.signing_alg, server.signing_secret
            self.user_access = server.subject_type_authorization.apply(_user_access)
        inputs.warn(
            "existing" if exists else "user_access",
            self.user_access,
            _found_access_problem if exists else open_access_problem,
            "use require_client_grant, once every application that needs a grant has one",
        )
        self.signing_secret = pulumi.Output.secret(
            pulumi.Output.all(self.signing_algorithm, signing_secret).apply(_shared_secret)
        )
        self.register_outputs(
            {
                "issuer": self.issuer,
                "audience": self.audience,
                "openid_configuration_url": self.openid_configuration_url,
                "jwks_url": self.jwks_url,
                "authorization_endpoint": self.authorization_endpoint,
                "token_endpoint": self.token_endpoint,
                "signing_algorithm": self.signing_algorithm,
                "signing_secret": self.signing_secret,
                "scopes": self.scopes,
                "user_access": self.user_access,
            }
        )


def _new_resource_server(component: pulumi.ComponentResource, name: str, inputs: Inputs) -> auth0.ResourceServer:
    permissions_in_token = inputs.output("permissions_in_token")
    lifetime = inputs.output("token_lifetime").apply(int)
    return auth0.ResourceServer(
        f"{name}-resource-server",
        identifier=inputs.output("identifier"),
        name=inputs.output("display_name"),
        signing_alg=inputs.output("signing_algorithm"),
        allow_offline_access=inputs.output("allow_offline_access"),
        skip_consent_for_verifiable_first_party_clients=True,
        enforce_policies=permissions_in_token,
        token_dialect=permissions_in_token.apply(_token_dialect),
        token_lifetime=lifetime,
        token_lifetime_for_web=lifetime.apply(lambda seconds: min(seconds, 7200)),
        subject_type_authorization=auth0.ResourceServerSubjectTypeAuthorizationArgs(
            client=auth0.ResourceServerSubjectTypeAuthorizationClientArgs(policy="require_client_grant"),
            user=auth0.ResourceServerSubjectTypeAuthorizationUserArgs(policy=inputs.output("user_access")),
        ),
        # The provider does not mark it, so it would lie in the state as it is.
        opts=pulumi.ResourceOptions(parent=component, additional_secret_outputs=["signing_secret"]),
    )


def _user_access(policies: auth0.outputs.ResourceServerSubjectTypeAuthorization) -> str:
    return (policies.user and policies.user.policy) or UserAccess.ALLOW_ALL.value


def _found_access_problem(policy: str) -> Optional[str]:
    problem = open_access_problem(policy)
    return problem and f"is of an API whose access policy {problem}"


def _found_user_access(policies: Sequence[Any]) -> str:
    # A tenant that says nothing of an API lets all in.
    return str(policies[0].users[0].policy if policies and policies[0].users else UserAccess.ALLOW_ALL.value)


def _token_dialect(permissions_in_token: bool) -> str:
    return "access_token_authz" if permissions_in_token else "access_token"


def _scope_list(scopes: Mapping[str, str]) -> list[auth0.ResourceServerScopesScopeArgs]:
    return [auth0.ResourceServerScopesScopeArgs(name=name, description=scopes[name]) for name in sorted(scopes)]


def _shared_secret(algorithm_and_secret: Sequence[str]) -> Optional[str]:
    algorithm, secret = algorithm_and_secret
    return secret if algorithm == "HS256" else None
