"""docs/architecture.md says what the code does: signatures of the interfaces, and the packages there are."""

import inspect
import re
from pathlib import Path

import pytest
from auth0_apim_sandbox.apim.calculator import create_calculator
from auth0_apim_sandbox.apim.gateway import create_gateway
from auth0_apim_sandbox.apim.manager import create_resource_manager
from auth0_apim_sandbox.apim.policies import parse_policy
from auth0_apim_sandbox.engine.engine import find, find_or_install
from auth0_apim_sandbox.providers import serve
from auth0_apim_sandbox.tenant import create_tenant
from auth0_apim_sandbox.tenant.application import management_client

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text()


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


def test_every_part_of_the_sandbox_is_in_the_table():
    parts = {path.parent.name for path in (ROOT / "sandbox" / "auth0_apim_sandbox").glob("*/__init__.py")}
    assert {part for part in parts if f"| auth0_apim_sandbox.{part} |" not in TEXT} == set()
