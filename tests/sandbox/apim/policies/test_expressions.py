"""The part of C# that policies may use: what it evaluates to, and what is refused by name."""

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from auth0_apim_sandbox.apim.policies.expressions import EvaluationError, ExpressionError, bind_expression

NOON = datetime(2027, 1, 15, 12, tzinfo=timezone.utc)
JWT = SimpleNamespace(
    csharp_type="Jwt",
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
    "context.Workspace.Id": "'Workspace' of 'IProxyRequestContext' is not supported",
    'System.IO.File.ReadAllText("/etc/passwd")': "'System.IO' is not supported",
    'File.ReadAllText("/etc/passwd")': "The name 'File' does not exist",
    'Environment.GetEnvironmentVariable("PATH")': "The name 'Environment' does not exist",
    "context.Request.Method.GetType()": "'GetType()' of 'string' is not supported",
    "context.__class__": "'__class__' of 'IProxyRequestContext' is not supported",
    'context.Variables["count"].__class__': "'__class__' of 'object' is not supported",
    'context.Variables.GetValueOrDefault<Thread>("a")': "The type 'Thread' is not supported",
    "typeof(string)": "(typeof expression) is not supported",
    "\"a\".Split(' ').Any(x => x)": "Cannot implicitly convert type 'string' to 'bool'",
    "\"a\".Split(' ').Select(x => y)": "'string[].Select' does not take",
    '"a".Contains(x => true)': "'string.Contains' does not take",
    "x => x": "(lambda expression) is not supported",
    'context.Request.Headers.TryGetValue("X", out values)': "The variable 'values' does not exist.",
    'context.Request.Headers.TryGetValue("X", out string values)': "takes 'out string[]', not 'out string'",
    'context.Variables["count"] as int': "'int' cannot",
    "StringComparison.Nonsense": "'Nonsense' of 'static StringComparison' is not supported",
    "1 + " * 450 + "1": "a chain is too long",
    '"a"' + ".Trim()" * 450: "a chain is too long",
    '$"{context.Request.Method"': "unexpected in an expression",
    '$"{}"': "unexpected in an expression",
    "99999999999999999999": "does not fit",
    "9" * 5000: "does not fit",
    "int.MaxValue + 2147483648u.Foo": "'Foo' of 'uint' is not supported",
    "2147483647 + 1": "The operation overflows at compile time.",
    '"a" && true': "Operator '&&' cannot be applied here",
    '"a" == 1': "Operator '==' cannot be applied to operands of type 'string' and 'int'.",
    'JToken.Parse("1") == "1"': "Operator '==' cannot be applied to operands of type 'JToken' and 'string'.",
    "!1": "Cannot implicitly convert type 'int' to 'bool'.",
    '"a" - "b"': "Operator '-' cannot be applied to operands of type 'string' and 'string'.",
    '(Jwt)"a"': "Cannot convert type 'string' to 'Jwt'.",
    '"a".Contains(1)': "'string.Contains' does not take (int)",
    '"a".Substring()': "'string.Substring' does not take ()",
    "context.Request.Headers[1]": "takes 'string', not 'int'",
    "Array.Exists(null, x => true)": "cannot be told",
    "1 ?? 2": "Operator '??' cannot be applied to operands of type 'int' and 'int'.",
    "": "unexpected",
    "1 +": "malformed",
    "1 2": "unexpected",
    "context.": "malformed",
    "(" * 200 + "1" + ")" * 200: "nested more than",
    "!" * 200 + "true": "nested more than",
    '"\\u41"': "unexpected",
    '"\\ud83d"': "Half a character (an unpaired surrogate) is not supported in a string.",
    "context.Request.Method?.Length.Foo": "'Foo' of 'int' is not supported",
    '$"{1}".Length?.ToString()': "Operator '?' cannot be applied to operand of type 'int'.",
    "new Thread()": "The type 'Thread' is not supported",
    "new TimeZoneInfo()": "The type 'TimeZoneInfo' is not supported",
    "RegexOptions.RightToLeft": "'RightToLeft' of 'static RegexOptions' is not supported",
}


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_refused_when_it_is_saved(expression):
    with pytest.raises(ExpressionError) as caught:
        bind_expression(f"@({expression})")
    assert REFUSED[expression] in str(caught.value)


REFUSED_BLOCKS = {
    "": "Not all code paths of '@{…}' return a value.",
    'if ("a".Length == 1) { return 1; }': "return a value.",
    "return 1": "missing",
    "return 1; }": "",
    "return;": "'return' needs a value.",
    "return 1; } 2 {": "",
    "lock (context) { } return 1;": "(lock statement) is not supported",
    "goto end; end: return 1;": "(goto statement) is not supported",
    "while (true) { }": "return a value.",
    "var x = null; return x;": "The type of the variable 'x' cannot be told from its value.",
    "var x; return 1;": "The variable 'x' needs a type and a value.",
    "var context = 1; return 1;": "A variable named 'context' is already defined",
    "var x = 1; var x = 2; return x;": "A variable named 'x' is already defined",
    "var x = 1; if (x == 1) { var x = 2; } return x;": "A variable named 'x' is already defined",
    'int x = "a"; return x;': "Cannot implicitly convert type 'string' to 'int' of 'x'.",
    'var x = 1; x = "a"; return x;': "Cannot implicitly convert type 'string' to 'int' of 'x'.",
    "const int x = 1; x = 2; return x;": "Cannot assign to 'x' because it is read-only.",
    "x = 1; return 1;": "The variable 'x' does not exist.",
    "if (1) return 1; return 2;": "Cannot implicitly convert type 'int' to 'bool'.",
    'if ("a".Length == 1) return 1; return "a";': "no common type",
    "if (true) " * 120 + "return 1; return 2;": "nested more than",
    "string x; return x;": "Use of unassigned local variable 'x'.",
    'string x; if ("a".Length == 1) { x = "a"; } return x;': "Use of unassigned local variable 'x'.",
    'string x; while ("a".Length == 2) { x = "a"; } return x;': "Use of unassigned local variable 'x'.",
    'string x; try { x = "a"; } catch { } return x;': "Use of unassigned local variable 'x'.",
    'if (!context.Request.Headers.TryGetValue("X", out var v) || v.Length > w) { return 1; } var w = 2; return 2;': "'w'",
    'if (context.Request.Headers.ContainsKey("X")) { var name = "a"; return name; } return name;': "The name 'name' does not exist",
    'foreach (var x in "a".Split(\' \')) { x = "b"; } return 1;': "Cannot assign to 'x' because it is read-only.",
    "switch (1) { case 1: var a = 1; default: return 2; }": "Control cannot fall through",
    "break; return 1;": "No enclosing loop",
}


@pytest.mark.parametrize("block", REFUSED_BLOCKS)
def test_what_statements_are_refused_when_they_are_saved(block):
    with pytest.raises(ExpressionError) as caught:
        bind_expression(f"@{{ {block} }}")
    assert REFUSED_BLOCKS[block] in str(caught.value)


def test_whatever_is_nested_too_deep_is_refused():
    with pytest.raises(ExpressionError, match="nested"):
        bind_expression("@(" + "(1 + " * 5000 + "1" + ")" * 5000 + ")")


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
        "Array.Exists((string[])null, x => true)",
        'new string[0].First(x => x == "a")',
        "DateTime.UtcNow.AddDays(2147483647)",
    ],
)
def test_what_fails_when_it_runs(expression):
    _, evaluate = bind_expression(f"@({expression})")
    with pytest.raises(EvaluationError):
        evaluate(CONTEXT)
