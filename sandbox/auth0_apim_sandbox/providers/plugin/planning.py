"""Check and Diff: the same for every resource type, with what differs asked of the type and its schema."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.providers.plugin.autonaming import Proposal
from auth0_apim_sandbox.providers.plugin.differences import Kind, differences, leaves, top_level, value_at
from auth0_apim_sandbox.providers.plugin.provider import Package, Properties, Resource
from auth0_apim_sandbox.providers.plugin.schema import Failure, ResourceSchema
from auth0_apim_sandbox.providers.plugin.values import reveal

DEFAULTS = "__defaults"


@dataclass(frozen=True)
class Plan:
    """What an update would change: property paths with their kinds, and which of them need a new resource."""

    changes: dict[str, Kind]
    replaces: frozenset[str]
    delete_before_replace: bool

    def without(self, ignored: Iterable[str]) -> "Plan":
        """The plan without changes of the `ignored` paths and what is below them: a default filled in by Check is not
        what the engine has ignored before."""
        paths = tuple(ignored)
        changes = {path: kind for path, kind in self.changes.items() if not any(_covers(each, path) for each in paths)}
        replaces = self.replaces & changes.keys()
        return Plan(changes, replaces, self.delete_before_replace and bool(replaces))


@dataclass(frozen=True)
class NameRequest:
    """What a Check has to go by to name a resource."""

    logical_name: str
    seed: bytes
    proposal: Proposal | None


class Planner:
    """Plans for the resource types of one package."""

    def __init__(self, package: Package) -> None:
        self._package = package

    def check(
        self,
        schema: ResourceSchema,
        resource: Resource,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        naming: NameRequest,
    ) -> tuple[Properties, list[Failure]]:
        """The inputs with defaults and name filled in, and what is wrong with them. Secrets stay where they are."""
        inputs = {name: value for name, value in new.items() if name != DEFAULTS}
        filled = dict(self._filled(schema, resource, old, inputs, naming))
        inputs |= filled
        if self._package.records_defaults:
            inputs[DEFAULTS] = sorted(filled)
        plain = reveal(inputs)
        failures = list(self._package.schema.failures(schema.inputs, plain))
        failures += [_missing(schema, name) for name in schema.required if name not in plain]
        return inputs, failures or list(resource.check(plain))

    def plan(self, resource: Resource, old: Properties, new: Properties, state: Properties) -> Plan:
        """The differences between two sets of checked inputs.

        A property that the program says for the first time, and says as it is, replaces nothing; nor does one inside
        an object that the program drops, which is the service's business then.
        """
        old = resource.compared(old, new, state)
        same = frozenset(resource.unchanged(old, new))
        changes = {path: kind for path, kind in differences(old, new).items() if top_level(path) not in same}
        replaces = frozenset(path for path, kind in changes.items() if _needs_new(resource, path, kind, new, state))
        return Plan(changes, replaces, bool(replaces) and resource.delete_before_replace(old, new))

    def _filled(
        self,
        schema: ResourceSchema,
        resource: Resource,
        old: Mapping[str, Any],
        inputs: Properties,
        naming: NameRequest,
    ) -> Iterator[tuple[str, Any]]:
        for name, default in schema.defaults.items():
            if name not in inputs:
                yield name, default
        rule = resource.naming
        if rule is not None and rule.property not in inputs:
            kept = old.get(rule.property) if self._keeps_name(rule.property, old) else None
            made = kept or rule.name(naming.logical_name, naming.seed, naming.proposal)
            if made is not None:
                yield rule.property, made
            if rule.mark and made is not None and (old.get(rule.mark) if kept else rule.is_random(naming.proposal)):
                yield rule.mark, True

    def _keeps_name(self, name: str, old: Mapping[str, Any]) -> bool:
        return not self._package.records_defaults or name in old.get(DEFAULTS, [])


def _needs_new(resource: Resource, path: str, kind: Kind, new: Properties, state: Properties) -> bool:
    if kind is Kind.DELETE and path != top_level(path):
        return False
    return any(
        resource.replaces(leaf) and not (kind is Kind.ADD and _equals_state(leaf, new, state))
        for leaf in leaves(path, value_at(new, path))
    )


def _equals_state(path: str, new: Properties, state: Properties) -> bool:
    said = value_at(new, path)
    return said is not None and said == value_at(state, path)


def _covers(ignored: str, path: str) -> bool:
    return path == ignored or path.startswith((f"{ignored}.", f"{ignored}["))


def _missing(schema: ResourceSchema, name: str) -> Failure:
    return Failure(name, f"{schema.token} needs the property {name}, which is missing.")
