"""Which operations are open, and which ways lead around the check, found in a stack's resources without an engine."""

import pytest
from auth0_apim.policy.jwt_documents import checked_elsewhere_document, jwt_document, token_check
from auth0_apim.policy_pack.open_operations import STACK_POLICIES
from auth0_apim.policy_pack.stack_resources import StackResource

POLICIES = {policy.name: policy for policy in STACK_POLICIES}

CHECKED = "<policies><inbound><base /><validate-jwt header-name='Authorization' /></inbound></policies>"
INHERITS = "<policies><inbound><base /></inbound></policies>"
OPENS = "<policies><inbound><set-header name='a' /></inbound></policies>"
SOMETIMES = "<policies><inbound><base /><choose><when><validate-jwt /></when></choose></inbound></policies>"
OUTBOUND = "<policies><inbound /><outbound><validate-jwt /></outbound></policies>"


def resource(kind, name, sources=None, **properties):
    urn = f"urn:pulumi:dev::shop::azure-native:apimanagement:{kind}::{name}"
    given = {"serviceName": "apis", **properties}
    return StackResource(f"azure-native:apimanagement:{kind}", urn, name, given, sources or {})


API = resource("Api", "calc", apiId="calc")
CLOSED = resource("Api", "calc", apiId="calc", serviceUrl="https://closed.invalid", value="{}")
SETTINGS = {"issuer": "https://tenant.example/", "audience": "calc", "backend_url": "https://backend.example"}


def found(*resources, policy="no-open-operation", api=API, **configuration):
    return {each.name: problem for each, problem in POLICIES[policy].problems([api, *resources], configuration)}


def found_by_any(*resources, api=CLOSED):
    return {name: set(told) for name in POLICIES if (told := found(*resources, policy=name, api=api))}


def ours(level="api", public=()):
    operations = {"required": {"GET /add": []}, "public": list(public)} if level == "api" else None
    return jwt_document(SETTINGS, token_check(SETTINGS, None), level, operations)


def test_an_api_whose_document_checks_tokens_is_closed():
    assert found(resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)) == {}


def test_an_api_without_a_document_is_open():
    assert found() == {
        "calc": "no policy document of the API or of the whole service checks its callers' tokens (validate-jwt)"
    }


def test_an_api_is_closed_by_the_whole_services_document():
    everywhere = resource("Policy", "global", value=CHECKED)
    assert found(everywhere) == {}
    assert found(everywhere, resource("ApiPolicy", "policy", apiId="calc", value=INHERITS)) == {}


def test_a_document_without_base_cuts_the_wider_check_off():
    everywhere = resource("Policy", "global", value=CHECKED)
    assert list(found(everywhere, resource("ApiPolicy", "policy", apiId="calc", value=OPENS))) == ["calc"]


def test_another_services_document_does_not_count():
    assert list(found(resource("Policy", "global", serviceName="other", value=CHECKED))) == ["calc"]


@pytest.mark.parametrize("document", [OUTBOUND, INHERITS, OPENS])
def test_a_check_that_not_every_call_passes_is_none(document):
    assert list(found(resource("ApiPolicy", "policy", apiId="calc", value=document))) == ["calc"]


def test_a_document_is_known_by_where_its_api_id_comes_from():
    policy = resource("ApiPolicy", "policy", {"apiId": [API.urn]}, value=CHECKED)
    assert found(policy) == {}


def test_an_operations_document_that_cuts_the_apis_check_off_is_open():
    closed = resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)
    operation = resource("ApiOperationPolicy", "add", apiId="calc", value=OPENS)
    assert found(closed, operation) == {
        "add": "the operation's document has neither <base /> nor a check of the caller's token (validate-jwt) in <inbound>"
    }
    assert found(closed, resource("ApiOperationPolicy", "add", apiId="calc", value=INHERITS)) == {}
    assert found(closed, resource("ApiOperationPolicy", "add", apiId="calc", value=CHECKED)) == {}


def test_a_document_that_cannot_be_read_is_told():
    unreadable = '<policies><inbound><set-variable value="@(context.Variables["a"])" /></inbound></policies>'
    told = found(resource("ApiPolicy", "policy", apiId="calc", value=unreadable))
    assert told["calc"].startswith("a policy document of its calls is no well-formed XML")
    assert told["calc"].endswith("so that the check of its calls cannot be seen")


def test_a_stated_reason_lets_an_api_or_an_operation_be_open():
    assert found(reasons={"calc": "public data"}) == {}
    closed = resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)
    operation = resource("ApiOperationPolicy", "health", apiId="calc", value=OPENS)
    assert found(closed, operation, reasons={"health": "the load balancer asks"}) == {}


def test_a_revision_is_judged_by_the_api_it_is_copied_from():
    policy = resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)
    revision = resource("Api", "second", apiId="calc;rev=2", sourceApiId="/apis/calc")
    assert found(policy, revision) == {}
    assert list(found(revision)) == ["calc"]
    strange = resource("Api", "strange", apiId="other;rev=2", sourceApiId="/apis/other")
    assert list(found(policy, strange)) == ["strange"]


def test_a_revisions_own_document_is_not_its_apis():
    revision = resource("Api", "second", {"apiId": [API.urn]}, apiId="calc;rev=2")
    policy = resource("ApiPolicy", "trial", {"apiId": [API.urn, revision.urn]}, value=CHECKED)
    assert list(found(revision, policy)) == ["calc"]


def test_our_documents_break_no_rule():
    assert found_by_any(resource("ApiPolicy", "policy", apiId="calc", value=ours())) == {}


def test_an_api_that_leads_nowhere_and_has_no_document_is_not_open():
    assert found(api=CLOSED) == {}
    operation = resource("ApiOperationPolicy", "add", apiId="calc", value=ours("operation"))
    assert found_by_any(operation) == {}


@pytest.mark.parametrize("kind", ["Policy", "ProductPolicy", "ApiPolicy"])
def test_an_api_that_leads_nowhere_is_open_where_an_unchecked_document_sets_a_backend(kind):
    document = "<policies><inbound><base /><set-backend-service base-url='https://a.example' /></inbound></policies>"
    assert list(found(resource(kind, "policy", apiId="calc", value=document), api=CLOSED)) == ["calc"]
    assert list(found(resource(kind, "policy", apiId="calc", value="<policies"), api=CLOSED)) == ["calc"]


@pytest.mark.parametrize(
    "step",
    [
        "<include-fragment fragment-id='theirs' />",
        "<choose><when condition='@(true)'><send-request><set-url>https://a.example</set-url></send-request></when></choose>",
        "<return-response><set-status code='200' /></return-response>",
    ],
)
def test_an_unchecked_document_may_lead_somewhere_by_other_means(step):
    policy = resource(
        "ApiPolicy", "policy", apiId="calc", value=f"<policies><inbound><base />{step}</inbound></policies>"
    )
    assert list(found(policy, api=CLOSED)) == ["calc"]


def test_an_unchecked_document_that_only_refuses_leads_nowhere():
    step = "<return-response><set-status code='403' reason='Forbidden' /></return-response>"
    policy = resource("Policy", "all", value=f"<policies><inbound>{step}</inbound></policies>")
    assert found(policy, api=CLOSED) == {}


def test_names_of_services_and_apis_are_compared_without_case():
    policy = resource("ApiPolicy", "policy", serviceName="APIS", apiId="Calc", value=CHECKED)
    assert found(policy) == {}


def test_an_operations_unchecked_document_that_sets_a_backend_is_open():
    document = "<policies><inbound><base /><set-backend-service base-url='https://a.example' /></inbound></policies>"
    operation = resource("ApiOperationPolicy", "add", apiId="calc", value=document)
    assert found(operation, api=CLOSED) == {
        "add": "the operation's document lets calls through, and no policy document of the API or of the whole service "
        "checks its callers' tokens (validate-jwt)"
    }
    assert found(operation, resource("ApiPolicy", "policy", apiId="calc", value=CHECKED), api=CLOSED) == {}


def test_public_operations_are_told_by_their_document_and_are_not_open():
    policy = resource("ApiPolicy", "policy", apiId="calc", value=ours(public=["GET /health", "GET /ready"]))
    assert found_by_any(policy) == {"no-public-operation": {"policy"}}
    assert found(policy, policy="no-public-operation") == {
        "policy": "the document lets calls without a token into public operations: GET /health, GET /ready"
    }
    assert found(policy, policy="no-public-operation", reasons={"policy": "the load balancer asks"}) == {}


@pytest.mark.parametrize("kind", ["ApiPolicy", "Policy"])
def test_a_check_under_another_condition_is_told_as_such(kind):
    policy = resource(kind, "policy", apiId="calc", value=SOMETIMES)
    assert found(policy) == {}
    told = found(policy, policy="no-public-operation")["policy"]
    assert told.startswith("the document checks tokens under a condition only (choose)")


def test_a_condition_below_a_check_of_every_call_makes_nothing_public():
    policies = [
        resource("ApiPolicy", "policy", apiId="calc", value=SOMETIMES),
        resource("Policy", "all", value=CHECKED),
    ]
    assert found_by_any(*policies) == {}


def test_an_operations_document_under_a_condition():
    policy = resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)
    public = SOMETIMES.replace("<base />", "")
    operation = resource("ApiOperationPolicy", "add", apiId="calc", value=public)
    assert found_by_any(policy, operation) == {"no-public-operation": {"add"}}


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"serviceUrl": "https://a.example"}, "is 'https://a.example', a backend of the API's own"),
        ({"serviceUrl": "https://closed.invalid@a.example"}, "is 'https://closed.invalid@a.example', a backend"),
        ({"serviceUrl": "https://a.example\\.invalid"}, "is 'https://a.example\\\\.invalid', a backend"),
        ({"serviceUrl": "https://[.invalid"}, "is 'https://[.invalid', a backend"),
        ({"value": "{}", "format": "openapi"}, "is left out, so that the imported document's server is a backend"),
    ],
)
def test_a_checked_api_with_a_backend_of_its_own(properties, told):
    policy = resource("ApiPolicy", "policy", apiId="calc", value=ours())
    api = resource("Api", "calc", apiId="calc", **properties)
    assert found_by_any(policy, api=api) == {"backend-behind-the-check": {"calc"}}
    problem = found(policy, policy="backend-behind-the-check", api=api)["calc"]
    assert problem.startswith(f"serviceUrl {told}")
    assert problem.endswith(": without its policy the API is open")
    reasons = {"calc": "it is being adopted"}
    assert found(policy, policy="backend-behind-the-check", api=api, reasons=reasons) == {}


@pytest.mark.parametrize("url", ["https://closed.invalid", "http://Closed.INVALID:8080/api", None])
def test_an_api_without_a_backend_of_its_own(url):
    policy = resource("ApiPolicy", "policy", apiId="calc", value=ours())
    api = resource("Api", "calc", apiId="calc", **({} if url is None else {"serviceUrl": url}))
    assert found_by_any(policy, api=api) == {}


def test_an_api_open_on_purpose_is_told_once():
    api = resource("Api", "calc", apiId="calc", serviceUrl="https://a.example")
    assert found_by_any(api=api) == {"no-open-operation": {"calc"}}


@pytest.mark.parametrize("kind", ["Policy", "ProductPolicy"])
def test_a_wider_document_that_sets_a_backend(kind):
    document = CHECKED.replace("<base />", "<base /><set-backend-service backend-id='theirs' />")
    policies = [resource(kind, "wide", value=document), resource("ApiPolicy", "policy", apiId="calc", value=ours())]
    assert found_by_any(*policies) == {"no-wider-backend": {"wide"}}
    assert found(*policies, policy="no-wider-backend", reasons={"wide": "one backend for all"}) == {}


@pytest.mark.parametrize("kind", ["Policy", "ProductPolicy", "ApiPolicy", "ApiOperationPolicy"])
def test_an_answer_before_the_check_in_any_document(kind):
    document = CHECKED.replace("<base />", "<include-fragment fragment-id='shared' /><base />")
    fragment = resource("PolicyFragment", "shared", id="shared", value="<fragment><mock-response /></fragment>")
    policy = resource(kind, "policy", apiId="calc", value=document)
    assert found(policy, fragment, policy="no-early-answer") == {
        "policy": "the document answers before the check (<mock-response>), so that callers get it without a token"
    }
    assert found(policy, fragment, policy="no-early-answer", reasons={"policy": "a status page"}) == {}


@pytest.mark.parametrize("policy", ["no-early-answer", "no-wider-backend"])
def test_a_document_that_cannot_be_read_is_told_where_that_matters(policy):
    told = found(resource("ProductPolicy", "wide", value="<policies"), policy=policy)["wide"]
    assert told.startswith("the document is no well-formed XML")
    assert told.endswith(", so that what it does cannot be seen")


@pytest.mark.parametrize(("level", "kind"), [("product", "ProductPolicy"), ("service", "Policy")])
def test_an_api_that_relies_on_a_wider_check(level, kind):
    own = resource("ApiPolicy", "policy", apiId="calc", value=checked_elsewhere_document("https://a.example", level))
    wide = ours(level)
    assert found_by_any(own, resource(kind, "wide", value=wide)) == {}
    relies = f"its document relies on a check by the {level}'s policy, which"
    assert found(own) == {"calc": f"{relies} is not in the stack"}
    assert found(own, resource(kind, "wide", serviceName="another", value=wide)) == {
        "calc": f"{relies} is not in the stack"
    }
    unchecked = wide.replace("validate-jwt", "check-header")
    assert found(own, resource(kind, "wide", value=wide), resource(kind, "other", value=unchecked)) == {
        "calc": f"{relies} makes none"
    }
    assert found(own, resource(kind, "wide", value="<policies")) == {"calc": f"{relies} makes none"}


@pytest.mark.parametrize(
    "step", ["<set-variable name='checked-by-product' value='true' />", "<include-fragment fragment-id='theirs' />"]
)
def test_an_api_that_sets_the_wider_checks_variable_itself(step):
    forged = checked_elsewhere_document("https://a.example", "product").replace("<base/>", f"<base/>{step}", 1)
    own = resource("ApiPolicy", "policy", apiId="calc", value=forged)
    text = "<fragment><set-variable name='checked-by-product' value='true' /></fragment>"
    fragment = resource("PolicyFragment", "theirs", id="theirs", value=text)
    [problem] = found(own, fragment, resource("ProductPolicy", "wide", value=ours("product"))).values()
    assert problem.startswith("its document sets checked-by-product itself")
