"""A stack's settings: the typed model of the `auth0-apim:` keys in `stacks/Pulumi.<env>.yaml`."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import pulumi
from auth0_apim.text_rules import metadata_problem
from pulumi.runtime.config import CONFIG, get_config, get_config_env, get_config_secret_keys_env, is_config_secret
from pydantic import Field, SecretStr, ValidationError

from auth0_apim_environments.settings.auth0_sections import (
    ApiSettings,
    ClientSettings,
    DatabaseSettings,
    InteractiveClientSettings,
    RoleSettings,
    UserSettings,
)
from auth0_apim_environments.settings.azure_sections import (
    SERVICE_URL_VARIABLE,
    GatewaySettings,
    PortalSettings,
    ProbeSettings,
    PublicationSettings,
)
from auth0_apim_environments.settings.contradictions import contradictions
from auth0_apim_environments.settings.policy_section import PolicySettings
from auth0_apim_environments.settings.problems import NAMESPACE, Problem, SettingsError, problems_of
from auth0_apim_environments.settings.section import Section, obeys
from auth0_apim_environments.settings.stack_file import read_stack_file

PASSWORD_VARIABLE = "AUTH0_APIM_USER_PASSWORD"  # noqa: S105 - the variable's name
"""Environment variable with the user's password, for stacks that have no secret `userPassword`."""

_SECRETS = ("userPassword", "databaseConfiguration")


class Settings(Section):
    """Everything an environment is made from. Read it by `load` in a program, by `from_file` elsewhere."""

    api: ApiSettings = Field(description="The API as Auth0 knows it.", examples=["{displayName: …, identifier: …}"])
    client: ClientSettings = Field(description="The machine client.", examples=["{displayName: Calculator Client}"])
    database: DatabaseSettings | None = Field(
        default=None, description="The users' database.", examples=["{connectionName: BasicCalculator}"]
    )
    database_configuration: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Secret. Values that a custom database's scripts read.",
        examples=["pulumi config set --secret --path auth0-apim:databaseConfiguration.url"],
    )
    user: UserSettings | None = Field(
        default=None, description="A user of the database.", examples=["{email: jane@example.com}"]
    )
    user_password: SecretStr | None = Field(
        default=None,
        description=f"Secret. The user's password; without it, that of the environment variable {PASSWORD_VARIABLE}.",
        examples=["pulumi config set --secret auth0-apim:userPassword"],
    )
    gateway: GatewaySettings = Field(
        description="The API Management service.", examples=["{resourceGroup: …, serviceName: …}"]
    )
    publication: PublicationSettings = Field(
        description="The API as the gateway publishes it.", examples=["{openapi: …, path: …, displayName: …}"]
    )
    policy: PolicySettings = Field(
        default=PolicySettings(), description="What the gateway does besides.", examples=["{rateLimitCalls: 100}"]
    )
    roles: dict[str, RoleSettings] = Field(
        default_factory=dict,
        description="Roles of users, by a key.",
        examples=["{operator: {permissions: ['calc:add']}}"],
    )
    portal: PortalSettings | None = Field(
        default=None, description="The developer portal's login.", examples=["{displayName: Auth0}"]
    )
    interactive_client: InteractiveClientSettings | None = Field(
        default=None, description="An application that people log in to.", examples=["{displayName: …}"]
    )
    probe: ProbeSettings | None = Field(
        default=None, description="A call that verify makes.", examples=["{operation: add, path: …, expected: …}"]
    )
    keep: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Properties of adopted objects that stay as they are, by the resource's name.",
        examples=[{"client-client": ["grantTypes"]}],
    )
    tags: Annotated[dict[str, str], obeys(metadata_problem)] = Field(
        default_factory=dict,
        description="Tags of every object that can have some: metadata in Auth0, tags in Azure.",
        examples=[{"environment": "dev"}],
    )

    @classmethod
    def load(cls) -> "Settings":
        """The settings of the stack that is being deployed, as the engine hands them over, secrets decrypted.

        Raises:
            SettingsError: keys are unknown, missing, bad or contradict each other; all of them are named.
        """
        prefix = f"{NAMESPACE}:"
        keys = [key for key in {**get_config_env(), **CONFIG.get()} if key.startswith(prefix)]
        secret_keys = {key.removeprefix(prefix) for key in keys if _is_secret(key)}
        values = {key.removeprefix(prefix): get_config(key) for key in keys}
        plain = [key for key in _SECRETS if key in values and key not in secret_keys]
        if plain:
            raise SettingsError([_in_plain_text(key) for key in plain])
        if "user" in values and "userPassword" not in values and os.environ.get(PASSWORD_VARIABLE):
            values["userPassword"] = os.environ[PASSWORD_VARIABLE]
        structured = {key: _structured(key, value) for key, value in values.items()}
        publication, service_url = structured.get("publication"), os.environ.get(SERVICE_URL_VARIABLE)
        if isinstance(publication, dict) and service_url:
            structured["publication"] = {"serviceUrl": service_url, **publication}
        settings = cls.parse(structured, secret_keys)
        if settings.user is not None and settings.user_password is None:
            problem = f"is required where there is a user, or the environment variable {PASSWORD_VARIABLE}"
            raise SettingsError([Problem("userPassword", problem, _example("user_password"))])
        return settings

    @classmethod
    def from_file(cls, path: Path) -> "Settings":
        """The settings in a stack's file, without an engine; encrypted values are left out.

        Raises:
            SettingsError: as for `load`.
            StackFileError: the file cannot be read, or has no `config`.
        """
        config = read_stack_file(path)["config"]
        prefix = f"{NAMESPACE}:"
        values = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
        encrypted = {key for key in values if is_encrypted(key, values[key])}
        plain = [key for key in _SECRETS if key in values and key not in encrypted]
        if plain:
            raise SettingsError([_in_plain_text(key) for key in plain])
        return cls.parse({key: value for key, value in values.items() if key not in encrypted}, encrypted)

    @classmethod
    def parse(cls, values: Mapping[str, Any], secret_keys: set[str] | None = None) -> "Settings":
        """The settings with these values by key, without the namespace.

        Args:
            values: what the keys hold, maps and lists as such.
            secret_keys: keys whose values no error may quote.

        Raises:
            SettingsError: as for `load`.
        """
        try:
            settings = cls.model_validate(dict(values))
        except ValidationError as error:
            raise SettingsError(problems_of(error, cls, {*_SECRETS, *(secret_keys or ())})) from None
        found = list(contradictions(settings))
        if found:
            raise SettingsError(found)
        return settings

    def metadata_args(self) -> Any:
        """The tags as clients and connections carry them; empty without any."""
        return {"metadata": self.tags} if self.tags else {}

    def gateway_args(self) -> Any:
        """ApiGateway's args; the tags are a new service's, an existing one is not touched."""
        return self.gateway.args() | ({"tags": self.tags} if self.tags and not self.gateway.existing else {})

    def database_args(self) -> Any:
        """UserDatabase's args but for the clients; empty without a database."""
        if self.database is None:
            return {}
        values = {name: value.get_secret_value() for name, value in self.database_configuration.items()}
        if self.database.existing:
            return self.database.args()
        return self.database.args() | self.metadata_args() | ({"configuration": values} if values else {})

    def user_args(self) -> Any:
        """DatabaseUser's args but for the connection; empty without a user and a password."""
        if self.user is None or self.database is None or self.user_password is None:
            return {}
        return {
            **self.user.args(),
            **({"app_metadata": self.tags} if self.tags else {}),
            "password": self.user_password.get_secret_value(),
            "password_policy": self.database.password_policy,
            "minimum_password_length": self.database.minimum_password_length,
        }

    def portal_args(self) -> Any:
        """PortalLogin's args but for what other components know; empty without a portal."""
        if self.portal is None:
            return {}
        owner = {}
        if "password" in self.portal.grant_types and self.user is not None and self.user_password is not None:
            password = self.user_password.get_secret_value()
            owner = {"resource_owner_username": self.user.email, "resource_owner_password": password}
        return self.portal.args() | owner

    def policy_args(self) -> Any:
        """JwtPolicy's args but for what other components know."""
        claim = {"scope_claim": "permissions"} if self.api.permissions_in_token else {}
        return {
            "signing_algorithm": self.api.signing_algorithm,
            **self.publication.policy_args(),
            **claim,
            **self.policy.args(),
        }

    def probe_outputs(self) -> dict[str, Any]:
        """What `verify` needs to know besides what the components tell: a call to make, a user to log in."""
        outputs: dict[str, Any] = {}
        if self.probe is not None:
            scopes = list(self.publication.scopes_of(self.probe.operation) or ())
            outputs["probe"] = {"path": self.probe.path, "scopes": scopes, "expected": self.probe.expected}
        if self.user is not None and self.user_password is not None:
            outputs["userEmail"] = self.user.email
            outputs["userPassword"] = pulumi.Output.secret(self.user_password.get_secret_value())
        return outputs


def _structured(key: str, value: Any) -> Any:
    """The engine hands maps and lists over as JSON; a password is text whatever it looks like."""
    if key == "userPassword" or not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_secret(key: str) -> bool:
    return is_config_secret(key) or key in get_config_secret_keys_env()


def is_encrypted(key: str, value: Any) -> bool:
    """Whether the `value` of a `key` without the namespace is as the engine writes secrets into a stack's file."""
    if not isinstance(value, dict):
        return False
    if key == "databaseConfiguration":
        return bool(value) and all(isinstance(item, dict) and set(item) == {"secure"} for item in value.values())
    return set(value) == {"secure"}


def _in_plain_text(key: str) -> Problem:
    field = next(name for name, field in Settings.model_fields.items() if field.alias == key)
    return Problem(key, "is a secret and must not be stored as plain text", _example(field))


def _example(field: str) -> str:
    return str((Settings.model_fields[field].examples or [""])[0])
