"""What a policy document may say, and how Azure words its refusal."""

import base64

import pytest
from auth0_apim_sandbox.apim.policies import PolicyError, parse_policy
from auth0_apim_sandbox.apim.policies.checking import check_included

KEY = base64.b64encode(b"k" * 32).decode()


def document(inbound):
    return f"<policies>\n    <inbound>\n        <base />\n        {inbound}\n    </inbound>\n</policies>"


def refusal(text, format_="rawxml", **options):
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, format_, **options)
    return caught.value


JWT = "<validate-jwt header-name='Authorization'>{}</validate-jwt>"
CONFIG = "<openid-config url='https://tenant.example/.well-known/openid-configuration' />"
CHILDREN = {
    "openid-config": CONFIG,
    "issuer-signing-keys": f"<issuer-signing-keys><key>{KEY}</key></issuer-signing-keys>",
    "audiences": "<audiences><audience>a</audience></audiences>",
    "issuers": "<issuers><issuer>https://tenant.example/</issuer></issuers>",
    "required-claims": "<required-claims><claim name='scope' separator=' '><value>read</value></claim></required-claims>",
}
ORDER = ["openid-config", "issuer-signing-keys", "decryption-keys", "audiences", "issuers", "required-claims"]


def test_the_documented_order_is_accepted():
    parse_policy(document(JWT.format(CONFIG + "".join(CHILDREN.values()))), "rawxml")


@pytest.mark.parametrize("first", range(5))
@pytest.mark.parametrize("second", range(5))
def test_children_out_of_order_are_refused_with_azures_words(first, second):
    names = list(CHILDREN)
    text = document(JWT.format(CHILDREN[names[first]] + CHILDREN[names[second]]))
    if first < second or first == second == 0:
        parse_policy(text, "rawxml")
        return
    possible = ORDER[ORDER.index(names[first]) + (first != 0) :]
    expected = f" List of possible elements expected: '{', '.join(possible)}'." if possible else ""
    assert str(refusal(text)) == (
        "Error in element 'validate-jwt' on line 4, column 10: The element 'validate-jwt' has invalid child element "
        f"'{names[second]}'.{expected}"
    )


REFUSED = {
    "<foo />": "The policy 'foo' is unknown. Supported: authentication-basic, ",
    "<validate-azure-ad-token tenant-id='x' header-name='a' token-value='b' />": "Only one of the attributes",
    "<validate-azure-ad-token />": "The required attribute 'tenant-id' is missing.",
    "<validate-content />": "The policy 'validate-content' is not supported by this gateway.",
    "<send-request response-variable-name='r' />": "List of possible elements expected: 'set-url'.",
    "<send-request response-variable-name='r'><set-url>http://a/</set-url><proxy url='http://b/' /></send-request>": "The element 'proxy' of 'send-request' is not supported by this gateway.",
    "<wait><set-method>GET</set-method></wait>": "The element 'wait' has invalid child element 'set-method'.",
    "<retry condition='true' count='51' interval='1' />": "The value 51 is not between 1 and 50.",
    "<retry condition='true' count='1' interval='1'><foo /></retry>": "The policy 'foo' is unknown.",
    "<cache-store-value key='a' value='b' duration='0' />": "The value 0 is not between 1",
    "<cache-lookup-value key='a' variable-name='b' caching-type='external' />": "The value 'external' of 'caching-type' is not supported",
    "<cache-lookup vary-by-developer='false' vary-by-developer-groups='true' />": "of 'vary-by-developer-groups' is supported",
    "<ip-filter action='allow' />": "At least one 'address' or 'address-range' must be specified.",
    "<ip-filter action='allow'><address>localhost</address></ip-filter>": "The value 'localhost' is not a valid IP address.",
    "<llm-token-limit counter-key='a' estimate-prompt-tokens='false' />": "'tokens-per-minute', 'token-quota' must be specified.",
    "<llm-token-limit counter-key='a' estimate-prompt-tokens='false' token-quota='1' />": "'token-quota' and 'token-quota-period' belong together.",
    "<emit-metric name='a'><dimension name='b' /></emit-metric>": "The dimension 'b' needs a 'value'",
    "<set-method>A B</set-method>": "The value 'A B' is not a valid HTTP method.",
    "<validate-jwt />": "Exactly one of the attributes 'header-name', 'query-parameter-name', 'token-value' must be specified; 0 are.",
    "<validate-jwt header-name='a' token-value='b' />": "must be specified; 2 are.",
    "<validate-jwt header-name='a' colour='b' />": "The 'colour' attribute is not declared.",
    "<validate-jwt header-name='a' require-signed-tokens='yes' />": "The string 'yes' is not a valid Boolean value.",
    "<validate-jwt header-name='a' failed-validation-httpcode='42' />": "The value 42 is not between 200 and 599.",
    "<validate-jwt header-name='a' clock-skew='soon' />": "The value 'soon' is neither seconds nor a time span.",
    "<validate-jwt header-name='a' output-token-variable-name='@(context.RequestId)' />": "Policy expressions are not allowed here.",
    JWT.format("<openid-config />"): "The required attribute 'url' is missing.",
    JWT.format("<openid-config url='tenant' />"): "The value 'tenant' is not a valid absolute http or https URL.",
    JWT.format("<openid-config url='https://u:p@tenant.example' />"): "must not carry a user name or password",
    JWT.format(
        "<audiences />"
    ): "The element 'audiences' has incomplete content. List of possible elements expected: 'audience'.",
    JWT.format("<audiences><audience> </audience></audiences>"): "The value must not be empty.",
    JWT.format(
        "<decryption-keys><key>AAAA</key></decryption-keys>"
    ): "'decryption-keys' of 'validate-jwt' is not supported",
    JWT.format(
        "<issuer-signing-keys><key>not Base64!</key></issuer-signing-keys>"
    ): "The key is not a valid Base64 string.",
    JWT.format("<issuer-signing-keys><key /></issuer-signing-keys>"): "The key must not be empty.",
    JWT.format(
        "<issuer-signing-keys><key>c2hvcnQ=</key></issuer-signing-keys>"
    ): "The key has 40 bits; a symmetric key needs at least 128.",
    JWT.format(
        "<issuer-signing-keys><key n='AQAB' e='AQAB' /></issuer-signing-keys>"
    ): "The RSA key has 17 bits; at least 2048 are needed.",
    JWT.format(
        f"<issuer-signing-keys><key n='{'_' * 342}' e='AA' /></issuer-signing-keys>"
    ): "not a valid Base64url-encoded number",
    JWT.format(
        f"<issuer-signing-keys><key n='{'_' * 342}' e='AQ' /></issuer-signing-keys>"
    ): "The numbers 'n' and 'e' of the key are no RSA public key.",
    JWT.format(
        "<issuer-signing-keys><key n='A' e='AQAB' /></issuer-signing-keys>"
    ): "not a valid Base64url-encoded number",
    JWT.format(
        "<required-claims><claim name='@(context.RequestId)' /></required-claims>"
    ): "Policy expressions are not allowed here.",
    JWT.format(
        "<issuer-signing-keys><key n='AQAB' /></issuer-signing-keys>"
    ): "Attributes 'n' and 'e' of a 'key' belong together.",
    JWT.format(
        "<issuer-signing-keys><key n='A+B' e='AQAB' /></issuer-signing-keys>"
    ): "not a valid Base64url-encoded number",
    JWT.format(
        "<issuer-signing-keys><key certificate-id='c' /></issuer-signing-keys>"
    ): "'certificate-id' attribute of 'key' is not supported",
    JWT.format(
        "<required-claims><claim><value>a</value></claim></required-claims>"
    ): "The required attribute 'name' is missing.",
    JWT.format(
        "<required-claims><claim name='a' match='some' /></required-claims>"
    ): "The value 'some' is not one of 'all', 'any'.",
    JWT.format("text"): "The element 'validate-jwt' cannot contain text.",
    "<cors><allowed-headers><header>*</header></allowed-headers></cors>": "List of possible elements expected: 'allowed-origins'",
    "<rate-limit-by-key calls='1' renewal-period='301' counter-key='a' />": "The value 301 is not between 1 and 300.",
    "<rate-limit-by-key calls='x' renewal-period='1' counter-key='a' />": "The string 'x' is not a valid Int32 value.",
    "<rate-limit-by-key calls='1' renewal-period='1' />": "The required attribute 'counter-key' is missing.",
    "<rate-limit calls='1' renewal-period='1' />": "Policy is not allowed in the 'global' scope",
    "<quota calls='1' renewal-period='300' />": "Policy is not allowed in the 'global' scope",
    "<quota-by-key bandwidth='1' renewal-period='300' counter-key='a' />": "The 'bandwidth' attribute of 'quota-by-key' is not supported",
    "<forward-request />": "Policy is not allowed in the 'inbound' section; it is allowed in: backend.",
    "<set-header name='a b' />": "The value 'a b' is not a valid header name.",
    "<set-header name='a' exists-action='merge' />": "The value 'merge' is not one of",
    "<set-backend-service />": "Exactly one of the attributes 'base-url', 'backend-id' must be specified.",
    "<set-body template='liquid'>x</set-body>": "The 'template' attribute of 'set-body' is not supported",
    "<choose><otherwise /></choose>": "List of possible elements expected: 'when'.",
    "<rate-limit-by-key calls='1' renewal-period='9' counter-key='a' retry-after-header-name='@(context.RequestId)' />": "Policy expressions are not allowed here.",
    "<quota-by-key calls='1' renewal-period='299' counter-key='a' />": "The value 299 is not between 300 and",
    "<quota-by-key calls='@(context.Api.Id)' renewal-period='300' counter-key='a' />": "Cannot implicitly convert type 'string' to 'int'.",
    "<choose><when condition='true'><base /></when></choose>": "The 'base' element is allowed only directly inside a section.",
    "<choose><when condition='true'><foo /></when></choose>": "The policy 'foo' is unknown",
    "<choose><when condition='true'><forward-request /></when></choose>": "not allowed in the 'inbound' section",
    "<choose><when condition='@(\"a\")' /></choose>": "Cannot implicitly convert type 'string' to 'bool'.",
}


@pytest.mark.parametrize("policy", REFUSED)
def test_what_azure_or_this_gateway_refuses(policy):
    error = refusal(document(policy))
    assert REFUSED[policy] in error.message
    assert error.line == 4


def test_a_refused_document_names_element_line_and_column():
    error = refusal(document("<cors>\n</cors>").replace("        <cors>", "\t\t<cors>"))
    assert (error.element, error.target, error.line, error.column) == ("cors", "cors", 4, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<policies><inbound /><inbound /></policies>", "has invalid child element 'inbound'"),
        (
            "<policies><outbound /><inbound /><outbound /></policies>",
            "List of possible elements expected: 'backend, on-error'.",
        ),
        ("<policies><incoming /></policies>", "has invalid child element 'incoming'"),
        ("<policies><inbound><policies /></inbound></policies>", "The policy 'policies' is unknown"),
        (
            "<policies><backend><forward-request /><set-status code='200' /></backend></policies>",
            "only one policy element",
        ),
        ("<policies>text</policies>", "The element 'policies' cannot contain text."),
        ("<fragment />", "The 'fragment' element is not declared"),
        (
            "<policies><outbound><validate-jwt header-name='a' /></outbound></policies>",
            "not allowed in the 'outbound' section",
        ),
        ("<policies><on-error><cors /></on-error></policies>", "not allowed in the 'on-error' section"),
    ],
)
def test_sections(text, message):
    assert message in str(refusal(text))


def test_cors_stands_once_in_a_section():
    cors = "<cors><allowed-origins><origin>*</origin></allowed-origins><allowed-headers><header>*</header></allowed-headers></cors>"
    parse_policy(document(cors), "xml")
    assert "only once" in refusal(document(cors * 2)).message


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><policies><inbound>&x;</inbound></policies>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><policies />',
        '<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><policies>&b;</policies>',
        "<policies>&nbsp;</policies>",
        "<policies><inbound></policies>",
        "<policies",
        "",
        "<policies /><policies />",
        "<policies><?php x ?></policies>",
        "<policies>\x00</policies>",
        "<a>" * 100 + "</a>" * 100,
        f"<policies>{' ' * 300_000}</policies>",
        "<policies><inbound><set-variable name='a' value=\"@(context.RequestId\" /></inbound></policies>",
    ],
)
def test_what_is_no_policy_document(text):
    error = refusal(text)
    assert error.element is None
    assert error.target == "representation"


def test_quotes_inside_an_expression_need_escaping_in_xml_but_not_in_rawxml():
    condition = '<choose><when condition="@(context.Request.Method == "GET" && 1 < 2)" /></choose>'
    parse_policy(document(condition), "rawxml")
    assert refusal(document(condition), "xml").element is None
    escaped = condition.replace("&&", "&amp;&amp;").replace('"GET"', "&quot;GET&quot;").replace("1 < 2", "1 &lt; 2")
    assert parse_policy(document(escaped), "xml").to_xml() == parse_policy(document(condition), "rawxml").to_xml()
    assert parse_policy(document(escaped), "rawxml").to_xml() == parse_policy(document(escaped), "xml").to_xml()


def test_an_unknown_format_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="'yaml' is not supported; use 'xml' or 'rawxml'"):
        parse_policy("<policies />", "yaml")


def test_named_values_must_exist_and_what_they_give_is_checked():
    key = document(JWT.format("<issuer-signing-keys><key>{{signing-key}}</key></issuer-signing-keys>"))
    assert parse_policy(key, "xml").named_values() == {"signing-key"}
    assert parse_policy(key, "xml", named_values={"signing-key": KEY}).to_xml().count("{{signing-key}}") == 1
    assert refusal(key, named_values={}).message == "Cannot find a property 'signing-key'."
    assert refusal(key, named_values={"signing-key": "???"}).message == "The key is not a valid Base64 string."
    expression = document("<set-variable name='a' value='{{e}}' />")
    assert (
        "'Nope' of 'IProxyRequestContext' is not supported"
        in refusal(expression, named_values={"e": "@(context.Nope)"}).message
    )


def test_a_value_of_a_named_value_is_not_shown():
    text = document(JWT.format("<issuer-signing-keys><key>{{k}}</key></issuer-signing-keys>"))
    assert "hunter2!" not in str(refusal(text, named_values={"k": "hunter2!"}))
    text = document("<set-backend-service base-url='{{k}}' />")
    assert "The value '{{k}}' is not a valid absolute" in refusal(text, named_values={"k": "hunter2!"}).message


def test_quota_is_for_products_and_fragments_have_their_own_element():
    parse_policy(document("<quota calls='1' renewal-period='300' />"), "xml", scope="product")
    fragment = parse_policy(
        "<fragment><set-header name='a'><value>b</value></set-header></fragment>", "xml", scope="fragment"
    )
    assert fragment.to_xml().startswith("<fragment>\r\n\t<set-header")
    including = parse_policy(document("<include-fragment fragment-id='f' />"), "xml")
    assert including.fragments() == {"f"}


def parsed(text, scope="api"):
    return parse_policy(text, "xml", scope=scope)


def test_limits_by_subscription_take_no_expressions():
    for policy in (
        "<rate-limit calls='@(1 + 1)' renewal-period='9' />",
        "<rate-limit calls='1' renewal-period='@(9)' />",
        "<quota calls='@(1)' renewal-period='300' />",
    ):
        with pytest.raises(PolicyError, match="Policy expressions are not allowed here."):
            parsed(f"<policies><inbound>{policy}</inbound></policies>", "product")
    parsed("<policies><inbound><quota calls='1' renewal-period='0' /></inbound></policies>", "product")


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ("<base />", "The 'base' element is allowed only directly inside a section."),
        ("<include-fragment fragment-id='a' />", "Policy is not allowed in the 'fragment' scope"),
        ("<inbound />", "The policy 'inbound' is unknown"),
    ],
)
def test_what_a_fragment_cannot_hold(policy, problem):
    with pytest.raises(PolicyError, match=problem):
        parsed(f"<fragment>{policy}</fragment>", "fragment")


@pytest.mark.parametrize(
    ("section", "scope", "problem"),
    [
        ("inbound", "api", None),
        ("outbound", "api", "Policy 'rate-limit' of the fragment 'f' is not allowed in the 'outbound' section."),
        ("inbound", "global", "Policy 'rate-limit' of the fragment 'f' is not allowed in the 'global' scope."),
        ("inbound", "other", "Policy fragment with id 'g' could not be found."),
    ],
)
def test_a_fragments_policies_must_fit_where_it_is_included(section, scope, problem):
    limit = "<choose><when condition='true'><rate-limit calls='1' renewal-period='9' /></when></choose>"
    fragments = {"f": parsed(f"<fragment>{limit}</fragment>", "fragment").root}
    name = "g" if scope == "other" else "f"
    root = parsed(f"<policies><{section}><include-fragment fragment-id='{name}' /></{section}></policies>").root
    if problem is None:
        check_included(root, scope, fragments.get)
        return
    with pytest.raises(PolicyError, match=problem):
        check_included(root, scope, fragments.get)


@pytest.mark.parametrize("format_", ["xml", "rawxml"])
def test_half_a_character_is_refused_where_it_stands(format_):
    with pytest.raises(PolicyError) as caught:
        parse_policy("<policies>\n <inbound />\ud800</policies>", format_)
    assert str(caught.value) == "The document has half a character in it. Line 2, position 13."


def test_sections_stand_in_any_order_and_keep_it():
    text = "<policies><on-error /><outbound><base /></outbound><backend><base /></backend><inbound /></policies>"
    saved = parse_policy(text, "rawxml")
    assert [section.name for section in saved.root.children] == ["on-error", "outbound", "backend", "inbound"]
    assert parse_policy(saved.to_xml(), "xml").to_xml() == saved.to_xml()


def test_a_fragment_may_describe_requests_with_parts_that_are_no_policies_there():
    identity = "<authentication-managed-identity resource='r' />"
    send = "<send-request response-variable-name='r'><set-url>https://a.example/</set-url>{}</send-request>"
    root = parse_policy(
        "<policies><backend><retry condition='@(true)' count='1' interval='1'><include-fragment fragment-id='f' /></retry></backend></policies>",
        "xml",
    ).root
    described = parse_policy(f"<fragment>{send.format(identity)}</fragment>", "xml", scope="fragment").root
    check_included(root, "api", lambda _: described)
    inside = parse_policy(
        f"<fragment><choose><when condition='@(true)'>{identity}</when></choose></fragment>", "xml", scope="fragment"
    ).root
    with pytest.raises(PolicyError, match="'authentication-managed-identity' of the fragment 'f' is not allowed"):
        check_included(root, "api", lambda _: inside)
