"""An adoption from beginning to end: find, write down, import, and hold back whatever would change."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auth0_apim_environments.adopt.belonging import Belongings
from auth0_apim_environments.adopt.custom_database import unreadable_settings, write_scripts
from auth0_apim_environments.adopt.engine import Change, Engine
from auth0_apim_environments.adopt.import_file import import_file, resource_ids
from auth0_apim_environments.adopt.settings_file import write_settings
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project

_NEVER_HELD_BACK = ("options.configuration",)
"""What the tenant answers encrypted: it cannot be compared, and an update without it would be refused."""

_MOST_ROUNDS = 5
"""A resource that is held back may show another's differences; five is more than the program is deep."""


@dataclass(frozen=True)
class Adoption:
    """What came of it.

    Attributes:
        settings_file: the stack's settings.
        import_file: for `pulumi import --file`.
        missing: names of the program's resources that were not found; the first `up` makes them.
        held_back: how each property would differ if it were not named in `keep`, by the resource's name.
        changes: what the next `up` would do.
        scripts: a custom database's scripts.
        unreadable: keys of settings that a person must set.
        keeps_service_url: whether calls still reach the API's backend without a policy of the stack.
    """

    settings_file: Path
    import_file: Path
    missing: Sequence[str] = ()
    held_back: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    scripts: Sequence[Path] = ()
    unreadable: Sequence[str] = ()
    keeps_service_url: bool = False


def write_files(
    project: Project, stack: str, engine: Engine, found: Belongings, settings: Mapping[str, Any]
) -> Adoption:
    """Write the stack's settings with the files they name, and its import file; the stack is created where it is not there.

    Raises:
        StackError: the stack has resources already, or the program does not run with these settings.
    """
    file = project.stack_file(stack)
    engine.ensure_stack()
    if not engine.is_empty():
        raise StackError(f"stack '{stack}' has resources already: adopt into a new stack")
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
    """Import what the file names, and name in `keep` whatever an `up` would change of it.

    Raises:
        StackError: the import failed, or there is no end to the differences.
    """
    engine.import_resources(written.import_file)
    held_back: dict[str, dict[str, str]] = {}
    for _ in range(_MOST_ROUNDS):
        changes = engine.changes()
        differences = {each.resource: found for each in changes if (found := _to_hold_back(each))}
        if not differences:
            return replace(written, held_back=held_back, changes=changes)
        for resource, properties in differences.items():
            held_back.setdefault(resource, {}).update(properties)
        kept = {resource: sorted(properties) for resource, properties in sorted(held_back.items())}
        write_settings(written.settings_file, {**settings, "keep": kept})
    raise StackError(f"after {_MOST_ROUNDS} rounds `pulumi preview` still shows differences: {', '.join(differences)}")


def _to_hold_back(change: Change) -> dict[str, str]:
    return {name: kind for name, kind in change.differences.items() if name not in _NEVER_HELD_BACK}
