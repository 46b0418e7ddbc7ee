"""The distribution in an empty environment: what a stack of somebody else's gets by installing it."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.live


PROGRAM = """
import pulumi
from auth0_apim import ProtectedApi

calculator = ProtectedApi(
    "calculator",
    {
        "api": {"identifier": "basic-calculator", "scopes": {"calc:add": "Add two numbers"}},
        "gateway": {"resource_group_name": "group", "service_name": "apis", "existing": True},
        "publication": {"openapi": "openapi.json", "path": "calc"},
        "policy": {"operation_scopes": {"add": ["calc:add"]}},
    },
)
url: pulumi.Output[str] = calculator.url
"""


@pytest.fixture(scope="module")
def interpreter(environment_with):
    """The Python of an environment that has the wheel without extras."""
    return environment_with("") / "bin" / "python"


@pytest.fixture(scope="module")
def python(interpreter):
    """Runs a program in that environment; answers the JSON that it prints."""

    def run(program):
        answer = subprocess.run([interpreter, "-I", "-c", program], capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


def test_the_library_brings_only_what_components_need(python):
    direct = python(
        "import importlib.metadata as m, json; print(json.dumps([r for r in m.requires('auth0-apim') "
        "if 'extra ==' not in r]))"
    )
    names = {requirement.split(">")[0].split("<")[0] for requirement in direct}
    assert names == {"lxml", "pulumi", "pulumi-auth0", "pulumi-azure-native", "pyyaml", "typing-extensions"}


def test_the_library_has_one_package_and_brings_neither_the_command_nor_the_sandbox(python):
    packages = python(
        "import importlib.metadata as m, json; "
        "print(json.dumps(sorted({str(f).split('/')[0] for f in m.files('auth0-apim')})))"
    )
    assert packages == ["auth0_apim", "auth0_apim-0.1.0.dist-info"]
    absent = ["auth0_apim_environments", "auth0_apim_sandbox", "starlette", "httpx", "typer", "pulumi_policy"]
    program = f"import importlib.util as u, json; print(json.dumps([n for n in {absent} if u.find_spec(n) is None]))"
    assert python(program) == absent


@pytest.mark.parametrize(
    ("name", "problem"),
    [("operation_scopes", None), ("operation_scope", 'Extra key "operation_scope" for TypedDict "PolicySection"')],
)
def test_a_strict_type_checker_knows_the_inputs_of_a_consumers_program(interpreter, tmp_path, name, problem):
    program = tmp_path / "consumer.py"
    program.write_text(PROGRAM.replace("operation_scopes", name))
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", interpreter, "--cache-dir", tmp_path]
    told = subprocess.run([*command, program], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert told.startswith("Success") if problem is None else (problem in told and "Found 1 error" in told), told


def test_the_components_import_and_describe_themselves(python):
    described = python(
        "import auth0_apim, json; from auth0_apim.plugin.component_host import ComponentHost; "
        "schema = json.loads(ComponentHost().schema); "
        "print(json.dumps([auth0_apim.__file__, schema['version'], len(schema['resources'])]))"
    )
    assert "/site-packages/auth0_apim/" in described[0]
    assert described[1] == "0.1.0"
    assert described[2] >= 10
