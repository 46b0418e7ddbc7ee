"""What a reader of the code walks through: folders, modules, and what imports what."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, median_figure

REPOSITORY = Path(__file__).resolve().parents[1]
PARTS = ("components", "stacks", "sandbox")
FULLEST, LONGEST, SMALLEST_MEDIAN, LARGEST_MEDIAN = 20, 300, 120, 180

Graph = dict[str, set[str]]


def measure() -> Iterator[Figure]:
    """The figures of each part of the repository; an `__init__` without code is no module."""
    for part in PARTS:
        modules = modules_below(REPOSITORY / part)
        imports = imports_of(modules)
        yield from _sizes(part, modules)
        importers = Counter(name for names in imports.values() for name in names)
        alone = [name for name in _with_code(modules) if importers[name] == 1]
        share = 100 * len(alone) / len(_with_code(modules))
        yield _figure(f"{part}: modules that exactly one other imports", share, "%")
        for what, graph in (("modules", imports), ("folders", between_folders(modules, imports))):
            found = circles(graph)
            yield _figure(f"{part}: import circles between {what}", len(found), "", target=0)
            for names in found:
                yield _figure(f"{part}: {what} in a circle: {', '.join(sorted(names))}", len(names), "")


def _sizes(part: str, modules: dict[str, Path]) -> Iterator[Figure]:
    written = _with_code(modules)
    folders = Counter(path.parent for path in written.values())
    too_full = {path: count for path, count in folders.items() if count > FULLEST}
    yield _figure(f"{part}: folders with more than {FULLEST} modules", len(too_full), "", target=0)
    for path, count in sorted(too_full.items()):
        yield _figure(f"{part}: modules in {path.relative_to(REPOSITORY)}", count, "", target=FULLEST)
    lines = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in written.values())
    yield median_figure(f"{part}: lines of a module", lines, "", SMALLEST_MEDIAN, "at least")
    yield median_figure(f"{part}: lines of a module", lines, "", LARGEST_MEDIAN, "at most")
    yield _figure(f"{part}: lines of the longest module", lines[-1], "", target=LONGEST)


def modules_below(folder: Path) -> dict[str, Path]:
    """The modules of the packages in `folder`, by their full names."""
    found = {}
    for package in folder.glob("*/__init__.py"):
        for path in package.parent.rglob("*.py"):
            name = ".".join(path.relative_to(folder).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def imports_of(modules: dict[str, Path]) -> Graph:
    """Which of `modules` each of them imports, at whatever place."""
    return {
        name: {other for other in _imported(ast.parse(path.read_text(encoding="utf-8")), modules) if other != name}
        for name, path in modules.items()
    }


def _imported(tree: ast.Module, modules: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            # A name that is no module stands in the package itself.
            for full in (f"{node.module}.{alias.name}" for alias in node.names):
                yield full if full in modules else node.module


def between_folders(modules: dict[str, Path], imports: Graph) -> Graph:
    """Which folder imports which."""
    graph: Graph = defaultdict(set)
    for name, others in imports.items():
        own = _folder(modules[name])
        graph[own] |= {_folder(modules[other]) for other in others} - {own}
    return dict(graph)


def circles(graph: Graph) -> list[set[str]]:
    """Nodes that reach each other, in groups."""
    reached = {name: _reachable(graph, name) for name in graph}
    found: list[set[str]] = []
    for name in sorted(graph):
        group = {other for other in reached[name] if name in reached.get(other, ())}
        if group and group not in found:
            found.append(group)
    return found


def _reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph.get(name, ())
    return seen


def _with_code(modules: dict[str, Path]) -> dict[str, Path]:
    """Those that are more than the docstring of a package."""
    return {name: path for name, path in modules.items() if len(ast.parse(path.read_text(encoding="utf-8")).body) > 1}


def _folder(path: Path) -> str:
    return path.parent.relative_to(REPOSITORY).as_posix()


def _figure(name: str, value: float, unit: str, target: float | None = None) -> Figure:
    return Figure(name, value, unit, (value, value), target)
