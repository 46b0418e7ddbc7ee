"""The workflows that people copy: valid, of few rights, and made of commands that there are."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml
from auth0_apim_environments.cli.main import app
from auth0_apim_sandbox.engine.engine import cache_folder
from auth0_apim_sandbox.engine.go_toolchain import go
from click import Context, Group

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "examples" / "github-actions"
WORKFLOWS = sorted((FOLDER / ".github" / "workflows").glob("*.yml"))
ACTIONS = sorted((FOLDER / ".github" / "actions").glob("*/action.yml"))


@pytest.fixture(scope="module")
def actionlint() -> Path:
    """The official linter of workflows, built once from its locked module and kept in the user's cache."""
    module = Path(__file__).with_name("actionlint")
    [version] = re.findall(r"github.com/rhysd/actionlint (v\S+)", (module / "go.mod").read_text())
    executable = cache_folder() / f"actionlint-{version}"
    if not executable.exists():
        with go(cache_folder(), lambda text: None) as (command, environment):
            build = [command, "build", "-o", str(executable), "github.com/rhysd/actionlint/cmd/actionlint"]
            subprocess.run(build, cwd=module, env={**environment, "CGO_ENABLED": "0"}, check=True)
    return executable


def steps(path):
    document = yaml.safe_load(path.read_text())
    jobs = document["jobs"].values() if "jobs" in document else (document["runs"],)
    return [step for job in jobs for step in job["steps"]]


def command_lines():
    for path in WORKFLOWS:
        for step in steps(path):
            for line in step.get("run", "").splitlines():
                if line.lstrip().startswith("auth0-apim "):
                    yield pytest.param(shlex.split(line), id=f"{path.stem}: {line.strip()}")


def test_there_are_workflows_for_preview_environment_and_reaping():
    assert [path.stem for path in WORKFLOWS] == ["environment", "preview", "reap"]


def test_actionlint_finds_nothing(actionlint, tmp_path):
    copied = shutil.copytree(FOLDER, tmp_path / "consumer")
    subprocess.run(["git", "init", "--quiet", str(copied)], check=True)  # local actions are found from its root
    checked = subprocess.run([str(actionlint)], cwd=copied, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_actionlint_would_find_something(actionlint, tmp_path):
    copied = shutil.copytree(FOLDER, tmp_path / "consumer")
    subprocess.run(["git", "init", "--quiet", str(copied)], check=True)
    workflow = copied / ".github" / "workflows" / "reap.yml"
    workflow.write_text(workflow.read_text().replace("azure-tenant-id:", "azure-tenant:"))
    checked = subprocess.run([str(actionlint)], cwd=copied, capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert 'missing input "azure-tenant-id"' in checked.stdout


@pytest.mark.parametrize("words", list(command_lines()))
def test_every_command_line_is_one_that_there_is(words):
    command, arguments = typer.main.get_command(app), words[1:]
    context = None
    while isinstance(command, Group):
        context = Context(command, info_name=words[0], parent=context)
        _, command, arguments = command.resolve_command(context, arguments)
    command.make_context(words[-1], arguments, parent=context)  # raises UsageError for what does not parse


def test_each_workflow_runs_the_commands_of_its_purpose():
    spoken = {parameter.id for parameter in command_lines()}
    assert spoken == {
        'environment: auth0-apim env create "$NAME" --ttl 3d --owner "$OWNER"',
        'environment: auth0-apim env extend "$NAME" --ttl 3d',  # counted from this push; `create` keeps an older time
        'environment: auth0-apim verify --stack "$NAME"',
        'environment: auth0-apim env destroy "$NAME"',
        "reap: auth0-apim env reap --no-dry-run",
        "reap: auth0-apim env audit",
    }


@pytest.mark.parametrize("path", WORKFLOWS + ACTIONS, ids=lambda path: path.parent.name + "/" + path.name)
def test_actions_of_others_are_pinned_to_commits(path):
    used = [step["uses"] for step in steps(path) if "uses" in step and not step["uses"].startswith("./")]
    assert [name for name in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", name)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_few_rights_and_runs_no_strangers_program_with_credentials(path):
    document = yaml.safe_load(path.read_text())
    triggers = document[True]  # YAML 1.1 reads the key `on` so
    assert "pull_request_target" not in triggers
    assert document["permissions"] == {"contents": "read"}
    for job in document["jobs"].values():
        allowed = {"contents": "read", "id-token": "write"}
        assert job["permissions"] == (allowed | {"pull-requests": "write"} if path.stem == "preview" else allowed)
        assert job["environment"]
        if "pull_request" in triggers:
            assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_the_only_stored_secrets_are_those_that_auth0_leaves_no_way_around(path):
    assert set(re.findall(r"secrets\.(\w+)", path.read_text())) <= {"AUTH0_CLIENT_SECRET", "USER_PASSWORD"}
    for step in steps(path):
        assert "${{" not in step.get("run", "")  # what others may write never becomes part of a script
