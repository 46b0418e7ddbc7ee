"""Both providers under the real engine and over the real services: plans, drift, replacement, import, failure and recovery."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_auth0 as auth0
import pytest
from pulumi import automation
from pulumi_azure_native import apimanagement as apim
from pulumi_azure_native import resources

pytestmark = pytest.mark.live
PROJECT = "name: providers-refusals\nruntime: {name: python, options: {virtualenv: .venv}}\n"


@pytest.fixture
def variables(engine_environment, tmp_path: Path) -> dict[str, str]:
    """The sandbox's environment, with a state of the test's own."""
    own = {"PULUMI_BACKEND_URL": tmp_path.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "passphrase"}
    return {name: value for name, value in engine_environment.items() if name != "PULUMI_CONFIG_PASSPHRASE_FILE"} | own


@pytest.fixture
def stack_of(variables, tmp_path: Path, monkeypatch) -> Callable[[str, Callable[[], None]], automation.Stack]:
    """Makes a stack of an inline program."""
    monkeypatch.setenv("PATH", variables["PATH"])

    def made(name: str, program: Callable[[], None]) -> automation.Stack:
        options = automation.LocalWorkspaceOptions(env_vars=variables, work_dir=str(tmp_path))
        return automation.create_or_select_stack(name, f"providers-{name}", program=program, opts=options)

    return made


@pytest.fixture
def pulumi_up(variables, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Runs `pulumi up` on a program's text, and answers what it printed; destroys what was made."""
    environment = {**os.environ, **variables}
    tmp_path.joinpath("Pulumi.yaml").write_text(PROJECT)
    tmp_path.joinpath(".venv").symlink_to(sys.prefix)

    def run(*arguments: str, status: int = 0) -> str:
        command = [
            str(shutil.which("pulumi", path=environment["PATH"])),
            *arguments,
            "--stack",
            "local",
            "--non-interactive",
        ]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(program: str, status: int = 0) -> str:
        tmp_path.joinpath("__main__.py").write_text(textwrap.dedent(program))
        return run("up", "--yes", "--skip-preview", "--color", "never", status=status)

    run("stack", "init")
    yield up
    run("destroy", "--yes", "--skip-preview")


def changes(result: Any) -> dict[str, int]:
    summary = getattr(result, "change_summary", None) or result.summary.resource_changes
    return {str(getattr(kind, "value", kind)): count for kind, count in summary.items() if kind != "same"}


def test_a_tenant_s_resources_live_through_plans_drift_and_replacement(stack_of):
    settings: dict[str, Any] = {"identifier": "providers-calculator", "lifetime": 600, "scopes": ["add:numbers"]}

    def program() -> None:
        server = auth0.ResourceServer(
            "api", identifier=settings["identifier"], name="Providers", token_lifetime=settings["lifetime"]
        )
        scopes = auth0.ResourceServerScopes(
            "scopes",
            resource_server_identifier=server.identifier,
            scopes=[{"name": scope, "description": scope} for scope in settings["scopes"]],
        )
        client = auth0.Client("machine", app_type="non_interactive", grant_types=["client_credentials"])
        credentials = auth0.ClientCredentials(
            "machine", client_id=client.client_id, authentication_method="client_secret_post"
        )
        auth0.ClientGrant(
            "grant",
            client_id=client.client_id,
            audience=server.identifier,
            scopes=settings["scopes"],
            subject_type="client",
            opts=pulumi.ResourceOptions(depends_on=[scopes]),
        )
        connection = auth0.Connection(
            "users", strategy="auth0", options={"password_policy": "good", "password_histories": [{"enable": True}]}
        )
        auth0.ConnectionClients("users", connection_id=connection.id, enabled_clients=[client.client_id])
        auth0.User("user", connection_name=connection.name, email="a@example.com", password="Sup3r-secret!")
        pulumi.export("secret", credentials.client_secret)

    stack = stack_of("tenant", program)
    assert changes(stack.preview()) == {"create": 9}
    up = stack.up()
    assert changes(up) == {"create": 9}
    assert up.outputs["secret"].secret
    assert len(up.outputs["secret"].value) == 64
    assert changes(stack.up()) == {}
    refreshed = stack.refresh(diff=True)
    assert changes(refreshed) == {}, refreshed.stdout

    settings.update(lifetime=700, scopes=["add:numbers", "divide:numbers"])
    assert changes(stack.up()) == {"update": 3}
    settings.update(identifier="providers-other")
    assert changes(stack.preview()) == {"replace": 3}
    assert changes(stack.up()) == {"replace": 3}
    assert changes(stack.destroy()) == {"delete": 9}


def test_a_service_s_resources_live_through_plans_and_drift(stack_of):
    settings = {"title": "Calculator", "tags": {"stage": "one"}}

    def program() -> None:
        group = resources.ResourceGroup("group", resource_group_name="providers", location="westeurope")
        service = apim.ApiManagementService(
            "service",
            resource_group_name=group.name,
            service_name="providers-apim",
            publisher_email="a@example.com",
            publisher_name="A",
            sku={"name": "Developer", "capacity": 1},
            tags=settings["tags"],
        )
        place = {"resource_group_name": group.name, "service_name": service.name}
        api = apim.Api("api", **place, api_id="calc", path="calc", display_name=settings["title"], protocols=["https"])
        document = "<policies><inbound><base /></inbound><backend><base /></backend><outbound /><on-error /></policies>"
        apim.ApiPolicy("policy", **place, api_id=api.name, policy_id="policy", value=document)
        born = "<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>"
        apim.Policy("global", **place, policy_id="policy", value=born)
        secret = apim.NamedValue(
            "key", **place, named_value_id="key", display_name="key", secret=True, value=pulumi.Output.secret("hush")
        )
        pulumi.export("key", apim.list_named_value_output(**place, named_value_id=secret.name).value)
        pulumi.export("gateway", service.gateway_url)

    stack = stack_of("service", program)
    up = stack.up()
    assert changes(up) == {"create": 7}
    assert up.outputs["gateway"].value.startswith("https://localhost:")
    assert (up.outputs["key"].value, up.outputs["key"].secret) == ("hush", True)
    assert changes(stack.up()) == {}
    refreshed = stack.refresh(diff=True)
    assert changes(refreshed) == {}, refreshed.stdout
    settings.update(title="Basic Calculator", tags={"stage": "two"})
    assert changes(stack.up()) == {"update": 2}
    assert changes(stack.destroy()) == {"delete": 7}


def test_an_existing_api_is_imported_by_its_id(stack_of):
    ids: dict[str, str] = {}
    imported: list[bool] = []

    def program() -> None:
        options = (
            pulumi.ResourceOptions(import_=ids["api"]) if imported else pulumi.ResourceOptions(retain_on_delete=True)
        )
        server = auth0.ResourceServer("api", identifier="providers-imported", name="Imported", opts=options)
        pulumi.export("id", server.id)

    first = stack_of("first", program)
    ids["api"] = first.up().outputs["id"].value
    first.destroy()
    imported.append(True)
    second = stack_of("second", program)
    assert changes(second.up())["import"] == 1
    again = second.up(diff=True)
    assert changes(again) == {}, again.stdout
    second.destroy()


def test_a_failure_in_the_middle_leaves_a_state_from_which_up_goes_on(pulumi_up):
    program = """
        import pulumi, pulumi_auth0 as auth0
        server = auth0.ResourceServer("api", identifier="providers-recovers", name="Recovers")
        after = pulumi.ResourceOptions(depends_on=[server])
        client = auth0.Client("machine", app_type="non_interactive", opts=after)
        auth0.ClientGrant("grant", client_id=client.client_id, audience="AUDIENCE", scopes=[], subject_type="client")
    """
    failed = pulumi_up(program.replace("AUDIENCE", "providers-missing"), status=1)
    assert "error: POST client-grants: " in failed
    assert "Traceback" not in failed
    assert "+ 1 created" in pulumi_up(program.replace("AUDIENCE", "providers-recovers"))


def test_a_refused_import_is_a_failed_resource_from_which_up_goes_on(pulumi_up):
    document = json.dumps({"openapi": "3.0.1", "info": {"title": "Calculator", "version": "1"}, "paths": {}})
    program = """
        import pulumi_azure_native as azure
        group = azure.resources.ResourceGroup("group", resource_group_name="refusals", location="westeurope")
        service = azure.apimanagement.ApiManagementService(
            "service", resource_group_name=group.name, service_name="refusals-apim", publisher_email="a@example.com",
            publisher_name="A", sku={"name": "Developer", "capacity": 1})
        azure.apimanagement.Api("api", resource_group_name=group.name, service_name=service.name, api_id="calc",
            path="calc", format="openapi+json", value='DOCUMENT')
    """
    refused = pulumi_up(program.replace("DOCUMENT", "{"), status=1)
    assert "resource created but read failed GET /subscriptions/" in refused
    assert "ValidationError: One or more fields contain incorrect values: representation: " in refused
    assert "~ 1 updated" in pulumi_up(program.replace("DOCUMENT", document))
    assert "4 unchanged" in pulumi_up(program.replace("DOCUMENT", document))


def test_another_tenant_is_refused_before_anything_happens(pulumi_up):
    refused = pulumi_up(
        """
        import pulumi, pulumi_auth0 as auth0
        provider = auth0.Provider("other", domain="acme.eu.auth0.com", client_id="c", client_secret="s")
        auth0.Role("role", name="role", opts=pulumi.ResourceOptions(provider=provider))
        """,
        status=1,
    )
    assert "serves only the sandbox's tenant localhost:" in refused
    assert "auth0:index:Role" not in refused


def test_the_program_s_own_credentials_are_used(pulumi_up):
    refused = pulumi_up(
        """
        import pulumi, pulumi_auth0 as auth0
        provider = auth0.Provider("wrong", client_id="nobody", client_secret="wr0ng")
        auth0.Role("role", name="role", opts=pulumi.ResourceOptions(provider=provider))
        """,
        status=1,
    )
    assert "No Management API token from https://localhost:" in refused
    assert "wr0ng" not in refused


def test_secrets_are_encrypted_in_the_state(stack_of, tmp_path):
    def program() -> None:
        auth0.Connection(
            "db",
            strategy="auth0",
            options={
                "enabled_database_customization": True,
                "configuration": {"KEY": pulumi.Output.secret("hush-hush")},
            },
        )
        users = auth0.Connection("users", strategy="auth0")
        auth0.User("user", connection_name=users.name, email="b@example.com", password="Sup3r-secret!")

    stack = stack_of("secrets", program)
    stack.up()
    [state] = (tmp_path / ".pulumi" / "stacks").rglob("*.json")
    text = state.read_text()
    assert json.loads(text)["checkpoint"]["latest"]["resources"]
    assert "hush-hush" not in text
    assert "Sup3r-secret!" not in text
    stack.destroy()
