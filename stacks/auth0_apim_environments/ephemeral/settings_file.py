"""An ephemeral environment's settings file, `stacks/Pulumi.<name>.yaml`: the template's settings with names and marks of its own."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from auth0_apim_environments.ephemeral.environment import EnvironmentSpec, EphemeralEnvironmentError
from auth0_apim_environments.marks import HEADER, Marker, is_environment_file, mark_description, name_in_environment
from auth0_apim_environments.project import Project, write_whole
from auth0_apim_environments.settings.problems import NAMESPACE, Problem, SettingsError, works
from auth0_apim_environments.settings.settings import COMPONENT, Settings
from auth0_apim_environments.settings.stack_file import read_stack_file


@dataclass(frozen=True)
class EnvironmentFile:
    """The settings file of one environment.

    Attributes:
        project: whose program is deployed.
        environment: its name.
    """

    project: Project
    environment: str

    @property
    def path(self) -> Path:
        """The path of the file, which may not exist."""
        return self.project.stack_file(self.environment)

    @property
    def is_there(self) -> bool:
        """Whether the file exists and was written by `write`."""
        return is_environment_file(self.path)

    @property
    def _template(self) -> Path:
        return self.project.stack_file("ephemeral")

    def write(self, spec: EnvironmentSpec, marker: Marker) -> None:
        """Write the file; the present one stays as it is until the new one is complete and valid.

        Raises:
            EphemeralEnvironmentError: the file belongs to an environment that is not ephemeral.
            SettingsError: the template or an assignment is not usable.
            OSError: the template cannot be read.
        """
        if self.path.exists() and not self.is_there:
            raise EphemeralEnvironmentError(
                f"{self.path} belongs to an environment that is not ephemeral: choose another name"
            )
        text = environment_file(spec.template or self._template, spec.assignments, marker)
        unfinished = self.path.with_name(f".{self.path.stem}.{secrets.token_hex(8)}")
        try:
            unfinished.write_text(text, encoding="utf-8")
            Settings.from_file(unfinished)
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)

    def update_marks(self, marker: Marker) -> None:
        """Write the marks of a changed marker into the file."""
        write_whole(self.path, update_marks(self.path.read_text(encoding="utf-8"), marker))

    def remove(self) -> None:
        """Remove the file, if it exists."""
        if self.is_there:
            self.path.unlink()

    def service_name(self) -> str | None:
        """The name of the API Management service that the environment has, or had, to itself; None when it has none."""
        file = self.path if self.is_there else self._template
        return service_name(file, self.environment) if file.exists() else None


_NAMED = {
    "api.identifier": 600,
    "api.displayName": 200,
    "client.displayName": 200,
    "interactiveClient.displayName": 200,
    "database.connectionName": 128,
    "publication.path": 80,  # the API's id is made of it
    "publication.displayName": 300,
    "publication.productName": 80,
    "portal.authorizationServerId": 80,
    "portal.displayName": 50,
}
"""Settings that name a resource, and the longest name that its service takes."""

_DEFAULTS = {
    "api.displayName": COMPONENT,
    "database.connectionName": f"{COMPONENT}-database",
    "portal.displayName": "Auth0",
}
"""The names of objects that the settings do not name, where they do not follow from another name."""

_SERVICE_NAME = ("gateway.serviceName", 50)


def environment_file(template: Path, assignments: Sequence[str], marker: Marker) -> str:
    """The text of the environment's `Pulumi.<name>.yaml`.

    Args:
        template: a settings file; the key that its secrets are encrypted with is copied too.
        assignments: `key=value`, each of which replaces a setting of the template: the key with dots between its parts, the
            value in YAML.
        marker: of the environment, whose names and marks the settings get.

    Raises:
        SettingsError: the template is no settings file, or an assignment is not `key=value`.
        OSError: the template cannot be read.
    """
    document = read_stack_file(template)
    config = document["config"]
    for assignment in assignments:
        _assign(config, assignment)
    _rename(config, marker.environment)
    _rename_roles(config, marker)
    _mark(config, marker)
    return _dumped(document)


def update_marks(text: str, marker: Marker) -> str:
    """The text of an environment's settings file with the marks of a changed marker."""
    document = yaml.safe_load(text)
    tags = document["config"][f"{NAMESPACE}:tags"]
    document["config"][f"{NAMESPACE}:tags"] = {**tags, **marker.marks()}
    return _dumped(document)


def service_name(file: Path, environment: str) -> str | None:
    """The name of the API Management service that an environment has to itself; None when it has none.

    Args:
        file: the environment's own file, or the template that it was created from.
        environment: its name.
    """
    gateway = read_stack_file(file)["config"].get(f"{NAMESPACE}:gateway")
    base = gateway.get("serviceName") if isinstance(gateway, dict) else None
    if not isinstance(base, str) or not base:
        return None
    if is_environment_file(file):
        return None if gateway.get("existing") is True else base
    return name_in_environment(base, environment, _SERVICE_NAME[1])


class _Dumper(yaml.SafeDumper):
    """Quotes texts that begin like numbers: the engine reads `1e5` and `0o7` as numbers, PyYAML does not and would not quote them."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        style = "'" if re.match(r"[-+.]?[0-9]", text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def _dumped(document: dict[str, Any]) -> str:
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return HEADER + text


def _assign(config: dict[str, Any], assignment: str) -> None:
    key, separator, text = assignment.partition("=")
    example = "publication.serviceUrl=https://calculator.example.com/api"
    if not separator or not re.fullmatch(r"([\w-]+:)?[\w.-]+", key):
        raise SettingsError([Problem(key, "must be given as key=value", works(example))])
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise SettingsError([Problem(key, "has a value that is no YAML", works(example))]) from None
    namespace, _, path = key.rpartition(":")
    first, *others = path.split(".")
    _put(config, [f"{namespace or NAMESPACE}:{first}", *others], value)


def _put(config: dict[str, Any], path: Sequence[str], value: Any) -> None:
    section = config
    for part in path[:-1]:
        child = section.setdefault(part, {})
        if not isinstance(child, dict):
            raise SettingsError(
                [Problem(".".join(path), f"is below '{part}', which is no map", works("client.scopes=[]"))]
            )
        section = child
    section[path[-1]] = value


def _rename(config: dict[str, Any], environment: str) -> None:
    lengths = dict([*_NAMED.items(), _SERVICE_NAME])
    if config.get(f"{NAMESPACE}:gateway", {}).get("existing") is True:
        del lengths[_SERVICE_NAME[0]]
    for key, longest in lengths.items():
        section, _, name = key.partition(".")
        settings = config.get(f"{NAMESPACE}:{section}")
        if not isinstance(settings, dict):
            continue
        base = settings.get(name, _DEFAULTS.get(key))
        if isinstance(base, str) and base:
            settings[name] = name_in_environment(base, environment, longest)


def _rename_roles(config: dict[str, Any], marker: Marker) -> None:
    """Rename the roles, because a role's name is unique in a tenant; users refer to its key, which does not change."""
    roles = config.get(f"{NAMESPACE}:roles")
    for key, role in roles.items() if isinstance(roles, dict) else ():
        if isinstance(role, dict):
            role["roleName"] = name_in_environment(str(role.get("roleName") or key), marker.environment, 100)
            text = role.get("description") or f"A role of an ephemeral environment of {marker.owner}."
            role["description"] = mark_description(text, marker.environment)


def _mark(config: dict[str, Any], marker: Marker) -> None:
    tags: Mapping[str, str] = config.get(f"{NAMESPACE}:tags") or {}
    config[f"{NAMESPACE}:tags"] = {**tags, **marker.marks()}
    publication = config.get(f"{NAMESPACE}:publication")
    if isinstance(publication, dict):
        text = publication.get("description") or f"An ephemeral environment of {marker.owner}."
        publication["description"] = mark_description(text, marker.environment)
