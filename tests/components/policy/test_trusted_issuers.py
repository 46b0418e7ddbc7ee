"""Several authorization servers in front of one API, as the gateway of the sandbox meets their tokens."""

import functools
import json

import httpx
import pytest
from auth0_apim.policy.document_rules import conditional_check_problem, document_checks, open_document_problem
from auth0_apim.policy.jwt_documents import jwt_document, token_check
from auth0_apim.policy.trusted_issuers import distinct_issuers_problem, trusted_issuers_problem
from auth0_apim_sandbox.apim.policies import parse_policy
from cryptography.hazmat.primitives import serialization

from tests.sandbox.apim.gateway.conftest import ISSUER, World, b64, good_claims, make_token, rsa_jwk, rsa_private

ENTRA = "https://login.example/entra/v2.0"
MOVED = "https://moved.example/"
TRUSTED = {
    "entra": {
        "issuer": ENTRA,
        "audiences": ["api://calculator"],
        "scope_claim": "scp",
        "openid_configuration_url": "https://login.example/other/.well-known/openid-configuration",
    },
    "moved": {"issuer": MOVED, "audiences": ["basic-calculator"]},
}
SETTINGS = {
    "issuer": ISSUER,
    "audience": "basic-calculator",
    "backend_url": "https://backend.example/base",
    "trusted_issuers": TRUSTED,
}
OPERATIONS = {"required": {"GET /add": ["calc:add"]}, "public": ["GET /health"]}
OF = {
    "own": {"iss": ISSUER, "aud": "basic-calculator", "scope": "calc:add"},
    "entra": {"iss": ENTRA, "aud": "api://calculator", "scp": "calc:sub calc:add"},
    "moved": {"iss": MOVED, "aud": "basic-calculator", "scope": "calc:add"},
}
KEYS = {"own": "one", "entra": "two", "moved": "three"}


@functools.cache
def document():
    return jwt_document(SETTINGS, token_check(SETTINGS, None), "api", OPERATIONS)


def token(server, *, key=None, **changes):
    """A token of the server, signed with its key, or with another server's under the own key's id."""
    kid = KEYS[server]
    header = {"alg": "RS256", "typ": "JWT", "kid": kid}
    return make_token(good_claims(**OF[server], **changes), header=header, key=rsa_private(KEYS[key or server]))


@pytest.fixture
def gateway():
    world = World()
    world.api()
    world.operation()
    for server, url in {
        "entra": TRUSTED["entra"]["openid_configuration_url"],
        "moved": f"{MOVED}.well-known/openid-configuration",
    }.items():
        keys = f"https://keys.example/{server}"
        world.documents[url] = httpx.Response(200, json={"issuer": OF[server]["iss"], "jwks_uri": keys})
        world.documents[keys] = httpx.Response(200, json={"keys": [rsa_jwk(KEYS[server])]})
    world.put("apis/calc/policies/policy", value=document(), format="xml")
    return world


def changed(server, **claims):
    return make_token(
        {**good_claims(**OF[server]), **claims},
        header={"alg": "RS256", "kid": KEYS[server]},
        key=rsa_private(KEYS[server]),
    )


def test_api_management_takes_the_document():
    parse_policy(document(), "xml", scope="api")


@pytest.mark.parametrize("server", ["own", "entra", "moved"])
async def test_each_issuers_token_passes_by_its_own_keys_audience_and_scopes(gateway, server):
    assert (await gateway.call_with(token(server))).status_code == 200
    assert len(gateway.received) == 1


@pytest.mark.parametrize("signer", ["own", "entra", "moved"])
@pytest.mark.parametrize("server", ["own", "entra", "moved"])
async def test_a_token_that_says_it_is_anothers_is_refused(gateway, server, signer):
    answer = await gateway.call_with(token(server, key=signer))
    assert answer.status_code == (200 if server == signer else 401)
    assert len(gateway.received) == (server == signer)


@pytest.mark.parametrize(
    ("server", "audience"), [("own", "api://calculator"), ("moved", "api://calculator"), ("entra", "basic-calculator")]
)
async def test_an_audience_is_one_issuers_alone(gateway, server, audience):
    answer = await gateway.call_with(changed(server, aud=audience))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == f'Bearer realm="{ISSUER}", error="invalid_token"'
    assert gateway.received == []


@pytest.mark.parametrize(
    ("server", "claims"),
    [
        ("own", {"scope": "calc:sub", "scp": "calc:add"}),
        ("moved", {"scope": "calc:sub", "scp": "calc:add"}),
        ("entra", {"scp": "calc:sub", "scope": "calc:add"}),
    ],
)
async def test_scopes_count_in_the_claim_of_the_tokens_issuer_alone(gateway, server, claims):
    answer = await gateway.call_with(changed(server, **claims))
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="{ISSUER}", error="insufficient_scope", scope="calc:add"'
    )
    assert gateway.received == []


@pytest.mark.parametrize(
    "issuer",
    ["https://unknown.example/", ENTRA + "/", ENTRA.upper(), MOVED.rstrip("/"), "", " " + ENTRA, 7, [ENTRA], None],
)
@pytest.mark.parametrize("signer", ["own", "entra", "moved"])
async def test_an_issuer_that_is_not_known_to_the_letter_is_refused(gateway, signer, issuer):
    claims = {**good_claims(**OF[signer]), "iss": issuer}
    if issuer is None:
        del claims["iss"]
    header = {"alg": "RS256", "kid": KEYS[signer]}
    answer = await gateway.call_with(make_token(claims, header=header, key=rsa_private(KEYS[signer])))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith(f'Bearer realm="{ISSUER}"')
    assert gateway.received == []


def doubled(first, last, signer):
    claims = json.dumps(good_claims(**OF[signer]))
    members = claims.replace(f'"iss": "{OF[signer]["iss"]}"', f'"iss": "{first}", "iss": "{last}"')
    return make_token(members, header={"alg": "RS256", "kid": KEYS[signer]}, key=rsa_private(KEYS[signer]))


@pytest.mark.parametrize("signer", ["own", "moved", "entra"])
@pytest.mark.parametrize("other", ["own", "moved", "entra"])
async def test_two_issuers_in_one_token_let_no_key_vouch_for_another_issuer(gateway, signer, other):
    if signer == other:
        return
    for first, last in ((OF[signer]["iss"], OF[other]["iss"]), (OF[other]["iss"], OF[signer]["iss"])):
        answer = await gateway.call_with(doubled(first, last, signer))
        # Whichever member a reader takes, the key, the audience and the scopes are those of one issuer.
        assert answer.status_code in (200, 401)
        if answer.status_code == 200:
            assert last == OF[signer]["iss"]


@pytest.mark.parametrize("server", ["entra", "moved"])
async def test_a_public_key_is_no_shared_one(gateway, server):
    pem = rsa_private(KEYS[server]).public_key()
    secrets = [
        pem.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        rsa_jwk(KEYS[server])["n"].encode(),
    ]
    for secret in secrets:
        header = {"alg": "HS256", "kid": KEYS[server]}
        forged = make_token(good_claims(**OF[server]), alg="HS256", key=secret, header=header)
        assert (await gateway.call_with(forged)).status_code == 401
    unsigned = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "none"}, good_claims(**OF[server])))
    assert (await gateway.call_with(unsigned + ".")).status_code == 401
    assert gateway.received == []


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer x",
        "Basic dTpw",
        "Bearer a.b.c",
        "Bearer {own}, Bearer {entra}",
        "{own}",
        "Basic {own}",
    ],
)
async def test_what_carries_no_single_bearer_token_is_refused(gateway, header):
    text = header and header.format(own=token("own"), entra=token("entra"))
    answer = await gateway.call(headers={} if text is None else {"Authorization": text})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith(f'Bearer realm="{ISSUER}"')
    assert gateway.received == []


def test_the_rules_see_the_document_as_closed():
    closed = jwt_document(SETTINGS, token_check(SETTINGS, None), "api", {**OPERATIONS, "public": []})
    assert document_checks(closed) is True
    assert conditional_check_problem(closed) is None
    assert conditional_check_problem(document()) == "lets calls without a token into public operations: GET /health"
    assert open_document_problem(document()) is None
    for branch in ("otherwise", "when"):
        start, end = closed.index(f"<{branch}"), closed.index(f"</{branch}>")
        check = closed[closed.index("<validate-jwt", start) : closed.index("</validate-jwt>", start) + 15]
        assert start < closed.index(check, start) < end
        assert document_checks(closed.replace(check, "<set-header/>", 1)) is None


def test_callers_of_the_same_name_are_counted_by_their_issuers():
    text = jwt_document({**SETTINGS, "rate_limit_calls": 9}, token_check(SETTINGS, None), "api", OPERATIONS)
    assert (
        "context.Api.Id + &quot; &quot; + ((Jwt)context.Variables[&quot;verified-token&quot;]).Issuer + &quot; &quot; + "
        "((Jwt)context.Variables[&quot;verified-token&quot;]).Subject"
    ) in text


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        ({"audiences": ["a"]}, "'issuer' is required"),
        ({"issuer": MOVED}, "'audiences' is required"),
        ({"issuer": MOVED, "audiences": []}, "'audiences' is required"),
        ({"issuer": MOVED, "audiences": "a"}, "'audiences' must be a list, not text"),
        ({"issuer": MOVED, "audiences": ["a"], "claim": "scp"}, "'claim' is not one of issuer, audiences, "),
        (
            {"issuer": MOVED, "audiences": ["a"], "scope_claim": "x"},
            "'scope_claim' must be one of scope, permissions, ",
        ),
        ({"issuer": "http://a.example/", "audiences": ["a"]}, "'issuer' must be an absolute https URL"),
        ({"issuer": "https://a.eu.auth0.com", "audiences": ["a"]}, "'issuer' must end with a slash"),
        ({"issuer": "https://{{a}}/x", "audiences": ["a"]}, "'issuer' must not contain '{{'"),
        ({"issuer": MOVED, "audiences": [" "]}, "'audiences' has one that must be text without blanks"),
    ],
)
def test_an_authorization_server_is_complete(server, problem):
    assert trusted_issuers_problem({"other": server}).startswith(f"is wrong for 'other': {problem}")


def test_an_issuer_has_one_check():
    assert trusted_issuers_problem(TRUSTED) is None
    assert trusted_issuers_problem({"a": TRUSTED["moved"], "b": TRUSTED["moved"]}) == f"has the issuer {MOVED!r} twice"
    own = [["https://tenant.example/"], [MOVED]]
    assert distinct_issuers_problem({"trusted": TRUSTED, "own": own}) == (
        f"has in 'moved' the issuer {MOVED!r}, which is the API's own"
    )
    assert distinct_issuers_problem({"trusted": TRUSTED, "own": own[:1]}) is None
