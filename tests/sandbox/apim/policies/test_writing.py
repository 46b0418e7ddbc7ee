"""The text Azure returns, and that any value comes back as the value it was."""

from xml.sax.saxutils import escape, quoteattr

from auth0_apim_sandbox.apim.policies import parse_policy
from hypothesis import example, given
from hypothesis import strategies as st

# what XML 1.0 can hold, without the characters the rawxml format keeps for itself
TEXTS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufffe\uffff\uf8f0\uf8f1\uf8f2\uf8f3\uf8f4\uf8f5"
    ),
    max_size=40,
)
VALUES = TEXTS.filter(lambda text: not text.lstrip().startswith(("@(", "@{")))


def set_header(text):
    """A policy with `text` as an attribute's value and as a text."""
    return f"<policies><inbound><set-header name='X' exists-action='skip' id={quoteattr(text)}><value>{escape(text)}</value></set-header></inbound></policies>"


def values(document):
    header = document.section("inbound")[0]
    return header.attributes["id"], header.children[0].text


@given(VALUES, st.sampled_from(["xml", "rawxml"]))
@example("\u00a0", "xml")
def test_any_text_stays_the_value_it_is(text, format_):
    first = parse_policy(set_header(text), format_)
    expected = text if text.strip(" \t\r\n") else ""  # the blanks of XML; a no-break space is a character
    assert values(first) == (text, expected)
    again = parse_policy(first.to_xml(), "xml")
    raw = parse_policy(first.to_rawxml(), "rawxml")
    assert values(again) == values(raw) == (text, expected)
    assert again.to_xml() == raw.to_xml() == first.to_xml()
    assert len(list(again.root.walk())) == 4


@given(st.text(alphabet="ab<>&'\"|=()\\ ", max_size=20))
def test_any_string_in_an_expression_survives_both_formats(text):
    literal = '@"' + text.replace('"', '""') + '"'
    raw = f'<policies><inbound><set-variable name="a" value="@({literal})" /></inbound></policies>'
    document = parse_policy(raw, "rawxml")
    assert document.section("inbound")[0].attributes["value"] == f"@({literal})"
    assert parse_policy(document.to_xml(), "xml").to_xml() == document.to_xml()
    assert parse_policy(document.to_rawxml(), "rawxml").to_xml() == document.to_xml()


def test_the_document_as_azure_returns_it():
    text = """<policies><!-- why --><inbound><base/><set-header name="A" exists-action='skip'>
    <value>@(context.Request.Method == "GET" && 1 > 0 ? "<a>" : "b")</value></set-header></inbound><backend><base/></backend></policies>"""
    document = parse_policy(text, "rawxml")
    assert document.to_xml() == "\r\n".join(
        [
            "<policies>",
            "\t<!-- why -->",
            "\t<inbound>",
            "\t\t<base />",
            '\t\t<set-header name="A" exists-action="skip">',
            '\t\t\t<value>@(context.Request.Method == "GET" &amp;&amp; 1 &gt; 0 ? "&lt;a&gt;" : "b")</value>',
            "\t\t</set-header>",
            "\t</inbound>",
            "\t<backend>",
            "\t\t<base />",
            "\t</backend>",
            "</policies>",
        ]
    )
    assert '<value>@(context.Request.Method == "GET" && 1 > 0 ? "<a>" : "b")</value>' in document.to_rawxml()


def test_quotes_of_expressions_in_attributes_are_escaped_for_xml_alone():
    raw = '<policies><inbound><set-variable name="a" value="@("x" + "y")" /></inbound></policies>'
    document = parse_policy(raw, "rawxml")
    assert 'value="@(&quot;x&quot; + &quot;y&quot;)"' in document.to_xml()
    assert 'value="@("x" + "y")"' in document.to_rawxml()


def test_an_element_without_content_keeps_the_way_it_was_written():
    text = "<policies><inbound></inbound><backend><!-- x --></backend><outbound/><on-error>\n</on-error></policies>"
    written = parse_policy(text, "xml").to_xml()
    assert written == "\r\n".join(
        [
            "<policies>",
            "\t<inbound></inbound>",
            "\t<backend>",
            "\t\t<!-- x -->",
            "\t</backend>",
            "\t<outbound />",
            "\t<on-error></on-error>",
            "</policies>",
        ]
    )
    assert parse_policy(written, "xml").to_xml() == written
