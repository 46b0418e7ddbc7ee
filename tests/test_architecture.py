"""The arrows between packages, as docs/architecture.md draws them, and the locks' shape."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SANDBOX = "auth0_apim_sandbox"
PACKAGES = {
    "auth0_apim": REPOSITORY / "components" / "auth0_apim",
    "auth0_apim_environments": REPOSITORY / "stacks" / "auth0_apim_environments",
} | {f"{SANDBOX}.{path.parent.name}": path.parent for path in (REPOSITORY / "sandbox" / SANDBOX).glob("*/__init__.py")}

ALLOWED = {
    "auth0_apim": set(),
    "auth0_apim_environments": {"auth0_apim", f"{SANDBOX}.cloud", f"{SANDBOX}.engine"},
    f"{SANDBOX}.apim": {f"{SANDBOX}.store"},
    f"{SANDBOX}.cloud": {
        f"{SANDBOX}.apim",
        f"{SANDBOX}.engine",
        f"{SANDBOX}.insights",
        f"{SANDBOX}.providers",
        f"{SANDBOX}.scripts",
        f"{SANDBOX}.store",
        f"{SANDBOX}.tenant",
        f"{SANDBOX}.vault",
    },
    f"{SANDBOX}.engine": set(),
    f"{SANDBOX}.insights": set(),
    f"{SANDBOX}.providers": {f"{SANDBOX}.engine"},
    f"{SANDBOX}.scripts": set(),
    f"{SANDBOX}.store": set(),
    f"{SANDBOX}.tenant": {f"{SANDBOX}.scripts", f"{SANDBOX}.store"},
    f"{SANDBOX}.vault": {f"{SANDBOX}.store"},
}

APIM = f"{SANDBOX}.apim"
ROOMS = {
    "arm": set(),
    "gateway": {"policies"},
    "manager": {"arm", "resources", "services"},
    "policies": set(),
    "portal": {"arm", "resources"},
    "resources": {"arm", "policies"},
    "services": {"arm", "resources"},
}
"""What each folder of the local API Management may import of the others."""


LIBRARY = {
    "component": set(),
    "rules": {"component"},
    "openapi": {"rules"},
    "policy": {"component", "openapi", "rules"},
    "auth0": {"component", "rules"},
    "apim": {"auth0", "component", "openapi", "policy", "rules"},
    "composite": {"apim", "auth0", "component", "openapi", "policy", "rules"},
    "policy_pack": {"apim", "auth0", "policy", "rules"},
    "plugin": {"component", "composite"},
}
"""What each folder of the library may import of the others. Nothing imports the root, which re-exports the components."""


def package_of(name: str) -> str:
    """The package of ours that a module is in: the sandbox has several."""
    first, *rest = name.split(".")
    return ".".join([first, *rest[:1]]) if first == SANDBOX else first


def imported_by(module: ast.Module) -> set[str]:
    """The names of all modules that a module imports, at whatever place."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" if node.module == SANDBOX else node.module for alias in node.names}
    return found


def packages_imported_below(folder: Path) -> set[str]:
    """Which of our packages the modules below `folder` import."""
    names = {name for path in folder.rglob("*.py") for name in imported_by(ast.parse(path.read_text()))}
    return {
        package_of(name) for name in names if name.split(".")[0] in {"auth0_apim", "auth0_apim_environments", SANDBOX}
    }


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_imports_only_what_it_may_know(package):
    assert packages_imported_below(PACKAGES[package]) - {package} <= ALLOWED[package]


def test_every_package_has_its_arrows_drawn():
    assert set(PACKAGES) == set(ALLOWED)


def rooms_of(package: str) -> list[str]:
    return sorted(path.parent.name for path in PACKAGES[package].glob("*/__init__.py"))


def rooms_imported_by(package: str, room: str) -> set[str]:
    """The other rooms of a package that a room imports."""
    modules = [ast.parse(path.read_text()) for path in (PACKAGES[package] / room).rglob("*.py")]
    names = {name for module in modules for name in imported_by(module) if name.startswith(f"{package}.")}
    return ({name.removeprefix(f"{package}.").split(".")[0] for name in names} & set(rooms_of(package))) - {room}


@pytest.mark.parametrize("room", rooms_of(APIM))
def test_a_room_of_api_management_imports_only_what_it_may_know(room):
    assert rooms_imported_by(APIM, room) <= ROOMS.get(room, set())


@pytest.mark.parametrize("room", rooms_of("auth0_apim"))
def test_a_room_of_the_library_imports_only_what_it_may_know(room):
    assert rooms_imported_by("auth0_apim", room) <= LIBRARY[room]


def test_no_program_loads_the_policy_pack_or_the_plugin_with_the_components():
    components = {
        name for room in set(LIBRARY) - {"policy_pack", "plugin"} for name in rooms_imported_by("auth0_apim", room)
    }
    assert not components & {"policy_pack", "plugin"}


def folder_of(module: str, package: str) -> str:
    """The folder of `package` that a module is in, such as `auth0_apim_sandbox.tenant.users`."""
    path = PACKAGES[package].joinpath(*module.removeprefix(package).strip(".").split("."))
    return module if path.is_dir() else module.rpartition(".")[0]


@pytest.mark.parametrize(
    "package", ["auth0_apim", "auth0_apim_environments", f"{SANDBOX}.apim", f"{SANDBOX}.providers", f"{SANDBOX}.tenant"]
)
def test_no_folder_of_a_package_imports_back(package):
    folders: dict[str, set[str]] = {}
    for path in PACKAGES[package].rglob("*.py"):
        own = ".".join([package, *path.parent.relative_to(PACKAGES[package]).parts])
        names = {name for name in imported_by(ast.parse(path.read_text())) if name.startswith(package)}
        folders.setdefault(own, set()).update({folder_of(name, package) for name in names} - {own})
    TopologicalSorter(folders).prepare()  # raises CycleError


def test_the_program_knows_nothing_of_the_sandbox():
    program = ast.parse((REPOSITORY / "__main__.py").read_text())
    assert {name.split(".")[0] for name in imported_by(program)} == {
        "auth0_apim",
        "auth0_apim_environments",
        "pulumi",
    }


@pytest.mark.parametrize("folder", ["settings", "verify"])
def test_settings_and_proof_know_nothing_of_the_sandbox(folder):
    below = PACKAGES["auth0_apim_environments"] / folder
    assert not {name for name in packages_imported_below(below) if name.startswith(SANDBOX)}


LOCKS = [*(REPOSITORY / "requirements").glob("*.txt"), REPOSITORY / "components" / "requirements.txt"]


@pytest.mark.parametrize("lock", sorted(LOCKS), ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_lock_names_versions_and_hashes_and_no_addresses(lock):
    text = lock.read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert all("==" in line for line in text.splitlines() if re.match(r"[A-Za-z]", line))
