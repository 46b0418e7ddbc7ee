"""Whole documents of JwtPolicy: no value of any input becomes anything but that value.

Limit of the proof: whether API Management takes a document is shown live, by deploying it.
"""

from auth0_apim.jwt_documents import jwt_document, token_check
from auth0_apim.policy_markup import carried, literal_problem, policy_text_problem
from auth0_apim.policy_rules import required_claims_problem
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lxml import etree

_values = st.text(min_size=1) | st.text(alphabet="<>&\"'{}@()[]!-/?;#x \n]]>", min_size=1)


def usable(texts, literals):
    return not any([*map(policy_text_problem, texts), *map(literal_problem, literals)])


@given(audience=_values, claim=_values, value=_values, scope=_values, backend=_values, message=_values)
@example("a", "</claim>", '"/><base/>', "]]>", "<x>", "'\">")
@example("a&amp;b", "{ {x}}", "@", "}}", "(", ")")
@example("{{secret}}", "c", "v", "s", "b", "@(context.Request)")
def test_every_input_stays_a_value(audience, claim, value, scope, backend, message):
    assume(usable([audience, message], [claim, value, scope, backend]))
    assert required_claims_problem({claim: [value]}) is None
    settings = {
        "issuer": "https://tenant.example/",
        "audience": audience,
        "required_claims": {claim: [value]},
        "backend_id": backend,
        "forbidden_message": message,
        "unauthorized_message": message,
    }
    scopes = {"operations": {"add": [scope], "version": []}, "default": None}
    text = jwt_document(settings, token_check(settings, None), "api", scopes)
    inbound = etree.fromstring(text).find("inbound")
    assert [each.tag for each in inbound] == ["base", "validate-jwt", "validate-jwt", "choose", "set-backend-service"]
    assert {each.text for each in inbound.iter("audience")} == {carried(audience)}
    assert {each.get("failed-validation-error-message") for each in inbound.iter("validate-jwt")} == {carried(message)}
    demanded = inbound.findall("validate-jwt")[1].find("required-claims/claim")
    assert (demanded.get("name"), [each.text for each in demanded]) == (claim, [value])
    assert [each.text for each in inbound.find("choose").iter("value")] == [scope, "application/json"]
    assert inbound.find("set-backend-service").get("backend-id") == backend
    assert "{{" not in text
    # The two conditions that tell operations apart are evaluated, and what is written as an expression of a text.
    written = [each.text for each in inbound.iter("audience", "set-body")]
    written += [each.get("failed-validation-error-message") for each in inbound.iter("validate-jwt")]
    assert (text.count("@("), text.count("@{")) == (2 + sum(each.startswith("@(") for each in written), 0)
