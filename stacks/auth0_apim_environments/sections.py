"""The sections of a stack's settings, each a map under one key of `stacks/Pulumi.<env>.yaml`.

The rules are the components' own, so that a setting is refused by the same words, before any component is made.
Every field says what it is and has an example that works.
"""

from collections.abc import Callable
from typing import Annotated, Any

from auth0_apim.api_gateway import GatewaySku
from auth0_apim.auth0_api import SigningAlgorithm
from auth0_apim.azure_rules import (
    api_path_problem,
    backend_url_problem,
    entity_id_problem,
    grant_types_problem,
    https_url_problem,
    publisher_email_problem,
    publisher_name_problem,
    resource_group_name_problem,
    service_name_problem,
    short_title_problem,
    title_problem,
)
from auth0_apim.interactive_client import Application
from auth0_apim.passwords import DEFAULT_MINIMUM_LENGTH, PasswordPolicy, minimum_password_length_problem
from auth0_apim.rules import (
    connection_name_problem,
    display_name_problem,
    domain_problem,
    email_problem,
    identifier_problem,
    redirect_urls_problem,
    scopes_problem,
    token_lifetime_problem,
    username_problem,
    web_origins_problem,
)
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

CALLBACK = "https://app.example.com/callback"
"""An address that never answers (RFC 2606), for examples."""


def _obeys(rule: Callable[[Any], str | None]) -> AfterValidator:
    def obeyed(value: Any) -> Any:
        problem = rule(value)
        if problem is not None:
            raise ValueError(problem)
        return value

    return AfterValidator(obeyed)


DisplayName = Annotated[str, _obeys(display_name_problem)]
EmailAddress = Annotated[str, _obeys(email_problem)]
RedirectUrls = Annotated[tuple[str, ...], _obeys(redirect_urls_problem)]


class Section(BaseModel):
    """A map of settings: immutable, in camel case, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class ApiSettings(Section):
    """The API as Auth0 knows it."""

    display_name: DisplayName = Field(description="The API's name in Auth0's dashboard.", examples=["Basic Calculator"])
    identifier: Annotated[str, _obeys(identifier_problem)] = Field(
        description="The API's immutable identifier, the `aud` claim of its tokens.", examples=["basic-calculator"]
    )
    scopes: Annotated[dict[str, str], _obeys(scopes_problem)] = Field(
        default_factory=dict,
        description="Every scope the API has, with its description.",
        examples=[{"calc:add": "Add two numbers"}],
    )
    signing_algorithm: SigningAlgorithm = Field(
        default=SigningAlgorithm.RS256, description="How Auth0 signs the API's tokens.", examples=["RS256"]
    )
    token_lifetime: Annotated[int, _obeys(token_lifetime_problem)] = Field(
        default=86400, description="Seconds an access token is good for.", examples=[3600]
    )
    permissions_in_token: bool = Field(
        default=False,
        description="Enforce role-based access control and put permissions into the token.",
        examples=[True],
    )
    allow_offline_access: bool = Field(
        default=False, description="Let clients ask for refresh tokens.", examples=[True]
    )
    domain: Annotated[str, _obeys(domain_problem)] | None = Field(
        default=None, description="The tenant's custom domain, where it has one.", examples=["login.example.com"]
    )


class ClientSettings(Section):
    """The machine client that calls the API in its own name."""

    display_name: DisplayName = Field(
        description="The client's name in Auth0's dashboard.", examples=["Basic Calculator Client"]
    )
    scopes: tuple[str, ...] | None = Field(
        default=None, description="The scopes it is granted; left out, all the API has.", examples=[["calc:add"]]
    )
    allow_password_grant: bool = Field(
        default=False, description="Let it exchange users' passwords for tokens.", examples=[False]
    )


class DatabaseSettings(Section):
    """The database connection that keeps the API's users."""

    connection_name: Annotated[str, _obeys(connection_name_problem)] = Field(
        description="The connection's name: letters, digits and single dashes.", examples=["BasicCalculator"]
    )
    password_policy: PasswordPolicy = Field(
        default=PasswordPolicy.GOOD, description="How a password is judged.", examples=["good"]
    )
    minimum_password_length: Annotated[int, _obeys(minimum_password_length_problem)] = Field(
        default=DEFAULT_MINIMUM_LENGTH, description="Characters a password must have.", examples=[12]
    )
    requires_username: bool = Field(
        default=False, description="Users have a user name besides their e-mail address.", examples=[True]
    )
    allow_sign_up: bool = Field(
        default=False, description="Anybody may make an account for themselves.", examples=[False]
    )
    scripts: dict[str, str] = Field(
        default_factory=dict,
        description="A custom database's scripts: paths relative to the project, by the script's name.",
        examples=[{"login": "database/login.js", "get_user": "database/get_user.js"}],
    )
    import_mode: bool = Field(
        default=False,
        description="Move each user of the custom database into Auth0 at the first login.",
        examples=[True],
    )


class UserSettings(Section):
    """A user of the database. The password is a key of its own, `userPassword`, and a secret."""

    email: EmailAddress = Field(description="The user's e-mail address.", examples=["jane@example.com"])
    username: Annotated[str, _obeys(username_problem)] | None = Field(
        default=None, description="The user's name, in a database that requires one.", examples=["jane"]
    )


class GatewaySettings(Section):
    """The API Management service."""

    resource_group: Annotated[str, _obeys(resource_group_name_problem)] = Field(
        description="The service's resource group, which exists already.", examples=["calculator-dev"]
    )
    service_name: Annotated[str, _obeys(service_name_problem)] = Field(
        description="The service's name, unique in Azure.", examples=["contoso-apis-dev"]
    )
    existing: bool = Field(
        default=False, description="Use a service that exists: read, never changed or destroyed.", examples=[True]
    )
    location: str | None = Field(
        default=None,
        min_length=1,
        description="The Azure region; left out, the resource group's.",
        examples=["westeurope"],
    )
    sku: GatewaySku | None = Field(
        default=None, description="The tier of a new service; left out, Consumption.", examples=["Developer"]
    )
    capacity: int | None = Field(default=None, description="The number of units of a new service.", examples=[1])
    publisher_name: Annotated[str, _obeys(publisher_name_problem)] | None = Field(
        default=None, description="The organization of a new service.", examples=["Contoso"]
    )
    publisher_email: Annotated[str, _obeys(publisher_email_problem)] | None = Field(
        default=None, description="The administrator of a new service.", examples=["apis@contoso.example"]
    )


class PublicationSettings(Section):
    """The API as the gateway publishes it."""

    openapi: str = Field(
        min_length=1,
        description="The OpenAPI or Swagger document: a path relative to the project, or an https URL.",
        examples=["examples/basic-calculator/openapi.json"],
    )
    path: Annotated[str, _obeys(api_path_problem)] = Field(
        description="The API's path below the gateway's URL.", examples=["calc"]
    )
    display_name: Annotated[str, _obeys(title_problem)] = Field(
        description="The API's name in API Management.", examples=["Basic Calculator"]
    )
    service_url: Annotated[str, _obeys(backend_url_problem)] | None = Field(
        default=None,
        description="The backend's base URL; left out, the document's.",
        examples=["https://backend.example.com/api"],
    )
    product: Annotated[str, _obeys(title_problem)] | None = Field(
        default=None, description="The product that the API is put into.", examples=["Starter"]
    )
    subscription_required: bool = Field(
        default=False, description="Calls need a subscription key besides the token.", examples=[False]
    )
    operation_scopes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="The scopes a call needs, all of them, by the operation's id in the document.",
        examples=[{"add": ["calc:add"]}],
    )


class PortalSettings(Section):
    """The developer portal's login, which the interactive client is used for."""

    display_name: Annotated[str, _obeys(short_title_problem)] = Field(
        default="Auth0", description="The authorization server's name in the portal.", examples=["Auth0"]
    )
    authorization_server_id: Annotated[str, _obeys(entity_id_problem)] = Field(
        default="auth0", description="The authorization server's id, part of the redirect URI.", examples=["auth0"]
    )
    registration_page: Annotated[str, _obeys(https_url_problem)] = Field(
        default="https://placeholder.contoso.com",
        description="A page where clients would be registered; the tutorial's placeholder where they are not.",
        examples=["https://placeholder.contoso.com"],
    )
    grant_types: Annotated[tuple[str, ...], _obeys(grant_types_problem)] = Field(
        default=("authorization_code",),
        description="How the portal's console may get a token: authorization_code, password.",
        examples=[["authorization_code"]],
    )
    default_scopes: tuple[str, ...] = Field(
        default=(), description="The scopes that the console asks for.", examples=[["calc:add"]]
    )


class InteractiveClientSettings(Section):
    """The application that people log in to."""

    display_name: DisplayName = Field(
        description="The application's name, shown at login.", examples=["Basic Calculator Portal"]
    )
    application: Application = Field(
        default=Application.REGULAR_WEB, description="Whether it runs on a server or in a browser.", examples=["spa"]
    )
    callbacks: RedirectUrls = Field(
        default=(),
        description="Addresses that a login may answer to, besides the portal's own.",
        examples=[[CALLBACK]],
    )
    allowed_logout_urls: RedirectUrls = Field(
        default=(), description="Addresses that a logout may answer to.", examples=[["https://app.example.com/"]]
    )
    web_origins: Annotated[tuple[str, ...], _obeys(web_origins_problem)] = Field(
        default=(), description="Origins that may renew a login silently.", examples=[["https://app.example.com"]]
    )
    offline_access: bool = Field(default=False, description="Let it have refresh tokens.", examples=[True])
    allow_password_grant: bool = Field(
        default=False, description="Let it exchange users' passwords for tokens.", examples=[False]
    )


class ProbeSettings(Section):
    """One call that `verify` makes, and the answer that is right."""

    operation: str = Field(min_length=1, description="The operation's id in the document.", examples=["add"])
    path: str = Field(pattern="^/", description="Path and query below the API's URL.", examples=["/add?a=20&b=22"])
    expected: Any = Field(description="The JSON document of the right answer.", examples=[{"result": 42}])
