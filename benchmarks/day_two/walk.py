"""One row of the walk: an input is given, changed and taken away, while callers call."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from auth0_apim.composite.sections import PARTS
from auth0_apim_environments.clients.credentials import open_manager
from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine.engine import Engine
from callers import Backend, Callers, foreign_token
from program import GROUP, OTHER_GROUPS, SERVICE, composite, of_parts
from pulumi import automation
from rows import PROTECTED_API, ROWS, Change, Row

_GROUPS, _SERVICES = {"api-version": "2022-09-01"}, {"api-version": "2024-05-01"}
_PLACE = {"location": "westeurope"}
_PUBLISHER = {
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
}


@dataclass(frozen=True)
class Step:
    """What came of one change.

    Attributes:
        component: the component's type; for a section of the composite `ProtectedApi.section`.
        input: the input.
        act: `given`, `changed` or `taken away`.
        announced: what the preview says by operation, or why the program is refused.
        deployed: whether `up` succeeded; None where the preview refused already.
        quiet: whether the next `up` and `up --refresh` change nothing; None where nothing was deployed.
        refused: good calls that were not answered with 200, of `calls`.
        refused_for: the longest time without a good answer, in seconds.
        opened: what got through without a good token. It has to be empty.
        expected: why the service refuses the deployment; empty where it takes it.
    """

    component: str
    input: str
    act: str
    announced: str
    deployed: bool | None
    quiet: bool | None
    calls: int
    refused: int
    refused_for: float
    opened: tuple[str, ...]
    expected: str
    seconds: float

    @property
    def holds(self) -> bool:
        """Nothing got through, and what was deployed has come to rest, or its expected refusal harmed no caller."""
        if self.opened or self.quiet is False:
            return False
        return self.deployed is not False or bool(self.expected and not self.refused)


def all_rows() -> dict[tuple[str, str], Row]:
    """The rows by component and input; sections of the composite are components of their own."""
    rows: dict[tuple[str, str], Row] = {
        (component, name): row for component, inputs in ROWS.items() for name, row in inputs.items()
    }
    rows |= {("ProtectedApi", name): row for name, row in PROTECTED_API.items()}
    for section, part in PARTS.items():
        known = ROWS[part.described.component]
        names = part.shape.__annotations__
        rows |= {(f"ProtectedApi.{section}", name): row for name, row in known.items() if name in names}
    return rows


def is_walked(component: str, row: Row) -> bool:
    """Whether a row is a deployment of its own: sections of the composite take no value that other components give."""
    if not isinstance(row, Change):
        return False
    return not component.startswith("ProtectedApi.") or not (row.others or callable(row.given))


class Walk:
    """A sandbox, and a backend behind its gateways; each row is a stack of its own."""

    def __init__(self, sandbox: Sandbox, engine: Engine, folder: Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._backend = Backend()
        self._foreign = foreign_token(sandbox)
        own = {"PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "walk"}
        inherited = {name: text for name, text in sandbox.environment(engine).items() if "PASSPHRASE" not in name}
        self.variables = inherited | own
        with closing(open_manager(self.variables)) as manager:
            for group in (GROUP, *OTHER_GROUPS):
                manager.put(f"resourceGroups/{group}", params=_GROUPS, json=_PLACE).raise_for_status()
            service = f"resourceGroups/{GROUP}/providers/Microsoft.ApiManagement/service/{SERVICE}"
            manager.put(service, params=_SERVICES, json=_PLACE | _PUBLISHER).raise_for_status()

    def close(self) -> None:
        """End the backend."""
        self._backend.close()

    def row(self, component: str, name: str, change: Change) -> Iterator[Step]:
        """Walk one row, from a deployed stack and back to it."""
        is_composite = component.startswith("ProtectedApi")
        base = (
            partial(composite, component.partition(".")[2], name)
            if is_composite
            else partial(of_parts, component, name)
        )
        values = {
            "base": {},
            "given": {**change.beside, name: change.given},
            "changed": {**change.beside, name: change.changed},
            "taken away": {},
        }
        stack = self._stack(f"{component}-{name}".lower().replace(".", "-").replace("_", "-"))
        outputs: dict[str, Any] = {}
        row = {"component": component, "input": name, "expected": change.refused}
        for act, inputs in values.items():
            others = change.others if act in ("given", "changed") else ()
            stack.workspace.program = partial(base, inputs, others, self._backend.url)
            if act == "base":
                stack.up()
            else:
                step = self._step(stack, outputs, {**row, "act": act})
                yield step
            if act == "base" or step.deployed:
                outputs = {key: output.value for key, output in stack.outputs().items()}
        yield self._destroyed(stack, component, name)

    def _stack(self, name: str) -> automation.Stack:
        options = automation.LocalWorkspaceOptions(env_vars=self.variables, work_dir=str(self._folder))
        return automation.create_or_select_stack(name, "walk", program=_nothing, opts=options)

    def _step(self, stack: automation.Stack, outputs: Mapping[str, Any], row: Mapping[str, str]) -> Step:
        began = time.monotonic()
        callers = Callers(self._sandbox, outputs, self._foreign)
        self._backend.probes.clear()
        callers.start()
        try:
            announced, deployed, quiet = _deploy(stack)
            time.sleep(0.2)
        finally:
            callers.stop()
        return Step(
            **row,
            announced=announced,
            deployed=deployed,
            quiet=quiet,
            calls=callers.good.total(),
            refused=callers.good.total() - callers.good[200],
            refused_for=round(callers.refused_for, 2),
            opened=tuple(sorted(callers.opened | set(self._backend.probes))),
            seconds=round(time.monotonic() - began, 1),
        )

    def _destroyed(self, stack: automation.Stack, component: str, name: str) -> Step:
        """A plain `pulumi destroy` of what the row leaves."""
        began = time.monotonic()
        try:
            stack.destroy()
            failed = ""
        except automation.CommandError as error:
            failed = f"failed: {_reason(error)}"
        else:
            stack.workspace.remove_stack(stack.name)
        seconds = round(time.monotonic() - began, 1)
        return Step(component, name, "destroyed", failed, not failed, None, 0, 0, 0.0, (), "", seconds)


def _deploy(stack: automation.Stack) -> tuple[str, bool | None, bool | None]:
    """What the preview announces, whether `up` succeeds, and whether the two after it are quiet."""
    try:
        announced = _operations(stack.preview().change_summary)
    except automation.CommandError as error:
        return f"refused: {_reason(error)}", None, None
    try:
        stack.up()
    except automation.CommandError as error:
        return f"{announced}; failed: {_reason(error)}", False, None
    again = stack.preview().change_summary
    refreshed = stack.up(refresh=True).summary.resource_changes or {}
    noisy = [_operations(summary) for summary in (again, refreshed) if set(summary) - {"same"}]
    return "; then ".join([announced, *noisy]), True, not noisy


def _operations(summary: Mapping[Any, int]) -> str:
    """`create 1, update 2`, or `nothing`."""
    changes = {getattr(key, "value", key): count for key, count in summary.items()}
    return ", ".join(f"{name} {count}" for name, count in sorted(changes.items()) if name != "same") or "nothing"


def _reason(error: automation.CommandError) -> str:
    """The line of the engine's output that says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if re.search(r"(^|[a-z])[Ee]rror: ", line) and "update failed" not in line]
    return (told or lines)[-1].partition("rror: ")[2][:400]


def _nothing() -> None:
    return


def read_steps(file: Path) -> list[Step]:
    """The steps that a file has, one JSON object a line."""
    if not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Step(**{**line, "opened": tuple(line["opened"])}) for line in lines]


def append_step(file: Path, step: Step) -> None:
    """Write one more step, so that a walk that is interrupted goes on behind it."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(step)) + "\n")


def table(steps: Iterable[Step]) -> str:
    """The steps as a table of Markdown, a row an input; what is announced is that of the first change."""
    rows: dict[tuple[str, str], dict[str, Step]] = {}
    for step in steps:
        rows.setdefault((step.component, step.input), {})[step.act] = step
    lines = [
        "| input | preview announces | converges | good calls refused, seconds | got through |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_line(path, acts) for path, acts in rows.items())])


def _line(path: tuple[str, str], acts: Mapping[str, Step]) -> str:
    changed = [acts[act] for act in ("given", "changed", "taken away") if act in acts]
    refused = [f"{step.refused} ({step.refused_for:.1f})" if step.refused else "0" for step in changed]
    announced = changed[0].announced.replace("|", "\\|").replace("\n", " ")
    converges = "yes" if all(step.holds for step in acts.values()) else "no"
    expected = f" ({changed[0].expected})" if changed[0].expected else ""
    opened = ", ".join(sorted({each for step in changed for each in step.opened})) or "nothing"
    return f"| `{'.'.join(path)}` | {announced[:160]} | {converges}{expected} | {', '.join(refused)} | {opened} |"
