"""JwtPolicy against mocks: which documents go where. That they let the right calls through is proven live."""

import json
import re
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
BACKEND = "https://backend.example/api"
OPERATIONS = {"add": "GET /add", "sub": "GET /sub", "version": "GET /version", "reset": "POST /reset"}
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
        if args.get("api_id") is not None:
            args = {"backend_url": None if "backend_id" in args else BACKEND, **args}
            if "operation_id" not in args and "scopes_from_document" not in args:
                args = {"operations": OPERATIONS, **args}
        # Without a word about operations all of them would be denied.
        if "api_id" in args and not {"operation_scopes", "scopes_from_document", "operation_id"} & args.keys():
            args = {"default_scopes": [], **args}
        return JwtPolicy("guard", {name: value for name, value in {**required, **args}.items() if value is not None})

    return make


def inbound(text):
    return [element.tag for element in etree.fromstring(text)[0]]


@pulumi.runtime.test
async def test_an_api_has_one_document_that_asks_for_a_good_token(mocks, guard):
    policy = guard(api_id="calc")
    text = await policy.policy_xml.future()
    assert await policy.policy_id.future() == "guard-policy-id"
    assert mocks.children() == {(API, "guard-policy")}
    assert mocks.inputs_of(API, "guard-policy") == {**PLACE, "apiId": "calc", "value": text}
    assert inbound(text) == ["base", "validate-jwt", "choose", "choose", "set-backend-service"]
    assert demands(text) == {("GET /add", "GET /sub", "GET /version", "POST /reset"): ""}
    check = etree.fromstring(text).find("inbound/validate-jwt")
    assert dict(check.attrib) == {
        "id": "api-access-token",
        "header-name": "Authorization",
        "failed-validation-httpcode": "401",
        "failed-validation-error-message": "A valid access token is required.",
        "require-expiration-time": "true",
        "require-scheme": "Bearer",
        "require-signed-tokens": "true",
        "clock-skew": "0",
        "output-token-variable-name": "verified-token",
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
    assert inbound(inputs["value"]) == ["base", "validate-jwt", "set-variable"]


@pulumi.runtime.test
async def test_without_api_and_product_every_call_of_the_service_is_checked_and_forwarded(mocks, guard):
    await guard().policy_id.future()
    assert mocks.children() == {(GLOBAL, "guard-policy")}
    inputs = mocks.inputs_of(GLOBAL, "guard-policy")
    assert {key: inputs[key] for key in inputs if key != "value"} == PLACE
    assert inbound(inputs["value"]) == ["validate-jwt", "set-variable"]
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
        "cors",
        "base",
        "validate-jwt",
        "choose",
        "choose",
        "choose",
        "rate-limit-by-key",
        "set-backend-service",
    ]
    (check,) = etree.fromstring(text).findall("inbound/validate-jwt")
    assert check.get("failed-validation-error-message") == "Log in."
    assert check.get("clock-skew") == "60"
    answers = [json.loads(each.text)["message"] for each in etree.fromstring(text).iter("set-body")]
    assert answers == ["Ask us.", "This operation is closed.", "Ask us."]
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
    """What a document demands: the text of scopes by the operations that need them; every other one is denied."""
    choice = etree.fromstring(text).findall("inbound//choose")[-2]
    assert (choice[-1].tag, [each.tag for each in choice[-1]]) == ("otherwise", ["return-response"])
    return {
        tuple(re.findall(r'"((?:GET|POST) [^"]+)"', branch.get("condition"))): branch[0]
        .get("value")
        .replace('@("")', "")
        for branch in choice[:-1]
    }


@pulumi.runtime.test
async def test_operations_need_their_scopes_and_one_that_is_not_listed_is_denied(mocks, guard):
    scopes = {"sub": ["calc:use", "calc:sub"], "GET /add": ["calc:add"], "version": []}
    policy = guard(api_id="calc", operation_scopes=scopes)
    text = await policy.policy_xml.future()
    await policy.policy_id.future()
    assert mocks.children() == {(API, "guard-policy")}
    assert inbound(text) == ["base", "validate-jwt", "choose", "choose", "set-backend-service"]
    assert demands(text) == {("GET /add",): "calc:add", ("GET /sub",): "calc:sub calc:use", ("GET /version",): ""}


@pulumi.runtime.test
async def test_a_default_lists_the_operations_that_nobody_names(guard):
    text = await guard(
        api_id="calc", operation_scopes={"add": ["calc:add"], "version": []}, default_scopes=["calc:use"]
    ).policy_xml.future()
    assert demands(text) == {
        ("GET /add",): "calc:add",
        ("GET /sub", "POST /reset"): "calc:use",
        ("GET /version",): "",
    }


@pulumi.runtime.test
async def test_without_known_operations_they_are_named_by_method_and_url_template(guard):
    scopes = {"GET /add": ["calc:add"], "POST /customers/{id}?since={since}": []}
    text = await guard(api_id="calc", operations=None, operation_scopes=scopes).policy_xml.future()
    assert demands(text) == {("GET /add",): "calc:add", ("POST /customers/{id}?since={since}",): ""}


@pulumi.runtime.test
async def test_the_documents_security_is_the_source_where_nobody_else_speaks(guard):
    text = await guard(
        api_id="calc",
        scopes_from_document=True,
        openapi=SECURED,
        operation_scopes={"health": []},
        available_scopes=["calc:add", "calc:sub"],
    ).policy_xml.future()
    assert demands(text) == {("GET /add",): "calc:add", ("GET /health",): "", ("GET /sub",): "calc:sub"}


@pulumi.runtime.test
async def test_a_public_operation_needs_no_token_and_others_do(guard):
    text = await guard(
        api_id="calc",
        scopes_from_document=True,
        openapi=SECURED,
        public_operations=["GET /health"],
        default_scopes=["calc:use"],
    ).policy_xml.future()
    assert inbound(text) == ["base", "choose", "set-backend-service"]
    assert demands(text) == {("GET /add",): "calc:add", ("GET /sub",): "calc:sub", ("POST /reset",): "calc:use"}
    (checked,) = etree.fromstring(text).findall("inbound/choose/when")
    assert checked.get("condition").startswith('@(!new [] { "GET /health" }.Contains(')
    assert [each.tag for each in checked] == ["validate-jwt", "choose", "choose"]


@pulumi.runtime.test
async def test_one_operation_can_have_a_document_of_its_own(mocks, guard):
    policy = guard(api_id="calc", operation_id="add", required_scopes=["calc:add"], operations=OPERATIONS)
    text = await policy.policy_xml.future()
    await policy.policy_id.future()
    assert mocks.children() == {(OPERATION, "guard-policy")}
    assert mocks.inputs_of(OPERATION, "guard-policy") == {**PLACE, "apiId": "calc", "operationId": "add", "value": text}
    assert inbound(text) == ["base", "validate-jwt", "choose", "set-backend-service"]


@pulumi.runtime.test
async def test_every_tier_can_count_by_subscription(guard):
    policy = guard(
        product_id="starter",
        sku="Consumption",
        rate_limit_calls=10,
        quota_calls=100,
        counted_by=CountedBy.SUBSCRIPTION,
    )
    assert inbound(await policy.policy_xml.future()) == ["base", "validate-jwt", "rate-limit", "quota", "set-variable"]


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
        "base",
        "validate-jwt",
        "choose",
        "choose",
        "choose",
        "rate-limit-by-key",
        "quota-by-key",
        "set-backend-service",
        "include-fragment",
        "set-header",
        "set-header",
    ]
    document = etree.fromstring(text)
    assert '.Any(value => new [] { "gold", "silver" }' in document.find("inbound/choose/when").get("condition")
    assert dict(document.find("inbound/set-backend-service").attrib) == {"backend-id": "calculator"}
    quota = document.find("inbound/quota-by-key")
    assert (quota.get("calls"), quota.get("renewal-period")) == ("1000", "86400")
    assert "azp" in quota.get("counter-key")
    assert dict(document.find("inbound")[-1].attrib) == {"name": "Authorization", "exists-action": "delete"}
    assert [element.tag for element in document.find("outbound")] == ["base", "set-header", "set-header"]
    assert [element.tag for element in document.find("on-error")] == ["choose", "base", "set-status", "set-header"]


@pulumi.runtime.test
async def test_the_claim_of_the_scopes_and_how_many_are_needed_are_inputs(guard):
    policy = guard(
        api_id="calc",
        required_scopes=["calc:add", "calc:all"],
        scope_claim=ScopeClaim.PERMISSIONS,
        scope_match=ScopeMatch.ANY,
    )
    condition = etree.fromstring(await policy.policy_xml.future()).find("inbound/choose/when").get("condition")
    assert condition.startswith('@(!new [] { "calc:add", "calc:all" }.Any(scope => ')
    assert condition.endswith('.Claims["permissions"].Contains(scope)))')


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
    assert [element.text for element in etree.fromstring(text).iter("key")] == ["{{calc-api-signing-key}}"]
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
    operations = pulumi.Output.from_input({"add": "GET /add", "sub": "GET /sub"})
    message = refused(lambda: guard(api_id="calc", operation_scopes={"ad": ["a"]}, operations=operations))
    assert (
        "JwtPolicy 'guard': input 'operation_scopes' names 'ad', which is no operation of the API (it has add, "
        "sub); use an id of PublishedApi.operations" in message
    )
    assert mocks.children() == set()


def test_a_document_that_is_too_large_for_the_tier_is_refused_with_its_size(mocks, guard, refused):
    scopes = {f"GET /{n}": [f"s:{n}"] for n in range(200)}
    message = refused(lambda: guard(api_id="calc", operations=None, operation_scopes=scopes, sku="Consumption"))
    assert (
        "JwtPolicy 'guard': input 'operation_scopes' makes a policy document of 46164 bytes; tier Consumption "
        "takes 16384; give wider scopes, or ask for fewer different ones" in message
    )
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("input_name", "given"),
    [
        ("operation_scopes", lambda later: {"add": [later]}),
        ("operation_scopes", lambda later: {"add": later}),
        ("public_operations", lambda later: [later]),
    ],
)
@pulumi.runtime.test
def test_which_operations_ask_for_what_is_no_output_in_any_part(mocks, guard, input_name, given):
    later = pulumi.Output.from_input("calc:add")
    with pytest.raises(InputError, match=f"input '{input_name}' must be known before deployment, not an output"):
        guard(api_id="calc", default_scopes=[], **{input_name: given(later)})
    assert mocks.resources == {}


@pytest.mark.parametrize(
    "input_name",
    [
        "required_scopes",
        "required_claims",
        "default_scopes",
        "operations",
        "other_issuers",
        "scope_claim",
        "scope_match",
        "clock_skew",
        "rate_limit_calls",
        "backend_url",
    ],
)
def test_an_output_of_nothing_never_takes_a_check_away(guard, refused, input_name):
    nothing = pulumi.Output.from_input(None)
    message = refused(lambda: guard(api_id="calc", **{input_name: nothing}))
    assert f"JwtPolicy 'guard': input '{input_name}' is required; an example that works: " in message


@pytest.mark.parametrize("input_name", ["rate_limit_calls", "quota_calls"])
def test_a_tier_that_is_not_known_at_last_takes_no_limit(guard, refused, input_name):
    nothing = pulumi.Output.from_input(None)
    message = refused(lambda: guard(api_id="calc", sku=nothing, **{input_name: 5}))
    assert "JwtPolicy 'guard': input 'sku' is required; an example that works: \"Developer\"" in message


@pulumi.runtime.test
async def test_a_tier_that_is_not_known_at_last_is_not_checked(mocks, guard):
    await guard(api_id="calc", sku=pulumi.Output.from_input(None)).policy_id.future()
    assert mocks.inputs_of(API, "guard-policy")["serviceName"] == "apis"


def test_a_secret_that_is_missing_at_last_is_refused(mocks, guard, refused):
    nothing = pulumi.Output.from_input(None)
    message = refused(lambda: guard(api_id="calc", signing_algorithm="HS256", signing_secret=nothing))
    assert (
        "JwtPolicy 'guard': input 'signing_algorithm' is HS256, and the API has no signing secret: its tokens are signed"
        " with RS256; leave it out"
    ) in message
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
            "input 'product_id' excludes 'api_id'; leave one of them out",
        ),
        (
            {"api_id": None, "operation_scopes": {"add": ["a"]}},
            "input 'operation_scopes' needs 'api_id'; an example that works: api_id: \"calc\"",
        ),
        (
            {"default_scopes": None},
            "input 'operation_scopes' names no operation, so that all are denied; to accept any good token at "
            "each, give default_scopes: []",
        ),
        (
            {"operation_scopes": {'a" || "': []}},
            "input 'operation_scopes' names 'a\" || \"', which is no operation of the API (it has add, reset, "
            "sub, version); use an id of PublishedApi.operations",
        ),
        (
            {"operation_scopes": {"ADD": []}, "operations": None},
            "input 'operation_scopes' names 'ADD'; without 'operations', name an operation by its method and "
            "URL template, 'GET /add'; use an id of PublishedApi.operations",
        ),
        (
            {"operation_scopes": {"add": [], "GET /add": ["calc:add"]}},
            "input 'operation_scopes' names 'GET /add' by two names; use an id of PublishedApi.operations",
        ),
        (
            {"operation_scopes": {"add": []}, "public_operations": ["GET /add"]},
            "input 'public_operations' names 'GET /add', which 'operation_scopes' names too; use an id of "
            "PublishedApi.operations",
        ),
        (
            {"public_operations": ["healthy"]},
            "input 'public_operations' names 'healthy', which is no operation of the API (it has add, reset, "
            "sub, version); use an id of PublishedApi.operations",
        ),
        (
            {"operations": None},
            "input 'default_scopes' needs 'operations', as an operation that is not known is denied; name each in "
            "'operation_scopes'; an example that works: [\"calc:use\"]",
        ),
        (
            {"operations": {"add": "add"}},
            "input 'operations' has 'add' for 'add', which is no method and URL template; an example that works: "
            '{"add": "GET /add"}',
        ),
        (
            {"operations": {"add": "GET /add", "sum": "GET /add"}},
            "input 'operations' has 'GET /add' twice; an example that works: {\"add\": \"GET /add\"}",
        ),
        (
            {"backend_url": None},
            "input 'backend_url' is required, unless 'backend_id' is given: only the policy sends calls to the "
            "API's backend; pass PublishedApi.backend_url",
        ),
        (
            {"backend_url": BACKEND, "backend_id": "calculator"},
            "input 'backend_id' excludes 'backend_url'; leave one of them out",
        ),
        (
            {"api_id": None, "product_id": "starter", "backend_id": "calculator", "default_scopes": None},
            "input 'backend_id' needs 'api_id'; an example that works: api_id: \"calc\"",
        ),
        (
            {"operation_scopes": {"add": ["calc:ad"]}, "available_scopes": ["calc:add"]},
            "input 'operation_scopes' asks for 'calc:ad' at 'add', which the API does not have (it has "
            "calc:add); use one of the API's scopes",
        ),
        (
            {"default_scopes": ["calc:ad"], "available_scopes": ["calc:add"]},
            "input 'default_scopes' asks for 'calc:ad', which the API does not have (it has calc:add); use one "
            "of the API's scopes",
        ),
        (
            {"required_scopes": ["calc:ad"], "available_scopes": []},
            "input 'required_scopes' asks for 'calc:ad', which the API does not have (it has none); use one "
            "of the API's scopes",
        ),
        (
            {"operation_id": "add", "operation_scopes": {"add": []}},
            "input 'operation_scopes' excludes 'operation_id'; give required_scopes: [\"calc:add\"]",
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
            "input 'counted_by' is subscription, so that 'quota_calls' needs 'product_id'; an example that "
            'works: "subject"',
        ),
        (
            {"counted_by": "subscription", "rate_limit_calls": 10, "api_id": None, "default_scopes": None},
            "input 'counted_by' is subscription, which needs 'product_id' or 'api_id'; an example that works: "
            '"subject"',
        ),
        (
            {"counted_by": "caller", "rate_limit_calls": 10},
            "input 'counted_by' must be one of subject, client, subscription, not 'caller'; an example that "
            'works: "subject"',
        ),
        (
            {"counted_by": "client"},
            "input 'counted_by' needs 'rate_limit_calls' or 'quota_calls'; an example that works: rate_limit_calls: 100",
        ),
        (
            {"required_claims": {"plan": []}},
            "input 'required_claims' names no value for 'plan'; an example that works: "
            '{"https://example.com/plan": ["gold", "silver"]}',
        ),
        (
            {"dropped_request_headers": ["X Y"]},
            "input 'dropped_request_headers' has 'X Y', which is no header's name; an example that works: "
            '["Authorization", "Ocp-Apim-Subscription-Key"]',
        ),
        (
            {"included_fragments": ["a.b"]},
            "input 'included_fragments' has 'a.b', which must be 1 to 80 letters, digits, '-' and '_', no '-' at either "
            "end, not 'a.b'; an example that works: [\"correlation\"]",
        ),
        (
            {"operation_scopes": {"add": ["calc add"]}},
            "input 'operation_scopes' is wrong for 'add': it has 'calc add', which is no scope name (1 to 280 "
            'printable characters, no space, quote or backslash); an example that works: {"add": ["calc:add"], '
            '"GET /version": []}',
        ),
        (
            {"required_scopes": ["a", "a"]},
            "input 'required_scopes' must name each scope once, not ['a', 'a']; an example that works: [\"calc:add\"]",
        ),
        (
            {"scope_claim": "role"},
            "input 'scope_claim' must be one of scope, permissions, scp, roles, not 'role'; an example that works: \"scope\"",
        ),
        (
            {"issuer": "https://tenant.eu.auth0.com"},
            "input 'issuer' must end with a slash, without which no token's iss is the same:"
            " 'https://tenant.eu.auth0.com/'; an example that works: \"https://tenant.eu.auth0.com/\"",
        ),
        (
            {"other_issuers": ["https://login.example.com"]},
            "input 'other_issuers' must end with a slash, without which no token's iss is the same:"
            " 'https://login.example.com/'; an example that works: [\"https://login.example.com/\"]",
        ),
        (
            {"trusted_issuers": {"same": {"issuer": "https://tenant.example/", "audiences": ["a"]}}},
            "input 'trusted_issuers' has in 'same' the issuer 'https://tenant.example/', which is the API's own;"
            " leave it out",
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
            "input 'signing_algorithm' must be one of RS256, HS256, not 'none'; an example that works: \"RS256\"",
        ),
        (
            {"signing_algorithm": "HS256"},
            "input 'signing_secret' is required with HS256; an example that works: \"a secret of 16 characters "
            'or more"',
        ),
        (
            {"signing_algorithm": "HS256", "signing_secret": "short"},
            "input 'signing_secret' must be at least 16 characters long, not 5; an example that works: \"a "
            'secret of 16 characters or more"',
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


@pytest.mark.parametrize(("given", "written"), [(None, None), (True, None), (False, "false")])
def test_a_policy_may_be_saved_while_the_tenant_cannot_be_reached(deploy, mocks, guard, given, written):
    deploy(lambda: guard(api_id="calc", validate_connectivity=given))
    document = etree.fromstring(mocks.inputs_of("azure-native:apimanagement:ApiPolicy", "guard-policy")["value"])
    assert document.find(".//openid-config").get("validate-connectivity") == written
