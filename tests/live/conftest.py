"""The project as a user has it, deployed by the real engine into a sandbox of the test's own."""

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from auth0.management import Auth0
from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine.engine import Engine
from azure.identity import ClientSecretCredential
from azure.mgmt.apimanagement import ApiManagementClient
from pulumi import automation

REPOSITORY = Path(__file__).resolve().parents[2]


class Project:
    """A program in a folder of its own, this project's or another, with a stack `local`, and the pulumi command there."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}

    def pulumi(self, *arguments: str, status: int = 0) -> str:
        """Run the real command; its output, both streams."""
        result = self._run(*arguments, "--color", "never", stderr=subprocess.STDOUT)
        assert result.returncode == status, result.stdout
        return result.stdout

    def _run(self, *arguments: str, stderr: int = subprocess.PIPE) -> "subprocess.CompletedProcess[str]":
        # Forks of a warm Python have one hash seed; that nothing changes is shown with another, by a Python that starts.
        seed = {"PYTHONHASHSEED": "random"} if "--expect-no-changes" in arguments else {}
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment | seed,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            timeout=300,
            check=False,
        )

    def up(self, *arguments: str, status: int = 0) -> str:
        return self.pulumi("up", "--stack", "local", "--yes", "--skip-preview", *arguments, status=status)

    def preview_steps(self, *arguments: str) -> dict[str, str]:
        """What a preview would do, other than read and leave alone: operation by the resource's name."""
        result = self._run("preview", "--stack", "local", "--json", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        steps = json.loads(result.stdout)["steps"]
        left_alone = ("same", "read", "refresh")
        return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] not in left_alone}

    def destroy(self) -> str:
        return self.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")

    def configure(self, values: dict[str, Any], secrets: dict[str, Any] | None = None) -> None:
        """Set the stack's configuration."""
        given = [word for name, value in values.items() for word in ("--plaintext", f"{name}={value}")]
        hidden = [word for name, value in (secrets or {}).items() for word in ("--secret", f"{name}={value}")]
        self.pulumi("config", "set-all", "--stack", "local", *given, *hidden)

    def outputs(self) -> dict[str, Any]:
        answer = self.pulumi("stack", "output", "--stack", "local", "--json", "--show-secrets")
        return json.loads(answer)

    def change_settings(self, change: Any) -> None:
        """Apply `change` to the `config` map of stacks/Pulumi.local.yaml."""
        path = self.folder / "stacks" / "Pulumi.local.yaml"
        document = yaml.safe_load(path.read_text())
        change(document["config"])
        path.write_text(yaml.safe_dump(document))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def project(
    sandbox: Sandbox, engine: Engine, copy_project: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    folder = copy_project(tmp_path_factory.mktemp("project"))
    shutil.copy(folder / "stacks" / "local.settings.yaml", folder / "stacks" / "Pulumi.local.yaml")
    copy = Project(folder, sandbox.environment(engine))
    copy.pulumi("stack", "init", "local")
    return copy


@pytest.fixture(scope="module")
def deployed(project: Project) -> Project:
    """The project after its first `pulumi up`."""
    project.up()
    return project


@pytest.fixture(scope="module")
def project_of(sandbox: Sandbox, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Project]:
    """Makes a project of a program, in a folder of the test's own or one that is named, with a stack `local` of its own."""

    def made(program: Path, into: Path | None = None) -> Project:
        folder = (into or tmp_path_factory.mktemp("programs")) / program.name
        shutil.copytree(program, folder, ignore=shutil.ignore_patterns(".venv", "__pycache__", "node_modules", "sdks"))
        (folder / ".venv").symlink_to(REPOSITORY / ".venv")
        copy = Project(folder, sandbox.environment(engine))
        copy.pulumi("stack", "init", "local")
        return copy

    return made


@pytest.fixture
def stack_of(
    sandbox: Sandbox, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Callable[[], object]], automation.Stack]]:
    """A stack of an inline program; destroyed at the end."""
    own = {"PULUMI_BACKEND_URL": tmp_path.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "passphrase"}
    variables = {name: text for name, text in sandbox.environment(engine).items() if "PASSPHRASE" not in name} | own
    monkeypatch.setenv("PATH", variables["PATH"])
    stacks: list[automation.Stack] = []

    def made(program: Callable[[], object]) -> automation.Stack:
        options = automation.LocalWorkspaceOptions(env_vars=variables, work_dir=str(tmp_path))
        stack = automation.create_or_select_stack("inline", "components", program=program, opts=options)
        stacks.append(stack)
        return stack

    yield made
    for stack in stacks[-1:]:
        stack.destroy()


@pytest.fixture(scope="module")
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    trusted = ssl.create_default_context(cafile=str(sandbox.ca_file))
    with httpx.Client(verify=trusted, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def tenant(sandbox: Sandbox, http: httpx.Client) -> Auth0:
    """The tenant through Auth0's own SDK."""
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.credentials["AUTH0_CLIENT_ID"],
        "client_secret": sandbox.credentials["AUTH0_CLIENT_SECRET"],
        "audience": f"{sandbox.issuer}api/v2/",
    }
    token = http.post(f"{sandbox.issuer}oauth/token", data=form).raise_for_status().json()["access_token"]
    return Auth0(base_url=f"{sandbox.issuer}api/v2", token=token, httpx_client=http)


@pytest.fixture(scope="module")
def manager(sandbox: Sandbox) -> Iterator[ApiManagementClient]:
    """The resource manager through Azure's own SDK."""
    secret = sandbox.credentials
    credential = ClientSecretCredential(
        secret["ARM_TENANT_ID"],
        secret["ARM_CLIENT_ID"],
        secret["ARM_CLIENT_SECRET"],
        authority=sandbox.manager_url,
        disable_instance_discovery=True,
        connection_verify=str(sandbox.ca_file),
    )
    with (
        ApiManagementClient(
            credential,
            secret["ARM_SUBSCRIPTION_ID"],
            base_url=sandbox.manager_url,
            credential_scopes=[f"{sandbox.manager_url}/.default"],
            connection_verify=str(sandbox.ca_file),
        ) as client,
        credential,
    ):
        yield client


@pytest.fixture(scope="module")
def all_objects(tenant: Auth0, manager: ApiManagementClient) -> Callable[[], set[tuple[str, str | None]]]:
    """Kind and name of everything in both services, asked of the services themselves."""
    return lambda: _tenant_objects(tenant) | _manager_objects(manager)


def _tenant_objects(tenant: Auth0) -> set[tuple[str, str | None]]:
    return {
        *(("resource server", api.identifier) for api in tenant.resource_servers.list()),
        *(("client", client.name) for client in tenant.clients.list()),
        *(("client grant", grant.audience) for grant in tenant.client_grants.list()),
        *(("connection", connection.name) for connection in tenant.connections.list()),
        *(("user", user.email) for user in tenant.users.list()),
        *(("role", role.name) for role in tenant.roles.list()),
    }


def _manager_objects(manager: ApiManagementClient) -> set[tuple[str, str | None]]:
    return {
        *(("service", service.name) for service in manager.api_management_service.list()),
        *(("deleted service", service.name) for service in manager.deleted_services.list_by_subscription()),
    }
