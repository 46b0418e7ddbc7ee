"""Sections about the tenant: the API, its clients and their users."""

from pathlib import Path
from typing import Annotated, Any

from auth0_apim.api_rules import domain_problem, identifier_problem, scopes_problem, token_lifetime_problem
from auth0_apim.auth0_api import SigningAlgorithm, UserAccess
from auth0_apim.azure_rules import client_id_problem
from auth0_apim.client_rules import redirect_urls_problem, web_origins_problem
from auth0_apim.interactive_client import Application
from auth0_apim.passwords import DEFAULT_MINIMUM_LENGTH, PasswordPolicy, minimum_password_length_problem
from auth0_apim.text_rules import display_name_problem, email_problem
from auth0_apim.user_rules import (
    connection_name_problem,
    permissions_problem,
    role_description_problem,
    role_name_problem,
    username_problem,
)
from pydantic import Field

from auth0_apim_environments.settings.problems import Problem, SettingsError
from auth0_apim_environments.settings.section import Section, obeys

CALLBACK = "https://app.example.com/callback"
"""An address that never answers (RFC 2606), for examples."""

DisplayName = Annotated[str, obeys(display_name_problem)]
EmailAddress = Annotated[str, obeys(email_problem)]
RedirectUrls = Annotated[tuple[str, ...], obeys(redirect_urls_problem)]

_GRANTED = ("existing_client_id", "scopes", "existing_grant")
"""What is said of a client that exists."""


class ApiSettings(Section):
    """The API as Auth0 knows it."""

    display_name: DisplayName | None = Field(
        default=None, description="The API's name in Auth0's dashboard.", examples=["Basic Calculator"]
    )
    existing: bool = Field(
        default=False, description="Use an API that exists: read, never changed or destroyed.", examples=[True]
    )
    identifier: Annotated[str, obeys(identifier_problem)] = Field(
        description="The API's immutable identifier, the `aud` claim of its tokens.", examples=["basic-calculator"]
    )
    scopes: Annotated[dict[str, str], obeys(scopes_problem)] = Field(
        default_factory=dict,
        description="Every scope the API has, with its description.",
        examples=[{"calc:add": "Add two numbers"}],
    )
    signing_algorithm: SigningAlgorithm = Field(
        default=SigningAlgorithm.RS256, description="How Auth0 signs the API's tokens.", examples=["RS256"]
    )
    token_lifetime: Annotated[int, obeys(token_lifetime_problem)] = Field(
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
    user_access: UserAccess = Field(
        default=UserAccess.REQUIRE_CLIENT_GRANT,
        description="Which applications get tokens of the API's users.",
        examples=["require_client_grant"],
    )
    domain: Annotated[str, obeys(domain_problem)] | None = Field(
        default=None, description="The tenant's custom domain, where it has one.", examples=["login.example.com"]
    )

    def args(self) -> Any:
        """Of an existing API only which one it is; the rest is what it should be, for the checks of other settings."""
        return _only(super().args(), "identifier", "existing", "domain") if self.existing else super().args()


class ClientSettings(Section):
    """The machine client that calls the API in its own name."""

    existing_client_id: Annotated[str, obeys(client_id_problem)] | None = Field(
        default=None, description="A client that exists: read, never changed or destroyed.", examples=["AaBbCc"]
    )
    display_name: DisplayName | None = Field(
        default=None, description="The client's name in Auth0's dashboard.", examples=["Basic Calculator Client"]
    )
    scopes: tuple[str, ...] | None = Field(
        default=None, description="The scopes it is granted; left out, all the API has.", examples=[["calc:add"]]
    )
    existing_grant: bool = Field(
        default=False, description="Use the grant it has: read, never changed or destroyed.", examples=[True]
    )
    allow_password_grant: bool = Field(
        default=False, description="Let it exchange users' passwords for tokens.", examples=[False]
    )

    def args(self) -> Any:
        """Of an existing client only which one it is, and what it is granted."""
        return _only(super().args(), *_GRANTED) if self.existing_client_id else super().args()


class InteractiveClientSettings(Section):
    """The application that people log in to."""

    existing_client_id: Annotated[str, obeys(client_id_problem)] | None = Field(
        default=None, description="A client that exists: read, never changed or destroyed.", examples=["AaBbCc"]
    )
    display_name: DisplayName | None = Field(
        default=None, description="The application's name, shown at login.", examples=["Basic Calculator Portal"]
    )
    scopes: tuple[str, ...] | None = Field(
        default=None,
        description="The scopes it may ask its users for; left out, all the API has.",
        examples=[["calc:add"]],
    )
    existing_grant: bool = Field(
        default=False, description="Use the grant it has: read, never changed or destroyed.", examples=[True]
    )
    without_grant: bool = Field(
        default=False,
        exclude=True,
        description="Have no grant: for an adopted API whose access policy is still allow_all.",
        examples=[True],
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
    web_origins: Annotated[tuple[str, ...], obeys(web_origins_problem)] = Field(
        default=(), description="Origins that may renew a login silently.", examples=[["https://app.example.com"]]
    )
    offline_access: bool = Field(default=False, description="Let it have refresh tokens.", examples=[True])
    allow_password_grant: bool = Field(
        default=False, description="Let it exchange users' passwords for tokens.", examples=[False]
    )

    def args(self) -> Any:
        """Of an existing client only which one it is, and what it is granted."""
        return _only(super().args(), *_GRANTED) if self.existing_client_id else super().args()


class DatabaseSettings(Section):
    """The database connection that keeps the API's users."""

    connection_name: Annotated[str, obeys(connection_name_problem)] = Field(
        description="The connection's name: letters, digits and single dashes.", examples=["BasicCalculator"]
    )
    existing: bool = Field(
        default=False, description="Use a connection that exists: read, never changed or destroyed.", examples=[True]
    )
    password_policy: PasswordPolicy = Field(
        default=PasswordPolicy.GOOD, description="How a password is judged.", examples=["good"]
    )
    minimum_password_length: Annotated[int, obeys(minimum_password_length_problem)] = Field(
        default=DEFAULT_MINIMUM_LENGTH, description="Characters a password must have.", examples=[12]
    )
    requires_username: bool = Field(
        default=False, description="Users have a user name besides their e-mail address.", examples=[True]
    )
    allow_sign_up: bool = Field(
        default=False, description="Anybody may make an account for themselves.", examples=[False]
    )
    scripts: dict[str, Path] = Field(
        default_factory=dict,
        exclude=True,
        description="A custom database's scripts: paths relative to the project, by the script's name.",
        examples=[{"login": "database/login.js", "get_user": "database/get_user.js"}],
    )
    import_mode: bool = Field(
        default=False,
        description="Move each user of the custom database into Auth0 at the first login.",
        examples=[True],
    )

    def args(self) -> Any:
        """The scripts as text, read from their files.

        Raises:
            SettingsError: a script cannot be read.
        """
        if self.existing:
            return _only(super().args(), "connection_name", "existing")
        scripts = {name: _text_of(name, path) for name, path in self.scripts.items()}
        return super().args() | ({"scripts": scripts} if scripts else {})


class UserSettings(Section):
    """A user of the database. The password is a key of its own, `userPassword`, and a secret."""

    email: EmailAddress = Field(description="The user's e-mail address.", examples=["jane@example.com"])
    username: Annotated[str, obeys(username_problem)] | None = Field(
        default=None, description="The user's name, in a database that requires one.", examples=["jane"]
    )
    roles: tuple[str, ...] = Field(
        default=(),
        exclude=True,
        description="The roles the user has, by their keys in `roles`.",
        examples=[["operator"]],
    )


class RoleSettings(Section):
    """A role, and the API's scopes that its users have as permissions."""

    permissions: Annotated[tuple[str, ...], obeys(permissions_problem)] = Field(
        description="The API's scopes that users of the role have as permissions.", examples=[["calc:add"]]
    )
    role_name: Annotated[str, obeys(role_name_problem)] | None = Field(
        alias="displayName",
        default=None,
        description="The role's name in the tenant; left out, its key.",
        examples=["operator"],
    )
    description: Annotated[str, obeys(role_description_problem)] | None = Field(
        default=None, description="What the role is for.", examples=["Adds and subtracts"]
    )


def _only(args: dict[str, Any], *names: str) -> Any:
    return {name: args[name] for name in names if name in args}


def _text_of(name: str, path: Path) -> str:
    try:
        # As it stands: another end of its lines would be another script.
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        problem = f"cannot be read from {str(path)!r} ({reason})"
        raise SettingsError([Problem(f"database.scripts.{name}", problem, f"database/{name}.js")]) from None
