"""Where environments live: the backend somebody chose, or the sandbox."""

import os

import pytest
import typer
from auth0_apim_environments.cli.fleet import names_in
from auth0_apim_environments.cli.target import stack_variables
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.fleet.backend import Backend, backend_of, find_backend
from auth0_apim_environments.project import Project, find_project
from auth0_apim_environments.settings.stack_file import StackFileError
from auth0_apim_sandbox.cloud import Options

S3 = "s3://contoso-state?region=eu-west-1"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.delenv("AUTH0_APIM_SANDBOX", raising=False)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    return find_project(tmp_path)


def test_the_shells_backend_is_preferred_to_the_projects(project, monkeypatch):
    assert project.backend_url is None
    (project.root / "Pulumi.yaml").write_text(f"name: shop\nruntime: python\nbackend:\n  url: {S3}\n")
    assert find_project(project.root).backend_url == S3
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///tmp/state")
    assert find_project(project.root).backend_url == "file:///tmp/state"


def test_a_chosen_backend_uses_the_shells_own_credentials(project, engine, monkeypatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", S3)
    backend = find_backend(project, engine, Options())
    assert (backend.url, backend.sandbox) == (S3, None)
    assert set(backend.variables) == {
        "PATH",
        "PULUMI_SKIP_UPDATE_CHECK",
        "AUTH0_APIM_PYTHON",
        "AUTH0_APIM_LANGUAGE_HOST",
    }
    assert backend.variables["PATH"].split(os.pathsep)[0] == str(engine.path.parent)


def test_a_stack_that_is_not_in_the_running_sandbox_uses_the_shells_backend(project, engine, sandbox, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_SANDBOX", str(sandbox.folder.path))
    assert backend_of(project, engine, "dev").sandbox is None
    stack = sandbox.folder.backend / ".pulumi" / "stacks" / "shop" / "dev.json"
    stack.parent.mkdir(parents=True, exist_ok=True)
    stack.write_text("{}")
    assert backend_of(project, engine, "dev").sandbox == sandbox.folder
    stack.unlink()


def test_an_environment_without_settings_is_an_error_before_any_is_deployed(project, engine):
    backend = Backend(project, engine, S3, {})
    with pytest.raises(StackFileError, match=r"Pulumi\.stage\.yaml is not there; environments: dev"):
        backend.prepare(["dev", "stage"])


@pytest.mark.parametrize(
    "settings",
    [
        "config: {}\nsecretsprovider: awskms://alias/pulumi\n",
        "config:\n  auth0-apim:databaseConfiguration:\n    url: {secure: v1:abc}\n",
    ],
)
def test_an_environment_of_another_backend_is_not_deployed_into_the_sandbox(project, engine, sandbox, settings):
    project.stack_file("dev").write_text(settings)
    backend = Backend(project, engine, f"file://{sandbox.folder.backend}", {}, sandbox.folder)
    with pytest.raises(StackError, match="has secrets that were encrypted for another backend"):
        backend.prepare(["dev"])
    assert project.stack_file("dev").read_text() == settings


def test_names_keep_their_order():
    assert names_in("dev, stage,prod,") == ["dev", "stage", "prod"]


@pytest.mark.parametrize(("text", "told"), [("", "names no environment"), ("dev,prod,dev", "names dev more than once")])
def test_invalid_lists_of_names_are_refused(text, told):
    with pytest.raises(typer.BadParameter, match=told):
        names_in(text)


def test_verify_uses_the_sandbox_only_for_its_own_stacks(project, engine, sandbox, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_SANDBOX", str(sandbox.folder.path))
    monkeypatch.chdir(project.root)
    assert stack_variables("dev") == {}
    stack = sandbox.folder.backend / ".pulumi" / "stacks" / "shop" / "dev.json"
    stack.parent.mkdir(parents=True, exist_ok=True)
    stack.write_text("{}")
    assert stack_variables("dev")["AUTH0_DOMAIN"] == sandbox.auth0_domain
    monkeypatch.setenv("PULUMI_BACKEND_URL", S3)
    assert stack_variables("dev") == {}
    stack.unlink()
