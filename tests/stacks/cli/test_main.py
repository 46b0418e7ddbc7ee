import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from auth0_apim_environments.cli import main
from auth0_apim_environments.clients.http import service_error
from auth0_apim_environments.marks import HEADER
from auth0_apim_environments.project import ProjectError, find_project

REPOSITORY = Path(__file__).resolve().parents[3]
FORCED_COLOURS = ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS")
"""Variables by which typer writes colours, whatever it writes to."""


def run(*arguments, cwd=REPOSITORY, **variables):
    """Run the command as it is installed."""
    command = [str(Path(sys.executable).with_name("auth0-apim")), *arguments]
    inherited = {name: text for name, text in os.environ.items() if name not in FORCED_COLOURS}
    environment = {**inherited, "NO_COLOR": "1", "COLUMNS": "120", **variables}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path):
    """A project of one stack whose sandbox is beside it."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.local.yaml").write_text("config:\n  shop:key: value\n")
    return tmp_path


def test_help_names_every_command():
    shown = run("--help").stdout
    for name in ("up", "down", "verify", "env", "sandbox", "engine"):
        assert f" {name} " in shown


def test_help_imports_no_command():
    program = (
        "import sys; from auth0_apim_environments.cli import main\n"
        "sys.argv = ['auth0-apim', '--help']\n"
        "try: main.main()\n"
        "except SystemExit: pass\n"
        "print(sorted(name for name in sys.modules if name.startswith(('auth0_apim', 'pulumi', 'httpx'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == (
        "['auth0_apim_environments', 'auth0_apim_environments.cli', 'auth0_apim_environments.cli.main']"
    )


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_listed_command_can_be_imported_and_says_what_it_does(name):
    command = main.imported_command(name)
    assert (command.name, bool(command.help)) == (name, True)


def test_the_version_is_the_distribution_s():
    assert run("--version").stdout == f"auth0-apim {version('auth0-apim-cli')}\n"


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("auth0-apim ve", ["verify"]),
        ("auth0-apim sandbox sta", ["start", "status"]),
        ("auth0-apim verify --stack ", ["local", "pr-1"]),
        ("auth0-apim diff lo", ["local"]),
        ("auth0-apim env destroy ", ["pr-1"]),
        ("auth0-apim up --prov", ["--providers"]),
    ],
)
def test_a_shell_completes_commands_stacks_and_environments(project, words, completed):
    (project / "stacks" / "Pulumi.pr-1.yaml").write_text(HEADER + "config: {}\n")
    answer = run(
        cwd=project,
        _AUTH0_APIM_COMPLETE="complete_bash",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split(" ")) - 1),
    )
    assert answer.stdout.split() == completed


def test_a_shell_outside_a_project_completes_no_stack(tmp_path):
    answer = run(
        cwd=tmp_path, _AUTH0_APIM_COMPLETE="complete_bash", COMP_WORDS="auth0-apim verify --stack ", COMP_CWORD="3"
    )
    assert (answer.stdout.strip(), answer.stderr) == ("", "")


def test_an_unknown_command_is_refused():
    result = run("upp")
    assert result.returncode == 2
    assert "No such command 'upp'" in result.stderr


def test_a_command_imports_only_its_own_module():
    program = (
        "import sys; from auth0_apim_environments.cli import main\n"
        "main.imported_command('sandbox')\n"
        "heavy = {'httpx', 'pulumi', 'starlette', 'cryptography', 'auth0_apim_environments.cli.lifecycle'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_folder_without_a_project_is_an_error_of_one_sentence(tmp_path):
    result = run("sandbox", "status", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr == (
        f"auth0-apim sandbox status: there is no Pulumi.yaml in {tmp_path} or above it: change into the project's folder\n"
    )


def test_the_project_is_found_from_a_folder_below_it(project):
    found = find_project(project / "stacks")
    assert (found.root, found.name, found.stack_file("local")) == (
        project,
        "shop",
        project / "stacks" / "Pulumi.local.yaml",
    )


def test_a_missing_project_is_an_error(tmp_path):
    with pytest.raises(ProjectError, match=f"there is no Pulumi.yaml in {tmp_path}"):
        find_project(tmp_path)


def test_the_environment_of_a_sandbox_that_does_not_run_names_the_next_step(project, tmp_path):
    result = run("sandbox", "env", cwd=project, XDG_CACHE_HOME=str(tmp_path / "cache"), PATH="")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (  # before an engine is looked for, or built
        f"auth0-apim sandbox env: no sandbox runs in {project}/.sandbox: start it with `auth0-apim sandbox start`\n"
    )


@pytest.mark.parametrize("command", [("purge", "--yes"), ("doctor", "--json"), ("up",), ("diff", "local")])
def test_settings_that_are_no_text_are_an_error_of_one_sentence(project, sandbox, engine, command):
    (project / "stacks" / "Pulumi.odd.yaml").write_bytes(b"config: {shop:key: \xff}\n")
    stack = ("odd",) if command[0] == "diff" else ("--stack", "odd")
    result = run(*command, *stack, cwd=project, AUTH0_APIM_SANDBOX=str(sandbox.folder.path))
    assert result.returncode == 1
    assert "Pulumi.odd.yaml cannot be read ('utf-8' codec" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [("purge", "--yes", "--stack", "odd"), ("env", "create", "pr-1", "--from", "odd")])
def test_a_missing_settings_file_is_an_error_of_one_sentence(project, sandbox, engine, command):
    result = run(*command, cwd=project, AUTH0_APIM_SANDBOX=str(sandbox.folder.path))
    assert result.returncode == 1
    assert "is not there; environments: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_misspelled_stack_does_not_stop_the_sandbox(project, sandbox):
    result = run("down", "--stack", "locla", cwd=project, AUTH0_APIM_SANDBOX=str(sandbox.folder.path))
    assert (result.returncode, result.stderr) == (
        1,
        f"auth0-apim down: {project}/stacks/Pulumi.locla.yaml is not there; environments: local\n",
    )
    assert httpx.get(f"http://localhost:{sandbox.ports.control}/healthz").status_code == 200


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            httpx.ConnectError("Connection refused", request=httpx.Request("GET", "https://localhost:1/x?secret=s")),
            "GET https://localhost:1/x was not answered (Connection refused): check AUTH0_DOMAIN, "
            "ARM_METADATA_HOSTNAME and the network, and run it again",
        ),
        (
            service_error(
                httpx.Response(403, text="No.", request=httpx.Request("DELETE", "https://localhost:1/x?secret=s"))
            ),
            "DELETE https://localhost:1/x was answered with 403 No.: give these credentials the permission, or use others",
        ),
    ],
)
def test_a_service_that_does_not_answer_is_an_error_of_one_sentence(monkeypatch, capsys, error, told):
    def fails():
        raise error

    monkeypatch.setattr(main, "app", fails)
    monkeypatch.setattr(sys, "argv", ["auth0-apim", "env", "reap", "--json"])
    with pytest.raises(SystemExit) as stopped:
        main.main()
    assert stopped.value.code == 1
    assert capsys.readouterr().err == f"auth0-apim env reap: {told}\n"


def test_the_status_of_a_sandbox_that_does_not_run_is_1(project):
    result = run("sandbox", "status", "--json", cwd=project)
    assert (result.returncode, result.stdout.split()) == (1, ["{", '"status":', '"stopped"', "}"])


def test_a_stack_without_settings_is_an_error_that_names_the_existing_ones(project, sandbox):
    result = run("up", "--stack", "prod", cwd=project, AUTH0_APIM_SANDBOX=str(sandbox.folder.path))
    assert result.returncode == 1
    assert result.stderr == (f"auth0-apim up: {project}/stacks/Pulumi.prod.yaml is not there; environments: local\n")


def test_the_lines_for_eval_give_a_shell_what_the_engine_needs(sandbox, engine):
    result = run("sandbox", "env", AUTH0_APIM_SANDBOX=str(sandbox.folder.path))
    shell = result.stdout + "\npulumi version; env"
    done = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=True)
    version, *variables = done.stdout.splitlines()
    seen = dict(line.split("=", 1) for line in variables if "=" in line)
    expected = sandbox.environment(engine)
    assert version.removeprefix("v") == engine.version
    assert {name: seen.get(name) for name in expected if name != "PATH"} == {
        name: value for name, value in expected.items() if name != "PATH"
    }


def test_official_providers_are_not_replaced_by_the_sandboxs(sandbox, engine):
    result = run("sandbox", "env", "--providers", "official", AUTH0_APIM_SANDBOX=str(sandbox.folder.path))
    assert "PULUMI_DEBUG_PROVIDERS" not in result.stdout
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" not in result.stdout
    assert f"export ARM_METADATA_HOSTNAME=localhost:{sandbox.ports.manager}" in result.stdout


def test_unset_removes_every_variable_that_was_set(sandbox, engine):
    given = run("sandbox", "env", AUTH0_APIM_SANDBOX=str(sandbox.folder.path)).stdout
    taken = run("sandbox", "env", "--unset").stdout
    exported = [line for line in given.splitlines() if line.startswith("export ")]
    names = {line.split("=")[0].removeprefix("export ") for line in exported} - {"PATH"}
    assert {line.removeprefix("unset ") for line in taken.splitlines()} == names


def test_open_prints_a_link_that_is_good_once(project, sandbox):
    result = run("sandbox", "open", cwd=project, AUTH0_APIM_SANDBOX=str(sandbox.folder.path))
    address, _, code = result.stdout.strip().partition("#")
    assert address == f"http://127.0.0.1:{sandbox.ports.control}/overview"
    opened = [httpx.post(f"{address}/sessions", json={"code": code}).status_code for _ in range(2)]
    assert opened == [200, 403]
