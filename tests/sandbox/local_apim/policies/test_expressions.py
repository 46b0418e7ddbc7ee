"""The part of C# that policies may use: what it evaluates to, and what is refused by name."""

from types import SimpleNamespace

import pytest
from local_apim.policies.expressions import EvaluationError, ExpressionError, bind_expression

JWT = SimpleNamespace(
    subject="me", claims={"scope": ["read write"], "roles": ["a", "b"]}, audiences=["x", "y"], issuer=None
)
CONTEXT = SimpleNamespace(
    request=SimpleNamespace(
        method="GET",
        headers={"Authorization": ["Bearer t"], "X": ["1", "2"]},
        ip_address="127.0.0.1",
        original_url=SimpleNamespace(
            host="gw", query={"q": ["1"]}, path="/a", port=443, scheme="https", query_string="q=1"
        ),
    ),
    variables={"jwt": JWT, "name": "n", "flag": True, "count": 3},
    subscription=None,
    product=SimpleNamespace(id="starter", name="Starter"),
    api=SimpleNamespace(id="calc", path="calc"),
    operation=SimpleNamespace(id="add"),
    last_error=SimpleNamespace(reason="r", message="m", source="s"),
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
    '"abc".Substring(1, 1) + "abc".Substring(2) + "abc".IndexOf("c") + "aXa".Replace("X", "-")': "bc2a-a",
    "string.IsNullOrEmpty(context.Subscription?.Id)": True,
    '@"a""\\b" + "\\"\\n"': 'a"\\b"\n',
    "context.Subscription == null": True,
    'context.Subscription?.Id.ToLower().Contains("x") ?? false': False,
    "context.LastError.Reason + context.LastError.Message + context.LastError.Source": "rms",
    "(1 + 1) * 1".replace(" * 1", ""): 2,
}


@pytest.mark.parametrize("expression", EVALUATED)
def test_what_an_expression_gives(expression):
    _, evaluate = bind_expression(f"@({expression})")
    assert evaluate(CONTEXT) == EVALUATED[expression]


REFUSED = {
    "context.Deployment.Region": "'Deployment' of 'Context' is not supported",
    "context.Request.Body.As<string>()": "'Body' of 'Request' is not supported",
    "DateTime.UtcNow": "'DateTime' is not supported",
    'System.IO.File.ReadAllText("/etc/passwd")': "'System' is not supported",
    "context.Request.Method.GetType()": "'GetType()' of 'string' is not supported",
    "context.__class__": "'__class__' of 'Context' is not supported",
    'context.Variables.GetValueOrDefault<int[]>("a")': "']' is unexpected or not supported",
    "new string[0]": "unexpected or not supported",
    '"a".Split(\' \').Any(x => x == "a")': "Lambda expressions ('=>') are not supported",
    '$"{context.RequestId}"': "'$' is unexpected or not supported",
    "1 * 2": "'*' is unexpected or not supported",
    "1.5": "unexpected or not supported",
    "99999999999": "does not fit an int",
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
}


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_refused_when_it_is_saved(expression):
    with pytest.raises(ExpressionError) as caught:
        bind_expression(f"@({expression})")
    assert REFUSED[expression] in str(caught.value)


def test_statements_are_refused_by_name():
    with pytest.raises(ExpressionError, match="Multi-statement expressions"):
        bind_expression("@{ return 1; }")


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
    ],
)
def test_what_fails_when_it_runs(expression):
    _, evaluate = bind_expression(f"@({expression})")
    with pytest.raises(EvaluationError):
        evaluate(CONTEXT)
