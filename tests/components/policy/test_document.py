"""Policy documents: exact text, and values that stay values.

Limit of the proof: whether API Management takes a document is shown live, by deploying it.
"""

import json
from types import SimpleNamespace

import pytest
from auth0_apim.policy.challenges import Challenge, challenge_header
from auth0_apim.policy.document import TokenCheck, base, cors, policy_document, set_backend, validate_jwt
from auth0_apim.policy.limits import quota, rate_limit
from auth0_apim.policy.markup import (
    carried,
    element,
    literal,
    literal_problem,
    policy_text_problem,
    raw_policies,
    raw_policies_problem,
)
from auth0_apim.policy.operations import (
    claim_check,
    operation_checks,
    refusal,
    scope_check,
    scope_held,
    without_headers,
)
from auth0_apim_sandbox.apim.policies.expressions import bind_expression
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

CHALLENGE = Challenge("https://tenant.example/")
TOKEN = TokenCheck(["https://tenant.example/"], ["basic-calculator"], "https://tenant.example/.well-known/x")


def test_an_api_lets_only_good_tokens_through_and_keeps_the_wider_policies():
    assert policy_document([base(), validate_jwt(TOKEN, "No.", "check")]) == (
        "<policies>\n"
        "  <inbound>\n"
        "    <base/>\n"
        '    <validate-jwt id="check" header-name="Authorization" failed-validation-httpcode="401"'
        ' failed-validation-error-message="No." require-expiration-time="true" require-scheme="Bearer"'
        ' require-signed-tokens="true" clock-skew="0" output-token-variable-name="verified-token">\n'
        '      <openid-config url="https://tenant.example/.well-known/x"/>\n'
        "      <audiences>\n"
        "        <audience>basic-calculator</audience>\n"
        "      </audiences>\n"
        "      <issuers>\n"
        "        <issuer>https://tenant.example/</issuer>\n"
        "      </issuers>\n"
        "    </validate-jwt>\n"
        "  </inbound>\n"
        "  <backend>\n"
        "    <base/>\n"
        "  </backend>\n"
        "  <outbound>\n"
        "    <base/>\n"
        "  </outbound>\n"
        "  <on-error>\n"
        "    <base/>\n"
        "  </on-error>\n"
        "</policies>"
    )


def test_the_service_itself_forwards_requests_since_nothing_is_wider():
    assert policy_document([], is_service=True) == (
        "<policies>\n"
        "  <inbound/>\n"
        "  <backend>\n"
        "    <forward-request/>\n"
        "  </backend>\n"
        "  <outbound/>\n"
        "  <on-error/>\n"
        "</policies>"
    )


def test_a_shared_key_is_only_named():
    token = TokenCheck(["https://tenant.example/"], ["a"], signing_key="calc-key")
    keys = validate_jwt(token, "No.", "check")[0]
    assert etree.tostring(keys) == b"<issuer-signing-keys><key>{{calc-key}}</key></issuer-signing-keys>"


@pytest.mark.parametrize("name", ["", "a}}{{b", "a b", "é"])
def test_a_key_with_another_name_is_refused(name):
    token = TokenCheck(["https://tenant.example/"], ["a"], signing_key=name)
    with pytest.raises(ValueError, match="is no name of a named value"):
        validate_jwt(token, "No.", "check")


@pytest.mark.parametrize(("url", "key"), [(None, None), ("https://tenant.example/x", "key")])
def test_keys_come_from_exactly_one_place(url, key):
    with pytest.raises(ValueError, match="either with an OpenID document's keys or with a shared one"):
        validate_jwt(TokenCheck(["https://a.example/"], ["a"], url, key), "No.", "check")


def test_origins_are_exact_and_credentials_of_the_browser_stay_out():
    assert etree.tostring(cors(["https://app.example"])) == (
        b'<cors allow-credentials="false" terminate-unmatched-request="false">'
        b"<allowed-origins><origin>https://app.example</origin></allowed-origins>"
        b"<allowed-methods><method>*</method></allowed-methods>"
        b"<allowed-headers><header>*</header></allowed-headers>"
        b"<expose-headers><header>WWW-Authenticate</header></expose-headers></cors>"
    )


def test_a_rate_limit_counts_by_the_subject_of_the_token():
    assert dict(rate_limit(100, 60, "subject", "service").attrib) == {
        "calls": "100",
        "renewal-period": "60",
        "counter-key": '@(((Jwt)context.Variables["verified-token"]).Subject)',
    }


def test_a_quota_counts_by_the_client_that_got_the_token():
    assert dict(quota(1000, 86400, "client", "api").attrib) == {
        "calls": "1000",
        "renewal-period": "86400",
        "counter-key": (
            '@(context.Api.Id + " " + ((Jwt)context.Variables["verified-token"]).Claims.GetValueOrDefault("azp", '
            '((Jwt)context.Variables["verified-token"]).Claims.GetValueOrDefault("client_id", "")))'
        ),
    }


@pytest.mark.parametrize(
    ("claims", "counted"), [({"azp": ["a"], "client_id": ["b"]}, "a"), ({"client_id": ["b"]}, "b")]
)
def test_a_client_is_known_by_the_claim_of_either_profile(claims, counted):
    key = quota(1000, 86400, "client", "service").get("counter-key")
    assert value_of(key, Called(token=claims)) == counted


@pytest.mark.parametrize(
    ("level", "place"),
    [
        ("service", "@(((Jwt)context"),
        ("product", '@(context.Product.Id + " " + ((Jwt)context'),
        ("api", '@(context.Api.Id + " " + ((Jwt)context'),
        ("operation", '@(context.Api.Id + "/" + context.Operation.Id + " " + ((Jwt)context'),
    ],
)
def test_each_place_has_counters_of_its_own(level, place):
    assert rate_limit(10, 60, "subject", level).get("counter-key").startswith(place)


def test_a_subscriptions_calls_are_counted_without_a_key():
    assert etree.tostring(rate_limit(10, 60, "subscription", "api")) == b'<rate-limit calls="10" renewal-period="60"/>'
    assert etree.tostring(quota(10, 300, "subscription", "product")) == b'<quota calls="10" renewal-period="300"/>'


class Jwt:
    csharp_type = "Jwt"

    def __init__(self, **claims):
        self.claims = claims


class Called:
    """What an expression reads of a call of `GET /add`, or of another operation."""

    def __init__(self, method="GET", url_template="/add", token=None, **variables):
        self.operation = SimpleNamespace(method=method, url_template=url_template)
        self.variables = {"verified-token": Jwt(**(token or {})), **variables}


def holds(condition, called):
    """Whether the gateway takes the branch with the condition."""
    return bind_expression(condition)[1](called)


def answer_of(elements, called):
    """What the elements answer to the call: None where it goes on."""
    for choice in elements:
        branches = [each for each in choice if each.tag == "otherwise" or holds(each.get("condition"), called)]
        for policy in branches[0] if branches else ():
            if policy.tag == "return-response":
                return json.loads(policy.findtext("set-body"))["message"]
            called.variables[policy.get("name")] = value_of(policy.get("value"))
    return None


@pytest.mark.parametrize(
    ("called", "answer"),
    [
        (Called(token={"scope": ["calc:use calc:add"]}), None),
        (Called(token={"scope": ["calc:add"]}), "No."),
        (Called(token={"scope": ["calc:use", "calc:add"]}), "No."),
        (Called(token={"scope": ["calc:use calc:additional"]}), "No."),
        (Called(token={}), "No."),
        (Called("POST", "/add", {"scope": ["calc:use calc:add"]}), "This operation is closed."),
        (Called("GET", "/ADD", {"scope": ["calc:use calc:add"]}), "This operation is closed."),
        (Called("GET", "/add?a={a}", {"scope": ["calc:use calc:add"]}), "This operation is closed."),
        (Called("GET", "/version", {}), None),
        (Called("GET", "/version", {"scope": [""]}), None),
    ],
)
def test_an_operation_asks_for_its_scopes_and_one_that_is_not_listed_is_denied(called, answer):
    required = {"GET /add": ["calc:use", "calc:add"], "GET /version": []}
    assert answer_of(operation_checks(required, scope_held("scope", {}), "all", "No.", CHALLENGE), called) == answer


@pytest.mark.parametrize(
    ("permissions", "match", "answer"),
    [
        (["a", "b"], "all", None),
        (["a"], "all", "No."),
        (["a"], "any", None),
        (["c"], "any", "No."),
        (["a,b"], "any", "No."),
        (["a b"], "any", "No."),
        ([], "any", "No."),
        (None, "all", "No."),
    ],
)
def test_permissions_are_looked_for_in_an_array(permissions, match, answer):
    token = {} if permissions is None else {"permissions": permissions}
    required = operation_checks({"GET /add": ["a", "b"]}, scope_held("permissions", {}), match, "No.", CHALLENGE)
    assert answer_of(required, Called(token=token)) == answer
    assert (
        answer_of(
            [scope_check(["a", "b"], scope_held("permissions", {}), match, "No.", CHALLENGE)], Called(token=token)
        )
        == answer
    )


def test_one_branch_serves_all_operations_with_the_same_scopes():
    required = {"GET /b": ["y", "x"], "GET /a": ["x", "y"], "GET /c": []}
    choice, check = operation_checks(required, scope_held("scope", {}), "all", "No.", CHALLENGE)
    operation = 'context.Operation.Method + " " + context.Operation.UrlTemplate'
    assert [(each.tag, each.get("condition"), [value.get("value") for value in each]) for each in choice] == [
        ("when", f'@(new [] {{ "GET /a", "GET /b" }}.Contains({operation}))', ["x y"]),
        ("when", f'@(new [] {{ "GET /c" }}.Contains({operation}))', ['@("")']),
        ("otherwise", None, [None]),
    ]
    assert check[0].get("condition") == (
        '@(!((string)context.Variables["required-scopes"]).Split(\' \').All(scope => scope == "" || '
        '((Jwt)context.Variables["verified-token"]).Claims.GetValueOrDefault("scope", "").Split(\' \').Contains(scope)))'
    )


def test_where_nothing_is_listed_everything_is_denied():
    assert [each.tag for each in operation_checks({}, scope_held("scope", {}), "all", "No.", CHALLENGE)] == [
        "return-response"
    ]


@pytest.mark.parametrize(
    ("token", "answer"),
    [({"plan": ["gold"]}, None), ({"plan": ["tin", "silver"]}, None), ({"plan": ["tin"]}, "No."), ({}, "No.")],
)
def test_a_claim_has_one_of_the_values(token, answer):
    assert answer_of([claim_check("plan", ["gold", "silver"], "No.", CHALLENGE)], Called(token=token)) == answer


def test_a_refusal_is_an_answer_in_json():
    assert etree.tostring(refusal('No "entry".')).decode() == (
        '<return-response><set-status code="403" reason="Forbidden"/>'
        '<set-header name="Content-Type" exists-action="override"><value>application/json</value></set-header>'
        '<set-body>{"statusCode": 403, "message": "No \\"entry\\"."}</set-body></return-response>'
    )


METADATA = "https://apis.example/.well-known/oauth-protected-resource/calc"


@pytest.mark.parametrize(
    ("challenge", "error", "scope", "value"),
    [
        (CHALLENGE, None, None, 'Bearer realm="https://tenant.example/"'),
        (CHALLENGE, "invalid_token", None, 'Bearer realm="https://tenant.example/", error="invalid_token"'),
        (
            Challenge("https://tenant.example/", METADATA),
            "insufficient_scope",
            "a b",
            'Bearer realm="https://tenant.example/", error="insufficient_scope", '
            f'resource_metadata="{METADATA}", scope="a b"',
        ),
        (
            Challenge('https://a.example/"\\{{x}}\r\nA: b'),
            None,
            None,
            'Bearer realm="https://a.example/%22%5C%7B%7Bx%7D%7D%0D%0AA:%20b"',
        ),
    ],
)
def test_a_challenge_has_the_parameters_of_rfc_6750_and_nothing_breaks_out_of_them(challenge, error, scope, value):
    assert challenge.text(error, scope) == value


@pytest.mark.parametrize(
    ("policy_id", "reason", "header"),
    [
        ("api-access-token", "TokenNotPresent", 'Bearer realm="https://tenant.example/"'),
        ("api-access-token-1", "TokenNotPresent", 'Bearer realm="https://tenant.example/"'),
        ("api-access-token-2", "TokenExpired", None),
        ("api-access-token", "TokenExpired", 'Bearer realm="https://tenant.example/", error="invalid_token"'),
        ("product-access-token", "TokenNotPresent", None),
        (None, "SubscriptionKeyNotFound", None),
    ],
)
def test_a_401_is_challenged_only_where_this_check_failed(policy_id, reason, header):
    choice = CHALLENGE.of_unauthorized(["api-access-token", "api-access-token-1"])
    called = Called()
    called.last_error = SimpleNamespace(policy_id=policy_id, reason=reason)
    taken = next((each for each in choice if holds(each.get("condition"), called)), None)
    assert (None if taken is None else taken.findtext("set-header/value")) == header


def test_a_403_names_the_scopes_of_its_operation():
    called = Called(**{"required-scopes": "a b"})
    choice = operation_checks({"GET /add": ["b", "a"]}, scope_held("scope", {}), "all", "No.", CHALLENGE)[-1]
    header = choice.find("when/return-response/set-header[@name='WWW-Authenticate']")
    assert value_of(header.findtext("value"), called) == (
        'Bearer realm="https://tenant.example/", error="insufficient_scope", scope="a b"'
    )
    assert etree.tostring(challenge_header("Bearer x")) == (
        b'<set-header name="WWW-Authenticate" exists-action="override"><value>Bearer x</value></set-header>'
    )


def test_a_backend_is_named_by_its_id_or_its_url():
    made = [set_backend(backend_id="calc"), set_backend(backend_url="https://a.example/api")]
    assert [etree.tostring(each) for each in made] == [
        b'<set-backend-service backend-id="calc"/>',
        b'<set-backend-service base-url="https://a.example/api"/>',
    ]


def test_headers_are_taken_away():
    assert [etree.tostring(each) for each in without_headers(["Server"])] == [
        b'<set-header name="Server" exists-action="delete"/>'
    ]


@pytest.mark.parametrize(
    "xml",
    [
        '<set-header name="X-Team"><value>{{team}}</value></set-header>',
        "<!-- why --><base2/>\n  <set-body>@(context.RequestId)</set-body>",
    ],
)
def test_raw_policies_are_taken_as_they_are(xml):
    assert raw_policies_problem(xml) is None
    text = policy_document([base(), *raw_policies(xml)])
    inside = etree.fromstring(f"<x>{xml}</x>", etree.XMLParser(remove_comments=True))
    assert [each.tag for each in etree.fromstring(text).find("inbound")] == ["base", *(each.tag for each in inside)]


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("", "must have at least one policy"),
        ("<!-- nothing -->", "must have at least one policy"),
        ("<base/>", "must be policies that stand inside a section, not <base>"),
        ("<inbound><base/></inbound>", "must be policies that stand inside a section, not <inbound>"),
        ("<a>", "must be well-formed XML"),
        ("</policies><policies>", "must be well-formed XML"),
        ("<a/> and text", "there is text beside the policies"),
        ("<a/><?php echo ?>", "there is a processing instruction"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "must be well-formed XML"),
        ("<a>&e;</a>", "must be well-formed XML"),
        ('<when condition="@(1 < 2)"/>', "must be well-formed XML"),
    ],
)
def test_raw_policies_that_are_none_are_refused(xml, problem):
    assert problem in (raw_policies_problem(xml) or "")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "must be text without blanks around it, not ''"),
        (" a", "must be text without blanks around it, not ' a'"),
        ("a\x00b", r"must not contain control characters, as 'a\x00b' does"),
    ],
)
def test_what_is_no_text_of_a_policy_is_refused(value, problem):
    assert (policy_text_problem(value), literal_problem(value)) == (problem, problem)
    with pytest.raises(ValueError, match="a policy's value must"):
        validate_jwt(TokenCheck(["https://a.example/"], [value], "https://a.example/x"), "No.", "check")


@pytest.mark.parametrize(
    ("value", "problem", "written"),
    [
        (
            "{{secret}}",
            "must not contain '{{', which API Management evaluates, as '{{secret}}' does",
            r'@("\u007b\u007bsecret}}")',
        ),
        (
            "@(context)",
            "must not contain '@(', which API Management evaluates, as '@(context)' does",
            r'@("\u0040\u0028context)")',
        ),
        (
            'a @{return "\\n";}',
            "must not contain '@{', which API Management evaluates, as 'a @{return \"\\\\n\";}' does",
            r'@("a \u0040\u007breturn \"\\n\";}")',
        ),
    ],
)
def test_what_would_be_evaluated_is_an_expression_that_is_this_text_or_refused(value, problem, written):
    assert policy_text_problem(value) is None
    assert carried(value) == written
    assert bind_expression(written)[1](None) == value
    assert literal_problem(value) == problem
    with pytest.raises(ValueError, match="a policy's value must not contain"):
        literal(value)


_values = st.text() | st.text(alphabet="<>&\"'{}@()[]!-/?;#x \n\t\r]]>\\", min_size=1)


def value_of(text, called=None):
    """What the gateway takes for the value. An expression is `@(…)` or `@{…}`; any other at sign is a character.

    https://learn.microsoft.com/azure/api-management/api-management-policy-expressions#syntax
    """
    assert "{{" not in text
    if not text.startswith(("@(", "@{")):
        assert (text.count("@("), text.count("@{")) == (0, 0)
        return text
    assert (text.count("@("), text.count("@{")) == (1, 0)
    return bind_expression(text)[1](called)


@given(issuer=_values, audience=_values, message=_values)
@example("</issuer><issuer>", "a", '"/><!--')
@example("&amp;", "<![CDATA[x]]>", "<?x?>")
@example("{", "}}", "{ {x}}")
@example("@", "@@ (", "a@")
@example("@(context.Request)", "{{secret}}", 'a \\"@{ return "\u2028\U0001f511"; }')
def test_every_value_stays_a_value(issuer, audience, message):
    token = TokenCheck([issuer], [audience], "https://tenant.example/x")

    def render():
        return policy_document([base(), validate_jwt(token, message, "check")])

    if any(policy_text_problem(value) for value in (issuer, audience, message)):
        with pytest.raises(ValueError, match="a policy's value must"):
            render()
        return
    check = etree.fromstring(render()).find("inbound/validate-jwt")
    assert [value_of(each.text) for each in check.iter("issuer", "audience")] == [audience, issuer]
    assert value_of(check.get("failed-validation-error-message")) == message
    assert [element.tag for element in check.iter()] == [
        "validate-jwt",
        "openid-config",
        "audiences",
        "audience",
        "issuers",
        "issuer",
    ]


@given(listed=_values, called=_values, claim=_values, value=_values)
@example('" }.Contains("', "x", '") || true || ("', "{{{x}}")
@example("@(context)", "@(context)", "@{ return true; }", "{{secret}}")
def test_texts_in_expressions_stay_texts(listed, called, claim, value):
    if any(policy_text_problem(text) for text in (listed, claim, value)):
        with pytest.raises(ValueError, match="a policy's value must"):
            [
                *operation_checks({listed: []}, scope_held("scope", {}), "all", "No.", CHALLENGE),
                claim_check(claim, [value], "No.", CHALLENGE),
            ]
        return
    checks = policy_document(operation_checks({listed: []}, scope_held("scope", {}), "all", "No.", CHALLENGE))
    when = etree.fromstring(checks).find("inbound/choose/when")
    assert "{{" not in checks
    assert (when.get("condition").count("@("), when.get("condition").count("@{")) == (1, 0)
    for operation in (listed, called):
        method, _, template = operation.partition(" ")
        reached = f"{method} {template}"
        assert holds(when.get("condition"), Called(method, template)) == (reached == listed)
    (demand,) = etree.fromstring(policy_document([claim_check(claim, [value], "No.", CHALLENGE)])).find(
        "inbound/choose"
    )
    assert not holds(demand.get("condition"), Called(token={claim: [value]}))
    assert holds(demand.get("condition"), Called(token={claim: [f"{value}x"]}))
    assert holds(demand.get("condition"), Called())


@given(message=_values, header=_values, fragment=_values)
@example('"}', "X", "a")
@example("</set-body>", '"/><base/>', "{{x}}")
@example("{{x}} @(context)", "X", "a")
@example("@", "@", "@ (")
def test_every_value_beside_the_token_stays_a_value(message, header, fragment):
    def render():
        include = element("include-fragment", {"fragment-id": literal(fragment)})
        return policy_document([refusal(message), include, *without_headers([header])])

    if any(literal_problem(value) for value in (header, fragment)):
        with pytest.raises(ValueError, match="a policy's value must"):
            render()
        return
    inbound = etree.fromstring(render()).find("inbound")
    body = value_of(inbound.find("return-response/set-body").text)
    assert json.loads(body) == {"statusCode": 403, "message": message}
    assert inbound.find("include-fragment").get("fragment-id") == fragment
    assert inbound.find("set-header").get("name") == header
    assert [each.tag for each in inbound] == ["return-response", "include-fragment", "set-header"]


@given(xml=st.text() | st.text(alphabet="<>&\"'/ab=;![]-?", max_size=30))
@example("</inbound></policies><policies><inbound>")
@example("]]><a/>")
def test_raw_policies_never_leave_their_section(xml):
    if raw_policies_problem(xml) is not None:
        return
    document = etree.fromstring(policy_document([base(), *raw_policies(xml)]))
    assert [section.tag for section in document] == ["inbound", "backend", "outbound", "on-error"]
    assert document[0][0].tag == "base"
    assert len(document[0]) == 1 + len(raw_policies(xml))
