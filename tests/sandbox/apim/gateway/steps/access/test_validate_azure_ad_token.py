"""validate-azure-ad-token, with a directory whose keys are in memory."""

import httpx
import pytest

LOGIN = "https://login.microsoftonline.com/contoso/v2.0"
CONFIG = f"{LOGIN}/.well-known/openid-configuration"
CLIENTS = "<client-application-ids><application-id>good</application-id></client-application-ids>"


@pytest.fixture
def directory(world):
    body = {"issuer": LOGIN, "jwks_uri": f"{LOGIN}/keys"}
    world.documents[CONFIG] = lambda _: httpx.Response(200, json=body)
    return world


def policy(world, children=CLIENTS, attributes=""):
    world.policy(
        f"<validate-azure-ad-token tenant-id='contoso' {attributes}>{children}</validate-azure-ad-token>{world.done}"
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"azp": "good"}, 200),
        ({"appid": "good"}, 200),
        ({"azp": "other"}, 401),
        ({"azp": "other", "appid": "good"}, 401),
        ({}, 401),
        ({"azp": ["good"]}, 401),
        ({"azp": "good", "iss": "https://tenant.example/"}, 401),
        ({"azp": "good", "exp": 1}, 401),
    ],
)
async def test_only_tokens_of_the_directory_for_the_applications_pass(directory, changes, status):
    policy(directory)
    assert (await directory.call_with(directory.token(**{"iss": LOGIN, **changes}))).status_code == status


async def test_a_token_is_needed_and_its_signature_is_checked(directory):
    policy(directory, attributes="failed-validation-httpcode='403' failed-validation-error-message='no'")
    refused = await directory.call()
    assert (refused.status_code, refused.json()["message"]) == (403, "no")
    token = directory.token(iss=LOGIN, azp="good", key=directory.rsa_private("other"))
    assert (await directory.call_with(token)).status_code == 403


@pytest.mark.parametrize(("audience", "status"), [("basic-calculator", 200), ("other", 401)])
@pytest.mark.parametrize("name", ["audiences", "backend-application-ids"])
async def test_audiences_and_backend_applications_are_the_tokens_audience(directory, name, audience, status):
    item = "audience" if name == "audiences" else "application-id"
    policy(directory, f"{CLIENTS}<{name}><{item}>{audience}</{item}></{name}>")
    assert (await directory.call_with(directory.token(iss=LOGIN, azp="good"))).status_code == status


async def test_required_claims_and_another_place_of_the_token(directory):
    claims = "<required-claims><claim name='role'><value>admin</value></claim></required-claims>"
    policy(directory, CLIENTS + claims, "query-parameter-name='t'")
    for role, status in (("admin", 200), ("user", 401)):
        token = directory.token(iss=LOGIN, azp="good", role=role)
        assert (await directory.call(f"/calc/add?t={token}")).status_code == status
