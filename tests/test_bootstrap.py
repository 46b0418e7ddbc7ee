import ast
import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """The script as a module, for a project in an empty folder with two lock files."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in ("dev", "sandbox", "uv"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    (tmp_path / "components").mkdir()
    for folder in (tmp_path / "components", tmp_path):
        (folder / "pyproject.toml").write_text("")
    monkeypatch.setattr(module, "DISTRIBUTIONS", (tmp_path / "components", tmp_path))
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV_PYTHON", tmp_path / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(module, "TOOLS", tmp_path / ".tools")
    return module


@pytest.fixture
def commands(bootstrap, monkeypatch):
    """The commands that were run, all with success; `uv venv` makes an interpreter."""
    run = []

    def call(command, **_options):
        run.append(command)
        if "venv" in command:
            bootstrap.VENV_PYTHON.touch()
        return 0

    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: "/usr/bin/uv")
    return run


def test_an_old_python_is_refused_in_one_sentence(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setattr(bootstrap.sys, "executable", "/usr/bin/python3")
    assert bootstrap.main(["dev"]) == 1
    assert capsys.readouterr().err == (
        "bootstrap: Python 3.10 or later is needed, and /usr/bin/python3 is Python 3.9: "
        "run make again with PYTHON=/path/to/python3.12.\n"
    )


def test_everything_is_installed_with_hashes_and_the_project_itself_without_anything_else(
    bootstrap, commands, tmp_path
):
    assert bootstrap.main(["sandbox"]) == 0
    pip = ("/usr/bin/uv", "pip", "install", "--quiet", "--python", str(tmp_path / "python"))
    editable = ("--editable", str(tmp_path / "components"), "--editable", str(tmp_path))
    assert commands[-3:-1] == [
        (*pip, "--require-hashes", "-r", str(tmp_path / "requirements" / "sandbox.txt")),
        (*pip, "--no-deps", "--no-build-isolation", *editable),
    ]


def test_what_is_started_is_compiled_whatever_the_environment_says(tmp_path, monkeypatch, bootstrap):
    module = tmp_path / "started.py"
    module.write_text("")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", sys.executable)
    monkeypatch.setattr(bootstrap, "STARTED", ("sys", f"runpy; sys.path.insert(0, {str(tmp_path)!r}); import started"))
    bootstrap.write_bytecode()
    assert list((tmp_path / "__pycache__").glob("started.*.pyc"))


def test_every_module_that_is_compiled_exists(bootstrap):
    assert [name for name in bootstrap.STARTED if importlib.util.find_spec(name) is None] == []


def test_a_second_run_does_nothing(bootstrap, commands):
    bootstrap.main(["sandbox"])
    commands.clear()
    assert bootstrap.main(["sandbox"]) == 0
    assert commands == []


def test_a_changed_lock_file_is_installed_again(bootstrap, commands, tmp_path):
    bootstrap.main(["sandbox"])
    commands.clear()
    (tmp_path / "requirements" / "sandbox.txt").write_text("another")
    bootstrap.main(["sandbox"])
    assert [command[1] for command in commands[1:]] == ["pip", "pip", "-I"]


@pytest.mark.parametrize(("first", "second", "again"), [("dev", "sandbox", False), ("sandbox", "dev", True)])
def test_the_development_set_has_the_sandboxs_in_it(bootstrap, commands, first, second, again):
    bootstrap.main([first])
    commands.clear()
    bootstrap.main([second])
    assert bool(commands) is again


def test_a_failed_installation_is_not_taken_for_a_finished_one(bootstrap, commands, monkeypatch, capsys):
    bootstrap.main(["sandbox"])
    (bootstrap.ROOT / "requirements" / "sandbox.txt").write_text("another")
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_options: 0 if "--version" in command else 1)
    assert bootstrap.main(["sandbox"]) == 1
    assert "`/usr/bin/uv pip install` failed" in capsys.readouterr().err
    assert bootstrap.is_installed("sandbox") is False


def test_no_uv_and_no_way_to_get_it_names_the_next_step(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_arguments, **_options: 1)
    assert bootstrap.main(["dev"]) == 1
    assert "apt install python3-venv" in capsys.readouterr().err


def test_the_script_is_read_by_a_python_that_is_too_old():
    parsed = ast.parse(SCRIPT.read_text(), feature_version=(3, 8))
    imported = {name.name for node in ast.walk(parsed) if isinstance(node, ast.Import) for name in node.names}
    assert imported == {"hashlib", "shutil", "subprocess", "sys"}


@pytest.mark.parametrize("name", ["dev", "sandbox", "uv"])
def test_a_lock_file_has_a_hash_for_every_version_and_no_address(name):
    text = (SCRIPT.parent / "requirements" / f"{name}.txt").read_text()
    entries = [entry for entry in text.replace("\\\n", "").splitlines() if entry]
    assert entries
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
