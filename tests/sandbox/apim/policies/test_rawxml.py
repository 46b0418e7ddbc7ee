"""Where an expression begins and ends in format `rawxml`, and what is left outside of it."""

import pytest
from auth0_apim_sandbox.apim.policies import PolicyError, parse_policy
from auth0_apim_sandbox.apim.policies.markup import parse_markup
from hypothesis import given
from hypothesis import strategies as st

KEY = "<issuer-signing-keys><key>a2V5IG9mIG1vcmUgdGhhbiBzaXh0ZWVuIGJ5dGVz</key></issuer-signing-keys>"
GUARD = f"<validate-jwt header-name='Authorization'>{KEY}</validate-jwt>"


def document(inbound):
    return f"<policies><inbound>{inbound}</inbound></policies>"


def names(text):
    return [node.name for node in parse_markup(document(text), "rawxml").walk()]


def refused(inbound):
    with pytest.raises(PolicyError) as caught:
        parse_policy(document(inbound), "rawxml")
    return caught.value


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<set-header id='a > @(' name='A' exists-action='delete' />", "<set-header id=')' name='B' />"),
        ("<set-header id='a > @{' name='A' exists-action='delete' />", "<set-header id='}' name='B' />"),
        ("<set-header name='A'><value>price: >@(</value></set-header>", "<set-header name='B' id=')' />"),
        ("<set-header name='A'><value>a<!-- @( --></value></set-header>", "<set-header name='B' id=')' />"),
        ("<set-header name='A'><value>a<!-- -->@(</value></set-header>", "<set-header name='B' id=')' />"),
        ("<set-header name='A'><value><![CDATA[a]]>@(</value></set-header>", "<set-header name='B' id=')' />"),
        ("<!-- > @( -->", "<!-- ) -->"),
    ],
)
def test_a_bracket_that_begins_no_value_swallows_nothing(before, after):
    assert "validate-jwt" in names(before + GUARD + after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<set-header id='@(' name='A' />", "<set-header id=')' name='B' />"),
        ("<set-variable name='a' value='@(' />", "<set-variable name='b' value=')' />"),
        ("<set-header name='A'><value>@(</value></set-header>", "<set-header name='B'><value>)</value></set-header>"),
        ("@(", ")"),
        ("<base />@(", ")"),
        ("<base></base>@{", "}"),
    ],
)
def test_what_lies_between_brackets_of_a_value_has_to_be_an_expression(before, after):
    refused(before + GUARD + after)


@pytest.mark.parametrize(
    "condition",
    [
        '@(context.Request.Method == "GET" && 1 < 2)',
        "@(context.Request.Method == &quot;GET&quot; &amp;&amp; 1 &lt; 2)",
        "@(context.Request.Method == &#34;GET&#x22; && 1 &lt; 2)",
        '  @(context.Request.Method == "GET" && 1 < 2)',
    ],
)
def test_references_and_characters_mean_the_same(condition):
    policy = parse_policy(document(f'<choose><when condition="{condition}" /></choose>'), "rawxml")
    written = policy.section("inbound")[0].children[0].attributes["condition"]
    assert written.strip() == '@(context.Request.Method == "GET" && 1 < 2)'


@pytest.mark.parametrize(
    "code",
    [
        '@("a ) b")',
        "@('(' == ')')",
        '@("\\")")',
        '@(@"c:\\")',
        '@(@"say ""(""")',
        '@(/* ) */ "a")',
        '@($"{(true ? ")" : "(")} {{(")',
        '@($@"{context.Variables["a"]} ""("" ")',
        "@(&quot;a ) b&quot;)",
        "@(&apos;)&apos; == &apos;(&apos;)",
        "@(@&quot;say &quot;&quot;(&quot;&quot;&quot;)",
    ],
)
def test_brackets_in_strings_and_remarks_do_not_count(code):
    text = document(f"<set-variable name='a' value='{code}' /><base />") if "'" not in code else None
    text = text or document(f'<set-variable name="a" value="{code}" /><base />')
    root = parse_markup(text, "rawxml")
    assert [node.name for node in root.walk()] == ["policies", "inbound", "set-variable", "base"]
    plain = code.replace("&quot;", '"').replace("&apos;", "'")
    assert root.children[0].children[0].attributes["value"] == plain


@given(st.text(alphabet="ampquot;&#34x<>'\" ", max_size=24))
def test_what_looks_like_a_reference_in_a_string_survives_both_formats(text):
    policy = parse_policy(
        document(f'<set-variable name="a" value="@(@&quot;{written(text)}&quot;)" />'),
        "xml",
    )
    assert policy.section("inbound")[0].attributes["value"] == '@(@"' + text.replace('"', '""') + '")'
    assert parse_policy(policy.to_rawxml(), "rawxml").to_xml() == policy.to_xml()


def written(text):
    escapes = {"&": "&amp;", "<": "&lt;", '"': "&quot;&quot;"}
    return "".join(escapes.get(character, character) for character in text)


def test_a_stand_in_is_a_character_like_any_other_in_format_xml():
    policy = parse_policy(document("<set-variable name='a' value='\uf8f0' />"), "xml")
    assert policy.section("inbound")[0].attributes["value"] == "\uf8f0"


def test_a_long_text_keeps_its_references():
    code = "@(&quot;" + "a" * 8188 + "&quot;" + " + &quot;&amp;&quot;" * 3000 + ")"
    root = parse_markup(document(f"<set-header name='A'><value>{code}</value></set-header>"), "rawxml")
    expected = code.replace("&quot;", '"').replace("&amp;", "&")
    assert [node.text for node in root.walk()][-1] == expected
