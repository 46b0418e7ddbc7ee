"""What marks an object as somebody's: metadata of Auth0's objects, descriptions of API Management's."""

import json

import pytest
from auth0_apim import DatabaseUser, InputError, InteractiveClient, MachineClient, PublishedApi, UserDatabase

OWNER = {"owner": "platform-team"}
DOCUMENT = """
openapi: 3.0.3
info: {title: Calculator, version: "1"}
servers: [{url: "https://calculator.example"}]
paths: {/add: {get: {operationId: add, responses: {}}}}
"""
CARRIERS = {
    "client": (MachineClient, {"audience": "basic-calculator"}, "auth0:index/client:Client", "clientMetadata"),
    "login": (
        InteractiveClient,
        {"callbacks": ["https://app.example.com/callback"]},
        "auth0:index/client:Client",
        "clientMetadata",
    ),
    "people": (UserDatabase, {}, "auth0:index/connection:Connection", "metadata"),
}


def child_inputs(mocks, kind):
    [found] = [inputs for (found_kind, _), inputs in mocks.resources.items() if found_kind == kind]
    return found


@pytest.mark.parametrize("name", CARRIERS)
def test_metadata_reaches_the_object_that_can_carry_it(mocks, deploy, name):
    component, args, kind, field = CARRIERS[name]
    deploy(lambda: component(name, {**args, "metadata": OWNER}))
    assert child_inputs(mocks, kind)[field] == OWNER


@pytest.mark.parametrize("name", CARRIERS)
def test_without_metadata_none_is_sent(mocks, deploy, name):
    component, args, kind, field = CARRIERS[name]
    deploy(lambda: component(name, args))
    assert field not in child_inputs(mocks, kind)


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ({str(number): "x" for number in range(11)}, "must have at most 10 entries, not 11"),
        ({"": "x"}, "must have names of 1 to 255 characters, not ''"),
        ({"owner": "x" * 256}, "has 256 characters for 'owner', 255 at most"),
    ],
)
def test_metadata_that_auth0_would_refuse_is_refused(mocks, metadata, problem):
    with pytest.raises(InputError, match=problem):
        MachineClient("client", {"audience": "basic-calculator", "metadata": metadata})


def test_app_metadata_reaches_the_user_as_json(mocks, deploy):
    user = {"connection_name": "people", "email": "jane@example.com", "password": "correct-Horse-7-battery"}
    deploy(lambda: DatabaseUser("jane", {**user, "app_metadata": OWNER}))
    assert json.loads(child_inputs(mocks, "auth0:index/user:User")["appMetadata"]) == OWNER


def test_a_description_reaches_the_api_its_product_and_its_version_set(mocks, deploy):
    api = {
        "resource_group_name": "group",
        "service_name": "service",
        "path": "calc",
        "openapi": DOCUMENT,
        "product_name": "Starter",
        "version": "v1",
        "description": "Of pr-42",
    }
    deploy(lambda: PublishedApi("calc", api))
    for kind in ("Api", "Product", "ApiVersionSet"):
        assert child_inputs(mocks, f"azure-native:apimanagement:{kind}")["description"] == "Of pr-42"


def test_a_description_that_is_too_long_is_refused(mocks):
    api = {"resource_group_name": "group", "service_name": "service", "path": "calc", "openapi": DOCUMENT}
    with pytest.raises(InputError, match="must be at most 1000 characters long, not 1001"):
        PublishedApi("calc", {**api, "description": "x" * 1001})
