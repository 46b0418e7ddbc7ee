import email.message
import os
import subprocess
import sys
import threading
import urllib.error

import pytest
from auth0_apim_sandbox.engine import engine, engine_build, engine_download, go_commands, host_build
from auth0_apim_sandbox.engine.engine import Engine, find, find_or_install
from auth0_apim_sandbox.engine.engine_error import EngineError


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with an empty cache, and nothing on PATH but what a test puts into the folder that this answers."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("AUTH0_APIM_ENGINE", raising=False)
    return folder


def put_pulumi(folder, version):
    folder.mkdir(parents=True, exist_ok=True)
    executable = folder / "pulumi"
    executable.write_text(f"#!/bin/sh\necho {version}\n")
    executable.chmod(0o755)
    return executable


def build_pulumi(folder, languages, _progress):
    put_pulumi(folder / "bin", "v3.253.0")
    engine_build.write_language_host(folder)
    for language in languages:
        put_host(folder, language)


def put_built_pulumi(cache):
    """An engine that this version has built, without hosts of other languages; its folder."""
    folder = cache / f"pulumi-{go_commands.VERSION}-build"
    put_pulumi(folder / "bin", "v3.253.0")
    engine_build.write_language_host(folder)
    return folder


def put_host(folder, language):
    """A language host as a build makes it."""
    host = folder / "hosts" / host_build.file_name(language)
    host.parent.mkdir(exist_ok=True)
    host.touch()
    (folder / "bin" / f"pulumi-language-{language}").symlink_to(host)


def no_progress(_step):
    """For tests that do not look at it."""


def refuse(reason):
    def install(*_arguments):
        raise EngineError(reason)

    return install


def test_the_pulumi_on_path_is_used_as_it_is(machine):
    executable = put_pulumi(machine, "v3.300.1")
    assert find() == Engine(executable, "3.300.1", "path")


def test_a_pulumi_that_is_too_old_is_passed_over(machine):
    put_pulumi(machine, "v3.219.9")
    assert find() is None


def test_a_pulumi_that_is_too_old_is_named_when_it_was_asked_for(machine, monkeypatch):
    executable = put_pulumi(machine, "v3.219.9")
    monkeypatch.setenv("AUTH0_APIM_ENGINE", "path")
    with pytest.raises(EngineError, match=f"{executable} is Pulumi 3.219.9, and 3.220.0 or later is needed"):
        find()


def test_a_missing_pulumi_is_named_when_it_was_asked_for(machine, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_ENGINE", "path")
    with pytest.raises(EngineError, match="there is no pulumi on PATH"):
        find()


def test_an_unknown_origin_is_refused(machine, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_ENGINE", "compile")
    with pytest.raises(EngineError, match="AUTH0_APIM_ENGINE is 'compile'; it can be path, download, build"):
        find()


def test_an_engine_in_the_cache_is_found_and_a_downloaded_one_comes_first(machine):
    cache = engine.cache_folder()
    built = put_pulumi(cache / f"pulumi-{go_commands.VERSION}-build" / "bin", "v0")
    assert find() == Engine(built, go_commands.VERSION, "build")
    downloaded = put_pulumi(cache / f"pulumi-{engine_download.version()}-download" / "bin", "v0")
    assert find() == Engine(downloaded, engine_download.version(), "download")


def test_our_own_engine_on_path_is_still_known_as_built(machine, monkeypatch):
    built = put_pulumi(engine.cache_folder() / f"pulumi-{go_commands.VERSION}-build" / "bin", "v3.253.0")
    monkeypatch.setenv("PATH", f"{built.parent}{os.pathsep}{os.environ['PATH']}")
    assert find() == Engine(built, go_commands.VERSION, "build")


def test_what_cannot_be_downloaded_is_built(machine, monkeypatch):
    monkeypatch.setattr(engine_download, "install", refuse("no network"))
    monkeypatch.setattr(engine_build, "install", build_pulumi)
    assert find_or_install(no_progress).origin == "build"


def test_what_a_killed_installation_left_is_removed(machine, monkeypatch):
    left = engine.cache_folder() / "build-x1" / "out"
    left.mkdir(parents=True)
    monkeypatch.setenv("AUTH0_APIM_ENGINE", "build")
    monkeypatch.setattr(engine_build, "install", build_pulumi)
    find_or_install(no_progress)
    assert not left.parent.exists()


def test_no_engine_names_every_cause_and_the_next_step(machine, monkeypatch):
    monkeypatch.setattr(engine_download, "install", refuse("https://get.pulumi.com cannot be reached"))
    monkeypatch.setattr(engine_build, "install", refuse("the module proxy answered 403"))
    with pytest.raises(EngineError) as raised:
        find_or_install(no_progress)
    lines = str(raised.value).splitlines()
    assert lines[:3] == [
        "no Pulumi engine.",
        "  download: https://get.pulumi.com cannot be reached",
        "  build: the module proxy answered 403",
    ]
    assert lines[3].startswith("Next: check the network")


def test_two_that_ask_at_once_install_one_engine(machine, monkeypatch):
    installed, waiting = [], threading.Event()

    def install(folder, _languages, _progress):
        waiting.wait(5)
        installed.append(put_pulumi(folder / "bin", "v3.253.0"))
        engine_build.write_language_host(folder)

    def progress(step):
        if step.text.startswith("Waiting for another process"):
            waiting.set()

    monkeypatch.setenv("AUTH0_APIM_ENGINE", "build")
    monkeypatch.setattr(engine_build, "install", install)
    threads = [threading.Thread(target=find_or_install, args=(progress,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(installed) == 1


def test_an_engine_without_a_language_host_is_refused_by_name(machine):
    executable = put_pulumi(machine, "v3.300.1")
    with pytest.raises(EngineError, match=f"{executable} has no pulumi-language-python beside it or on PATH"):
        Engine(executable, "3.300.1", "path").check_language_host()


def test_a_built_engine_gets_the_hosts_that_it_lacks_and_only_those(machine, monkeypatch):
    folder = put_built_pulumi(engine.cache_folder())
    put_host(folder, "yaml")
    asked = []

    def install(folder, languages, _progress):
        asked.append((folder, languages))
        put_host(folder, "nodejs")

    monkeypatch.setattr(engine_build, "install", install)
    for _ in range(2):
        assert find_or_install(no_progress, ["nodejs", "yaml"]).origin == "build"
    assert asked == [(folder, ["nodejs"])]


def test_an_engine_and_its_hosts_are_built_at_once(machine, monkeypatch):
    asked = []

    def install(folder, languages, progress):
        asked.append(languages)
        build_pulumi(folder, languages, progress)

    monkeypatch.setenv("AUTH0_APIM_ENGINE", "build")
    monkeypatch.setattr(engine_build, "install", install)
    find_or_install(no_progress, ["yaml"])
    assert asked == [["yaml"]]


def test_an_engine_that_another_version_has_built_gets_this_versions_host(machine, monkeypatch):
    folder = put_built_pulumi(engine.cache_folder())
    host = folder / "bin" / "pulumi-language-python"
    expected = host.read_text()
    host.write_text('#!/bin/sh\nexec "$AUTH0_APIM_PYTHON" -m a_module_of_another_version "$@"\n')
    monkeypatch.setattr(engine_build, "install", refuse("it was built"))
    assert find_or_install(no_progress).origin == "build"
    assert (host.read_text(), os.access(host, os.X_OK)) == (expected, True)
    assert sorted(path.name for path in engine.cache_folder().iterdir()) == ["installation.lock", folder.name]


def test_the_environment_chooses_the_python_and_the_module_of_the_host(machine):
    """So versions whose module has another name share an engine, and none takes it from the other."""
    host = put_built_pulumi(engine.cache_folder()) / "bin" / "pulumi-language-python"
    assert engine_build.language_host_variables() == {
        "AUTH0_APIM_PYTHON": sys.executable,
        "AUTH0_APIM_LANGUAGE_HOST": "auth0_apim_sandbox.engine.language_host",
    }
    chosen = {"AUTH0_APIM_PYTHON": "echo", "AUTH0_APIM_LANGUAGE_HOST": "another.module"}
    said = subprocess.run([host, "127.0.0.1:1"], env=os.environ | chosen, capture_output=True, text=True, check=True)
    assert said.stdout == f"-I -m another.module --executor {host}-exec 127.0.0.1:1\n"


def test_an_official_host_on_path_is_not_built_over(machine, monkeypatch):
    put_built_pulumi(engine.cache_folder())
    put_pulumi(machine, "").rename(machine / "pulumi-language-yaml")
    monkeypatch.setattr(engine_build, "install", refuse("it was built"))
    assert find_or_install(no_progress, ["yaml"]).origin == "build"


def test_an_official_engine_that_lacks_a_host_is_refused_by_name(machine, monkeypatch):
    executable = put_pulumi(machine, "v3.300.1")
    monkeypatch.setattr(engine_build, "install", refuse("it was built"))
    with pytest.raises(EngineError, match=f"{executable} has no pulumi-language-yaml beside it or on PATH"):
        find_or_install(no_progress, ["yaml"])


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (urllib.error.URLError("Name or service not known"), r"cannot be reached \(Name or service not known\)"),
        (TimeoutError("timed out"), r"cannot be reached \(timed out\)"),
        (
            urllib.error.HTTPError("", 403, "Forbidden", email.message.Message(), None),
            "https://get.pulumi.com answered 403",
        ),
    ],
)
def test_an_unreachable_download_is_told_before_anything_is_made(tmp_path, monkeypatch, failure, reason):
    def urlopen(request, timeout):
        assert (request.full_url, timeout) == ("https://get.pulumi.com", 4.0)
        raise failure

    monkeypatch.setattr(engine_download.urllib.request, "urlopen", urlopen)
    with pytest.raises(EngineError, match=reason):
        engine_download.install(tmp_path / "engine", lambda _text: None)
    assert list(tmp_path.iterdir()) == []


def test_the_engine_of_the_tests_is_real(engine):
    assert engine.path.exists()
    engine.check_language_host()
