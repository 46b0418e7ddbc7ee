"""Values of a wrong type, or known too late, in any input of any component: refused by name, before anything is made."""

import inspect

import auth0_apim
import pulumi
import pytest
from auth0_apim import (
    ApiBackend,
    Auth0Api,
    DatabaseUser,
    InputError,
    InteractiveClient,
    JwtPolicy,
    MachineClient,
    NamedSecret,
    PortalLogin,
    PublishedApi,
    UserDatabase,
)
from auth0_apim.component.input_types import decided_before, input_types, type_problem

COMPONENTS = [
    name
    for name, each in vars(auth0_apim).items()
    if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)
]
SERVICE = {"resource_group_name": "group", "service_name": "apis"}
PASSWORD = "Three quiet Words 4 me"
PORTAL = {
    "audience": "calc",
    "authorization_endpoint": "https://tenant.example/authorize",
    "token_endpoint": "https://tenant.example/oauth/token",
    "client_id": "AaBb",
}
OPENAPI = (
    '{"openapi": "3.0.1", "servers": [{"url": "https://calculator.example"}], '
    '"paths": {"/add": {"get": {"operationId": "add"}}}}'
)


@pytest.mark.parametrize(
    ("value", "wanted", "problem"),
    [
        (5, str, "must be text, not a number"),
        (["a"], str, "must be text, not a list"),
        (True, int, "must be a number, not true or false"),
        (float("nan"), int, "must be a number, not nan"),
        (60.0, int, None),
        ("true", bool, "must be true or false, not text"),
        ("a", list[str], "must be a list, not text"),
        (("a",), list[str], None),
        (["a", 5], list[str], "has an item that must be text, not a number"),
        ([None], list[str], "has an item that must be text, not nothing"),
        (["a"], dict[str, str], "must be a map, not a list"),
        ({1: "a"}, dict[str, str], "must have text as names, not a number"),
        ({"a": None}, dict[str, str], "is wrong for 'a', which must be text, not nothing"),
        ({"a": ["b", 5]}, dict[str, list[str]], "is wrong for 'a', which has an item that must be text, not a number"),
        (object(), str, "must be text, not object"),
        (auth0_apim.GatewaySku.BASIC, auth0_apim.GatewaySku, None),
        ("Basic", auth0_apim.GatewaySku, None),
        (5, auth0_apim.GatewaySku, "must be text, not a number"),
    ],
)
def test_what_is_wrong_with_a_type_is_said_without_the_value(value, wanted, problem):
    assert type_problem(value, wanted) == problem


@pytest.mark.parametrize("component", COMPONENTS)
@pulumi.runtime.test
def test_no_input_of_any_component_takes_another_type(mocks, component):
    shape = getattr(auth0_apim, f"{component}Args")
    for input_name in input_types(shape):
        with pytest.raises(InputError) as refusal:
            getattr(auth0_apim, component)("mine", {input_name: object()})
        assert str(refusal.value).startswith(f"{component} 'mine': input '{input_name}' must be ")
    assert mocks.resources == {}


@pytest.mark.parametrize("component", COMPONENTS)
@pulumi.runtime.test
def test_what_decides_which_resources_there_are_is_no_output(mocks, component):
    shape = getattr(auth0_apim, f"{component}Args")
    for input_name in decided_before(shape):
        with pytest.raises(InputError) as refusal:
            getattr(auth0_apim, component)("mine", {input_name: pulumi.Output.from_input(True)})
        assert f"input '{input_name}' must be known before deployment, not an output of a resource" in str(
            refusal.value
        )
    assert mocks.resources == {}


def test_an_outputs_value_is_judged_when_it_is_known(refused):
    told = refused(lambda: Auth0Api("api", {"identifier": pulumi.Output.from_input(5)}))
    assert (
        "Auth0Api 'api': input 'identifier' must be text, not a number; an example that works: \"basic-calculator\""
        in told
    )


@pulumi.runtime.test
async def test_nothing_stands_for_an_input_that_is_left_out(mocks):
    args = dict.fromkeys(input_types(auth0_apim.MachineClientArgs))
    client = MachineClient("bot", {**args, "audience": "calc"})
    await client.client_secret.future()
    assert mocks.inputs_of("auth0:index/client:Client", "bot-client")["name"] == "bot"


@pulumi.runtime.test
async def test_who_is_counted_may_be_an_output(mocks):
    limits = {"product_id": "gold", "rate_limit_calls": 5, "sku": "Consumption"}
    counted = {"counted_by": pulumi.Output.from_input("subscription")}
    token = {"issuer": "https://tenant.example/", "audience": "calc"}
    policy = JwtPolicy("policy", {**SERVICE, **token, **limits, **counted})
    assert '<rate-limit calls="5" renewal-period="60"/>' in await policy.policy_xml.future()


@pytest.mark.parametrize("secret", ["@(context.Variables)", "@{ return 1; }", "a{{other}}", " "])
@pulumi.runtime.test
def test_a_backends_secret_that_would_be_evaluated_is_refused_and_not_told(mocks, secret):
    args = {**SERVICE, "url": "https://backend.example", "header_credentials": {"x-key": secret}}
    with pytest.raises(InputError, match="input 'header_credentials' is wrong for 'x-key', which must not") as refusal:
        ApiBackend("backend", args)
    assert "context" not in str(refusal.value)
    assert "other" not in str(refusal.value)


@pytest.mark.parametrize("secret", ["@(context.Variables)", "a{{other}}"])
def test_a_backends_secret_of_another_resource_is_checked_before_it_is_stored(mocks, refused, secret):
    args = {**SERVICE, "url": "https://backend.example", "header_credentials": {"x-key": pulumi.Output.secret(secret)}}
    message = refused(lambda: ApiBackend("backend", args))
    assert "ApiBackend 'backend': input 'header_credentials' is wrong for 'x-key', which must not begin with" in message
    assert secret not in message
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("component", "args", "input_name"),
    [
        (Auth0Api, {"identifier": "calc"}, "domain"),
        (MachineClient, {"audience": "calc"}, "scopes"),
        (MachineClient, {"audience": "calc"}, "existing_client_id"),
        (InteractiveClient, {"callbacks": ["https://app.example.com/callback"]}, "audience"),
        (DatabaseUser, {"connection_name": "Db", "email": "jane@example.com", "password": PASSWORD}, "minimum_password_length"),
        (DatabaseUser, {"connection_name": "Db", "email": "jane@example.com", "password": PASSWORD}, "password_policy"),
        (NamedSecret, {**SERVICE, "key_vault_secret": "https://a.vault.azure.net/secrets/b"}, "key_vault_client_id"),
        (PortalLogin, {**SERVICE, **PORTAL}, "sku"),
        (PortalLogin, {**SERVICE, **PORTAL}, "client_secret"),
        (PublishedApi, {**SERVICE, "path": "calc", "openapi": OPENAPI}, "product_id"),
    ],
)  # fmt: skip
def test_an_output_of_nothing_is_refused_where_it_would_change_what_is_made(refused, component, args, input_name):
    message = refused(lambda: component("mine", {**args, input_name: pulumi.Output.from_input(None)}))
    assert f"{component.__name__} 'mine': input '{input_name}' is required; an example that works: " in message


@pulumi.runtime.test
async def test_a_flag_that_is_nothing_at_last_has_its_default(mocks):
    nothing = pulumi.Output.from_input(None)
    flags = dict.fromkeys(("brute_force_protection", "allow_sign_up"), nothing)
    await UserDatabase("people", flags).connection_id.future()
    options = mocks.inputs_of("auth0:index/connection:Connection", "people-connection")["options"]
    assert (options["bruteForceProtection"], options["disableSignup"]) == (True, True)
