"""HS256 from the tenant to the gateway, and a rotation of its secret that nobody edits anything for."""

import base64
import secrets

import pytest
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.tokens import machine_token

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def project(project):
    """The tutorial's stack with a shared signing secret."""
    project.change_settings(lambda config: config["auth0-apim:api"].update(signingAlgorithm="HS256"))
    return project


@pytest.fixture(scope="module")
def api(deployed):
    return parse_outputs("local", deployed.outputs())


@pytest.fixture
def ask(api, http):
    """The status of the API's answer to a token."""

    def status(token: str | None) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return http.get(api.api_url + api.probe.path, headers=headers).status_code

    return status


def signing_secret(tenant, api) -> str:
    return next(each for each in tenant.resource_servers.list() if each.identifier == api.audience).signing_secret


def forms_of(secret: str) -> set[str]:
    return {secret, base64.b64encode(secret.encode()).decode()}


def test_the_gateway_takes_tokens_signed_with_the_shared_secret_and_no_others(api, http, ask):
    good = machine_token(http, api)
    head, payload, _ = good.split(".")
    forged = f"{head}.{payload}.{base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b'=').decode()}"
    assert ask(good) == 200
    assert ask(None) == 401
    assert ask(forged) == 401
    assert ask(machine_token(http, api, scope="calc:divide")) == 403


def test_the_secret_is_in_a_secret_named_value_and_nowhere_else(deployed, api, tenant, manager):
    secret = signing_secret(tenant, api)
    [named] = list(manager.named_value.list_by_service("local", "basic-calculator-local"))
    kept = manager.named_value.list_value("local", "basic-calculator-local", named.name).value
    assert (named.secret, named.value, kept) == (True, None, base64.b64encode(secret.encode()).decode())
    policy = manager.api_policy.get("local", "basic-calculator-local", api.api_url.rsplit("/", 1)[1], "policy").value
    assert f"{{{{{named.display_name}}}}}" in policy
    printed = [
        policy,
        deployed.pulumi("stack", "export", "--stack", "local"),
        deployed.pulumi("preview", "--stack", "local", "--diff", "--refresh"),
        deployed.pulumi("stack", "output", "--stack", "local", "--json"),
    ]
    assert [form for form in forms_of(secret) for text in printed if form in text] == []


def test_a_rotated_secret_flows_through_without_an_edit(deployed, api, tenant, http, ask):
    old = machine_token(http, api)
    before = signing_secret(tenant, api)
    identity = next(each.id for each in tenant.resource_servers.list() if each.identifier == api.audience)
    rotated = secrets.token_urlsafe(32)
    tenant.resource_servers.update(identity, signing_secret=rotated)
    assert ask(machine_token(http, api)) == 401
    output = deployed.up("--refresh", "--diff")
    assert [form for secret in (before, rotated) for form in forms_of(secret) if form in output] == []
    assert ask(old) == 401
    assert ask(machine_token(http, api)) == 200
    assert signing_secret(tenant, api) == rotated
    assert deployed.preview_steps("--refresh") == {}
