"""Several environments side by side: one that fails, the others' deployment and proof, and what differs between two."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def three(project):
    """`dev` and `stage`, and `prod`, whose settings are not usable."""
    local = project.folder / "stacks" / "Pulumi.local.yaml"
    for name in ("dev", "stage", "prod"):
        document = yaml.safe_load(local.read_text())
        document.pop("encryptionsalt")
        config = document["config"]
        config["auth0-apim:api"]["identifier"] = f"calculator-{name}"
        config["auth0-apim:database"]["connectionName"] = f"Calculator-{name}"
        config["auth0-apim:gateway"]["serviceName"] = "Not usable!" if name == "prod" else f"calculator-{name}"
        local.with_name(f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(document))
    return project


@pytest.fixture(scope="module")
def run(three):
    """Runs auth0-apim where the shell has chosen the sandbox's backend, as after `eval "$(auth0-apim sandbox env)"`."""

    def run(*arguments):
        return subprocess.run(
            [str(Path(sys.executable).with_name("auth0-apim")), *arguments],
            cwd=three.folder,
            env={**three.environment, "COLUMNS": "160"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def settings_of(project):
    """The text of every settings file of the project."""
    return {path.name: path.read_text() for path in (project.folder / "stacks").iterdir()}


def test_one_that_fails_neither_stops_nor_corrupts_the_others(run, three):
    before = settings_of(three)
    result = run("up", "--all-of", "dev,prod,stage", "--parallel", "3", "--json")
    assert result.returncode == 1, result.stderr
    assert settings_of(three) == before
    summary = json.loads(result.stdout)
    dev, prod, stage = summary["environments"]
    assert (summary["backend"], dev["ok"], prod["ok"], stage["ok"]) == (
        three.environment["PULUMI_BACKEND_URL"],
        True,
        False,
        True,
    )
    assert "auth0-apim:gateway.serviceName must be" in prod["problem"]
    for each in (dev, stage):
        assert list(each["changes"]) == ["create"]
        assert set(each["checks"].values()) == {True}
    for name in ("dev", "stage"):
        assert f"{name}: done" in result.stderr
        state = json.loads(three.pulumi("stack", "export", "--stack", name))["deployment"]
        assert not state.get("pending_operations")
    assert "prod: failed" in result.stderr


def test_a_second_run_changes_nothing_and_says_so_in_one_table(run):
    result = run("up", "--all-of", "dev,stage", "--parallel", "2")
    assert result.returncode == 0, result.stderr
    rows = [line for line in result.stdout.splitlines() if line.startswith("│")]
    assert [row.split("│")[1].strip() for row in rows] == ["dev", "stage"]
    assert all("done" in row and "unchanged" in row and "12 of 12 right" in row for row in rows)


def test_promotion_shows_what_differs_and_no_secret(run, three):
    result = run("diff", "dev", "stage", "--json", "--exit-code")
    assert result.returncode == 1, result.stderr
    document = json.loads(result.stdout)
    assert [each["key"] for each in document["settings"]] == [
        "auth0-apim:api.identifier",
        "auth0-apim:database.connectionName",
        "auth0-apim:gateway.serviceName",
    ]
    outputs = {each["key"]: (each["first"], each["second"]) for each in document["outputs"]}
    assert outputs["audience"] == ('"calculator-dev"', '"calculator-stage"')
    assert outputs["clientSecret"] == ("[secret]", "[secret]")
    assert "tokenEndpoint" not in outputs
    assert "userPassword" not in outputs  # the sandbox's user has the same in both
    secrets = three.pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets")
    assert json.loads(secrets)["clientSecret"] not in result.stdout
