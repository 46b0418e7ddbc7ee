"""Doctor over a sandbox: each thing that can be wrong is one row with its remedy."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from auth0_apim_environments.cli.doctor import findings_table
from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.doctor.azure_checks import guard_findings
from auth0_apim_environments.doctor.checks import run_checks
from auth0_apim_environments.doctor.finding import right, warning
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[3]
VERSION = {"api-version": "2024-05-01"}
SERVICE = "resourceGroups/local/providers/Microsoft.ApiManagement/service/doctors-service"
BODY = {
    "location": "westeurope",
    "sku": {"name": "Consumption", "capacity": 0},
    "properties": {"publisherName": "Doctor", "publisherEmail": "doctor@example.com"},
}


@pytest.fixture
def settings():
    """The local environment's, with names that nothing else in the sandbox has."""
    config = yaml.safe_load((REPOSITORY / "stacks" / "local.settings.yaml").read_text())["config"]
    config["auth0-apim:api"]["identifier"] = "doctors-calculator"
    config["auth0-apim:client"]["displayName"] = "Doctor's client"
    config["auth0-apim:interactiveClient"]["displayName"] = "Doctor's portal"
    config["auth0-apim:database"]["connectionName"] = "doctors-users"
    config["auth0-apim:gateway"]["serviceName"] = "doctors-service"
    config["auth0-apim:publication"]["openapi"] = str(REPOSITORY / config["auth0-apim:publication"]["openapi"])
    return config


@pytest.fixture
def examined(settings, engine_environment, tmp_path):
    """The rows that are not right, by their subjects, after changes of the settings and of the environment."""
    (tmp_path / "Pulumi.yaml").write_text("name: auth0-apim\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    project = Project(tmp_path, "auth0-apim", tmp_path / "stacks")

    def run(stack="doctor", everything=False, without=(), **variables):
        project.stack_file("doctor").write_text(yaml.safe_dump({"config": settings}))
        environment = {**os.environ, **engine_environment, **variables}
        found = list(
            run_checks(project, stack, {name: environment[name] for name in environment if name not in without})
        )
        rows = {}
        for each in found:
            if everything or each.right is not True:
                rows.setdefault(each.subject, []).append((each.observed, each.remedy, each.right))
        return rows

    return run


@pytest.fixture
def tenant(sandbox):
    """The Management API; what is made by `made` is taken away."""
    with closing(open_tenant(sandbox.credentials)) as client:
        paths = []

        def made(path, document, key="id"):
            found = client.post(path, json=document).raise_for_status().json()
            paths.append(f"{path}/{found[key]}")
            return found

        client.made = made
        yield client
        for path in reversed(paths):
            client.delete(path).raise_for_status()


@pytest.fixture
def service(sandbox):
    """An API Management service that is nobody's stack's."""
    with closing(open_manager(sandbox.credentials)) as client:
        client.put(SERVICE, params=VERSION, json=BODY).raise_for_status()
        yield client
        client.delete(SERVICE, params=VERSION).raise_for_status()


def test_before_the_first_up_every_check_passes_except_that_the_stack_does_not_exist(examined):
    rows = examined(everything=True)
    assert {subject for subject, found in rows.items() if found[0][2] is not True} == {"stack"}
    assert rows["Management API scopes"] == [("the token has all 27 that this stack needs", "", True)]
    assert rows["API Management service"] == [("doctors-service is available", "", True)]
    assert rows["tier"] == [("Developer has every feature that the settings use", "", True)]


def test_a_stack_without_a_settings_file_is_reported(examined):
    [(observed, remedy, is_right)] = examined(stack="nowhere")["settings"]
    assert observed.endswith("Pulumi.nowhere.yaml is not there; environments: doctor")
    assert (remedy, is_right) == ("correct the file, or name another stack", False)


def test_each_invalid_setting_is_reported(examined, settings):
    settings["auth0-apim:api"]["tokenLifetime"] = 0
    del settings["auth0-apim:publication"]["path"]
    rows = examined()
    assert list(rows) == ["settings"]
    assert [observed.split()[0] for observed, _, _ in rows["settings"]] == ["api.tokenLifetime", "publication.path"]


def test_a_missing_password_is_reported(examined):
    rows = examined(without=["AUTH0_APIM_USER_PASSWORD"])
    remedy = "pulumi config set --secret auth0-apim:userPassword; or export AUTH0_APIM_USER_PASSWORD"
    assert rows["user's password"] == [("is not set", remedy, False)]


def test_a_missing_engine_is_reported(examined):
    rows = examined(PATH="/nowhere")
    assert rows["engine"][0][0] == "pulumi is not on PATH"
    assert "`auth0-apim engine` installs one" in rows["engine"][0][1]


def test_an_engine_that_is_too_old_is_reported(examined, tmp_path):
    old = tmp_path / "bin" / "pulumi"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho v3.100.0\n")
    old.chmod(0o755)
    rows = examined(PATH=f"{old.parent}{os.pathsep}{os.environ['PATH']}")
    assert rows["engine"][0][0] == "pulumi is v3.100.0"
    assert rows["engine"][0][1].startswith("3.220.0 or later is needed")


def test_providers_that_do_not_listen_or_must_not_be_downloaded_are_reported(examined):
    rows = examined(PULUMI_DEBUG_PROVIDERS="auth0:1")
    assert rows["provider auth0"][0][0].startswith("nothing listens at port 1 of PULUMI_DEBUG_PROVIDERS")
    [(observed, remedy, _)] = rows["provider azure-native"]
    assert observed == "is not installed, and the engine must not download it"
    assert remedy.startswith("pulumi plugin install resource azure-native v3.")


def test_missing_and_refused_credentials_are_reported(examined):
    rows = examined(without=["AUTH0_CLIENT_SECRET"], ARM_CLIENT_SECRET="wrong")
    assert rows["Auth0 credentials"][0][0] == "AUTH0_CLIENT_SECRET must be set"
    assert rows["Azure credentials"][0][0].startswith("Azure refused the credentials: 401")
    assert rows["Azure credentials"][0][1].startswith("export ARM_TENANT_ID")
    rows = examined(AUTH0_CLIENT_SECRET="wrong")
    assert rows["Auth0 credentials"][0][0].startswith("the tenant refused the credentials: 401")


def test_missing_scopes_are_reported_by_their_purpose(examined, tenant, sandbox, settings):
    client = tenant.made("clients", {"name": "weak", "app_type": "non_interactive"}, "client_id")
    scopes = ["read:tenant_settings", "read:resource_servers", "read:clients", "read:client_keys", "read:connections"]
    grant = {"client_id": client["client_id"], "audience": f"{sandbox.issuer}api/v2/", "scope": scopes}
    tenant.made("client-grants", grant)
    weak = {"AUTH0_CLIENT_ID": client["client_id"], "AUTH0_CLIENT_SECRET": client["client_secret"]}
    rows = examined(**weak)["Management API scopes"]
    assert [(observed, is_right) for observed, _, is_right in rows] == [
        ("the API needs create:resource_servers update:resource_servers delete:resource_servers", False),
        (
            "clients needs create:clients update:clients delete:clients create:client_credentials "
            "read:client_credentials update:client_credentials delete:client_credentials update:client_keys",
            False,
        ),
        (
            "the client's grant needs create:client_grants read:client_grants update:client_grants "
            "delete:client_grants",
            False,
        ),
        ("the database needs create:connections update:connections delete:connections", False),
        ("the user needs create:users read:users update:users delete:users", False),
    ]
    settings["auth0-apim:api"] = {"identifier": "doctors-calculator", "existing": True}
    assert "the API needs" not in str(examined(**weak)["Management API scopes"])


def test_names_that_are_taken_are_reported(examined, tenant):
    tenant.made("resource-servers", {"identifier": "doctors-calculator", "name": "Theirs"})
    client = tenant.made("clients", {"name": "Doctor's client"}, "client_id")
    tenant.made("connections", {"name": "doctors-users", "strategy": "auth0"})
    rows = examined()
    assert rows["API identifier"][0][0] == "doctors-calculator belongs to 'Theirs', which is not this stack's"
    assert rows["client of client"] == [
        (
            '"Doctor\'s client" is also the name of another client',
            f"choose another client.displayName, or set client.existingClientId: {client['client_id']}",
            False,
        )
    ]
    assert rows["database connection"][0][0] == "doctors-users exists already and is not this stack's"


def test_existing_objects_that_do_not_exist_are_reported(examined, settings):
    settings["auth0-apim:api"] = {"identifier": "doctors-calculator", "existing": True}
    settings["auth0-apim:client"] = {"existingClientId": "nobody"}
    settings["auth0-apim:database"] = {"connectionName": "doctors-users", "existing": True}
    settings["auth0-apim:gateway"] = {"resourceGroupName": "local", "serviceName": "doctors-service", "existing": True}
    rows = examined()
    assert rows["API identifier"][0][0] == "doctors-calculator does not exist"
    assert rows["client of client"][0][0] == "nobody does not exist"
    assert rows["database connection"][0][0] == "doctors-users does not exist"
    assert rows["API Management service"][0][0] == "doctors-service does not exist"


def test_a_missing_resource_group_is_reported(examined, settings):
    settings["auth0-apim:gateway"]["resourceGroupName"] = "elsewhere"
    assert examined()["resource group"] == [
        ("elsewhere does not exist", "az group create --name elsewhere --location westeurope", False)
    ]


def test_a_tier_without_a_feature_of_the_settings_is_reported(examined, settings, service):
    settings["auth0-apim:gateway"] = {"resourceGroupName": "local", "serviceName": "doctors-service", "existing": True}
    [(observed, remedy, _)] = examined()["tier"]
    assert observed.startswith("portal is set, and the tier is Consumption")
    assert remedy == "choose another gateway.sku, or remove portal"


def test_a_name_reserved_by_a_soft_deleted_service_is_reported(examined, service):
    service.delete(SERVICE, params=VERSION).raise_for_status()
    kept = {**BODY, "sku": {"name": "Developer", "capacity": 1}}
    service.put(SERVICE, params=VERSION, json=kept).raise_for_status()
    service.delete(SERVICE, params=VERSION).raise_for_status()
    rows = examined()["API Management service"]
    place = "providers/Microsoft.ApiManagement/locations/westeurope/deletedservices/doctors-service"
    service.delete(place, params=VERSION).raise_for_status()
    [(observed, remedy, is_right)] = rows
    assert (observed, is_right) == ("doctors-service is soft-deleted and reserves its name for 48 hours", False)
    assert remedy.startswith("az apim deletedservice purge --service-name doctors-service --location West")


def test_a_service_of_another_stack_or_group_and_names_in_it_are_reported(examined, settings, service):
    api = {"properties": {"path": "CALC", "displayName": "Theirs", "protocols": ["https"]}}
    service.put(f"{SERVICE}/apis/theirs", params=VERSION, json=api).raise_for_status()
    product = {"properties": {"displayName": "Starter", "state": "published"}}
    service.put(f"{SERVICE}/products/Starter", params=VERSION, json=product).raise_for_status()
    rows = examined()
    assert rows["API Management service"][0][0] == "doctors-service exists and is not this stack's"
    assert rows["API path"][0][0] == "calc or the id calc is taken by theirs"
    assert rows["product"][0][0] == "Starter exists and is not this stack's"
    settings["auth0-apim:gateway"]["resourceGroupName"] = "elsewhere"
    assert examined()["API Management service"][0][0] == "doctors-service is in resource group local"


BACKEND_BY_ID = '<base /><set-backend-service backend-id="theirs" />'


def document(inbound, root="policies"):
    return {"properties": {"format": "xml", "value": f"<{root}><inbound>{inbound}</inbound></{root}>"}}


def test_policies_of_wider_scopes_that_bypass_the_token_check_are_reported(examined, settings, service):
    settings["auth0-apim:gateway"] = {"resourceGroupName": "local", "serviceName": "doctors-service", "existing": True}
    clean = examined(everything=True)
    assert clean["ways around the token check"] == [("none found", "", True)]

    def put(path, body):
        service.put(f"{SERVICE}/{path}", params=VERSION, json=body).raise_for_status()

    put("backends/theirs", {"properties": {"protocol": "http", "url": "https://theirs.example"}})
    put("products/starter", {"properties": {"displayName": "Starter", "state": "published"}})
    put("products/starter/policies/policy", document(BACKEND_BY_ID))
    put("products/another", {"properties": {"displayName": "Another", "state": "published"}})
    put("products/another/policies/policy", document(BACKEND_BY_ID))
    fragment = {"properties": {"format": "xml", "value": "<fragment><mock-response /></fragment>"}}
    put("policyFragments/status", fragment)
    put("policies/policy", document('<include-fragment fragment-id="status" />'))
    rows = examined(everything=True)
    assert rows["policy of the whole service"] == [
        (
            "the document answers without a check (<mock-response>), so that callers get it without a token",
            "return the response after the token check, or accept that callers get it without a token",
            True,
        )
    ]
    told = "the document sets a backend by its id (set-backend-service), which no base-url of an API's own document overrides"
    assert rows["policy of product starter"] == [(told, "set the backend in each API's own policy", True)]
    assert "policy of product another" not in rows
    assert "ways around the token check" not in rows


@pytest.mark.parametrize(
    ("service_url", "is_kept", "remedies"),
    [
        ("https://closed.invalid", False, []),
        ("https://theirs.example", False, ["pulumi up --refresh removes it"]),
        (
            "https://theirs.example",
            True,
            ["when the API's policy is deployed, remove publication.keepServiceUrl and deploy again"],
        ),
    ],
)
def test_an_own_api_with_a_service_url_is_reported(settings, service, service_url, is_kept, remedies):
    settings["auth0-apim:publication"]["keepServiceUrl"] = is_kept
    properties = {"path": "calc", "displayName": "Ours", "protocols": ["https"], "serviceUrl": service_url}
    api = service.put(f"{SERVICE}/apis/calc", params=VERSION, json={"properties": properties}).raise_for_status()
    parsed = Settings.parse({key.partition(":")[2]: value for key, value in settings.items()})
    found = service.get(SERVICE, params=VERSION).json()
    warned = list(guard_findings(parsed, Manager(service), found, {api.json()["id"].lower()}))
    assert [each.remedy for each in warned if each.subject == "backend of calc"] == remedies
    assert all(each.right for each in warned)


def test_policies_that_cannot_be_read_are_not_checked(settings, service):
    parsed = Settings.parse({key.partition(":")[2]: value for key, value in settings.items()})
    found = {"id": f"/{SERVICE}"}
    [finding] = guard_findings(parsed, Manager(service), found, set())
    assert (finding.subject, finding.right) == ("ways around the token check", None)
    assert finding.observed.startswith("GET ")


def test_a_warning_is_shown_as_a_warning():
    table = findings_table("dev", [warning("policy", "answers early", "move it"), right("tier", "can do it")])
    assert [cell.split("]")[1].split("[")[0] for cell in table.columns[2].cells] == ["warning", "right"]


def test_the_command_exits_with_status_1_and_prints_a_document(settings, tmp_path, engine_environment):
    (tmp_path / "Pulumi.yaml").write_text("name: auth0-apim\nruntime: python\n")
    settings["auth0-apim:gateway"]["resourceGroupName"] = "elsewhere"
    (tmp_path / "Pulumi.doctor.yaml").write_text(yaml.safe_dump({"config": settings}))
    command = [str(Path(sys.executable).with_name("auth0-apim")), "doctor", "--stack", "doctor"]
    environment = {**os.environ, **engine_environment, "COLUMNS": "200"}
    done = subprocess.run(
        [*command, "--json"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    wrong = [each for each in json.loads(done.stdout)["findings"] if each["right"] is False]
    assert [each["subject"] for each in wrong] == ["resource group"]
    shown = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "WRONG" in shown.stdout
    assert "az group create --name elsewhere" in shown.stdout
