"""JwtPolicy against mocks: which documents go where. That they let the right calls through is proven live."""

from base64 import b64encode

import pulumi
import pytest
from auth0_apim import InputError, JwtPolicy, ScopeClaim, ScopeMatch, SigningAlgorithm
from lxml import etree

GLOBAL = "azure-native:apimanagement:Policy"
PRODUCT = "azure-native:apimanagement:ProductPolicy"
API = "azure-native:apimanagement:ApiPolicy"
OPERATION = "azure-native:apimanagement:ApiOperationPolicy"
NAMED_VALUE = "azure-native:apimanagement:NamedValue"
PLACE = {"resourceGroupName": "group", "serviceName": "apis", "policyId": "policy", "format": "xml"}
SECRET = "a secret of the tenant: ä"


@pytest.fixture
def guard(mocks):
    required = {
        "resource_group_name": "group",
        "service_name": "apis",
        "issuer": "https://tenant.example/",
        "audience": "basic-calculator",
    }
    return lambda **args: JwtPolicy("guard", {**required, **args})


def inbound(text):
    return [(element.tag, element.get("failed-validation-httpcode")) for element in etree.fromstring(text)[0]]


@pulumi.runtime.test
async def test_an_api_has_one_document_that_asks_for_a_good_token(mocks, guard):
    policy = guard(api_id="calc")
    text = await policy.policy_xml.future()
    assert await policy.policy_id.future() == "guard-policy-id"
    assert mocks.children() == {(API, "guard-policy")}
    assert mocks.inputs_of(API, "guard-policy") == {**PLACE, "apiId": "calc", "value": text}
    assert inbound(text) == [("base", None), ("validate-jwt", "401")]
    check = etree.fromstring(text).find("inbound/validate-jwt")
    assert dict(check.attrib) == {
        "header-name": "Authorization",
        "failed-validation-httpcode": "401",
        "failed-validation-error-message": "A valid access token is required.",
        "require-expiration-time": "true",
        "require-scheme": "Bearer",
        "require-signed-tokens": "true",
        "clock-skew": "0",
    }
    assert [(element.tag, element.text, dict(element.attrib)) for element in check.iter() if not len(element)] == [
        ("openid-config", None, {"url": "https://tenant.example/.well-known/openid-configuration"}),
        ("audience", "basic-calculator", {}),
        ("issuer", "https://tenant.example/", {}),
    ]


@pulumi.runtime.test
async def test_a_product_has_its_own_document(mocks, guard):
    await guard(product_id="starter").policy_id.future()
    assert mocks.children() == {(PRODUCT, "guard-policy")}
    inputs = mocks.inputs_of(PRODUCT, "guard-policy")
    assert {key: inputs[key] for key in inputs if key != "value"} == {**PLACE, "productId": "starter"}
    assert inbound(inputs["value"]) == [("base", None), ("validate-jwt", "401")]


@pulumi.runtime.test
async def test_without_api_and_product_every_call_of_the_service_is_checked_and_forwarded(mocks, guard):
    await guard().policy_id.future()
    assert mocks.children() == {(GLOBAL, "guard-policy")}
    inputs = mocks.inputs_of(GLOBAL, "guard-policy")
    assert {key: inputs[key] for key in inputs if key != "value"} == PLACE
    assert inbound(inputs["value"]) == [("validate-jwt", "401")]
    assert [element.tag for element in etree.fromstring(inputs["value"]).find("backend")] == ["forward-request"]


@pulumi.runtime.test
async def test_everything_at_once_stands_in_the_order_that_works(guard):
    policy = guard(
        api_id="calc",
        required_scopes=["calc:use"],
        allowed_origins=["https://app.example.com"],
        rate_limit_calls=100.0,
        rate_limit_seconds=30.0,
        clock_skew=60.0,
        sku="Developer",
        unauthorized_message="Log in.",
        forbidden_message="Ask us.",
    )
    text = await policy.policy_xml.future()
    assert inbound(text) == [
        ("cors", None),
        ("base", None),
        ("validate-jwt", "401"),
        ("validate-jwt", "403"),
        ("rate-limit-by-key", None),
    ]
    unauthorized, forbidden = etree.fromstring(text).findall("inbound/validate-jwt")
    assert unauthorized.get("failed-validation-error-message") == "Log in."
    assert forbidden.get("failed-validation-error-message") == "Ask us."
    assert unauthorized.get("clock-skew") == forbidden.get("clock-skew") == "60"
    limit = etree.fromstring(text).find("inbound/rate-limit-by-key")
    assert (limit.get("calls"), limit.get("renewal-period")) == ("100", "30")


@pulumi.runtime.test
async def test_further_issuers_and_audiences_are_accepted_each_once(guard):
    policy = guard(
        api_id="calc",
        other_issuers=["https://login.example.com/", "https://tenant.example/"],
        other_audiences=["https://api.example.com"],
        openid_configuration_url="https://login.example.com/.well-known/openid-configuration",
    )
    check = etree.fromstring(await policy.policy_xml.future()).find("inbound/validate-jwt")
    assert [issuer.text for issuer in check.iter("issuer")] == ["https://tenant.example/", "https://login.example.com/"]
    assert [audience.text for audience in check.iter("audience")] == ["basic-calculator", "https://api.example.com"]
    assert check.find("openid-config").get("url") == "https://login.example.com/.well-known/openid-configuration"


@pulumi.runtime.test
async def test_an_operation_with_scopes_has_a_document_of_its_own_after_the_apis(mocks, guard):
    policy = guard(
        api_id="calc",
        operation_scopes={"sub": ["calc:use", "calc:sub"], "add": ["calc:add"]},
        operations=["add", "div", "sub"],
    )
    await policy.policy_id.future()
    made = [kind_and_name for kind_and_name in mocks.resources if kind_and_name[0] in (API, OPERATION)]
    assert made == [(API, "guard-policy"), (OPERATION, "guard-add-policy"), (OPERATION, "guard-sub-policy")]
    inputs = mocks.inputs_of(OPERATION, "guard-sub-policy")
    assert {key: inputs[key] for key in inputs if key != "value"} == {**PLACE, "apiId": "calc", "operationId": "sub"}
    assert inbound(inputs["value"]) == [("base", None), ("validate-jwt", "403")]
    check = etree.fromstring(inputs["value"]).find("inbound/validate-jwt")
    assert check.get("failed-validation-error-message") == "The access token does not allow this call."
    assert dict(check.find("required-claims/claim").attrib) == {"name": "scope", "match": "all", "separator": " "}
    assert [value.text for value in check.iter("value")] == ["calc:sub", "calc:use"]


@pulumi.runtime.test
async def test_permissions_are_looked_for_in_an_array(guard):
    policy = guard(
        api_id="calc",
        required_scopes=["calc:add", "calc:all"],
        scope_claim=ScopeClaim.PERMISSIONS,
        scope_match=ScopeMatch.ANY,
    )
    claim = etree.fromstring(await policy.policy_xml.future()).find(".//claim")
    assert dict(claim.attrib) == {"name": "permissions", "match": "any"}


@pulumi.runtime.test
async def test_the_shared_key_of_hs256_is_a_secret_named_value_and_in_no_policy(mocks, guard, secret):
    policy = guard(
        api_id="calc",
        signing_algorithm=SigningAlgorithm.HS256,
        signing_secret=pulumi.Output.secret(SECRET),
        operation_scopes={"add": ["calc:add"]},
    )
    text = await policy.policy_xml.future()
    await policy.policy_id.future()
    assert mocks.children() == {
        (NAMED_VALUE, "guard-signing-key"),
        (API, "guard-policy"),
        (OPERATION, "guard-add-policy"),
    }
    key = b64encode(SECRET.encode()).decode()
    assert mocks.inputs_of(NAMED_VALUE, "guard-signing-key") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "namedValueId": "calc-api-signing-key",
        "displayName": "calc-api-signing-key",
        "secret": True,
        "value": secret(key),
    }
    assert not await policy.policy_xml.is_secret()
    for document in (text, mocks.inputs_of(OPERATION, "guard-add-policy")["value"]):
        assert [element.text for element in etree.fromstring(document).iter("key")] == ["{{calc-api-signing-key}}"]
        assert "openid-config" not in document
        assert key not in document
        assert SECRET not in document


@pulumi.runtime.test
async def test_with_rs256_there_is_no_shared_key_even_where_a_secret_is_wired(mocks, guard):
    await guard(api_id="calc", signing_secret=pulumi.Output.secret(None)).policy_id.future()
    assert mocks.children() == {(API, "guard-policy")}


@pulumi.runtime.test
async def test_the_children_belong_to_the_component(mocks, guard):
    hs256 = {"signing_algorithm": "HS256", "signing_secret": SECRET}
    await guard(api_id="calc", operation_scopes={"add": ["a"]}, **hs256).policy_id.future()
    assert mocks.child_types() == {f"auth0-apim:index:JwtPolicy${kind}" for kind in (NAMED_VALUE, API, OPERATION)}


def test_an_operation_that_the_api_does_not_have_is_refused_once_they_are_known(mocks, guard, refused):
    operations = pulumi.Output.from_input(["add", "sub"])
    message = refused(lambda: guard(api_id="calc", operation_scopes={"ad": ["a"]}, operations=operations))
    assert (
        "JwtPolicy 'guard': input 'operation_scopes' names 'ad', which is no operation of the API (it has add, sub); "
        "an example that works: an id of PublishedApi.operations" in message
    )
    assert (OPERATION, "guard-ad-policy") not in mocks.resources


def test_a_secret_that_is_missing_at_last_is_refused(mocks, guard, refused):
    nothing = pulumi.Output.from_input(None)
    message = refused(lambda: guard(api_id="calc", signing_algorithm="HS256", signing_secret=nothing))
    assert "JwtPolicy 'guard': input 'signing_secret' is required" in message
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"issuer": None}, "input 'issuer' is required; an example that works: \"https://tenant.eu.auth0.com/\""),
        (
            {"issuer": "http://tenant.example/"},
            "input 'issuer' must be an absolute https URL, not 'http://tenant.example/'; an example that works: "
            '"https://tenant.eu.auth0.com/"',
        ),
        (
            {"audience": "{{everything}}"},
            "input 'audience' must not contain '{{', which API Management evaluates, as '{{everything}}' does; "
            'an example that works: "basic-calculator"',
        ),
        (
            {"other_audiences": ["@(context.Api.Id)"]},
            "input 'other_audiences' must not contain '@(', which API Management evaluates, as '@(context.Api.Id)' "
            'does; an example that works: ["https://api.example.com"]',
        ),
        (
            {"product_id": "starter"},
            "input 'product_id' excludes 'api_id'; an example that works: leave one of them out",
        ),
        (
            {"api_id": None, "operation_scopes": {"add": ["a"]}},
            "input 'operation_scopes' needs 'api_id'; an example that works: api_id: \"calc\"",
        ),
        (
            {"operation_scopes": {"add": []}},
            "input 'operation_scopes' names no scope for 'add'; an example that works: {\"add\": [\"calc:add\"]}",
        ),
        (
            {"operation_scopes": {"add": ["calc add"]}},
            "input 'operation_scopes' is wrong for 'add': it has 'calc add', which is no scope name (1 to 280 "
            'printable characters, no space, quote or backslash); an example that works: {"add": ["calc:add"]}',
        ),
        (
            {"required_scopes": ["a", "a"]},
            "input 'required_scopes' must name each scope once, not ['a', 'a']; an example that works: [\"calc:add\"]",
        ),
        (
            {"scope_claim": "roles"},
            "input 'scope_claim' must be one of scope, permissions, not 'roles'; an example that works: \"scope\"",
        ),
        (
            {"clock_skew": 301},
            "input 'clock_skew' must be a whole number from 0 to 300, not 301; an example that works: 30",
        ),
        (
            {"allowed_origins": ["https://app.example.com/"]},
            "input 'allowed_origins' has 'https://app.example.com/', which is no origin (scheme, host and port, without "
            'a slash at the end); an example that works: ["https://app.example.com"]',
        ),
        (
            {"rate_limit_calls": 10, "sku": "Consumption"},
            "input 'sku' is Consumption, a tier without rate limits by key; an example that works: \"Developer\"",
        ),
        (
            {"signing_algorithm": "none"},
            "input 'signing_algorithm' must be RS256 or HS256, not 'none'; an example that works: \"HS256\"",
        ),
        (
            {"signing_algorithm": "HS256"},
            "input 'signing_secret' is required; an example that works: Auth0Api.signing_secret",
        ),
        (
            {"signing_algorithm": "HS256", "signing_secret": "short"},
            "input 'signing_secret' must be at least 16 characters long, not 5; an example that works: "
            "Auth0Api.signing_secret",
        ),
        (
            {"rate_limit_seconds": 60},
            "input 'rate_limit_seconds' needs 'rate_limit_calls'; an example that works: rate_limit_calls: 100",
        ),
    ],
)
@pulumi.runtime.test
def test_a_bad_input_is_refused_before_anything_is_made(mocks, guard, args, message):
    with pytest.raises(InputError) as refusal:
        guard(**{"api_id": "calc", **args})
    assert str(refusal.value) == f"JwtPolicy 'guard': {message}"
    assert mocks.resources == {}


@pulumi.runtime.test
def test_an_algorithm_that_is_known_too_late_is_refused(guard):
    with pytest.raises(InputError, match="'signing_algorithm' must be known before deployment, not an output of"):
        guard(api_id="calc", signing_algorithm=pulumi.Output.from_input("RS256"))
