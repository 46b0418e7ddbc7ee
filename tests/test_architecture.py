"""The arrows between packages, as docs/architecture.md draws them, and the locks' shape."""

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGES = {path.parent.name: path.parent for path in REPOSITORY.glob("*/*/__init__.py") if "tests" not in path.parts}

ALLOWED = {
    "auth0_apim": set(),
    "auth0_apim_environments": {"auth0_apim", "local_cloud", "local_pulumi"},
    "local_apim": {"local_store"},
    "local_auth0": {"local_scripts", "local_store"},
    "local_cloud": {"local_apim", "local_auth0", "local_insights", "local_pulumi", "local_store", "local_vault"},
    "local_insights": set(),
    "local_pulumi": set(),
    "local_scripts": set(),
    "local_store": set(),
    "local_vault": {"local_store"},
}


def imports_of(folder: Path) -> set[tuple[str, str]]:
    """Module and imported package, for every import of one of our packages below `folder`."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            found |= {(path.stem, name.split(".")[0]) for name in names if name.split(".")[0] in ALLOWED}
    return found


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_imports_only_what_it_may_know(package):
    imported = {name for _, name in imports_of(PACKAGES[package])} - {package}
    assert imported <= ALLOWED[package]


def test_every_package_has_its_arrows_drawn():
    assert set(PACKAGES) == set(ALLOWED)


def test_the_program_knows_nothing_of_the_sandbox():
    program = ast.parse((REPOSITORY / "__main__.py").read_text())
    modules = {node.module.split(".")[0] for node in ast.walk(program) if isinstance(node, ast.ImportFrom)}
    assert modules == {"auth0_apim", "auth0_apim_environments", "typing"}


def test_settings_and_proof_know_nothing_of_the_sandbox():
    for name in ("settings.py", "section.py", "verify.py", "tokens.py", "deployed_api.py"):
        module = PACKAGES["auth0_apim_environments"] / name
        assert not re.search(r"^\s*(from|import) local_", module.read_text(), re.MULTILINE), name


@pytest.mark.parametrize("lock", sorted(path.name for path in (REPOSITORY / "requirements").glob("*.txt")))
def test_a_lock_names_versions_and_hashes_and_no_addresses(lock):
    text = (REPOSITORY / "requirements" / lock).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert all("==" in line for line in text.splitlines() if re.match(r"[A-Za-z]", line))
