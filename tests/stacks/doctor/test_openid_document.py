"""Doctor on OpenID documents that no gateway could use."""

import httpx
import pytest
from auth0_apim_environments.doctor.tenant_checks import openid_findings

ISSUER = "https://tenant.example/"
GOOD = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}authorize",
    "token_endpoint": f"{ISSUER}oauth/token",
    "jwks_uri": f"{ISSUER}.well-known/jwks.json",
    "response_types_supported": ["code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["HS256", "RS256"],
}
KEY = {"kty": "RSA", "use": "sig", "kid": "1", "n": "AQAB", "e": "AQAB"}


def rows(document, keys=None, status=200):
    def answer(request):
        body = {"keys": [KEY]} if keys is None else {"keys": keys}
        found = body if request.url.path.endswith("jwks.json") else document
        return httpx.Response(status, json=found)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        return [(each.subject, each.observed, each.right) for each in openid_findings("tenant.example", client)]


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


def test_a_valid_document_with_valid_keys_passes():
    assert rows(GOOD) == [
        ("OpenID document", f"{ISSUER}.well-known/openid-configuration", True),
        ("signing keys", f"1 for RS256 at {ISSUER}.well-known/jwks.json", True),
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (GOOD | {"issuer": "https://tenant.example"}, "says the issuer is 'https://tenant.example', not 'https://tenant.example/'"),
        (without("jwks_uri"), "lacks jwks_uri"),
        (GOOD | {"token_endpoint": "http://tenant.example/oauth/token"}, "has no https address in token_endpoint"),
        (GOOD | {"id_token_signing_alg_values_supported": ["HS256"]}, "does not offer RS256"),
    ],
)  # fmt: skip
def test_a_document_that_the_gateway_cannot_use_is_reported(document, problem):
    assert rows(document) == [("OpenID document", f"{ISSUER}.well-known/openid-configuration {problem}", False)]


def test_a_missing_document_is_reported():
    [(subject, observed, is_right)] = rows({}, status=404)
    assert (subject, is_right) == ("OpenID document", False)
    assert observed.endswith("was answered with 404")


def test_a_tenant_that_cannot_be_reached_is_reported():
    def answer(request):
        raise httpx.ConnectError("refused")

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        [finding] = openid_findings("tenant.example", client)
    assert "cannot be reached (refused)" in finding.observed
    assert "API Management must reach too" in finding.remedy


@pytest.mark.parametrize("key", [KEY | {"kty": "EC"}, KEY | {"use": "enc"}, {"kty": "RSA", "use": "sig"}])
def test_keys_that_cannot_verify_signatures_are_reported(key):
    assert rows(GOOD, [key])[1][2] is False
