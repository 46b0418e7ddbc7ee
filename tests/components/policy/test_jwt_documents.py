"""Whole documents of JwtPolicy: the backend stands after the checks, and no value of any input becomes anything else.

Limit of the proof: whether API Management takes a document is shown live, by deploying it.
"""

import pytest
from auth0_apim.policy.jwt_documents import checked_elsewhere_document, jwt_document, token_check
from auth0_apim.policy.markup import carried, literal_problem, policy_text_problem
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lxml import etree

_values = st.text(min_size=1) | st.text(alphabet="<>&\"'{}@()[]!-/?;#x \n]]>", min_size=1)
SETTINGS = {
    "issuer": "https://tenant.example/",
    "audience": "basic-calculator",
    "backend_url": "https://backend.example/api",
}


def document(level, operations=None, **settings):
    settings = {**SETTINGS, **settings}
    return etree.fromstring(jwt_document(settings, token_check(settings, None), level, operations))


def inbound(root):
    return [each.tag for each in root.find("inbound")]


@pytest.mark.parametrize(
    ("level", "operations", "steps"),
    [
        (
            "api",
            {"required": {"GET /add": ["calc:add"]}, "public": []},
            ["base", "validate-jwt", "choose", "choose", "set-backend-service"],
        ),
        ("operation", None, ["base", "validate-jwt", "set-backend-service"]),
        ("product", None, ["base", "validate-jwt", "set-variable"]),
        ("service", None, ["validate-jwt", "set-variable"]),
    ],
)
def test_an_apis_documents_set_the_backend_after_the_checks_and_wider_ones_say_that_they_checked(
    level, operations, steps
):
    root = document(level, operations)
    assert inbound(root) == steps
    if level in ("product", "service"):
        assert dict(root.find("inbound")[-1].attrib) == {"name": f"checked-by-{level}", "value": "true"}
    else:
        assert dict(root.find("inbound")[-1].attrib) == {"base-url": "https://backend.example/api"}


@pytest.mark.parametrize("level", ["product", "service"])
def test_an_api_that_a_wider_scope_checks_reaches_its_backend_only_where_that_check_ran(level):
    root = etree.fromstring(checked_elsewhere_document("https://backend.example/api", level))
    assert inbound(root) == ["base", "choose", "set-backend-service"]
    when = root.find("inbound/choose/when")
    assert when.get("condition") == f'@(!context.Variables.ContainsKey("checked-by-{level}"))'
    assert [each.tag for each in when] == ["return-response"]


def test_a_backend_with_an_id_takes_the_place_of_the_url():
    root = document("operation", backend_url=None, backend_id="calculator")
    assert dict(root.find("inbound/set-backend-service").attrib) == {"backend-id": "calculator"}


def test_public_operations_are_the_exception_to_the_checks():
    root = document("api", {"required": {"GET /add": []}, "public": ["GET /health", "GET /ready"]}, rate_limit_calls=9)
    assert inbound(root) == ["base", "choose", "set-backend-service"]
    when = root.find("inbound/choose/when")
    assert when.get("condition") == (
        '@(!new [] { "GET /health", "GET /ready" }'
        '.Contains(context.Operation.Method + " " + context.Operation.UrlTemplate))'
    )
    assert [each.tag for each in when] == ["validate-jwt", "choose", "choose", "rate-limit-by-key"]


def test_400_operations_with_150_sets_of_scopes_fit():
    required = {f"GET /customers/{{id}}/resources/number-{n}": [f"resources:read-{n % 150}"] for n in range(400)}
    text = jwt_document(SETTINGS, token_check(SETTINGS, None), "api", {"required": required, "public": []})
    assert len(text.encode()) < 262_144 / 2
    assert len(etree.fromstring(text).findall("inbound/validate-jwt")) == 1
    assert len(etree.fromstring(text).findall("inbound/choose")[0]) == 151


@given(audience=_values, claim=_values, value=_values, scope=_values, backend=_values, message=_values)
@example("a", "</claim>", '"/><base/>', "]]>", "<x>", "'\">")
@example("a&amp;b", "{ {x}}", "@", "}}", "(", ")")
@example("{{secret}}", "{{c}}", "@(v)", "s", "@(b)", "@(context.Request)")
def test_every_input_stays_a_value(audience, claim, value, scope, backend, message):
    assume(not any([*map(policy_text_problem, [audience, message, claim, value, backend]), literal_problem(scope)]))
    root = document(
        "api",
        {"required": {"GET /add": [scope], "GET /version": []}, "public": []},
        audience=audience,
        required_claims={claim: [value]},
        backend_url=backend,
        forbidden_message=message,
        unauthorized_message=message,
    )
    assert inbound(root) == ["base", "validate-jwt", "choose", "choose", "choose", "set-backend-service"]
    assert {each.text for each in root.iter("audience")} == {carried(audience)}
    assert root.find("inbound/validate-jwt").get("failed-validation-error-message") == carried(message)
    assert [each.get("value") for each in root.iter("set-variable")] == [scope, '@("")']
    assert root.find("inbound/set-backend-service").get("base-url") == carried(backend)
    assert "{{" not in etree.tostring(root, encoding="unicode")
