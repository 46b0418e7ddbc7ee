"""A stack's settings: the `auth0-apim:` keys in `stacks/Pulumi.<env>.yaml`."""

import json
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import pulumi
from auth0_apim.component.input_types import Later
from auth0_apim.composite.section_checks import protected_api_errors
from auth0_apim.composite.sections import PARTS, derived_sections
from auth0_apim.policy.operation_scopes import scopes_by_operation
from auth0_apim.rules.text_rules import metadata_problem
from pulumi.runtime.config import CONFIG, get_config, get_config_env, get_config_secret_keys_env, is_config_secret
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from auth0_apim_environments.settings.problems import (
    NAMESPACE,
    Problem,
    SettingsError,
    examples_of,
    obeys,
    problems_of,
    unknown_key,
    works,
)
from auth0_apim_environments.settings.sections import problem_of, section_example, section_inputs, unknown_keys
from auth0_apim_environments.settings.stack_file import is_encrypted, read_stack_file

COMPONENT = "protected"
"""The name of the program's ProtectedApi, with which the names of its resources begin."""

PASSWORD_VARIABLE = "AUTH0_APIM_USER_PASSWORD"  # noqa: S105 - the variable's name
"""Environment variable with the user's password, for stacks that have no secret `userPassword`."""

SERVICE_URL_VARIABLE = "AUTH0_APIM_SERVICE_URL"
"""Environment variable with the backend's base URL, for stacks that have no `publication.serviceUrl`; the sandbox sets it."""

Map = dict[str, Any]

_SECRETS = {
    "userPassword": "pulumi config set --secret auth0-apim:userPassword",
    "databaseConfiguration": "pulumi config set --secret --path auth0-apim:databaseConfiguration.url",
}
"""Keys that are secrets, and how each is set."""


class Probe(BaseModel):
    """One call that `verify` makes, and the answer that is right."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    operation: str = Field(min_length=1, description="The operation's id in the document.", examples=["add"])
    path: str = Field(pattern="^/", description="Path and query below the API's URL.", examples=["/add?a=20&b=22"])
    expected: Any = Field(description="The JSON document of the right answer.", examples=[{"result": 42}])


class Settings(BaseModel):
    """Everything an environment is made from. Read it by `load` in a program, by `from_file` elsewhere.

    The ten sections are those of ProtectedApi, with the same inputs in camel case, secrets apart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    api: Map = Field(examples=[section_example("api")])
    client: Map = Field(default_factory=dict, examples=[section_example("client")])
    interactive_client: Map | None = Field(default=None, examples=[section_example("interactive_client")])
    database: Map | None = Field(default=None, examples=[section_example("database")])
    user: Map | None = Field(default=None, examples=[section_example("user")])
    roles: dict[str, Map] = Field(default_factory=dict, examples=[section_example("roles")])
    gateway: Map = Field(examples=[section_example("gateway")])
    publication: Map = Field(examples=[section_example("publication")])
    portal: Map | None = Field(default=None, examples=[section_example("portal")])
    policy: Map = Field(examples=[section_example("policy")])
    database_configuration: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Secret. Values that a custom database's scripts read.",
        examples=[_SECRETS["databaseConfiguration"]],
    )
    user_password: SecretStr | None = Field(
        default=None,
        description=f"Secret. The user's password; without it, that of the environment variable {PASSWORD_VARIABLE}.",
        examples=[_SECRETS["userPassword"]],
    )
    probe: Probe | None = Field(
        default=None, description="A call that verify makes.", examples=["{operation: add, path: …, expected: …}"]
    )
    keep: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Properties of adopted objects that stay as they are, by the resource's name.",
        examples=[{f"{COMPONENT}-client-client": ["grantTypes"]}],
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
            raise SettingsError([Problem("userPassword", problem, works(_SECRETS["userPassword"]))])
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
        readable = {key: value for key, value in values.items() if key not in encrypted}
        return cls.parse(_with_document_of(path.resolve().parent.parent, readable), encrypted)

    @classmethod
    def parse(cls, values: Mapping[str, Any], secret_keys: set[str] | None = None) -> "Settings":
        """The settings with these values by key, without the namespace.

        Args:
            values: what the keys hold, maps and lists as such.
            secret_keys: keys whose values no error may quote.

        Raises:
            SettingsError: as for `load`.
        """
        secrets = {*_SECRETS, *(secret_keys or ())}
        keys = {field.alias for field in cls.model_fields.values()}
        found = [unknown_key(key, examples_of(cls)) for key in values if key not in keys]
        found += [problem for problem in unknown_keys(values) if problem.key.partition(".")[0] not in secrets]
        try:
            settings = cls.model_validate({key: value for key, value in values.items() if key in keys})
        except ValidationError as error:
            others = cls._problems_of_other_sections(values, {str(each["loc"][0]) for each in error.errors()})
            more = [_unquoted(problem, secret_keys or set()) for problem in others]
            raise SettingsError([*problems_of(error, cls, secrets), *found, *more]) from None
        found += [_unquoted(problem, secret_keys or set()) for problem in settings.problems()]
        if found:
            raise SettingsError(found)
        return settings

    @classmethod
    def _problems_of_other_sections(cls, values: Mapping[str, Any], bad: set[str]) -> list[Problem]:
        """What is wrong in the sections that have their types, where those of `bad` have not, so that one run tells all."""
        good = {name for name in PARTS if (key := to_camel(name)) in values and key not in bad}
        given = {name: values[to_camel(name)] for name in good}
        settings = cls.model_construct(**{**dict.fromkeys(PARTS), "roles": {}, **given})
        return [each for each in settings.section_problems() if each.key.partition(".")[0] in map(to_camel, good)]

    def args(self) -> Any:
        """ProtectedApi's args, with the scripts of a custom database as text.

        Raises:
            SettingsError: a script cannot be read.
        """
        args = self._args()
        scripts = args.get("database", {}).get("scripts")
        if scripts:
            args["database"]["scripts"] = {name: _text_of(name, Path(path)) for name, path in scripts.items()}
        return args

    @cached_property
    def sections(self) -> Mapping[str, Mapping[str, Any]]:
        """The sections as ProtectedApi has them, by the names of its inputs, with what follows from other sections."""
        return derived_sections(COMPONENT, self._args())

    def get(self, path: str) -> Any:
        """The value of an input by its path, such as `gateway.service_name`; its default where it is left out."""
        section, _, name = path.partition(".")
        value = self.sections.get(section, {}).get(name)
        default = PARTS[section].described.defaults.get(name) if value is None else value
        return default(f"{COMPONENT}-{section}") if callable(default) else default

    def probe_outputs(self) -> dict[str, Any]:
        """What `verify` needs to know besides what the components tell: a call to make, a user to log in."""
        outputs: dict[str, Any] = {}
        if self.probe is not None:
            scopes = self._scopes_of(self.probe.operation) or []
            outputs["probe"] = {"path": self.probe.path, "scopes": scopes, "expected": self.probe.expected}
        if self.user is not None and self.user_password is not None:
            outputs["userEmail"] = self.get("user.email")
            outputs["userPassword"] = pulumi.Output.secret(self.user_password.get_secret_value())
        return outputs

    def _args(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in PARTS if getattr(self, name) is not None}
        args: dict[str, Any] = {name: section_inputs(name, given[name]) for name in given.keys() - {"roles"}}
        args["roles"] = {key: section_inputs("roles", role) for key, role in self.roles.items()}
        if "user" in args:
            password = Later() if self.user_password is None else self.user_password.get_secret_value()
            marks = {"app_metadata": {**self.tags, **args["user"].get("app_metadata", {})}} if self.tags else {}
            args["user"] |= {"password": password, **marks}
        if "database" in args and self.database_configuration:
            values = {name: value.get_secret_value() for name, value in self.database_configuration.items()}
            args["database"]["configuration"] = values
        return args | ({"tags": self.tags, "metadata": self.tags} if self.tags else {})

    def problems(self) -> Iterator[Problem]:
        """What is wrong with sections by themselves or together, as far as their values are known."""
        yield from self.section_problems()
        if self.probe is not None and self._scopes_of(self.probe.operation) is None:
            yield Problem(
                "probe.operation", "is denied, so that no call is answered with 200", works(self._an_operation())
            )
        if self.user is None and self.user_password is not None:
            yield Problem("user", "is required where there is a userPassword", works("{email: jane@example.com}"))
        if self.database is None and self.database_configuration:
            yield Problem("database", "is required where there is a databaseConfiguration", "leave that out")

    def section_problems(self) -> Iterator[Problem]:
        """What the library finds wrong with the sections."""
        return map(problem_of, protected_api_errors(COMPONENT, self._args()))

    def _an_operation(self) -> str:
        return next(iter(self.policy.get("operationScopes") or {}), "add")

    def _scopes_of(self, operation: str) -> list[str] | None:
        """The scopes that a call of `operation` needs; None where it is denied."""
        policy = self.sections["policy"]
        default: list[str] | None = policy.get("default_scopes")
        return scopes_by_operation(policy, self.get("publication.openapi")).get(operation, default)


def _unquoted(problem: Problem, secrets: set[str]) -> Problem:
    """The rules of a secret never quote it; those of others may be obeyed by a value stored as a secret."""
    if problem.key.partition(".")[0] in secrets:
        return Problem(problem.key, "is not usable", problem.remedy)
    return problem


def _with_document_of(project: Path, values: dict[str, Any]) -> dict[str, Any]:
    """`values` with the OpenAPI document where the project has it, wherever the command runs."""
    publication = values.get("publication")
    openapi = publication.get("openapi") if isinstance(publication, dict) else None
    if not isinstance(openapi, str) or "\n" in openapi or not (project / openapi).is_file():
        return values
    return {**values, "publication": {**values["publication"], "openapi": str(project / openapi)}}


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


def _in_plain_text(key: str) -> Problem:
    return Problem(key, "is a secret and must not be stored as plain text", works(_SECRETS[key]))


def _text_of(name: str, path: Path) -> str:
    try:
        # As it stands: another end of its lines would be another script.
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        problem = f"cannot be read from {str(path)!r} ({reason})"
        raise SettingsError([Problem(f"database.scripts.{name}", problem, works(f"database/{name}.js"))]) from None
