"""The distribution in an empty environment: what a stack of somebody else's gets by installing it."""

import json
import subprocess

import pytest

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def python(environment_with):
    """Runs a program in an environment that has the wheel without extras; answers the JSON that it prints."""
    interpreter = environment_with("") / "bin" / "python"

    def run(program):
        answer = subprocess.run([interpreter, "-I", "-c", program], capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


def test_the_library_brings_only_what_components_need(python):
    direct = python(
        "import importlib.metadata as m, json; print(json.dumps([r for r in m.requires('pulumi-auth0-apim') "
        "if 'extra ==' not in r]))"
    )
    names = {requirement.split(">")[0].split("<")[0] for requirement in direct}
    assert names == {"lxml", "pulumi", "pulumi-auth0", "pulumi-azure-native", "pyyaml", "typing-extensions"}


def test_the_sandbox_and_the_settings_need_extras(python):
    missing = python(
        "import importlib.util as u, json; "
        "print(json.dumps([n for n in ('starlette', 'uvicorn', 'httpx', 'pydantic', 'typer', 'pulumi_policy') "
        "if u.find_spec(n) is None]))"
    )
    assert missing == ["starlette", "uvicorn", "httpx", "pydantic", "typer", "pulumi_policy"]


def test_the_components_import_and_describe_themselves(python):
    described = python(
        "import auth0_apim, json; from auth0_apim.plugin.component_host import ComponentHost; "
        "schema = json.loads(ComponentHost().schema); "
        "print(json.dumps([auth0_apim.__file__, schema['version'], len(schema['resources'])]))"
    )
    assert "/site-packages/auth0_apim/" in described[0]
    assert described[1] == "0.1.0"
    assert described[2] >= 10
