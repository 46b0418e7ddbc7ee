"""Programs in YAML, run by the official YAML host: the example, one component, and every kind of input kept secret."""

from pathlib import Path

import pytest
from lxml import etree

pytestmark = pytest.mark.live

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]


@pytest.fixture(scope="module")
def engine(engine_for):
    return engine_for("yaml")


@pytest.fixture(scope="module")
def calculator(example, sandbox):
    copied = example("yaml")
    copied.configure(
        {"resourceGroup": "local", "serviceName": "yaml-calculator", "serviceUrl": f"{sandbox.calculator_url}/api"}
    )
    copied.up()
    return copied


@pytest.fixture(scope="module")
def get(calculator, http, access_token):
    """Call an operation of the example's API with a token that was got by its client."""
    outputs = calculator.outputs()
    headers = {"Authorization": f"Bearer {access_token(outputs)}"}
    return lambda path: http.get(f"{outputs['url']}{path}", headers=headers)


def test_a_granted_scope_opens_its_operation(get):
    answer = get("/add?a=20&b=22")
    assert (answer.status_code, answer.json()) == (200, {"result": 42})


def test_a_scope_that_the_client_was_not_granted_is_forbidden(get):
    assert get("/sub?a=44&b=2").status_code == 403


def test_a_call_without_a_token_or_with_garbage_is_refused(calculator, http):
    url = f"{calculator.outputs()['url']}/add?a=1&b=2"
    assert http.get(url).status_code == 401
    assert http.get(url, headers={"Authorization": "Bearer x.y.z"}).status_code == 401


def test_whole_numbers_enums_and_outputs_reach_the_tenant(calculator, tenant):
    (api,) = [api for api in tenant.resource_servers.list() if api.identifier == calculator.outputs()["audience"]]
    assert api.token_lifetime == 3600
    auditor = tenant.clients.get(calculator.outputs()["auditorId"])
    assert auditor.token_endpoint_auth_method == "client_secret_basic"
    (grant,) = tenant.client_grants.list(client_id=auditor.client_id)
    assert (grant.audience, grant.scope) == (api.identifier, ["calc:subtract"])


def test_a_second_up_changes_nothing(calculator):
    assert calculator.preview_steps() == {}


def test_a_refused_input_is_told_by_the_name_its_user_wrote(calculator):
    calculator.configure({"serviceName": "-yaml-"})
    told = calculator.up(status=1)
    assert "property gateway.serviceName" in told
    assert "ProtectedApi 'calculator': input 'gateway.service_name'" in told
    calculator.configure({"serviceName": "yaml-calculator"})


def test_destroy_leaves_nothing(calculator, all_objects):
    calculator.destroy()
    assert not {("resource server", "https://calculator.example.com"), ("service", "yaml-calculator")} & all_objects()


def test_six_lines_deploy_one_component(project_of, plugin_folder, tenant):
    one = project_of(HERE / "one_component")
    plugin_folder(one.folder / "components")
    one.up()
    assert one.outputs() == {"audience": "https://one.example"}
    assert "https://one.example" in [api.identifier for api in tenant.resource_servers.list()]
    assert one.preview_steps() == {}
    one.destroy()
    assert "https://one.example" not in [api.identifier for api in tenant.resource_servers.list()]


@pytest.fixture(scope="module")
def hidden(project_of, plugin_folder):
    copied = project_of(HERE / "hidden_inputs")
    plugin_folder(copied.folder / "components")
    openapi = REPOSITORY / "examples" / "basic-calculator" / "openapi.json"
    copied.configure({"openapi": openapi}, secrets={"clockSkew": 30})
    copied.up()
    return copied


def test_secrets_of_every_type_reach_the_tenant(hidden, tenant):
    (api,) = [api for api in tenant.resource_servers.list() if api.identifier == "https://hidden.example"]
    assert (api.signing_alg, api.token_lifetime, api.token_dialect) == ("RS256", 1800, "access_token_authz")
    client = tenant.clients.get(hidden.outputs()["clientId"])
    assert client.token_endpoint_auth_method == "client_secret_basic"
    (connection,) = [each for each in tenant.connections.list() if each.name == "hidden-users"]
    assert connection.options["passwordPolicy"] == "excellent"
    assert connection.options["password_complexity_options"] == {"min_length": 14}
    (user,) = [each for each in tenant.users.list() if each.email == "hidden.user@example.com"]
    assert user.user_metadata == {"plan": "gold"}


def test_secrets_of_every_type_reach_the_policy(hidden):
    inbound = etree.fromstring(hidden.outputs()["policyXml"]).find("inbound")
    assert {check.get("clock-skew") for check in inbound.iter("validate-jwt")} == {"30"}
    claim, _, scope = (choice.find("when").get("condition") for choice in inbound.findall("choose"))
    assert '.Claims["gty"].Any(value => new [] { "client-credentials" }.Contains(value))' in claim
    assert ".Split(' ').Any(scope => " in scope
    limit = inbound.find("rate-limit-by-key")
    assert (limit.get("calls"), limit.get("renewal-period"), "azp" in limit.get("counter-key")) == ("100", "60", True)


def test_a_text_that_looks_like_a_number_reaches_both_services_as_a_text(hidden, tenant, manager):
    (api,) = [api for api in tenant.resource_servers.list() if api.identifier == "https://hidden.example"]
    assert api.name == "2024"
    metadata = tenant.clients.get(hidden.outputs()["clientId"]).client_metadata
    assert metadata == {"edition": "2024", "internal": "true"}
    assert manager.api_management_service.get("local", "hidden-inputs").tags == {"edition": "2024"}


def test_secrets_and_outputs_in_sections_reach_both_services(hidden, tenant):
    (api,) = [api for api in tenant.resource_servers.list() if api.identifier == "https://sections.example"]
    assert (api.name, api.token_lifetime) == ("2024", 1800)
    assert "sections.user@example.com" in {user.email for user in tenant.users.list()}
    inbound = etree.fromstring(hidden.outputs()["sectionsPolicyXml"]).find("inbound")
    assert {check.get("clock-skew") for check in inbound.iter("validate-jwt")} == {"30"}
    limit = inbound.find("rate-limit-by-key")
    assert (limit.get("calls"), limit.get("renewal-period")) == ("100", "60")


def test_no_secret_is_in_the_state_unencrypted(hidden):
    state = hidden.pulumi("stack", "export", "--stack", "local")
    assert '"https://hidden.example"' in state
    for secret in ("Correct-Horse-42-Battery", "Battery-42-Horse-Correct", "access_token_authz", '"gold"'):
        assert secret not in state


def test_secrets_do_not_change_by_themselves(hidden):
    assert hidden.preview_steps() == {}
