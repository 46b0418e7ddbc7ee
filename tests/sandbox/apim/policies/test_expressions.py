"""The part of C# that policies may use: what it evaluates to, and what is refused by name."""

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from auth0_apim_sandbox.apim.policies.expressions import EvaluationError, ExpressionError, bind_expression

NOON = datetime(2027, 1, 15, 12, tzinfo=timezone.utc)
JWT = SimpleNamespace(
    subject="me",
    claims={"scope": ["read write"], "roles": ["a", "b"]},
    audiences=["x", "y"],
    issuer=None,
    expiration_time=NOON,
    issued_at=None,
)
CONTEXT = SimpleNamespace(
    request=SimpleNamespace(
        method="GET",
        headers={"Authorization": ["Bearer t"], "X": ["1", "2"]},
        ip_address="127.0.0.1",
        original_url=SimpleNamespace(
            host="gw", query={"q": ["1"]}, path="/a", port=443, scheme="https", query_string="q=1"
        ),
        url=SimpleNamespace(path="/b", query_string=""),
    ),
    variables={"jwt": JWT, "name": "n", "flag": True, "count": 3},
    subscription=None,
    product=SimpleNamespace(id="starter", name="Starter"),
    api=SimpleNamespace(id="calc", path="calc"),
    operation=SimpleNamespace(id="add"),
    last_error=SimpleNamespace(reason="r", message="m", source="s"),
    clock=lambda: NOON.timestamp() - 60,
    as_jwt=lambda text: JWT if text == "Bearer t" else None,
)

EVALUATED = {
    'context.Request.Headers.GetValueOrDefault("Authorization","").AsJwt()?.Subject': "me",
    'context.Request.Headers.GetValueOrDefault("Nope","").AsJwt()?.Subject': None,
    'context.Request.Headers.GetValueOrDefault("Nope").AsJwt()?.Subject': None,
    'context.Request.Headers.GetValueOrDefault("X", "")': "1,2",
    'context.Request.Headers["X"][1]': "2",
    '((Jwt)context.Variables["jwt"]).Claims.GetValueOrDefault("scope", "").Split(\' \').Contains("read")': True,
    '((Jwt)context.Variables["jwt"]).Claims.GetValueOrDefault("scope", "").Split(\' \').Contains("rea")': False,
    '((Jwt)context.Variables["jwt"]).Claims["roles"].Contains("b")': True,
    '((Jwt)context.Variables["jwt"]).Audiences.Contains("y")': True,
    '!((Jwt)context.Variables["jwt"]).Claims.ContainsKey("x") && true': True,
    '(string)context.Variables["name"] + 1 + true + null': "n1True",
    'context.Variables.GetValueOrDefault<string>("nope", "d")': "d",
    'context.Variables.GetValueOrDefault<bool>("flag")': True,
    'context.Variables.ContainsKey("nope")': False,
    'context.Subscription?.Id ?? "anonymous"': "anonymous",
    "context.Product?.Name": "Starter",
    'context.Operation.Id == "add" && context.Api.Path != "x"': True,
    'context.Request.OriginalUrl.Host.ToUpper().StartsWith("G")': True,
    '"a" == "b" ? 1 : 2': 2,
    "1 + 2 - 4 < 0 || false": True,
    'true ? "a" : null': "a",
    "\"a.b\".Split('.')[1].Length == 1": True,
    r'"\u007b\u007b\u00e9\ud83d\udd11\\u"': "{{é🔑\\u",
    '"abc".Substring(1, 1) + "abc".Substring(2) + "abc".IndexOf("c") + "aXa".Replace("X", "-")': "bc2a-a",
    "string.IsNullOrEmpty(context.Subscription?.Id)": True,
    '@"a""\\b" + "\\"\\n"': 'a"\\b"\n',
    "context.Subscription == null": True,
    'context.Subscription?.Id.ToLower().Contains("x") ?? false': False,
    "context.LastError.Reason + context.LastError.Message + context.LastError.Source": "rms",
    "(1 + 1) * 1".replace(" * 1", ""): 2,
    'context.Request.Method.Equals("get", StringComparison.OrdinalIgnoreCase)': True,
    'context.Request.Method.Equals("get", StringComparison.Ordinal)': False,
    '"Bearer t".StartsWith("bearer ", StringComparison.OrdinalIgnoreCase)': True,
    'string.Equals("a", "A", StringComparison.InvariantCultureIgnoreCase) && !string.Equals(null, "a")': True,
    'new [] {"get", "put"}.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase)': True,
    'new[] { "get", "put" }.Contains(context.Request.Method)': False,
    "new string[0].Any() || new string[] {}.Length > 0": False,
    '((Jwt)context.Variables["jwt"]).Claims["roles"].Any(role => role == "b")': True,
    '((Jwt)context.Variables["jwt"]).Claims["roles"].All(role => role == "b")': False,
    '((Jwt)context.Variables["jwt"]).Claims["roles"].Count(role => role != "b")': 1,
    '((Jwt)context.Variables["jwt"]).Claims["roles"].FirstOrDefault(role => role.StartsWith("x"))': None,
    'string.Join(" ", ((Jwt)context.Variables["jwt"]).Claims["roles"].Where(r => r != "a").Select(r => r.ToUpper() + r))': "Bb",
    '(context.Variables["jwt"] as Jwt)?.Subject': "me",
    '(context.Variables["name"] as Jwt)?.Subject': None,
    '((Jwt)context.Variables["jwt"]).ExpirationTime > DateTime.UtcNow': True,
    '((Jwt)context.Variables["jwt"]).ExpirationTime > DateTime.UtcNow.AddMinutes(1)': False,
    '((Jwt)context.Variables["jwt"]).IssuedAt < DateTime.UtcNow || ((Jwt)context.Variables["jwt"]).IssuedAt == null': True,
    '"" + ((Jwt)context.Variables["jwt"]).ExpirationTime + ((Jwt)context.Variables["jwt"]).IssuedAt': "01/15/2027 12:00:00",
    '"" + ((Jwt)context.Variables["jwt"]).Audiences': "System.String[]",
    'int.Parse("12") + 1': 13,
    'context.Request.Headers.TryGetValue("X", out var values) && values.Contains("2")': True,
    '"Bearer t".TryParseJwt(out Jwt token) ? token.Subject : "nobody"': "me",
    "/* a remark */ 1 // and another": 1,
    '$"{context.Request.Method} {1 + 1}\\t{context.Subscription?.Id}{{{true}}}"': "GET 2\t{True}",
    '$"" + $"a"': "a",
    "context.Request.OriginalUrl.Path + context.Request.OriginalUrl.QueryString": "/a?q=1",
    "context.Request.Url.Path + context.Request.Url.QueryString": "/b",
}

BLOCKS = {
    'var jwt = (Jwt)context.Variables["jwt"]; return Array.Exists(jwt.Claims["roles"], role => role == "b");': True,
    'string[] value; if (context.Request.Headers.TryGetValue("X", out value)) { if (value != null && value.Length > 0) '
    "{ return value[0]; } } return null;": "1",
    'if (context.Request.Headers.TryGetValue("Nope", out var value)) return value[0]; else return "none";': "none",
    'string a = "x"; if (a == "x") { a = a + "y"; } else { a = ""; } return a;': "xy",
    'Jwt jwt; if (!"none".TryParseJwt(out jwt)) { return false; } return jwt.Subject == "me";': False,
    "if (false) { return 1; } else if (false) { return 2; } else { return 3; }": 3,
}


@pytest.mark.parametrize("block", BLOCKS)
def test_what_statements_return(block):
    _, evaluate = bind_expression(f"@{{ {block} }}")
    assert [evaluate(CONTEXT) for _ in range(2)] == [BLOCKS[block]] * 2


@pytest.mark.parametrize("expression", EVALUATED)
def test_what_an_expression_gives(expression):
    _, evaluate = bind_expression(f"@({expression})")
    assert evaluate(CONTEXT) == EVALUATED[expression]


REFUSED = {
    "context.Deployment.Region": "'Deployment' of 'Context' is not supported",
    "context.Request.Body.As<string>()": "'Body' of 'Request' is not supported",
    "DateTime.Now": "'Now' of 'static DateTime' is not supported",
    'System.IO.File.ReadAllText("/etc/passwd")': "'System' is not supported",
    "context.Request.Method.GetType()": "'GetType()' of 'string' is not supported",
    "context.__class__": "'__class__' of 'Context' is not supported",
    'context.Variables.GetValueOrDefault<int[]>("a")': "']' is unexpected or not supported",
    "new DateTime(2020, 1, 1)": "'new DateTime' is not supported",
    "new string[5]": "']' expected, found '5'",
    "new [] {1}": "An array of 'int' is not supported",
    "\"a\".Split(' ').Any(x => x)": "'Any()' takes 'string=>bool', not 'string=>string'.",
    "\"a\".Split(' ').Select(x => y)": "'y' is not supported",
    '"a".Contains(x => true)': "A lambda or 'out' is supported only as the argument of a method that takes one.",
    "x => x": "'=>' is unexpected",
    'context.Request.Headers.TryGetValue("X", out values)': "The variable 'values' does not exist.",
    'context.Request.Headers.TryGetValue("X", out string values)': "takes 'out string[]', not 'out string'",
    'context.Variables["count"] as int': "'int' cannot",
    '(object)"a"': "unexpected or not supported",
    "StringComparison.Nonsense": "'Nonsense' of 'static StringComparison' is not supported",
    '"a" /* open': "unexpected or not supported",
    "1 + " * 200 + "1": "more than 100 operators",
    '"a"' + ".Trim()" * 200: "more than 100 operators or members in a row",
    '$"{context.Request.Method:x}"': "':' is unexpected",
    '$"{context.Request.Method"': "The braces of an interpolated string do not match.",
    '$"{}"': "ends too early",
    '$"' + "{1}" * 101 + '"': "more than 100 parts",
    '$@"{1}"': "'$' is unexpected or not supported",
    "1 * 2": "'*' is unexpected or not supported",
    "1.5": "unexpected or not supported",
    "99999999999": "does not fit an int",
    "9" * 5000: "does not fit an int",
    '"a" && true': "Operator '&&' cannot be applied to operands of type 'string' and 'bool'.",
    '"a" == 1': "cannot be applied",
    "!1": "Operator '!' cannot be applied to operand of type 'int'.",
    '(Jwt)"a"': "Cannot convert type 'string' to 'Jwt'.",
    '"a".Contains(1)': "'Contains()' takes 'string', not 'int'.",
    '"a".Contains()': "'Contains()' does not take 0 arguments.",
    "context.Request.Headers[1]": "takes 'string', not 'int'",
    "": "ends too early",
    "1 +": "ends too early",
    "(1": "expected",
    "1 2": "unexpected",
    "context.": "ends too early",
    "(" * 200 + "1" + ")" * 200: "nested more than",
    "!" * 200 + "true": "nested more than",
    '"\\x41"': "The escape '\\x' is not supported",
    '"\\u41"': "The escape '\\u' is not supported",
    '"\\ud83d"': "Half a character (an unpaired surrogate) is not supported in a string.",
}


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_refused_when_it_is_saved(expression):
    with pytest.raises(ExpressionError) as caught:
        bind_expression(f"@({expression})")
    assert REFUSED[expression] in str(caught.value)


REFUSED_BLOCKS = {
    "": "Not all code paths of '@{…}' return a value.",
    "if (true) { return 1; }": "Not all code paths of '@{…}' return a value.",
    "return 1": "';' expected",
    "return 1; }": "unexpected",
    "return;": "unexpected",
    "return 1; } 2 {": "unexpected",
    "foreach (var x in y) { } return 1;": "The statement 'foreach (…' is not supported",
    "while (true) { } return 1;": "The statement 'while (…' is not supported",
    "throw new Exception();": "The statement 'throw new…' is not supported",
    'var a = ""; a += "x"; return a;': "The statement 'a +…' is not supported",
    "var x = null; return x;": "The type of the variable 'x' cannot be told from its value.",
    "var x; return 1;": "The variable 'x' needs a type or a value.",
    "var context = 1; return 1;": "A variable named 'context' is already defined.",
    "var x = 1; var x = 2; return x;": "A variable named 'x' is already defined.",
    'int x = "a"; return x;': "Cannot implicitly convert type 'string' to 'int' of 'x'.",
    'var x = 1; x = "a"; return x;': "Cannot implicitly convert type 'string' to 'int' of 'x'.",
    "x = 1; return 1;": "The variable 'x' does not exist.",
    "if (1) return 1; return 2;": "Cannot implicitly convert type 'int' to 'bool'.",
    'if (true) return 1; return "a";': "Operator 'return' cannot be applied to operands of type 'int' and 'string'.",
    "if (true) " * 30 + "return 1; return 2;": "Statements are nested more than 20 deep.",
}


@pytest.mark.parametrize("block", REFUSED_BLOCKS)
def test_what_statements_are_refused_when_they_are_saved(block):
    with pytest.raises(ExpressionError) as caught:
        bind_expression(f"@{{ {block} }}")
    assert REFUSED_BLOCKS[block] in str(caught.value)


def test_whatever_is_nested_too_deep_is_refused():
    with pytest.raises(ExpressionError, match="nested"):
        bind_expression("@(" + "(1 + " * 5000 + "1" + ")" * 5000 + ")")
    with pytest.raises(ExpressionError, match="nested too deep"):
        bind_expression("@(" + "(" * 40 + "1" + (" + 1" * 90 + ")") * 40 + ")")


@pytest.mark.parametrize(
    "expression",
    [
        "context.Subscription.Id",
        '(string)context.Variables["nope"]',
        '(Jwt)context.Variables["name"]',
        '(int)context.Variables["flag"]',
        "\"a\".Split(' ')[1]",
        '"a".Substring(2)',
        'context.Request.Headers["Nope"]',
        'int.Parse("x")',
        '"a".Replace("", "b")',
        'int.Parse("99999999999")',
        'string.Join(",", null)',
        "Array.Exists(null, x => true)",
        'new string[0].First(x => x == "a")',
        "DateTime.UtcNow.AddDays(2147483647)",
    ],
)
def test_what_fails_when_it_runs(expression):
    _, evaluate = bind_expression(f"@({expression})")
    with pytest.raises(EvaluationError):
        evaluate(CONTEXT)
