import os

import pytest
from local_pulumi import engine_build
from local_pulumi.engine_error import EngineError
from local_pulumi.go_toolchain import go

# Answers as Go does to the four calls of a build: GOVERSION, the packages, the compilation, the SDK's folder.
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
    engine_build.install(tmp_path / "cache" / "engine", lambda *step: steps.append(step))
    assert sorted(path.name for path in (tmp_path / "cache" / "engine" / "bin").iterdir()) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
    ]
    assert steps == [
        ("Downloading the engine's Go modules", None, None),
        ("Downloading the engine's Go modules", 1, None),
        ("Compiling Pulumi 3.253.0", 0, 3),
        ("Compiling Pulumi 3.253.0", 1, 3),
        ("Compiling Pulumi 3.253.0", 2, 3),
    ]


def test_a_failed_build_leaves_nothing_and_says_why(install_go, tmp_path):
    install_go(failure="echo 'dial tcp: lookup proxy: no such host' >&2; exit 1")
    with pytest.raises(EngineError, match="no network for the engine.*no such host"):
        engine_build.install(tmp_path / "cache" / "engine", lambda *_step: None)
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
