"""The tutorial's stack through its life: real engine, real requests. The tests build on each other, top to bottom."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.proof import verify
from auth0_apim_environments.verify.tokens import machine_token

pytestmark = pytest.mark.live


def wrong_rows(project, http):
    checks = list(verify(parse_outputs("local", project.outputs()), http))
    assert len(checks) == 12
    return [check for check in checks if check.right is not True]


@pytest.fixture(scope="module")
def untouched(all_objects):
    return all_objects()


def test_up_ends_in_tokens_that_open_the_api_and_refusals_of_all_others(untouched, deployed, http):
    assert wrong_rows(deployed, http) == []


def test_a_second_up_changes_nothing(deployed):
    output = deployed.up("--expect-no-changes")
    assert "unchanged" in output


def test_drift_by_hand_is_shown_by_refresh_and_repaired_by_up(deployed, tenant, manager):
    api = next(api for api in tenant.resource_servers.list() if api.identifier == "basic-calculator")
    tenant.resource_servers.update(api.id, token_lifetime=60)
    tenant.clients.update(deployed.outputs()["clientId"], name="Renamed by hand")
    manager.product.update(
        "local", "basic-calculator-local", "starter", "*", {"properties": {"displayName": "By hand"}}
    )
    drift = deployed.preview_steps("--refresh")
    assert drift == {
        "protected-api-resource-server": "update",
        "protected-client-client": "update",
        "protected-publication-product": "update",
    }
    deployed.pulumi("refresh", "--stack", "local", "--yes")
    deployed.up()
    assert tenant.resource_servers.get(api.id).token_lifetime == 86400
    assert tenant.clients.get(deployed.outputs()["clientId"]).name == "Basic Calculator Client"
    assert manager.product.get("local", "basic-calculator-local", "starter").display_name == "Starter"
    assert deployed.preview_steps("--refresh") == {}


def test_a_token_past_its_expiry_is_refused(deployed, tenant, http):
    api = parse_outputs("local", deployed.outputs())
    identifier = quote(api.audience, safe="")
    tenant.resource_servers.update(identifier, token_lifetime=1)
    headers = {"Authorization": f"Bearer {machine_token(http, api)}"}
    assert http.get(api.api_url + api.probe.path, headers=headers).status_code == 200
    time.sleep(2)
    assert http.get(api.api_url + api.probe.path, headers=headers).status_code == 401
    tenant.resource_servers.update(identifier, token_lifetime=86400)


def test_a_scope_more_is_an_update_in_place(deployed, tenant):
    deployed.change_settings(lambda config: config["auth0-apim:api"]["scopes"].update({"calc:root": "Take a root"}))
    assert deployed.preview_steps() == {"protected-api-scopes": "update", "protected-client-grant": "update"}
    deployed.up()
    api = next(api for api in tenant.resource_servers.list() if api.identifier == "basic-calculator")
    assert "calc:root" in {scope.value for scope in api.scopes}


def test_another_identifier_is_another_api(deployed, http):
    deployed.change_settings(lambda config: config["auth0-apim:api"].update(identifier="basic-calculator-2"))
    steps = deployed.preview_steps()
    assert steps["protected-api-resource-server"] == "replace"
    deployed.up()
    assert deployed.outputs()["audience"] == "basic-calculator-2"
    assert wrong_rows(deployed, http) == []


def test_destroy_leaves_nothing_in_the_tenant_and_one_deleted_service_that_azure_keeps(
    deployed, untouched, all_objects
):
    deployed.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")
    left = all_objects() - untouched
    assert left == {("deleted service", "basic-calculator-local")}


def test_the_name_is_free_again_after_a_purge_on_purpose(deployed, all_objects, untouched):
    command = ["auth0-apim", "purge", "--stack", "local"]
    environment = deployed.environment | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{deployed.environment['PATH']}"
    }

    def purge(*arguments, answer=""):
        return subprocess.run(
            [*command, *arguments],
            check=False,
            cwd=deployed.folder,
            env=environment,
            input=answer,
            capture_output=True,
            text=True,
        )

    assert purge(answer="n\n").returncode == 1
    assert all_objects() - untouched == {("deleted service", "basic-calculator-local")}
    done = purge("--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert all_objects() - untouched == set()
    assert purge().stdout == "There is no soft-deleted service 'basic-calculator-local'.\n"
