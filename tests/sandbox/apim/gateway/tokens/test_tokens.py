"""Tokens that are let through and tokens that are refused, one row an attack."""

import base64
import json

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _public_pem(world, name="one"):
    return world.rsa_private(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _altered_payload(world):
    head, payload, signature = world.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    altered = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "admin"}).encode()).rstrip(b"=").decode()
    return f"{head}.{altered}.{signature}"


def _altered_signature(world):
    token = world.token()
    return token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")


def _other_last_bits(world):
    """The same signature bytes, spelled with other bits in the last character (2048 bits leave four over)."""
    token = world.token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


def _standard_alphabet(world):
    token = world.token(sub="?>?>?>")
    assert "_" in token or "-" in token
    return token.replace("-", "+").replace("_", "/")


def _unsigned(world, alg="none", signature=""):
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{head}.{world.token().split('.')[1]}.{signature}"


def _header(**members):
    return {"alg": "RS256", "typ": "JWT", "kid": "one", **members}


REFUSED = {
    "alg none": _unsigned,
    "alg None": lambda w: _unsigned(w, "None"),
    "alg none with a signature": lambda w: _unsigned(w, "none", w.token().split(".")[2]),
    "alg RS256 without a signature": lambda w: ".".join([*w.token().split(".")[:2], ""]),
    "HS256 with the public key as secret": lambda w: w.token(alg="HS256", key=_public_pem(w)),
    "HS256 with the modulus as secret": lambda w: w.token(
        alg="HS256", key=w.rsa_private("one").public_key().public_numbers().n.to_bytes(256, "big")
    ),
    "HS256 with an empty secret": lambda w: w.token(alg="HS256", key=b""),
    "lower-case alg": lambda w: w.token(header=_header(alg="rs256")),
    "RS384, which is not supported": lambda w: w.token(header=_header(alg="RS384")),
    "another key under the same kid": lambda w: w.token(key=w.rsa_private("mallory")),
    "another key that brings its jwk": lambda w: w.token(
        key=w.rsa_private("mallory"), header=_header(jwk=w.rsa_jwk("mallory"))
    ),
    "another key that brings its jku": lambda w: w.token(
        key=w.rsa_private("mallory"), header=_header(kid="x", jku="https://mallory.example/jwks")
    ),
    "another key that brings its x5u": lambda w: w.token(
        key=w.rsa_private("mallory"), header=_header(x5u="https://mallory.example/x")
    ),
    "altered payload": _altered_payload,
    "altered signature": _altered_signature,
    "other last bits in the signature": _other_last_bits,
    "standard Base64 alphabet": _standard_alphabet,
    "padding": lambda w: w.token() + "==",
    "blank inside": lambda w: w.token().replace(".", ". ", 1),
    "line break inside": lambda w: w.token().replace(".", ".%0a", 1),
    "two segments": lambda w: ".".join(w.token().split(".")[:2]),
    "four segments": lambda w: w.token() + ".AAAA",
    "five segments, encrypted": lambda w: w.token() + ".AAAA.AAAA",
    "nothing but dots": lambda _: "..",
    "not ASCII": lambda w: w.token() + "é",
    "garbage": lambda _: "garbage",
    "a duplicate claim": lambda w: w.token(json.dumps(w.claims())[:-1] + ', "sub": "admin"}'),
    "a duplicate header": lambda w: w.token(header='{"alg": "none", "alg": "RS256", "kid": "one"}'),
    "a duplicate deep inside": lambda w: w.token(json.dumps(w.claims())[:-1] + ', "x": {"a": 1, "a": 2}}'),
    "crit": lambda w: w.token(header=_header(crit=["exp"])),
    "crit that names an unknown header": lambda w: w.token(header=_header(crit=["x"], x=1)),
    "b64 false": lambda w: w.token(header=_header(b64=False)),
    "alg is no string": lambda w: w.token(header=_header(alg=["RS256"])),
    "alg is missing": lambda w: w.token(header={"typ": "JWT", "kid": "one"}),
    "kid is no string": lambda w: w.token(header=_header(kid=1)),
    "typ is no string": lambda w: w.token(header=_header(typ=1)),
    "header is a list": lambda w: w.token(header='["alg"]'),
    "payload is a string": lambda w: w.token('"text"'),
    "payload is not JSON": lambda w: w.token("text"),
    "payload nests another token": lambda w: w.token(w.token(), header=_header(cty="JWT")),
    "NaN": lambda w: w.token(json.dumps(w.claims())[:-1] + ', "exp2": NaN}'),
    "exp beyond every number": lambda w: w.token(json.dumps(w.claims(exp=None))[:-1] + ', "exp": 1e999}'),
    "half a character in a claim": lambda w: w.token(nickname="\ud800"),
    "half a character in the kid": lambda w: w.token(key=w.rsa_private("mallory"), header=_header(kid="\udfff")),
    "half a character in the issuer": lambda w: w.token(iss="\ud83d"),
    "nested too deep": lambda w: w.token('{"a":' * 3000 + "1" + "}" * 3000),
    "too long": lambda w: w.token(filler="x" * 20000),
    "expired": lambda w: w.token(exp=w.now - 1),
    "expires now": lambda w: w.token(exp=w.now),
    "expired by a fraction": lambda w: w.token(exp=w.now - 0.5),
    "no exp": lambda w: w.token(exp=None),
    "exp is a string": lambda w: w.token(exp=str(w.now + 60)),
    "exp is true": lambda w: w.token(exp=True),
    "exp is null": lambda w: w.token(json.dumps({**w.claims(), "exp": None})),
    "nbf ahead": lambda w: w.token(nbf=w.now + 1),
    "nbf behind exp": lambda w: w.token(nbf=w.now + 7200),
    "nbf is a string": lambda w: w.token(nbf="0"),
    "iat is a string": lambda w: w.token(iat="0"),
    "another audience": lambda w: w.token(aud="other"),
    "no audience": lambda w: w.token(aud=None),
    "an audience in other case": lambda w: w.token(aud="Basic-Calculator"),
    "part of an audience": lambda w: w.token(aud="basic-calculator/x"),
    "no right audience in an array": lambda w: w.token(aud=["a", "b"]),
    "an empty array of audiences": lambda w: w.token(aud=[]),
    "audience is an object": lambda w: w.token(aud={"basic-calculator": 1}),
    "a number among the audiences": lambda w: w.token(aud=["basic-calculator", 1]),
    "another issuer": lambda w: w.token(iss="https://mallory.example/"),
    "issuer without its slash": lambda w: w.token(iss=w.issuer.rstrip("/")),
    "no issuer": lambda w: w.token(iss=None),
    "issuer is an array": lambda w: w.token(iss=[w.issuer]),
}


@pytest.mark.parametrize("attack", REFUSED)
async def test_a_bad_token_is_refused(guarded, attack):
    answer = await guarded.call(headers={"Authorization": f"Bearer {REFUSED[attack](guarded)}".encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["statusCode"] == 401
    assert guarded.received == []


ACCEPTED = {
    "plain": lambda w: w.token(),
    "audience in an array": lambda w: w.token(aud=["basic-calculator", f"{w.issuer}userinfo"]),
    "fractional times": lambda w: w.token(exp=w.now + 0.5, nbf=w.now - 0.5, iat=w.now - 0.5),
    "not before now": lambda w: w.token(nbf=w.now),
    "exp beyond every calendar": lambda w: w.token(exp=10**300),
    "no kid": lambda w: w.token(header={"alg": "RS256"}),
    "an access token of RFC 9068": lambda w: w.token(header=_header(typ="at+jwt")),
    "an unknown header": lambda w: w.token(header=_header(x=1)),
    "RS512": lambda w: w.token(alg="RS512", header=_header(alg="RS512")),
    "PS256": lambda w: w.token(alg="PS256", header=_header(alg="PS256")),
}


@pytest.mark.parametrize("case", ACCEPTED)
async def test_a_good_token_passes(guarded, case):
    answer = await guarded.call_with(ACCEPTED[case](guarded))
    assert (answer.status_code, answer.text) == (200, "passed")


async def test_es256_passes_and_its_der_spelling_does_not(guarded):
    guarded.keys = [guarded.ec_jwk("curve")]
    header = {"alg": "ES256", "kid": "curve"}
    token = guarded.token(alg="ES256", key=guarded.ec_private("curve"), header=header)
    assert (await guarded.call_with(token)).status_code == 200
    assert (await guarded.call_with(token + "AAAA")).status_code == 401


@pytest.mark.parametrize(
    "signature", [bytes(64), b"\xff" * 64, bytes(32) + b"\x01" * 32, b"\x01" * 32 + bytes(32), b""]
)
async def test_an_es256_signature_of_nothing_is_refused(guarded, signature):
    guarded.keys = [guarded.ec_jwk("one")]
    encoded = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    signed = guarded.token(header=_header(alg="ES256")).rpartition(".")[0]
    assert (await guarded.call_with(f"{signed}.{encoded}")).status_code == 401


async def test_a_key_is_used_only_with_the_algorithm_it_names(guarded):
    guarded.keys = [guarded.rsa_jwk("one", alg="RS256")]
    assert (await guarded.call_with(guarded.token())).status_code == 200
    assert (await guarded.call_with(guarded.token(alg="PS256", header=_header(alg="PS256")))).status_code == 401


@pytest.mark.parametrize(
    "members",
    [
        {"use": "enc"},
        {"use": None},
        {"key_ops": ["sign"]},
        {"key_ops": 5},
        {"key_ops": None},
        {"kty": "oct", "k": "AAAA"},
        {"n": "AQAB"},
        {"n": 5},
        {"e": "!"},
        {"e": "AQ"},
        {"alg": ["RS256"]},
        {"kid": ["one"]},
    ],
)
async def test_a_key_that_cannot_verify_is_passed_over(guarded, members):
    guarded.keys = [guarded.rsa_jwk("one", **members)]
    answer = await guarded.call_with(guarded.token())
    assert answer.status_code == 401


MESSAGES = {
    "JWT not present.": lambda _: None,
    "IDX12741: JWT must have three segments (JWS) or five segments (JWE).": lambda _: "garbage",
    "IDX10223: Lifetime validation failed. The token is expired. ValidTo (UTC): '01/15/2027 07:59:59', "
    "Current time (UTC): '01/15/2027 08:00:00'. Access denied.": lambda w: w.token(exp=w.now - 1),
    "IDX10225: Lifetime validation failed. The token is missing an Expiration Time. Access denied.": lambda w: w.token(
        exp=None
    ),
    "IDX10205: Issuer validation failed. Issuer: 'https://m/'. Did not match: validationParameters.ValidIssuer: 'null' or "
    "validationParameters.ValidIssuers: 'https://tenant.example/'. Access denied.": lambda w: w.token(iss="https://m/"),
    "IDX10214: Audience validation failed. Audiences: 'a, b'. Did not match: validationParameters.ValidAudience: 'null' or "
    "validationParameters.ValidAudiences: 'basic-calculator'. Access denied.": lambda w: w.token(aud=["a", "b"]),
    "IDX10503: Signature validation failed. Keys tried: '1', kid: 'one'. Access denied.": _altered_payload,
}


@pytest.mark.parametrize("message", MESSAGES)
async def test_the_answer_says_what_is_wrong(guarded, message):
    token = MESSAGES[message](guarded)
    answer = await guarded.call(headers={"Authorization": f"Bearer {token}"} if token else {})
    assert answer.text == f'{{ "statusCode": 401, "message": "{message}" }}'
    assert "www-authenticate" not in answer.headers


async def test_no_token_reaches_the_log(guarded, caplog):
    for attack in REFUSED.values():
        await guarded.call(headers={"Authorization": f"Bearer {attack(guarded)}".encode("latin-1")})
    guarded.tenant_down = True
    guarded.now += 4000
    await guarded.call_with(guarded.token(header=_header(kid="unknown")))
    assert "eyJ" not in caplog.text


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("Bearer {}", 200),
        ("bearer {}", 200),
        ("Bearer   {}", 200),
        ("{}", 401),
        ("Basic {}", 401),
        ("Bearer", 401),
        ("", 401),
        ("Bearer {},Bearer x", 401),
    ],
)
async def test_the_required_scheme(guarded, value, status):
    answer = await guarded.call(headers={"Authorization": value.format(guarded.token())})
    assert answer.status_code == status


async def test_two_authorization_headers_are_one_unreadable_token(guarded):
    headers = [("Authorization", f"Bearer {guarded.token()}"), ("Authorization", f"Bearer {guarded.token()}")]
    assert (await guarded.call(headers=headers)).status_code == 401


async def test_the_token_from_another_header_a_query_parameter_or_an_expression(world):
    for attributes, options in (
        ("header-name='X-Token' require-scheme='Ignored'", {"headers": {"X-Token": world.token()}}),
        ("query-parameter-name='token'", {"params": {"token": world.token()}}),
        (
            'token-value="@(context.Request.Headers.GetValueOrDefault(&quot;X-T&quot;,&quot;&quot;))"',
            {"headers": {"X-T": world.token()}},
        ),
    ):
        world.guard(attributes)
        assert (await world.call(**options)).text == "passed"
        assert (await world.call()).text == '{ "statusCode": 401, "message": "JWT not present." }'


async def test_status_and_message_of_failures_can_be_chosen(world):
    attributes = "header-name='Authorization' failed-validation-httpcode='403' failed-validation-error-message='No &quot;entry&quot;'"
    world.policy(f"{world.validate_jwt(None, attributes)}{world.done}")
    answer = await world.call()
    assert answer.status_code == 403
    assert answer.text == '{ "statusCode": 403, "message": "No \\"entry\\"" }'


@pytest.mark.parametrize(
    ("skew", "late", "status"), [("60", 59, 200), ("60", 60, 401), ("00:05:00", 299, 200), ("00:05:00", 300, 401)]
)
async def test_clock_skew_in_seconds_or_as_a_time_span(world, skew, late, status):
    world.guard(f"clock-skew='{skew}'")
    assert (await world.call_with(world.token(exp=world.now - late))).status_code == status


async def test_expiration_can_be_optional(world):
    world.guard("require-expiration-time='false'")
    assert (await world.call_with(world.token(exp=None))).status_code == 200
    assert (await world.call_with(world.token(exp=world.now - 1))).status_code == 401


async def test_unsigned_tokens_pass_only_where_the_policy_says_so(world):
    world.guard("require-signed-tokens='false'")
    assert (await world.call_with(_unsigned(world))).status_code == 200
    assert (await world.call_with(_altered_payload(world))).status_code == 401
    assert (await world.call_with(_unsigned(world, "RS256"))).status_code == 401


SECRET = b"a secret of at least 32 bytes..."


def _with_key(world, children):
    keys = f"<issuer-signing-keys>{children}</issuer-signing-keys>"
    world.policy(world.validate_jwt(keys) + world.done)


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
async def test_a_symmetric_key_of_the_policy(world, alg):
    _with_key(world, f"<key>{base64.b64encode(SECRET).decode()}</key>")
    token = world.token(alg=alg, key=SECRET, header={"alg": alg})
    assert (await world.call_with(token)).status_code == 200
    assert (await world.call_with(world.token(alg=alg, key=b"another", header={"alg": alg}))).status_code == 401
    assert (await world.call_with(world.token())).status_code == 401
    assert world.fetched == []


async def test_a_symmetric_key_from_a_secret_named_value(world):
    world.put("namedValues/key", {"value": base64.b64encode(SECRET).decode()}, displayName="signing-key", secret=True)
    _with_key(world, "<key>{{signing-key}}</key>")
    assert (await world.call_with(world.token(alg="HS256", key=SECRET, header={"alg": "HS256"}))).status_code == 200


async def test_an_rsa_key_of_the_policy(world):
    jwk = world.rsa_jwk("one")
    _with_key(
        world,
        f"<key id='other' n='{world.rsa_jwk('two')['n']}' e='AQAB' /><key id='one' n='{jwk['n']}' e='{jwk['e']}' />",
    )
    assert (await world.call_with(world.token())).status_code == 200
    assert (await world.call_with(world.token(header={"alg": "RS256", "kid": "no such id"}))).status_code == 200
    assert (await world.call_with(world.token(header={"alg": "RS256", "kid": "other"}))).status_code == 401


async def test_a_token_of_one_tenant_does_not_pass_with_the_key_of_another(world):
    other = "https://other.example/"
    world.documents = {
        f"{other}config": httpx.Response(200, json={"issuer": other, "jwks_uri": f"{other}jwks"}),
        f"{other}jwks": httpx.Response(200, json={"keys": [world.rsa_jwk("two")]}),
    }
    world.guard(children=f"<openid-config url='{other}config' />")
    two = {"key": world.rsa_private("two"), "header": {"alg": "RS256", "kid": "two"}}
    assert (await world.call_with(world.token())).status_code == 200
    assert (await world.call_with(world.token(iss=other, **two))).status_code == 200
    assert (await world.call_with(world.token(iss=other))).status_code == 401
    assert (await world.call_with(world.token(**two))).status_code == 401


async def test_an_issuer_the_policy_names_is_accepted_besides_the_documents(world):
    world.guard(children="<issuers><issuer>https://custom.example/</issuer></issuers>")
    assert (await world.call_with(world.token(iss="https://custom.example/"))).status_code == 200
    assert (await world.call_with(world.token())).status_code == 200
    assert (await world.call_with(world.token(iss="https://x/"))).status_code == 401


CLAIMS = [
    ("<claim name='scope' separator=' '><value>read</value></claim>", {"scope": "write read"}, True),
    (
        "<claim name='scope' separator=' '><value>read</value><value>write</value></claim>",
        {"scope": "write read"},
        True,
    ),
    (
        "<claim name='scope' separator=' '><value>read</value><value>admin</value></claim>",
        {"scope": "write read"},
        False,
    ),
    (
        "<claim name='scope' match='any' separator=' '><value>read</value><value>admin</value></claim>",
        {"scope": "write read"},
        True,
    ),
    ("<claim name='scope'><value>read</value></claim>", {"scope": "write read"}, False),
    ("<claim name='scope'><value>write read</value></claim>", {"scope": "write read"}, True),
    ("<claim name='scope' separator=','><value>read,write</value></claim>", {"scope": "read,write"}, False),
    ("<claim name='scope' separator=' '><value>read</value></claim>", {"scope": "readwrite"}, False),
    ("<claim name='scope' separator=' '><value>read</value></claim>", {"scope": "READ"}, False),
    ("<claim name='permissions'><value>read</value></claim>", {"permissions": ["read", "write"]}, True),
    ("<claim name='permissions'><value>read</value></claim>", {"permissions": []}, False),
    ("<claim name='permissions'><value>read</value></claim>", {}, False),
    ("<claim name='scope' />", {"scope": "anything"}, True),
    ("<claim name='scope' />", {}, False),
    ("<claim name='level'><value>5</value></claim>", {"level": 5}, True),
    ("<claim name='admin'><value>true</value></claim>", {"admin": True}, True),
    ("<claim name='a' /><claim name='b' />", {"a": "1"}, False),
]


@pytest.mark.parametrize(("required", "claims", "passes"), CLAIMS)
async def test_required_claims(world, required, claims, passes):
    world.guard(children=f"<required-claims>{required}</required-claims>")
    assert (await world.call_with(world.token(**claims))).status_code == (200 if passes else 401)


async def test_what_is_wrong_with_claims_is_said(world):
    required = "<required-claims><claim name='scope' separator=' '><value>read</value></claim><claim name='x' /></required-claims>"
    world.guard(children=required)
    assert (await world.call_with(world.token())).json()[
        "message"
    ] == "JWT token is missing the following claims: scope, x. Access denied."
    answer = await world.call_with(world.token(scope="write", x=1))
    assert answer.json()["message"] == "Claim value mismatch: scope=write."


async def test_a_second_validate_jwt_answers_403_for_a_missing_scope(world):
    scope = "<required-claims><claim name='scope' separator=' '><value>add</value></claim></required-claims>"
    second = world.validate_jwt(
        f"<openid-config url='{world.config_url}' />{scope}",
        "header-name='Authorization' failed-validation-httpcode='403'",
    )
    world.policy(f"{world.validate_jwt()}{second}{world.done}")
    assert (await world.call()).status_code == 401
    assert (await world.call_with(world.token())).status_code == 403
    assert (await world.call_with(world.token(scope="subtract add"))).status_code == 200


async def test_the_token_is_handed_to_expressions(world):
    write = '<set-header name=\'X-Who\'><value>@(((Jwt)context.Variables["jwt"]).Subject + " " + ((Jwt)context.Variables["jwt"]).Claims.GetValueOrDefault("roles","none"))</value></set-header>'
    world.guard("output-token-variable-name='jwt'", then=f"<base />{write}")
    await world.call_with(world.token(roles=["a", "b"]))
    assert world.received[0].headers["x-who"] == "machine@clients a,b"


async def test_a_status_that_is_none_ends_as_a_500(world):
    world.policy(world.validate_jwt(None, "header-name='Authorization' failed-validation-httpcode='@(100 + 1)'"))
    assert (await world.call()).status_code == 500
    world.policy("<return-response><set-status code='@(0 - 1)' reason='x' /></return-response>")
    assert (await world.call()).status_code == 500


@pytest.mark.parametrize("blank", ["@((string)null)", "@(&quot;&quot;)", "@(&quot; &quot;)"])
@pytest.mark.parametrize(
    ("children", "claims"),
    [
        ("<audiences><audience>{}</audience></audiences>", {"aud": ""}),
        ("<audiences><audience>{}</audience></audiences>", {"aud": ["", " "]}),
        ("<required-claims><claim name='role'><value>{}</value></claim></required-claims>", {"role": ""}),
        ("<required-claims><claim name='role' match='any'><value>{}</value></claim></required-claims>", {"role": " "}),
    ],
)
async def test_a_blank_expectation_accepts_nothing(world, blank, children, claims):
    world.guard(children=children.format(blank))
    assert (await world.call_with(world.token(**claims))).status_code == 401
    assert (await world.call_with(world.token())).status_code == 401


@pytest.mark.parametrize("blank", ["@((string)null)", "@(&quot; &quot;)"])
async def test_a_blank_issuer_accepts_nothing(world, blank):
    key = base64.b64encode(b"k" * 32).decode()
    world.policy(
        f"<validate-jwt header-name='Authorization'><issuer-signing-keys><key>{key}</key></issuer-signing-keys>"
        f"<issuers><issuer>{blank}</issuer></issuers></validate-jwt>{world.done}"
    )
    for issuer in ("", " ", world.issuer):
        token = world.token(alg="HS256", key=b"k" * 32, iss=issuer)
        assert (await world.call_with(token)).status_code == 401


CURVE_OF = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
HEADER = {"typ": "JWT", "kid": "k"}


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
async def test_rsa_algorithms_with_keys_of_the_tenant_and_of_the_policy(world, algorithm):
    world.keys = [world.rsa_jwk("k")]
    world.guard()
    private = world.rsa_private("k")
    token = world.token(alg=algorithm, key=private, header={**HEADER, "alg": algorithm})
    assert (await world.call_with(token)).status_code == 200
    jwk = world.rsa_jwk("k")
    key = f"<issuer-signing-keys><key id='k' n='{jwk['n']}' e='{jwk['e']}' /></issuer-signing-keys>"
    world.policy(f"<validate-jwt header-name='Authorization'>{key}</validate-jwt>{world.done}")
    assert (await world.call_with(token)).status_code == 200
    other = world.token(alg=algorithm, key=world.rsa_private("other"), header={**HEADER, "alg": algorithm})
    assert (await world.call_with(other)).status_code == 401


@pytest.mark.parametrize("algorithm", CURVE_OF)
async def test_a_curve_is_used_with_its_own_algorithm_alone(world, algorithm):
    curve = CURVE_OF[algorithm]
    world.keys = [world.ec_jwk("k", curve)]
    world.guard()
    private = world.ec_private("k", curve)
    for said, status in ((algorithm, 200), *((other, 401) for other in CURVE_OF if other != algorithm)):
        token = world.token(alg=said, key=private, header={**HEADER, "alg": said})
        assert (await world.call_with(token)).status_code == status


@pytest.mark.parametrize(("algorithm", "said"), [("RS256", "RS384"), ("PS512", "PS384"), ("RS256", "PS256")])
async def test_a_key_that_names_its_algorithm_is_used_with_no_other(world, algorithm, said):
    world.keys = [world.rsa_jwk("k", alg=algorithm)]
    world.guard()
    for used, status in ((algorithm, 200), (said, 401)):
        token = world.token(alg=used, key=world.rsa_private("k"), header={**HEADER, "alg": used})
        assert (await world.call_with(token)).status_code == status


async def test_a_key_of_an_unknown_curve_is_passed_over(world):
    world.keys = [{**world.ec_jwk("x"), "crv": "P-999"}, {"kty": "EC", "kid": "y"}, world.rsa_jwk("one")]
    world.guard()
    assert (await world.call_with(world.token())).status_code == 200
