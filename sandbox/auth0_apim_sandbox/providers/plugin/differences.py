"""Differences between old and new inputs, property by property, as the engine shows them."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from auth0_apim_sandbox.providers.plugin.values import UNKNOWN


class Kind(Enum):
    """What happens to a property, in the words of `PropertyDiff.Kind`."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Kind]:
    """The changed property paths, such as `options.customScripts.login` and `scopes[1].name`."""
    return dict(_object_differences("", old, new))


def _object_differences(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Kind]]:
    for name in sorted(old.keys() | new.keys()):
        if not name.startswith("__"):
            yield from _differences(_below(path, name), old.get(name), new.get(name))


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    if new is UNKNOWN:
        yield path, Kind.ADD if old is None else Kind.UPDATE
    elif type(old) is type(new) and isinstance(new, dict):
        yield from _object_differences(path, old, new)
    elif type(old) is type(new) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _differences(f"{path}[{index}]", _at(old, index), _at(new, index))
    elif old != new:
        yield path, Kind.ADD if old is None else Kind.DELETE if new is None else Kind.UPDATE


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None


def _below(path: str, name: str) -> str:
    if not name.replace("_", "").isalnum():
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name


def value_at(properties: Mapping[str, Any], path: str) -> Any:
    """What a path of plain names, such as `options.passwordPolicy`, leads to; None where it leads nowhere."""
    value: Any = properties
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def leaves(path: str, value: Any) -> Iterator[str]:
    """The path, or for an object those of everything in it."""
    if not isinstance(value, Mapping) or not value:
        yield path
        return
    for name, item in value.items():
        yield from leaves(_below(path, name), item)


def top_level(path: str) -> str:
    """The property a path begins with."""
    return path.partition(".")[0].partition("[")[0]


def with_drift(inputs: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as they would have to be to describe the resource as it is now.

    Only what changed between the outputs `before` and `now` is taken over, and only where the program says something: a
    service's own defaults never become inputs.
    """
    drifted: dict[str, Any] = {}
    for name, value in inputs.items():
        old, new = before.get(name), now.get(name)
        if old == new:
            drifted[name] = value
        elif isinstance(value, dict) and isinstance(old, dict) and isinstance(new, dict):
            drifted[name] = with_drift(value, old, new)
        elif new is not None:
            drifted[name] = _reduced_to_inputs(new, value)
    return drifted


def _reduced_to_inputs(new: Any, said: Any) -> Any:
    """A changed list, its objects reduced to the properties that the program uses in that list."""
    if not isinstance(new, list) or not isinstance(said, list):
        return new
    used = {key for item in said if isinstance(item, dict) for key in item}
    return [
        {key: item[key] for key in item if key in used} if used and isinstance(item, dict) else item for item in new
    ]


def with_all_drift(inputs: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """As `with_drift`, with what was added besides: at the top level, and inside every object that the program names."""
    drifted: dict[str, Any] = {}
    for name in {**inputs, **now}:
        drifted[name] = _with_all_drift(inputs.get(name), before.get(name), now.get(name))
    return {name: value for name, value in drifted.items() if value is not None}


def _with_all_drift(said: Any, old: Any, new: Any) -> Any:
    if old == new:
        return said
    if isinstance(said, dict) and isinstance(old, dict) and isinstance(new, dict):
        return with_all_drift(said, old, new)
    if isinstance(said, list) and isinstance(old, list) and isinstance(new, list):
        return [_with_all_drift(_at(said, index), _at(old, index), item) for index, item in enumerate(new)]
    return new
