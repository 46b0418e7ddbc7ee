"""What .NET's members give in an expression, one case for each kind of member."""

from types import SimpleNamespace

import pytest
from auth0_apim_sandbox.apim.gateway.calls.context import Response
from auth0_apim_sandbox.apim.gateway.calls.headers import Headers, Url
from auth0_apim_sandbox.apim.policies.expressions import EvaluationError, as_text, bind_expression

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z


def context(body=b'{"a": {"b": [1, 2.5, "x", null, true]}, "when": "2027-01-15T08:00:00Z"}'):
    answer = Response(429)
    answer.body = b"<r xmlns:n='urn:n'><n:v k='1'>t</n:v></r>"
    answer.headers.set("Retry-After", "7")
    return SimpleNamespace(
        request=SimpleNamespace(
            method="GET",
            body=body,
            headers=Headers([(b"x-a", b"1"), (b"x-a", b"2")]),
            url=Url("https", "gw", 443, "/p", "q=1&q=2"),
            matched_parameters={"id": "5"},
        ),
        deployment=SimpleNamespace(region="westeurope", service_name="apim", gateway_id="managed"),
        variables={"answer": answer, "text": "abc", "number": 7, "nothing": None},
        request_id="00000000-0000-0000-0000-0000000000ff",
        timestamp=NOW - 1.5,
        clock=lambda: NOW,
        as_jwt=lambda _: None,
    )


GIVEN = {
    # texts
    '"é".ToUpper() + "ß".ToUpper() + "İ".ToLower()': "Éßİ",
    '"a😀b".Length + ":" + "a😀b".IndexOf("b") + "a😀b".Substring(3)': "4:3b",
    "\"abc\"[1] == 'b' && 'a' + 1 == 98": "True",
    "\"a,b;c\".Split(new [] {',', ';'}).Length + \"a,,b\".Split(',', StringSplitOptions.RemoveEmptyEntries).Length": "5",
    '"a--b".Split(new string[] {"--"}, StringSplitOptions.None)[1] + "a b c".Split(new [] {\' \'}, 2)[1]': "bb c",
    '"7".PadLeft(3, \'0\') + "7".PadRight(3, \'=\') + "abc".Remove(1, 1) + "ac".Insert(1, "b")': "0077==acabc",
    '"xax".Trim(\'x\') + "  b ".TrimStart() + "c  ".TrimEnd() + "a.b.".LastIndexOf(".")': "ab c3",
    'string.Compare("a", "B") + string.CompareOrdinal("a", "B") + "a".CompareTo(null)': "1",
    'string.Concat("a", 1, null, true) + string.Join("-", new [] {1, 2}) + string.Join(",", "a", "b")': "a1True1-2a,b",
    'string.Format("{0,4}|{0,-4}|{1:D3}|{{}}", "x", 7)': "   x|x   |007|{}",
    '@"a\\b""c" + $@"{1}\\" + $"{"n" + $"{2}"}"': 'a\\b"c1\\n2',
    "new StringBuilder().Append(\"a\").Append(1).ToString() + new string('z', 3)": "a1zzz",
    # numbers
    "int.MaxValue.ToString() + byte.MaxValue + long.MinValue": "2147483647255-9223372036854775808",
    '1234.5.ToString("N1") + 0.256.ToString("P0") + 255.ToString("X4") + 3.ToString("00") + 1.5m': "1,234.526 %00FF031.5",
    "Math.Round(2.5) + Math.Round(2.5, MidpointRounding.AwayFromZero) + Math.Max(1, 2) + Math.Abs(-3)": "10",
    "Math.Floor(1.7) + Math.Ceiling(1.2) + Math.Pow(2, 3) + Math.Sqrt(9) + Math.Min(1, 2)": "15",
    "7 / 2 + -7 / 2 + 7 % -3 + (1 << 4) + (0xF & 6) + (5 ^ 1) + (~0)": "26",
    "(byte)300 + (int)3.9 + (int)'a' + (short)-1": "143",
    "1 / 2.0 + 1e20 + 0.1": "1E+20",
    'Convert.ToInt32("12") + Convert.ToInt32(2.5) + Convert.ToInt32("ff", 16) + Convert.ToByte(5)': "274",
    'Convert.ToBoolean("True") && int.TryParse("8", out var n) && n == 8 && !int.TryParse("x", out n)': "True",
    "new Random(1).Next(5, 6) + new Random(1).Next(1)": "5",
    # dates
    'DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ") + DateTime.UtcNow.ToString("R")': "2027-01-15T08:00:00.000ZFri, 15 Jan 2027 08:00:00 GMT",
    'new DateTime(2024, 1, 31).AddMonths(1).ToString("d MMM yy") + DateTime.Parse("2024-02-01").DayOfWeek': "29 Feb 24Thursday",
    "(DateTime.UtcNow - new DateTime(1970, 1, 1)).TotalSeconds + TimeSpan.FromMinutes(90).ToString()": "180000000001:30:00",
    "new DateTimeOffset(DateTime.UtcNow).ToUnixTimeSeconds() + DateTimeOffset.FromUnixTimeSeconds(0).Year": "1800001970",
    'DateTime.UtcNow.AddDays(1) > DateTime.UtcNow && TimeSpan.Parse("1.02:03:04").Hours == 2': "True",
    'DateTime.UtcNow.ToString("o") + $"{TimeSpan.FromSeconds(-1.5)}"': "2027-01-15T08:00:00.0000000Z-00:00:01.5000000",
    # encodings
    'Convert.ToBase64String(Encoding.UTF8.GetBytes("é")) + Encoding.UTF8.GetString(Convert.FromBase64String("YQ=="))': "w6k=a",
    'BitConverter.ToString(Encoding.UTF8.GetBytes("az")) + Convert.ToHexString(new byte[] {1, 255})': "61-7A01FF",
    'Uri.EscapeDataString("a b/é") + Uri.UnescapeDataString("%20") + WebUtility.UrlEncode("a b")': "a%20b%2F%C3%A9 a+b",
    'WebUtility.HtmlEncode("<a \'b\'>") + WebUtility.UrlDecode("a+b%21") + System.Net.WebUtility.HtmlDecode("&lt;")': "&lt;a &#39;b&#39;&gt;a b!<",
    'new Uri("https://h:8443/a/b?c=d#e").PathAndQuery + new Uri("https://h/a").Port + new Uri("http://H/a").Host': "/a/b?c=d443h",
    "Guid.Parse(\"{000102030405060708090a0b0c0d0e0f}\".Trim('{', '}')).ToString(\"N\").Substring(30) + Guid.Empty": "0f00000000-0000-0000-0000-000000000000",
    # cryptography: RFC 4231, test case 2, and FIPS 180-4
    'Convert.ToHexString(new HMACSHA256(Encoding.UTF8.GetBytes("Jefe")).ComputeHash(Encoding.UTF8.GetBytes("what do ya want for nothing?"))).Substring(0, 16)': "5BDCC146BF60754E",
    'Convert.ToHexString(SHA256.Create().ComputeHash(Encoding.ASCII.GetBytes("abc"))).Substring(0, 16)': "BA7816BF8F01CFEA",
    'Encoding.UTF8.GetString(Encoding.UTF8.GetBytes("secret").Encrypt("Aes", new byte[16], new byte[16]).Decrypt("Aes", new byte[16], new byte[16]))': "secret",
    # patterns
    'Regex.Match("max-age=60", @"max-age=(?<s>\\d+)").Groups["s"]?.Value + Regex.IsMatch("AB", "^ab$", RegexOptions.IgnoreCase)': "60True",
    'Regex.Replace("a1b2", @"(\\w)(\\d)", "$2$1-") + Regex.Replace("ab", "[a]", m => m.Value.ToUpper()) + Regex.Split("a1b", @"\\d")[1]': "1a-2b-Abb",
    'Regex.Matches("a1b22", @"\\d+").Count + new Regex("b").Match("ab").Index': "3",
    # sequences
    "new [] {3, 1, 2}.OrderBy(x => x).Select((x, i) => x * i).Sum() + new [] {1, 2}.Last()": "10",
    "Enumerable.Range(1, 5).Where(x => x % 2 == 1).Skip(1).Take(1).Single() + Enumerable.Repeat(2, 3).Count()": "6",
    'new [] {"b", "a", "b"}.Distinct().OrderByDescending(x => x).Aggregate((a, b) => a + b) + new [] {1, 2}.Average()': "ba1.5",
    'string.Join(",", new [] {"aa", "b", "cc"}.GroupBy(x => x.Length).Select(g => g.Key + ":" + g.Count()))': "2:2,1:1",
    "new int[0].FirstOrDefault() + new [] {1, 2}.Max() + new [] {4, 5}.Min(x => x - 1) + new [] {1}.Concat(new [] {2}).Reverse().First()": "7",
    'new [] {"x"}.ToDictionary(k => k, k => 1)["x"] + new List<string> {"p", "q"}.IndexOf("q")': "2",
    'new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }.Where(kv => kv.Value > 1).Select(kv => kv.Key).First()': "b",
    # JSON
    'context.Request.Body.As<JObject>(preserveContent: true)["a"]["b"][1].ToString()': "2.5",
    'context.Request.Body.As<JObject>(true).SelectToken("a.b[2]").Value<string>() + context.Request.Body.As<string>().Length': "x71",
    'context.Request.Body.As<JObject>()["when"].ToString() + JObject.Parse("{\'x\': 1}")["y"]?.ToString()': "01/15/2027 08:00:00",
    'new JObject(new JProperty("a", 1), new JProperty("b", new JArray("x", null))).ToString(Formatting.None)': '{"a":1,"b":["x",null]}',
    'JsonConvert.SerializeObject(new { a = 1.0, b = new [] {"\\n"}, c = (string)null, d = DateTime.UtcNow })': '{"a":1.0,"b":["\\n"],"c":null,"d":"2027-01-15T08:00:00Z"}',
    '(int)JToken.Parse("3") + JArray.Parse("[1,2]").Sum(t => (int)t) + ":" + (bool)JToken.Parse("true")': "6:True",
    'JObject.Parse("{\\"a\\":1}").ToString()': '{\r\n  "a": 1\r\n}',
    'JToken.FromObject(new { n = 1 })["n"].Type == JTokenType.Integer': "True",
    'JObject.Parse("{}").Value<int>("none") + JObject.Parse("{\\"a\\":\\"5\\"}").Value<int>("a")': "5",
    # XML
    '((IResponse)context.Variables["answer"]).Body.As<XDocument>().Root.Elements().First().Value': "t",
    'XDocument.Parse("<a><b k=\'1\'/></a>").Descendants("b").First().Attribute("k").Value': "1",
    # context
    '((IResponse)context.Variables["answer"]).StatusCode + ((IResponse)context.Variables["answer"]).Headers.GetValueOrDefault("Retry-After", "")': "4297",
    'context.Request.Headers.GetValueOrDefault("X-A", "") + context.Request.Url.Query["q"].Last() + context.Request.Url': "1,22https://gw/p?q=1&q=2",
    'context.Request.MatchedParameters["id"] + context.Deployment.Region + context.Elapsed.TotalSeconds': "5westeurope1.5",
    'context.Variables.GetValueOrDefault<string>("nope", "d") + context.Variables.GetValueOrDefault<int>("number") + context.RequestId.ToString("N").Substring(30)': "d7ff",
    '"Basic dTpw".AsBasic().UserId + "Basic dTpw".AsBasic().Password + ("x".AsBasic() == null)': "upTrue",
}


@pytest.mark.parametrize("expression", GIVEN)
def test_what_a_member_gives(expression):
    assert as_text(bind_expression(f"@({expression})")[1](context())) == GIVEN[expression]


BLOCKS = {
    "var s = 0; for (int i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; s += i; } return s;": 5,
    "var s = 0; do { s++; } while (s < 3); while (s < 5) s++; return s;": 5,
    'foreach (var p in JObject.Parse("{\\"a\\":1}")) { return p.Key + p.Value; } return "";': "a1",
    'try { return int.Parse("x"); } catch (FormatException) { return -1; } finally { var z = 1; }': -1,
    'try { throw new Exception("m"); } catch (Exception e) { return e.Message; }': "m",
    "try { var x = (string)null; return x.Length; } catch (NullReferenceException e) { return -2; }": -2,
    'switch ("b") { case "a": case "b": return 1; default: return 2; }': 1,
    "int Fib(int n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); } return Fib(10);": 55,
    'var fs = new List<string>(); foreach (var i in new [] {1, 2}) { fs.Add($"{i}"); } return fs.Count;': 2,
    "var b = new byte[2]; b[1] = 7; b[0] |= 1; return b[0] + b[1];": 8,
    "object o = 5; return o is int n && n == 5 ? 1 : 0;": 1,
    "int? x = null; x = x ?? 3; x ??= 4; return x.Value + (x.HasValue ? 1 : 0);": 4,
    "const int k = 2; unchecked { return k * 3; }": 6,
    'var o = new JObject(); o["a"] = 1; o["b"] = "x"; ((JArray)(o["c"] = new JArray())).Add(1); return o.Count;': 3,
    "using (var h = SHA256.Create()) { return h.ComputeHash(new byte[0]).Length; }": 32,
    "Func<int, int> f = null; f = x => x == 0 ? 0 : f(x - 1) + 2; return f(3);": 6,
}


@pytest.mark.parametrize("block", BLOCKS)
def test_what_a_block_returns(block):
    assert bind_expression(f"@{{ {block} }}")[1](context()) == BLOCKS[block]


FAILING = {
    '@("a".Contains((string)context.Variables["nothing"]))': "ArgumentNullException",
    '@(((string)context.Variables["nothing"]).Length)': "NullReferenceException",
    '@(context.Request.Headers["Nope"])': "KeyNotFoundException",
    '@((int)context.Variables["text"])': "InvalidCastException",
    "@{ var d = 0; return 1 / d; }": "DivideByZeroException",
    "@(new [] {1}[1])": "IndexOutOfRangeException",
    '@(JObject.Parse("x"))': "JsonReaderException",
    '@("a".Substring(2))': "ArgumentOutOfRangeException",
    "@(XDocument.Parse(\"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>\"))": "XmlException",
    "@{ while (true) { } return 1; }": "LimitExceeded",
    "@{ try { while (true) { } } catch { } return 1; }": "LimitExceeded",
    "@(Enumerable.Range(0, int.MaxValue).Sum())": "LimitExceeded",
    '@{ var s = "ab"; for (int i = 0; i < 40; i++) { s += s; } return s; }': "LimitExceeded",
    '@("a".PadLeft(int.MaxValue))': "LimitExceeded",
    "@(new byte[int.MaxValue].Length)": "LimitExceeded",
    '@(Regex.IsMatch("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|a|aa)+$"))': "RegexMatchTimeoutException",
    "@{ int F(int n) { return F(n + 1); } return F(0); }": "InsufficientExecutionStackException",
}


@pytest.mark.parametrize("expression", FAILING)
def test_what_an_expression_throws(expression):
    _, evaluate = bind_expression(expression)
    with pytest.raises(EvaluationError) as caught:
        evaluate(context())
    assert caught.value.kind == FAILING[expression]


def test_a_body_that_is_not_preserved_is_used_up():
    call = context(b"[1]")
    assert bind_expression("@(context.Request.Body.As<JArray>().Count)")[1](call) == 1
    assert call.request.body == b""
    assert bind_expression("@(context.Request.Body == null)")[1](call) is True


def test_a_variable_starts_anew_in_each_evaluation():
    _, evaluate = bind_expression(
        '@{ string x = null; if (context.Variables.ContainsKey("k")) { x = "set"; } return x; }'
    )
    with_value = SimpleNamespace(variables={"k": 1})
    without = SimpleNamespace(variables={})
    assert [evaluate(each) for each in (without, with_value, without)] == [None, "set", None]
