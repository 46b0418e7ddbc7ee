import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from auth0_apim_sandbox.engine.engine_protocol import language_pb2, language_pb2_grpc
from google.protobuf import empty_pb2, struct_pb2

from tests.sandbox.strangers import NOBODY, by_root, read_as

EXECUTOR = """
import json, os, sys, time
options = dict(zip(sys.argv[1:-1:2], sys.argv[2::2]))
print("ran", json.dumps(options, sort_keys=True), os.environ["PULUMI_CONFIG"], os.environ["PULUMI_CONFIG_SECRET_KEYS"])
exec(open(os.path.join(options["--pwd"], "__main__.py")).read())
"""


@pytest.fixture
def program(tmp_path):
    """A project's folder with the virtual environment of the tests."""
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "__main__.py").write_text("")
    return tmp_path


@pytest.fixture
def host(program):
    """A language host process and a stub that calls it."""
    executor = program / "executor.py"
    executor.write_text(EXECUTOR)
    command = [
        sys.executable,
        "-m",
        "auth0_apim_sandbox.engine.language_host",
        "--executor",
        str(executor),
        "127.0.0.1:9999",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{process.port}") as channel:
            process.stub = language_pb2_grpc.LanguageRuntimeStub(channel)
            yield process
        process.terminate()


@by_root
def test_another_user_of_the_machine_is_not_answered(host):
    assert [read_as(user, host.port) for user in (NOBODY, os.geteuid())] == [0, 9]


def info(program, **options):
    settings = struct_pb2.Struct()
    settings.update({"virtualenv": "venv", **options})
    return language_pb2.ProgramInfo(
        root_directory=str(program), program_directory=str(program), entry_point=".", options=settings
    )


def run(host, program, **fields):
    request = language_pb2.RunRequest(
        project="shop", stack="dev", monitor_address="127.0.0.1:1", parallel=4, info=info(program), **fields
    )
    return host.stub.Run(request)


def printed(host):
    """What the host's programs printed; ends the host."""
    host.terminate()
    return host.stdout.read()


def test_a_program_gets_its_arguments_and_configuration(host, program):
    answer = run(host, program, dryRun=True, config={"shop:key": "value"}, configSecretKeys=["shop:key"])
    assert answer == language_pb2.RunResponse()
    assert printed(host) == (
        f'ran {{"--dry_run": "true", "--engine": "127.0.0.1:9999", "--monitor": "127.0.0.1:1", "--parallel": "4", '
        f'"--project": "shop", "--pwd": "{program}", "--root_directory": "{program}", "--stack": "dev"}} '
        '{"shop:key": "value"} ["shop:key"]\n'
    )


def test_a_program_runs_in_its_virtual_environment(host, program):
    (program / "__main__.py").write_text("print(sys.executable, os.environ['VIRTUAL_ENV'])")
    run(host, program)
    assert printed(host).splitlines()[1] == f"{program}/venv/bin/python {program}/venv"


def test_an_error_that_is_on_the_screen_already_is_not_repeated(host, program):
    (program / "__main__.py").write_text("sys.exit(32)")
    assert run(host, program) == language_pb2.RunResponse(bail=True)


def test_another_failure_is_told_with_its_status(host, program):
    (program / "__main__.py").write_text("sys.exit(3)")
    assert run(host, program).error == "Program exited with non-zero exit code: 3"


def test_a_missing_virtual_environment_is_named_with_the_next_step(host, program):
    (program / "venv").unlink()
    with pytest.raises(grpc.RpcError) as raised:
        run(host, program)
    assert raised.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert f"the virtual environment {program}/venv does not exist: run `pulumi install`" in raised.value.details()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"toolchain": "conda"}, "runtime option `toolchain` is 'conda'; it can be pip, poetry, uv"),
        ({"typechecker": "mypy"}, "runtime option `typechecker` needs the official Python language host"),
    ],
)
def test_an_option_that_is_not_supported_is_refused_by_name(host, program, options, problem):
    with pytest.raises(grpc.RpcError) as raised:
        host.stub.Run(language_pb2.RunRequest(info=info(program, **options)))
    assert problem in raised.value.details()


def test_a_plugin_answers_through_its_output_and_exit_code(host, program):
    (program / "__main__.py").write_text(
        "import os, sys; print(sys.argv[1:], os.environ['GIVEN']); print('oops', file=sys.stderr); sys.exit(7)"
    )
    request = language_pb2.RunPluginRequest(pwd=str(program), args=["one"], env=["GIVEN=value"], info=info(program))
    output = {"stdout": b"", "stderr": b"", "exitcode": 0}
    for message in host.stub.RunPlugin(request):
        kind = message.WhichOneof("output")
        output[kind] += getattr(message, kind)
    assert output == {"stdout": b"['one'] value\n", "stderr": b"oops\n", "exitcode": 7}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_host_quietly_and_its_program_with_it(host, program, number):
    (program / "__main__.py").write_text(
        "open(os.path.join(options['--pwd'], 'pid'), 'w').write(str(os.getpid())); time.sleep(60)"
    )
    started = host.stub.Run.future(language_pb2.RunRequest(info=info(program)))
    pid = wait_for(lambda: (program / "pid").exists() and (program / "pid").read_text())
    host.send_signal(number)
    assert (host.wait(10), host.stderr.read()) == (0, "")
    assert started.result(timeout=5).error == "Program exited with non-zero exit code: -15"
    assert wait_for(lambda: not Path(f"/proc/{pid}").exists())


def test_cancel_ends_the_program_and_not_the_host(host, program):
    (program / "__main__.py").write_text(
        "open(os.path.join(options['--pwd'], 'pid'), 'w').write(str(os.getpid())); time.sleep(60)"
    )
    started = host.stub.Run.future(language_pb2.RunRequest(info=info(program)))
    wait_for((program / "pid").exists)
    host.stub.Cancel(empty_pb2.Empty())
    assert started.result(timeout=5).error == f"Program exited with non-zero exit code: -{signal.SIGTERM.value}"
    assert host.poll() is None


def test_the_packages_of_the_environment_are_what_the_engine_needs(host, program):
    answer = host.stub.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest(info=info(program)))
    assert [(package.name, package.kind) for package in answer.packages] == [
        ("auth0", "resource"),
        ("azure-native", "resource"),
    ]
    assert all(package.version.startswith("v3.") for package in answer.packages)


@pytest.fixture
def attached(monkeypatch):
    """The engine attaches to a provider that runs already."""
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "auth0:14303")


def test_a_provider_that_the_engine_attaches_to_needs_no_plugin(attached, host, program):
    answer = host.stub.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest(info=info(program)))
    assert [package.name for package in answer.packages] == ["azure-native"]


def test_about_names_the_programs_interpreter(host, program):
    answer = host.stub.About(language_pb2.AboutRequest(info=info(program)))
    assert (answer.executable, answer.version) == (
        f"{program}/venv/bin/python",
        ".".join(map(str, sys.version_info[:3])),
    )


def test_about_asks_an_interpreter_that_is_not_the_hosts(host, program):
    (program / "venv").unlink()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", program / "venv"], check=True)
    answer = host.stub.About(language_pb2.AboutRequest(info=info(program)))
    assert (answer.executable, answer.version) == (
        f"{program}/venv/bin/python",
        ".".join(map(str, sys.version_info[:3])),
    )


def test_direct_dependencies_leave_out_what_others_require(host, program):
    def names(transitive):
        request = language_pb2.GetProgramDependenciesRequest(info=info(program), transitiveDependencies=transitive)
        return {dependency.name for dependency in host.stub.GetProgramDependencies(request).dependencies}

    assert {"auth0-apim-cli", "grpcio"} <= names(True)
    assert "auth0-apim-cli" in names(False)
    assert "grpcio" not in names(False)


@pytest.mark.parametrize("call", ["GenerateProgram", "GenerateProject", "GeneratePackage", "Pack", "Link"])
def test_what_only_the_official_host_does_is_refused_by_name(host, call):
    request = getattr(language_pb2, f"{call}Request")()
    with pytest.raises(grpc.RpcError) as raised:
        getattr(host.stub, call)(request)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "needs the official Python language host" in raised.value.details()


@pytest.mark.live
def test_the_real_engine_runs_a_program_through_the_host(engine, tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: tiny\nruntime: {name: python, options: {virtualenv: venv}}\n")
    (tmp_path / "__main__.py").write_text(
        "import pulumi\npulumi.export('sum', pulumi.Config().require_int('a') + 22)\n"
    )
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "state").mkdir()
    environment = {
        **os.environ,
        "PATH": f"{engine.path.parent}{os.pathsep}{os.environ['PATH']}",
        "AUTH0_APIM_PYTHON": sys.executable,
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }

    def pulumi(*arguments):
        command = ["pulumi", *arguments, "--non-interactive"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    pulumi("stack", "init", "dev")
    pulumi("config", "set", "a", "20")
    pulumi("up", "--yes", "--skip-preview")
    assert pulumi("stack", "output", "sum").strip() == "42"


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found
