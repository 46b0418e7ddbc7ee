"""A custom database's scripts, which the settings name as files, and what they read, which nobody can."""

from collections.abc import Mapping
from pathlib import Path

from auth0_apim.user_rules import DATABASE_SCRIPTS

from auth0_apim_environments.adopt.belonging import Belongings
from auth0_apim_environments.project import Project


def scripts(found: Belongings) -> dict[str, str]:
    """The scripts that log users in, by name; none of Auth0's own database."""
    options = (found.connection or {}).get("options", {})
    if not options.get("enabledDatabaseCustomization"):
        return {}
    texts: Mapping[str, str] = options.get("customScripts") or {}
    return {name: texts[name] for name in DATABASE_SCRIPTS if texts.get(name, "").strip()}


def script_paths(project: Project, stack: str, found: Belongings) -> dict[str, str]:
    """Where each script is to be, relative to the project, by its name."""
    folder = project.stack_files.relative_to(project.root) / f"adopted.{stack}"
    return {name: str(folder / f"{name}.js") for name in scripts(found)}


def write_scripts(project: Project, stack: str, found: Belongings) -> list[Path]:
    """Write the scripts as the tenant has them, to the byte; where they are now."""
    texts, written = scripts(found), []
    for name, path in script_paths(project, stack, found).items():
        file = project.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(texts[name].encode())
        written.append(file)
    return written


def unreadable_settings(found: Belongings) -> list[str]:
    """The keys of settings that a person must set: what the scripts read, which the tenant answers encrypted only."""
    options = (found.connection or {}).get("options", {})
    return [f"auth0-apim:databaseConfiguration.{name}" for name in sorted(options.get("configuration") or {})]
