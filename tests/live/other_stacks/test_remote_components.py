"""The components through their plugin: its schema, and a program that registers them as remote ones."""

import json
from pathlib import Path

import pytest
from lxml import etree

pytestmark = pytest.mark.live

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]


@pytest.fixture(scope="module")
def consumer(project_of, plugin_folder, sandbox):
    copied = project_of(HERE / "remote_program")
    plugin_folder(copied.folder / "components")
    copied.configure(
        {
            "serviceName": "remote-components",
            "openapi": (REPOSITORY / "examples" / "basic-calculator" / "openapi.json").resolve(),
            "backend": f"{sandbox.calculator_url}/api",
        },
        secrets={
            "displayName": "Remote Calculator",
            "signingAlgorithm": "RS256",
            "tokenLifetime": 1800,
            "sku": "Developer",
            "capacity": 1,
            "clockSkew": 30,
        },
    )
    return copied


@pytest.fixture(scope="module")
def outputs(consumer):
    consumer.up()
    return consumer.outputs()


def test_the_engine_reads_the_committed_schema_from_the_plugin(consumer):
    read = json.loads(consumer.pulumi("package", "get-schema", "./components"))
    committed = json.loads((REPOSITORY / "components" / "schema.json").read_text())
    assert (read["name"], read["version"]) == ("auth0-apim", committed["version"])
    assert surface(read) == surface(committed)


def surface(schema):
    """What consumers see of the components, without what the engine adds or leaves out where it is empty."""
    return {
        token: {
            "about": resource["description"],
            "required": sorted(resource.get("requiredInputs", [])),
            "inputs": {name: described(each) for name, each in resource["inputProperties"].items()},
            "outputs": {name: described(each) for name, each in resource["properties"].items()},
        }
        for token, resource in schema["resources"].items()
    }


def described(definition):
    return definition["description"], definition.get("type"), definition.get("$ref"), definition.get("plain", False)


def test_secret_and_dependent_inputs_reach_the_services_with_their_types(outputs, tenant, sandbox):
    api = next(each for each in tenant.resource_servers.list() if each.identifier == "https://remote.example")
    assert (api.name, api.signing_alg, api.token_lifetime) == ("Remote Calculator", "RS256", 1800)
    client = tenant.clients.get(outputs["clientId"])
    assert client.token_endpoint_auth_method == "client_secret_basic"
    check = etree.fromstring(outputs["policyXml"]).find("inbound/validate-jwt")
    assert check.get("clock-skew") == "30"


def test_the_remote_components_guard_the_api(outputs, http, access_token, sandbox):
    url = f"{outputs['url']}/add?a=20&b=22"
    assert http.get(url).status_code == 401
    answer = http.get(url, headers={"Authorization": f"Bearer {access_token(outputs)}"})
    assert (answer.status_code, answer.json()) == (200, {"result": 42})
    assert http.get(f"{outputs['url']}/add?a=20&b=22", headers={"Authorization": "Bearer x.y.z"}).status_code == 401


def test_a_second_up_changes_nothing(consumer, outputs):
    assert consumer.preview_steps() == {}


def test_a_grant_of_others_is_refused_in_a_preview_and_read_where_that_is_said(consumer, outputs, tenant):
    client = tenant.clients.create(name="Theirs", app_type="regular_web").client_id
    audience = "https://remote.example"
    tenant.client_grants.create(client_id=client, audience=audience, scope=["calc:add"], subject_type="user")
    consumer.configure({"existingClientId": client, "existingGrant": False})
    told = consumer.pulumi("preview", "--stack", "local", status=1)
    assert "InteractiveClient 'theirs': input 'existing_client_id' is of a client that has a grant" in told
    consumer.configure({"existingGrant": True})
    consumer.up()
    assert consumer.outputs()["theirScopes"] == ["calc:add"]
    consumer.configure({"existingClientId": ""})
    consumer.up()
    assert [each.scope for each in tenant.client_grants.list(client_id=client)] == [["calc:add"]]
    tenant.clients.delete(client)


def test_a_refused_input_is_told_by_the_name_its_user_wrote(consumer, outputs):
    consumer.configure({"serviceName": "-remote-"})
    told = consumer.up(status=1)
    assert (
        "property serviceName with value '{-remote-}' has a problem: ApiGateway 'gateway': input 'service_name'" in told
    )
    assert "/component_host.py" not in told
    consumer.configure({"serviceName": "remote-components"})


def test_nothing_is_left_after_destroy(consumer, outputs, all_objects):
    consumer.destroy()
    assert not {("resource server", "https://remote.example"), ("service", "remote-components")} & all_objects()
