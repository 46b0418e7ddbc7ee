"""JwtPolicy against mocks: which documents go where. That they let the right calls through is proven live."""

import json
from base64 import b64encode

import pulumi
import pytest
from auth0_apim import CountedBy, InputError, JwtPolicy, ScopeClaim, ScopeMatch, SigningAlgorithm
from lxml import etree

GLOBAL = "azure-native:apimanagement:Policy"
PRODUCT = "azure-native:apimanagement:ProductPolicy"
API = "azure-native:apimanagement:ApiPolicy"
OPERATION = "azure-native:apimanagement:ApiOperationPolicy"
NAMED_VALUE = "azure-native:apimanagement:NamedValue"
PLACE = {"resourceGroupName": "group", "serviceName": "apis", "policyId": "policy", "format": "xml"}
SECRET = "a secret of the tenant: ä"
SECURED = json.dumps(
    {
        "openapi": "3.0.1",
        "components": {"securitySchemes": {"auth0": {"type": "oauth2", "flows": {}}}},
        "paths": {
            "/add": {"get": {"operationId": "add", "security": [{"auth0": ["calc:add"]}]}},
            "/sub": {"get": {"operationId": "sub", "security": [{"auth0": ["calc:sub"]}]}},
            "/health": {"get": {"operationId": "health", "security": []}},
            "/reset": {"post": {"operationId": "reset"}},
        },
    }
)


@pytest.fixture
def guard(mocks):
    required = {
        "resource_group_name": "group",
        "service_name": "apis",
        "issuer": "https://tenant.example/",
        "audience": "basic-calculator",
    }

    def make(**args):
        # Without a word about operations the API would be closed.
        if "api_id" in args and not {"operation_scopes", "scopes_document", "operation_id"} & args.keys():
            args = {"default_scopes": [], **args}
        return JwtPolicy("guard", {name: value for name, value in {**required, **args}.items() if value is not None})

    return make


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


def demands(text):
    """What a document demands of operations: scopes by condition, None for the closed ones."""
    choice = etree.fromstring(text).find("inbound/choose")
    return {
        branch.get("condition", "otherwise"): (
            None if branch.find("return-response") is not None else [value.text for value in branch.iter("value")]
        )
        for branch in choice
    }


@pulumi.runtime.test
async def test_operations_need_their_scopes_and_one_that_nobody_names_is_closed(mocks, guard):
    scopes = {"sub": ["calc:use", "calc:sub"], "add": ["calc:add"], "version": []}
    policy = guard(api_id="calc", operation_scopes=scopes, operations=["add", "div", "sub", "version"])
    text = await policy.policy_xml.future()
    await policy.policy_id.future()
    assert mocks.children() == {(API, "guard-policy")}
    assert inbound(text) == [("base", None), ("validate-jwt", "401"), ("choose", None)]
    assert demands(text) == {
        '@(context.Operation.Id == "add")': ["calc:add"],
        '@(context.Operation.Id == "sub")': ["calc:sub", "calc:use"],
        '@(context.Operation.Id != "version")': None,
    }
    check = etree.fromstring(text).find("inbound/choose/when/validate-jwt")
    assert check.get("failed-validation-httpcode") == "403"
    assert check.get("failed-validation-error-message") == "The access token does not allow this call."
    assert dict(check.find("required-claims/claim").attrib) == {"name": "scope", "match": "all", "separator": " "}


@pulumi.runtime.test
async def test_a_default_is_for_the_operations_that_nobody_names(guard):
    text = await guard(
        api_id="calc", operation_scopes={"add": ["calc:add"], "version": []}, default_scopes=["calc:use"]
    ).policy_xml.future()
    assert demands(text) == {
        '@(context.Operation.Id == "add")': ["calc:add"],
        '@(context.Operation.Id != "version")': ["calc:use"],
    }
    all_named = guard(api_id="calc", operation_scopes={"add": ["calc:add"]})
    assert demands(await all_named.policy_xml.future()) == {
        '@(context.Operation.Id == "add")': ["calc:add"],
        "otherwise": None,
    }
    only = await guard(api_id="calc", default_scopes=["calc:use"]).policy_xml.future()
    assert inbound(only) == [("base", None), ("validate-jwt", "401"), ("validate-jwt", "403")]


@pulumi.runtime.test
async def test_the_documents_security_is_the_source_where_nobody_else_speaks(guard):
    text = await guard(
        api_id="calc",
        scopes_document=SECURED,
        operation_scopes={"health": []},
        available_scopes=["calc:add", "calc:sub"],
    ).policy_xml.future()
    assert demands(text) == {
        '@(context.Operation.Id == "add")': ["calc:add"],
        '@(context.Operation.Id == "sub")': ["calc:sub"],
        '@(context.Operation.Id != "health")': None,
    }


@pulumi.runtime.test
async def test_one_operation_can_have_a_document_of_its_own(mocks, guard):
    policy = guard(api_id="calc", operation_id="add", required_scopes=["calc:add"], operations=["add"])
    text = await policy.policy_xml.future()
    await policy.policy_id.future()
    assert mocks.children() == {(OPERATION, "guard-policy")}
    assert mocks.inputs_of(OPERATION, "guard-policy") == {**PLACE, "apiId": "calc", "operationId": "add", "value": text}
    assert inbound(text) == [("base", None), ("validate-jwt", "401"), ("validate-jwt", "403")]


@pulumi.runtime.test
async def test_every_tier_can_count_by_subscription(guard):
    policy = guard(
        product_id="starter",
        sku="Consumption",
        rate_limit_calls=10,
        quota_calls=100,
        counted_by=CountedBy.SUBSCRIPTION,
    )
    assert inbound(await policy.policy_xml.future()) == [
        ("base", None),
        ("validate-jwt", "401"),
        ("rate-limit", None),
        ("quota", None),
    ]


@pulumi.runtime.test
async def test_what_runs_behind_the_checks_stands_behind_them_and_headers_go_last(guard):
    text = await guard(
        api_id="calc",
        operation_scopes={"add": ["calc:add"]},
        required_claims={"https://example.com/plan": ["gold", "silver"]},
        rate_limit_calls=10,
        quota_calls=1000,
        counted_by=CountedBy.CLIENT,
        backend_id="calculator",
        included_fragments=["correlation"],
        raw_inbound='<set-header name="X-Team"><value>calc</value></set-header>',
        raw_outbound='<set-header name="X-Team" exists-action="delete"/>',
        raw_on_error="<set-status code='500'/>",
        dropped_request_headers=["Authorization"],
        dropped_response_headers=["Server"],
    ).policy_xml.future()
    assert inbound(text) == [
        ("base", None),
        ("validate-jwt", "401"),
        ("validate-jwt", "403"),
        ("choose", None),
        ("rate-limit-by-key", None),
        ("quota-by-key", None),
        ("set-backend-service", None),
        ("include-fragment", None),
        ("set-header", None),
        ("set-header", None),
    ]
    document = etree.fromstring(text)
    claim = document.find("inbound/validate-jwt/required-claims/claim")
    assert dict(claim.attrib) == {"name": "https://example.com/plan", "match": "any"}
    assert [value.text for value in claim] == ["gold", "silver"]
    quota = document.find("inbound/quota-by-key")
    assert (quota.get("calls"), quota.get("renewal-period")) == ("1000", "86400")
    assert "azp" in quota.get("counter-key")
    assert dict(document.find("inbound")[-1].attrib) == {"name": "Authorization", "exists-action": "delete"}
    assert [element.tag for element in document.find("outbound")] == ["base", "set-header", "set-header"]
    assert [element.tag for element in document.find("on-error")] == ["base", "set-status", "set-header"]


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
    assert mocks.children() == {(NAMED_VALUE, "guard-signing-key"), (API, "guard-policy")}
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
    assert [element.text for element in etree.fromstring(text).iter("key")] == ["{{calc-api-signing-key}}"] * 2
    assert "openid-config" not in text
    assert key not in text
    assert SECRET not in text


@pulumi.runtime.test
async def test_with_rs256_there_is_no_shared_key_even_where_a_secret_is_wired(mocks, guard):
    await guard(api_id="calc", signing_secret=pulumi.Output.secret(None)).policy_id.future()
    assert mocks.children() == {(API, "guard-policy")}


@pulumi.runtime.test
async def test_the_children_belong_to_the_component(mocks, guard):
    hs256 = {"signing_algorithm": "HS256", "signing_secret": SECRET}
    await guard(api_id="calc", operation_scopes={"add": ["a"]}, **hs256).policy_id.future()
    assert mocks.child_types() == {f"auth0-apim:index:JwtPolicy${kind}" for kind in (NAMED_VALUE, API)}


def test_an_operation_that_the_api_does_not_have_is_refused_once_they_are_known(mocks, guard, refused):
    operations = pulumi.Output.from_input(["add", "sub"])
    message = refused(lambda: guard(api_id="calc", operation_scopes={"ad": ["a"]}, operations=operations))
    assert (
        "JwtPolicy 'guard': input 'operation_scopes' names 'ad', which is no operation of the API (it has add, sub); "
        "an example that works: an id of PublishedApi.operations" in message
    )
    assert mocks.children() == set()


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
            {"audience": "every thing"},
            "input 'audience' must not contain white space or control characters, as 'every thing' does; "
            'an example that works: "basic-calculator"',
        ),
        (
            {"other_audiences": [" a"]},
            "input 'other_audiences' must be text without blanks around it, not ' a'; an example that works: "
            '["https://api.example.com"]',
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
            {"default_scopes": None},
            "input 'operation_scopes' names no operation, so that all would be closed; to open them to any good token, "
            "say so; an example that works: default_scopes: []",
        ),
        (
            {"operation_scopes": {'a" || "': []}},
            "input 'operation_scopes' has 'a\" || \"', which is no operation id (1 to 80 letters, digits, '.', '_' and "
            '\'-\'); an example that works: {"add": ["calc:add"]}',
        ),
        (
            {"operation_scopes": {"add": ["calc:ad"]}, "available_scopes": ["calc:add"]},
            "input 'operation_scopes' asks for 'calc:ad' at 'add', which the API does not have (it has calc:add); an "
            "example that works: a scope of Auth0Api.scopes",
        ),
        (
            {"default_scopes": ["calc:ad"], "available_scopes": ["calc:add"]},
            "input 'default_scopes' asks for 'calc:ad', which the API does not have (it has calc:add); an example that "
            "works: a scope of Auth0Api.scopes",
        ),
        (
            {"required_scopes": ["calc:ad"], "available_scopes": []},
            "input 'required_scopes' asks for 'calc:ad', which the API does not have (it has none); an example that "
            "works: a scope of Auth0Api.scopes",
        ),
        (
            {"operation_id": "add", "operation_scopes": {"add": []}},
            "input 'operation_scopes' excludes 'operation_id'; an example that works: required_scopes: [\"calc:add\"]",
        ),
        (
            {"api_id": None, "operation_id": "add", "default_scopes": None},
            "input 'operation_id' needs 'api_id'; an example that works: api_id: \"calc\"",
        ),
        (
            {"quota_calls": 10, "sku": "StandardV2"},
            "input 'sku' is StandardV2, a tier without quotas by key; an example that works: \"Developer\"",
        ),
        (
            {"quota_calls": 10, "quota_seconds": 60},
            "input 'quota_seconds' must be a whole number from 300 to 2147483647, not 60; an example that works: 86400",
        ),
        (
            {"counted_by": "subscription", "quota_calls": 10},
            "input 'counted_by' is subscription, so that 'quota_calls' needs 'product_id'; an example that works: "
            '"client"',
        ),
        (
            {"counted_by": "subscription", "rate_limit_calls": 10, "api_id": None, "default_scopes": None},
            "input 'counted_by' is subscription, which needs 'product_id' or 'api_id'; an example that works: "
            '"client"',
        ),
        (
            {"counted_by": "caller", "rate_limit_calls": 10},
            "input 'counted_by' must be one of subject, client, subscription, not 'caller'; an example that works: "
            '"client"',
        ),
        (
            {"counted_by": "client"},
            "input 'counted_by' needs 'rate_limit_calls' or 'quota_calls'; an example that works: rate_limit_calls: 100",
        ),
        (
            {"required_claims": {"plan": []}},
            "input 'required_claims' names no value for 'plan'; an example that works: {\"https://example.com/plan\": "
            '["gold"]}',
        ),
        (
            {"dropped_request_headers": ["X Y"]},
            "input 'dropped_request_headers' has 'X Y', which is no header's name; an example that works: "
            '["Authorization"]',
        ),
        (
            {"included_fragments": ["a.b"]},
            "input 'included_fragments' has 'a.b', which must be 1 to 80 letters, digits, '-' and '_', no '-' at either "
            "end, not 'a.b'; an example that works: [\"correlation\"]",
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
