"""docs/architecture.md says what the code does: signatures of the interfaces, and who imports whom."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from local_apim.calculator import create_calculator
from local_apim.gateway import create_gateway
from local_apim.manager import create_resource_manager
from local_apim.policies import parse_policy
from local_auth0 import create_tenant
from local_auth0.bootstrap import management_client
from local_pulumi.engine import find, find_or_install
from local_pulumi.providers import serve

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text()
SANDBOX = {path.name for path in (ROOT / "sandbox").iterdir() if (path / "__init__.py").exists()}
ALLOWED = {
    "local_store": set(),
    "local_auth0": {"local_store", "local_scripts"},
    "local_apim": {"local_store"},
    "local_insights": set(),
    "local_scripts": set(),
    "local_pulumi": set(),
    "local_vault": {"local_store"},
    "local_cloud": SANDBOX,
}


@pytest.mark.parametrize(
    "function",
    [
        create_tenant,
        create_resource_manager,
        create_gateway,
        create_calculator,
        management_client,
        parse_policy,
        serve,
        find,
        find_or_install,
    ],
    ids=lambda function: function.__name__,
)
def test_a_documented_signature_is_the_functions_own(function):
    written = re.search(rf"\b{function.__name__}\(([^`]*?)\)(?: ->|`)", TEXT)
    assert written, f"{function.__name__} is not in docs/architecture.md"
    names = [part.split("=")[0].strip() for part in written.group(1).split(",") if part.strip() not in ("", "*")]
    assert names == list(inspect.signature(function).parameters)


def imported_packages(folder):
    """The first parts of every module that a folder's code imports, at whatever place."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", sorted(SANDBOX))
def test_a_part_of_the_sandbox_knows_only_what_it_may(package):
    known = imported_packages(ROOT / "sandbox" / package)
    assert known & SANDBOX <= ALLOWED[package] | {package}
    assert not known & {"auth0_apim", "auth0_apim_environments"}


def test_the_components_and_the_program_know_nothing_of_the_sandbox():
    program = ast.parse((ROOT / "__main__.py").read_text())
    modules = {node.module.split(".")[0] for node in program.body if isinstance(node, ast.ImportFrom)}
    assert not (imported_packages(ROOT / "components") | modules) & SANDBOX


def test_every_package_is_in_the_table():
    assert {package for package in SANDBOX if f"| {package} |" not in TEXT} == set()
