"""Adoption of found objects: write settings and import file, import, and ignore every property that would change."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auth0_apim.auth0.user_rules import DATABASE_SCRIPTS

from auth0_apim_environments.adopt.engine import Change, Engine
from auth0_apim_environments.adopt.found_objects import FoundObjects
from auth0_apim_environments.adopt.settings_file import write_settings
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.settings import COMPONENT

_NEVER_KEPT = ("options.configuration",)
"""Properties that the tenant returns encrypted: they cannot be compared, and the tenant refuses an update without them."""

_MAX_ROUNDS = 5
"""Differences of a resource can appear only when those of its dependencies are kept; the program has fewer levels."""


@dataclass(frozen=True)
class Adoption:
    """The result of an adoption.

    Attributes:
        settings_file: the stack's settings file.
        import_file: the file for `pulumi import --file`.
        missing: names of the program's resources that were not found; the first `up` creates them.
        kept: the properties in the setting `keep`, by the resource's name, each with the change that it prevents.
        changes: the changes that the next `up` would make.
        scripts: the files with a custom database's scripts.
        unreadable: keys of settings that a person must set.
        keeps_service_url: whether the API's own service URL still leads to its backend.
    """

    settings_file: Path
    import_file: Path
    missing: Sequence[str] = ()
    kept: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    scripts: Sequence[Path] = ()
    unreadable: Sequence[str] = ()
    keeps_service_url: bool = False


def write_files(
    project: Project, stack: str, engine: Engine, found: FoundObjects, settings: Mapping[str, Any]
) -> Adoption:
    """Write the stack's settings file, its scripts and its import file; create the stack if it does not exist.

    Raises:
        StackError: the stack has resources, or the program fails with these settings.
    """
    file = project.stack_file(stack)
    engine.ensure_stack()
    if not engine.is_empty():
        raise StackError(f"stack '{stack}' has resources: adopt into a new stack")
    scripts = write_scripts(project, stack, found)
    write_settings(file, settings)
    document, missing = import_file(engine.planned_resources(), resource_ids(found))
    imports = project.stack_files / f"adopted.{stack}.json"
    imports.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    keeps_service_url = bool(settings["publication"].get("keepServiceUrl"))
    return Adoption(
        file,
        imports,
        missing,
        scripts=scripts,
        unreadable=unreadable_settings(found),
        keeps_service_url=keeps_service_url,
    )


def take_over(engine: Engine, written: Adoption, settings: Mapping[str, Any]) -> Adoption:
    """Import the objects, and add every property that an `up` would change to the setting `keep`.

    Raises:
        StackError: the import failed, or an `up` would still change properties after the last round.
    """
    engine.import_resources(written.import_file)
    kept: dict[str, dict[str, str]] = {}
    for _ in range(_MAX_ROUNDS):
        changes = engine.changes()
        differences = {each.resource: found for each in changes if (found := _to_keep(each))}
        if not differences:
            return replace(written, kept=kept, changes=changes)
        for resource, properties in differences.items():
            kept.setdefault(resource, {}).update(properties)
        keep = {resource: sorted(properties) for resource, properties in sorted(kept.items())}
        write_settings(written.settings_file, {**settings, "keep": keep})
    raise StackError(f"after {_MAX_ROUNDS} rounds `pulumi preview` still shows differences: {', '.join(differences)}")


def _to_keep(change: Change) -> dict[str, str]:
    return {name: kind for name, kind in change.differences.items() if name not in _NEVER_KEPT}


def scripts(found: FoundObjects) -> dict[str, str]:
    """The scripts of a custom database, by name; none of a database of Auth0."""
    options = (found.connection or {}).get("options", {})
    if not options.get("enabledDatabaseCustomization"):
        return {}
    texts: Mapping[str, str] = options.get("customScripts") or {}
    return {name: texts[name] for name in DATABASE_SCRIPTS if texts.get(name, "").strip()}


def script_paths(project: Project, stack: str, found: FoundObjects) -> dict[str, str]:
    """The path of each script's file, relative to the project, by the script's name."""
    folder = project.stack_files.relative_to(project.root) / f"adopted.{stack}"
    return {name: str(folder / f"{name}.js") for name in scripts(found)}


def write_scripts(project: Project, stack: str, found: FoundObjects) -> list[Path]:
    """Write the scripts' files, byte for byte as the tenant has them, and return their paths."""
    texts, written = scripts(found), []
    for name, path in script_paths(project, stack, found).items():
        file = project.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(texts[name].encode())
        written.append(file)
    return written


def unreadable_settings(found: FoundObjects) -> list[str]:
    """The keys of settings that a person must set, because the tenant returns the scripts' configuration encrypted."""
    options = (found.connection or {}).get("options", {})
    return [f"auth0-apim:databaseConfiguration.{name}" for name in sorted(options.get("configuration") or {})]


PLACEHOLDER = "<PLACEHOLDER>"
"""The engine's placeholder for an id."""


def resource_ids(found: FoundObjects) -> dict[str, str]:
    """The ids of the objects, by the names of their resources in the program."""
    return {f"{COMPONENT}-{name}": found_id for name, found_id in _ids(found).items()}


def _ids(found: FoundObjects) -> dict[str, str]:
    service, api = found.service["id"], found.published_api["id"]
    client_id = found.client["client_id"]
    ids = {
        "api-resource-server": found.api["id"],
        "api-scopes": found.api["identifier"],
        "client-client": client_id,
        "client-credentials": client_id,
        "client-grant": found.grant["id"],
        "gateway-service": service,
        "publication-api": api,
    }
    if found.login is not None:
        ids |= {
            "interactive-client-client": found.login["client_id"],
            "interactive-client-credentials": found.login["client_id"],
        }
        if found.login_grant is not None:
            ids["interactive-client-grant"] = found.login_grant["id"]
    if found.user_grant is not None:
        ids["client-user-grant"] = found.user_grant["id"]
    if found.connection is not None:
        ids |= {"database-connection": found.connection["id"], "database-clients": found.connection["id"]}
    if found.user is not None:
        ids["user-user"] = found.user["user_id"]
    if found.authorization_server is not None:
        ids["portal-authorization-server"] = found.authorization_server["id"]
    if found.product is not None:
        ids["publication-product"] = found.product["id"]
        ids |= {f"publication-{group}": f"{found.product['id']}/groups/{group}" for group in found.product_groups}
        ids["publication-product-api"] = f"{found.product['id']}/apis/{found.published_api['name']}"
    if found.policy is not None:
        ids["policy-policy"] = found.policy["id"]
    return ids


def import_file(planned: Mapping[str, Any], ids: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The import file, and the names of the program's resources that were not found.

    Args:
        planned: the document of `pulumi preview --import-file`: resources with their parents, without ids.
        ids: of the objects, by the resource's name.
    """
    resources, missing = [], []
    for resource in planned["resources"]:
        if resource.get("id") != PLACEHOLDER:
            resources.append(resource)
        elif resource["name"] in ids:
            resources.append(resource | {"id": ids[resource["name"]]})
        else:
            missing.append(resource["name"])
    return {**planned, "resources": resources}, missing
