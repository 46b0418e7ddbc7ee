"""What a policy document lets through, told from its text alone."""

import pytest
from auth0_apim.policy.document_rules import (
    conditional_check_problem,
    document_checks,
    early_answer_problem,
    open_document_problem,
    relied_on_scope,
    sets_variable,
    wider_backend_problem,
)
from auth0_apim.policy.jwt_documents import checked_elsewhere_document, jwt_document, token_check

SETTINGS = {
    "issuer": "https://tenant.example/",
    "audience": "basic-calculator",
    "backend_url": "https://backend.example/api",
}
GET_HEALTH = '@(!new [] { "GET /health" }.Contains(context.Operation.Method + " " + context.Operation.UrlTemplate))'


def inbound(steps):
    return f"<policies><inbound>{steps}</inbound></policies>"


def when(condition, steps="<validate-jwt />"):
    condition = condition.replace("&", "&amp;").replace('"', "&quot;")
    return f'<choose><when condition="{condition}">{steps}</when></choose>'


def ours(level="api", public=(), **settings):
    operations = {"required": {"GET /add": []}, "public": list(public)}
    settings = {**SETTINGS, **settings}
    return jwt_document(settings, token_check(settings, None), level, operations if level == "api" else None)


def test_another_identity_services_check_counts():
    assert document_checks(inbound("<validate-azure-ad-token />")) is True


@pytest.mark.parametrize("operations", [["GET /health"], ["GET /a/{id}", 'GET /b"} }.Contains(', "POST /ü"]])
def test_public_operations_are_named(operations):
    document = ours(public=operations)
    assert document_checks(document) is None
    assert open_document_problem(document) is None
    assert conditional_check_problem(document) == (
        f"lets calls without a token into public operations: {', '.join(operations)}"
    )


@pytest.mark.parametrize(
    "step",
    [
        when("@(context.Request.Headers.ContainsKey(&quot;Authorization&quot;))"),
        when(GET_HEALTH[:-1] + " || true)"),
        when(GET_HEALTH[:-1] + ' || !new [] { "GET /a" }.Contains(""))'),
        when(GET_HEALTH, "<set-header name='a' /><choose><when condition='@(true)'><validate-jwt /></when></choose>"),
        when(GET_HEALTH).replace("</choose>", "<otherwise><return-response /></otherwise></choose>"),
        when(GET_HEALTH).replace("</choose>", f"<otherwise>{when('@(true)')}</otherwise></choose>"),
        when("@(!new [] { 1 }.Contains(1))"),
        "<retry><validate-jwt /></retry>",
    ],
)
def test_a_condition_of_another_kind_is_told_as_such(step):
    assert conditional_check_problem(inbound(step)) == (
        "checks tokens under a condition only (choose), which is not one of JwtPolicy's: other calls need no token"
    )


EITHER = when("@(true)").replace("</choose>", "<otherwise><validate-jwt /></otherwise></choose>")


@pytest.mark.parametrize("steps", ["<validate-jwt />" + when("@(true)"), EITHER, "<base />", ""])
def test_a_check_of_every_call_or_of_none_is_not_conditional(steps):
    assert conditional_check_problem(inbound(steps)) is None


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ('<set-backend-service base-url="https://a.example" />', "sets a backend (set-backend-service) for every API"),
        ('<set-backend-service backend-id="a" />', "sets a backend by its id (set-backend-service), which no base-url"),
        (when("@(true)", '<set-backend-service backend-id="a" />'), "sets a backend by its id"),
        ('<include-fragment fragment-id="shared" />', "sets a backend by its id"),
    ],
)
def test_a_wider_document_that_sets_a_backend(steps, told):
    fragments = {"shared": '<fragment><set-backend-service backend-id="a" /></fragment>'}
    assert wider_backend_problem(inbound(steps), fragments).startswith(told)


def test_our_wider_documents_set_none_and_say_that_they_checked():
    for level in ("product", "service"):
        document = ours(level)
        assert wider_backend_problem(document) is None
        assert sets_variable(document, f"checked-by-{level}")


@pytest.mark.parametrize("answer", ["mock-response", "return-response", "cache-lookup", "llm-semantic-cache-lookup"])
@pytest.mark.parametrize(
    ("before", "behind", "where"),
    [
        ("", "<base />", "before <base />"),
        ("", "<validate-jwt />", "before the check"),
        ("<base />", "<validate-jwt />", "before the check"),
        ("<set-header name='a' />", "", "without a check"),
        ("", when(GET_HEALTH), "before the check"),
    ],
)
def test_an_answer_before_the_check(answer, before, behind, where):
    told = f"answers {where} (<{answer}>), so that callers get it without a token"
    assert early_answer_problem(inbound(f"{before}<{answer} />{behind}")) == told
    assert early_answer_problem(inbound(f"{before}{when('@(true)', f'<{answer} />')}{behind}")) == told
    fragment = f"<fragment><{answer} /></fragment>"
    included = inbound(f'{before}<include-fragment fragment-id="f" />{behind}')
    assert early_answer_problem(included, {"f": fragment}) == told
    assert early_answer_problem(included) is None


def test_an_answer_in_the_conditions_other_branch():
    branch = when("@(true)").replace("</choose>", "<otherwise><mock-response /></otherwise></choose>")
    assert early_answer_problem(inbound(branch)).startswith("answers before the check (<mock-response>)")


@pytest.mark.parametrize(
    "steps",
    [
        "<base /><mock-response />",
        "<validate-jwt /><cache-lookup />",
        '<return-response><set-status code="403" reason="Forbidden" /></return-response><base />',
        "<cors /><base /><validate-jwt />",
    ],
)
def test_answers_behind_the_check_and_refusals_are_left_alone(steps):
    assert early_answer_problem(inbound(steps)) is None


@pytest.mark.parametrize("code", ["200", "302", "@(200)", "4033"])
def test_any_other_status_is_an_answer(code):
    answer = f'<return-response><set-status code="{code}" /></return-response>'
    assert early_answer_problem(inbound(f"{answer}<base />")) is not None


def test_our_documents_answer_nobody_early():
    for document in (ours(), ours(public=["GET /health"]), ours("product"), ours("service")):
        assert early_answer_problem(document) is None
    assert early_answer_problem(checked_elsewhere_document("https://a.example", "product")) is None


@pytest.mark.parametrize("level", ["product", "service"])
def test_a_document_that_relies_on_a_wider_check(level):
    document = checked_elsewhere_document("https://a.example", level)
    assert relied_on_scope(document) == level
    assert relied_on_scope(document.replace("ContainsKey", "Contains")) is None
    assert relied_on_scope(document.replace('code="403"', 'code="200"')) is None
    assert relied_on_scope(document.replace("<return-response>", '<set-header name="a" /><return-response>')) is None
