"""Two stacks of two teams: the platform tells issuer and audience, the product's gateway policy checks tokens by them."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.live

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture(scope="module")
def platform(project_of):
    copied = project_of(EXAMPLES / "platform-stack")
    copied.configure(
        {"identifier": "https://platform.example", "resourceGroup": "local", "serviceName": "platform-gateway"}
    )
    copied.up()
    return copied


@pytest.fixture(scope="module")
def product(project_of, platform, sandbox):
    copied = project_of(EXAMPLES / "product-stack")
    copied.configure(
        {
            "platform": "organization/platform/local",
            "openapi": EXAMPLES / "basic-calculator" / "openapi.json",
            "backend": f"{sandbox.calculator_url}/api",
        }
    )
    copied.up()
    return copied


@pytest.fixture(scope="module")
def get(product, http, access_token):
    """Call an operation of the product's API with a token that was got by the product's client."""
    outputs = product.outputs()
    token = access_token(outputs)
    return lambda path: http.get(f"{outputs['url']}{path}", headers={"Authorization": f"Bearer {token}"})


def test_the_platform_tells_what_a_policy_needs(platform, sandbox):
    outputs = platform.outputs()
    assert outputs["issuer"] == sandbox.issuer
    assert outputs["audience"] == "https://platform.example"
    assert outputs["scopes"] == ["calc:add", "calc:subtract"]


def test_the_products_gateway_lets_a_granted_scope_through(get):
    answer = get("/add?a=20&b=22")
    assert (answer.status_code, answer.json()) == (200, {"result": 42})


def test_a_scope_that_the_client_was_not_granted_is_forbidden(get):
    assert get("/sub?a=44&b=2").status_code == 403


def test_a_call_without_a_token_is_refused(product, http):
    assert http.get(f"{product.outputs()['url']}/add?a=1&b=2").status_code == 401


def test_both_stacks_are_stable(platform, product):
    assert platform.preview_steps() == {}
    assert product.preview_steps() == {}


def test_the_product_goes_and_the_platform_stays(product, platform, all_objects):
    product.destroy()
    assert ("resource server", "https://platform.example") in all_objects()
    platform.destroy()
    assert ("resource server", "https://platform.example") not in all_objects()
