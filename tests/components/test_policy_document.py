"""Policy documents: exact text, and values that stay values.

Limit of the proof: whether API Management takes a document is shown live, by deploying it.
"""

import json

import pytest
from auth0_apim.policy_document import (
    RequiredClaim,
    TokenCheck,
    base,
    cors,
    policy_document,
    validate_jwt,
)
from auth0_apim.policy_limits import quota, rate_limit
from auth0_apim.policy_markup import (
    carried,
    element,
    literal,
    literal_problem,
    policy_text_problem,
    raw_policies,
    raw_policies_problem,
)
from auth0_apim.policy_operations import by_operation, operation_id_problem, refusal, without_headers
from hypothesis import example, given
from hypothesis import strategies as st
from local_apim.policies.expressions import bind_expression
from lxml import etree

TOKEN = TokenCheck(["https://tenant.example/"], ["basic-calculator"], "https://tenant.example/.well-known/x")


def test_an_api_lets_only_good_tokens_through_and_keeps_the_wider_policies():
    assert policy_document([base(), validate_jwt(TOKEN, status=401, message="No.")]) == (
        "<policies>\n"
        "  <inbound>\n"
        "    <base/>\n"
        '    <validate-jwt header-name="Authorization" failed-validation-httpcode="401"'
        ' failed-validation-error-message="No." require-expiration-time="true" require-scheme="Bearer"'
        ' require-signed-tokens="true" clock-skew="0">\n'
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
    assert policy_document([], is_global=True) == (
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
    keys = validate_jwt(token, status=401, message="No.")[0]
    assert etree.tostring(keys) == b"<issuer-signing-keys><key>{{calc-key}}</key></issuer-signing-keys>"


@pytest.mark.parametrize("name", ["", "a}}{{b", "a b", "é"])
def test_a_key_with_another_name_is_refused(name):
    token = TokenCheck(["https://tenant.example/"], ["a"], signing_key=name)
    with pytest.raises(ValueError, match="is no name of a named value"):
        validate_jwt(token, status=401, message="No.")


@pytest.mark.parametrize(("url", "key"), [(None, None), ("https://tenant.example/x", "key")])
def test_keys_come_from_exactly_one_place(url, key):
    with pytest.raises(ValueError, match="either with an OpenID document's keys or with a shared one"):
        validate_jwt(TokenCheck(["https://a.example/"], ["a"], url, key), status=401, message="No.")


def test_scopes_in_one_string_are_separated_and_stand_behind_everything_else():
    required = RequiredClaim("scope", ["calc:add", "calc:sub"], "all", " ")
    check = validate_jwt(TOKEN, status=403, message="No.", required=[required])
    assert [child.tag for child in check] == ["openid-config", "audiences", "issuers", "required-claims"]
    assert check.get("failed-validation-httpcode") == "403"
    assert etree.tostring(check[-1]) == (
        b'<required-claims><claim name="scope" match="all" separator=" ">'
        b"<value>calc:add</value><value>calc:sub</value></claim></required-claims>"
    )


def test_permissions_in_an_array_have_no_separator():
    check = validate_jwt(TOKEN, status=403, message="No.", required=[RequiredClaim("permissions", ["calc:add"], "any")])
    assert dict(check[-1][0].attrib) == {"name": "permissions", "match": "any"}


def test_origins_are_exact_and_credentials_of_the_browser_stay_out():
    assert etree.tostring(cors(["https://app.example"])) == (
        b'<cors allow-credentials="false" terminate-unmatched-request="false">'
        b"<allowed-origins><origin>https://app.example</origin></allowed-origins>"
        b"<allowed-methods><method>*</method></allowed-methods>"
        b"<allowed-headers><header>*</header></allowed-headers></cors>"
    )


def test_a_rate_limit_counts_by_the_subject_of_the_token():
    assert dict(rate_limit(100, 60, "subject", "global").attrib) == {
        "calls": "100",
        "renewal-period": "60",
        "counter-key": '@(context.Request.Headers.GetValueOrDefault("Authorization","").AsJwt()?.Subject)',
    }


def test_a_quota_counts_by_the_client_that_got_the_token():
    assert dict(quota(1000, 86400, "client", "api").attrib) == {
        "calls": "1000",
        "renewal-period": "86400",
        "counter-key": (
            '@(context.Api.Id + " " + context.Request.Headers.GetValueOrDefault("Authorization","").AsJwt()'
            '?.Claims.GetValueOrDefault("azp",""))'
        ),
    }


@pytest.mark.parametrize(
    ("level", "place"),
    [
        ("global", "@(context.Request"),
        ("product", '@(context.Product.Id + " " + context.Request'),
        ("api", '@(context.Api.Id + " " + context.Request'),
        ("operation", '@(context.Api.Id + "/" + context.Operation.Id + " " + context.Request'),
    ],
)
def test_each_place_has_counters_of_its_own(level, place):
    assert rate_limit(10, 60, "subject", level).get("counter-key").startswith(place)


def test_a_subscriptions_calls_are_counted_without_a_key():
    assert etree.tostring(rate_limit(10, 60, "subscription", "api")) == b'<rate-limit calls="10" renewal-period="60"/>'
    assert etree.tostring(quota(10, 300, "subscription", "product")) == b'<quota calls="10" renewal-period="300"/>'


def test_operations_that_nobody_names_are_closed():
    cases = [(["add", "sub"], [element("base")]), (["version"], [])]
    (choice,) = by_operation(cases, [refusal('No "entry".')])
    assert etree.tostring(choice).decode() == (
        '<choose><when condition="@(context.Operation.Id == &quot;add&quot; || context.Operation.Id == &quot;sub&quot;)">'
        '<base/></when><when condition="@(context.Operation.Id != &quot;version&quot;)"><return-response><set-status code="403" reason="Forbidden"/>'
        '<set-header name="Content-Type" exists-action="override"><value>application/json</value></set-header>'
        '<set-body>{"statusCode": 403, "message": "No \\"entry\\"."}</set-body></return-response></when></choose>'
    )


def test_where_the_others_are_open_an_operation_without_demands_needs_no_words():
    assert by_operation([(["version"], [])], []) == []
    (choice,) = by_operation([(["version"], []), (["add"], [element("base")])], [])
    assert [child.tag for child in choice] == ["when"]


def test_where_no_operation_is_named_what_is_otherwise_holds_for_all():
    assert [each.tag for each in by_operation([], [element("base")])] == ["base"]


@pytest.mark.parametrize("operation", ["", 'a" || true || "', "a b", "é", "a" * 81])
def test_an_operation_id_that_an_expression_would_read_otherwise_is_refused(operation):
    assert operation_id_problem(operation) == "is no operation id (1 to 80 letters, digits, '.', '_' and '-')"
    with pytest.raises(ValueError, match="is no operation id"):
        by_operation([([operation], [element("base")])], [])


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
        validate_jwt(TokenCheck(["https://a.example/"], [value], "https://a.example/x"), status=401, message="No.")


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
            r'@("\u0040(context)")',
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


def value_of(text):
    """What the gateway takes for the value."""
    assert "{{" not in text
    if not text.startswith("@"):
        return text
    assert (text.count("@("), text.count("@{")) == (1, 0)
    return bind_expression(text)[1](None)


@given(issuer=_values, audience=_values, scope=_values, message=_values)
@example("</issuer><issuer>", "a", "]]>", '"/><!--')
@example("&amp;", "<![CDATA[x]]>", "a'b", "<?x?>")
@example("{", "}}", "@", "{ {x}}")
@example("@(context.Request)", "{{secret}}", "a", 'a \\"@{ return "\u2028\U0001f511"; }')
def test_every_value_stays_a_value(issuer, audience, scope, message):
    token = TokenCheck([issuer], [audience], "https://tenant.example/x")

    def render():
        required = RequiredClaim("scope", [scope], "all", " ")
        return policy_document([base(), validate_jwt(token, status=403, message=message, required=[required])])

    if literal_problem(scope) or any(policy_text_problem(value) for value in (issuer, audience, message)):
        with pytest.raises(ValueError, match="a policy's value must"):
            render()
        return
    check = etree.fromstring(render()).find("inbound/validate-jwt")
    assert [value_of(each.text) for each in check.iter("issuer", "audience")] == [audience, issuer]
    assert [each.text for each in check.iter("value")] == [scope]
    assert value_of(check.get("failed-validation-error-message")) == message
    assert [element.tag for element in check.iter()] == [
        "validate-jwt",
        "openid-config",
        "audiences",
        "audience",
        "issuers",
        "issuer",
        "required-claims",
        "claim",
        "value",
    ]


@given(message=_values, header=_values, fragment=_values)
@example('"}', "X", "a")
@example("</set-body>", '"/><base/>', "{{x}}")
@example("{{x}} @(context)", "X", "a")
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
