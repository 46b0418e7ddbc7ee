"""Which settings file the engine reads and writes, on a sandbox's backend and on any other."""

from pathlib import Path

import pytest
import yaml
from auth0_apim_environments.engine.engine_settings import EngineSettings, engine_settings, sandbox_settings
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import find_project
from auth0_apim_sandbox.cloud import StateFolder

SOURCE = "config:\n  # mine\n  shop:key: 1e5\n"
SALT = "encryptionsalt: v1:of=:this-sandbox\n"
SECRET = "config:\n  shop:key: {secure: v1:x:y}\nencryptionsalt: v1:of=:the-file\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: {name: python, options: {virtualenv: .venv}}\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(SOURCE)
    return find_project(tmp_path)


@pytest.fixture
def folder(tmp_path):
    folder = StateFolder(tmp_path / "state")
    folder.path.mkdir()
    folder.passphrase.write_text("passphrase")
    return folder


@pytest.fixture
def settings(project, folder) -> EngineSettings:
    return sandbox_settings(project, folder)


def test_a_program_runs_where_it_is_with_a_copy_of_its_settings(settings, project):
    cwd, words = settings.invocation("dev", ("up", "--stack", "dev"))
    assert (cwd, words[:-1]) == (project.root, ["up", "--stack", "dev", "--config-file"])
    assert Path(words[-1]).read_text() == SOURCE


def test_other_commands_run_beside_the_copies_in_a_project_of_the_same_name(settings):
    cwd, words = settings.invocation("dev", ("stack", "init", "dev"))
    assert (cwd, words) == (settings.folder, ["stack", "init", "dev"])
    assert yaml.safe_load((cwd / "Pulumi.yaml").read_text()) == {"name": "shop", "runtime": "python"}


def test_the_copy_follows_its_original_and_keeps_the_salt(settings, project):
    copy = settings.file("dev")
    copy.write_text(copy.read_text() + SALT)
    project.stack_file("dev").write_text(SOURCE.replace("1e5", "2") + "encryptionsalt: v1:of=:elsewhere\n")
    assert settings.file("dev").read_text() == SOURCE.replace("1e5", "2") + SALT


def test_secrets_in_the_project_s_file_keep_the_salt_that_they_were_encrypted_with(settings, project):
    copy = settings.file("dev")
    copy.write_text(copy.read_text() + SALT)
    project.stack_file("dev").write_text(SECRET)
    assert settings.file("dev").read_text() == SECRET


def test_a_stack_without_settings_gets_an_empty_copy_and_one_whose_settings_are_gone_keeps_the_last(settings, project):
    assert settings.file("prod").read_text() == "config: {}\n"
    settings.file("dev")
    project.stack_file("dev").unlink()
    assert settings.file("dev").read_text() == SOURCE


@pytest.mark.parametrize("text", ["config: {}\nsecretsprovider: awskms://alias/pulumi\n", SECRET])
def test_secrets_of_another_backend_are_refused(settings, project, text):
    project.stack_file("dev").write_text(text)
    with pytest.raises(StackError, match="has secrets that were encrypted for another backend"):
        settings.require_own_secrets("dev")


def test_a_sandbox_s_backend_is_recognised_by_its_url(project, folder, settings):
    assert engine_settings(project, f"file://{folder.backend}?metadata=skip") == settings


@pytest.mark.parametrize("url", ["", "s3://state/backend", "https://api.pulumi.com", "file://~", "file:///srv/backend"])
def test_on_any_other_backend_the_settings_are_the_project_s_own(project, url):
    own = engine_settings(project, url)
    assert (own.file("dev"), own.invocation("dev", ("up",))) == (None, (project.root, ["up"]))
