"""Somebody who followed the tutorial by hand gets to code with one command, and nothing changes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.live

COMMAND = str(Path(sys.executable).with_name("auth0-apim"))
OPENAPI = "examples/basic-calculator/openapi.json"


def adopt(project, *arguments, status=0):
    command = [COMMAND, "adopt", "--stack", "taken", "--openapi", OPENAPI, "--json", *arguments]
    done = subprocess.run(
        command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


@pytest.fixture(scope="module")
def adopted(project, by_hand):
    return adopt(project, "--import")


def test_two_databases_of_a_client_are_asked_about(project, by_hand, tenant):
    other = tenant.connections.create(name="Another", strategy="auth0")
    tenant.connections.clients.update(other.id, request=[{"client_id": by_hand.client_id, "status": True}])
    try:
        asked = adopt(project, "--import", status=1)
    finally:
        tenant.connections.delete(other.id)
    assert asked["ambiguous"]["option"] == "--connection"
    assert set(asked["ambiguous"]["answers"]) == {"BasicCalculator", "Another"}
    assert not (project.folder / "stacks" / "Pulumi.taken.yaml").exists()


def test_everything_that_belongs_together_is_found(adopted, by_hand):
    assert adopted["found"] == {
        "API in Auth0": "basic-calculator",
        "machine client": f"Basic Calculator (Test Application) ({by_hand.client_id})",
        "client grant": adopted["found"]["client grant"],
        "login client": f"Basic Calculator (Test Application) ({by_hand.client_id})",
        "database": "BasicCalculator",
        "user": "jane@example.com",
        "service": "calculator-by-hand",
        "API in API Management": "basic-calculator",
        "product": "starter",
        "authorization server": "auth0",
        "policy": "calculator-by-hand/apis/basic-calculator/policies/policy",
    }
    assert adopted["missing"] == []
    assert adopted["changes"] == []


def test_what_the_components_would_harden_is_named(adopted, project):
    settings = yaml.safe_load((project.folder / "stacks" / "Pulumi.taken.yaml").read_text())["config"]
    assert settings["auth0-apim:keep"] == {name: sorted(kept) for name, kept in adopted["keep"].items()}
    assert adopted["keep"]["protected-policy-policy"] == {"value": "update"}
    assert adopted["keep"]["protected-database-connection"]["options.passwordDictionary"] == "add"
    assert adopted["keep"]["protected-client-client"]["grantTypes"] == "update"


def test_the_next_preview_shows_no_change(adopted, project):
    output = project.pulumi("preview", "--stack", "taken", "--expect-no-changes")
    assert "25 unchanged" in output
    project.pulumi("preview", "--stack", "taken", "--refresh", "--expect-no-changes")


def test_settings_that_are_there_are_not_overwritten(adopted, project):
    assert "Pulumi.taken.yaml exists" in adopt(project, status=1)


def test_without_its_line_the_components_value_comes(adopted, project, tenant, by_hand):
    path = project.folder / "stacks" / "Pulumi.taken.yaml"
    document = yaml.safe_load(path.read_text())
    document["config"]["auth0-apim:keep"].pop("protected-client-client")
    path.write_text(yaml.safe_dump(document))
    project.pulumi("up", "--stack", "taken", "--yes", "--skip-preview")
    client = tenant.clients.get(by_hand.client_id)
    assert client.grant_types == ["client_credentials"]
    assert client.oidc_conformant is True
    assert client.client_id == by_hand.client_id


def test_the_adopted_api_is_guarded_as_before(adopted, project, http):
    outputs = json.loads(project.pulumi("stack", "output", "--stack", "taken", "--json", "--show-secrets"))
    call = f"{outputs['apiUrl']}/add?a=20&b=22"
    assert http.get(call).status_code == 401
    form = {
        "grant_type": "client_credentials",
        "client_id": outputs["clientId"],
        "client_secret": outputs["clientSecret"],
        "audience": outputs["audience"],
    }
    token = http.post(outputs["tokenEndpoint"], data=form).raise_for_status().json()["access_token"]
    assert http.get(call, headers={"Authorization": f"Bearer {token}"}).json() == {"result": 42}


def test_it_is_closed_once_its_policy_sets_the_backend(adopted, project, http, manager):
    assert adopted["keepsServiceUrl"] is True
    path = project.folder / "stacks" / "Pulumi.taken.yaml"
    outputs = json.loads(project.pulumi("stack", "output", "--stack", "taken", "--json"))

    def change(taken_away):
        document = yaml.safe_load(path.read_text())
        taken_away(document["config"])
        path.write_text(yaml.safe_dump(document))
        project.pulumi("up", "--stack", "taken", "--yes", "--skip-preview")
        api = manager.api.get("local", "calculator-by-hand", "basic-calculator")
        return api.service_url, http.get(f"{outputs['apiUrl']}/add?a=20&b=22").status_code

    kept = change(lambda config: config["auth0-apim:keep"].pop("protected-policy-policy"))
    assert kept == (adopted_backend(project), 401)
    closed = change(lambda config: config["auth0-apim:publication"].pop("keepServiceUrl"))
    assert closed == ("https://closed.invalid", 401)
    project.pulumi("preview", "--stack", "taken", "--refresh", "--expect-no-changes")
    test_the_adopted_api_is_guarded_as_before(adopted, project, http)


def adopted_backend(project):
    document = yaml.safe_load((project.folder / "stacks" / "Pulumi.taken.yaml").read_text())
    return document["config"]["auth0-apim:publication"]["serviceUrl"]
