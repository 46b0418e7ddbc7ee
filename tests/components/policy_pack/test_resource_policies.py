"""The rules for anyone's resources, without an engine: what each finds, lets pass, and is told by its configuration."""

import pytest
from auth0_apim.policy_pack.resource_policies import RESOURCE_POLICIES

CLIENT = "auth0:index/client:Client"
API = "auth0:index/resourceServer:ResourceServer"
CONNECTION = "auth0:index/connection:Connection"
AUTHORIZATION_SERVER = "azure-native:apimanagement:AuthorizationServer"

POLICIES = {policy.name: policy for policy in RESOURCE_POLICIES}

COMPLIANT = [
    ("no-implicit-grant", CLIENT, {"grantTypes": ["client_credentials"]}),
    ("no-implicit-grant", AUTHORIZATION_SERVER, {"grantTypes": ["authorizationCode"]}),
    ("asymmetric-signature", API, {"signingAlg": "RS256"}),
    ("granted-access", API, {"subjectTypeAuthorization": {"user": {"policy": "require_client_grant"}}}),
    ("granted-access", API, {"subjectTypeAuthorization": {"user": {"policy": "deny_all"}}}),
    ("exact-addresses", CLIENT, {"callbacks": ["https://app.example/callback"], "webOrigins": ["https://app.example"]}),
    ("exact-addresses", CLIENT, {"callbacks": ["com.example.app:/callback", "http://localhost:8000/"]}),
    ("token-lifetime", API, {"tokenLifetime": 86400}),
    ("sign-up-off", CONNECTION, {"strategy": "auth0", "options": {"disableSignup": True}}),
    ("sign-up-off", CONNECTION, {"strategy": "google-oauth2", "options": {}}),
]
UNDEFINED = [
    ("asymmetric-signature", API, {}),
    ("exact-addresses", CLIENT, {}),
    ("token-lifetime", API, {}),
    ("no-implicit-grant", AUTHORIZATION_SERVER, {}),
]
VIOLATING = [
    ("no-implicit-grant", CLIENT, {"grantTypes": ["authorization_code", "implicit"]}, "grantTypes has 'implicit'"),
    ("no-implicit-grant", AUTHORIZATION_SERVER, {"grantTypes": ["implicit"]}, "grantTypes has 'implicit'"),
    ("asymmetric-signature", API, {"signingAlg": "HS256"}, "signingAlg is HS256: whoever can check a token can make"),
    (
        "granted-access",
        API,
        {"subjectTypeAuthorization": {"user": {"policy": "allow_all"}}},
        "subjectTypeAuthorization.user.policy is allow_all: any application of the tenant gets its users' tokens with ",
    ),
    (
        "exact-addresses",
        CLIENT,
        {"callbacks": ["https://*.example.com/cb"]},
        "callbacks has 'https://*.example.com/cb', which must be exact: ASCII without white space, wildcard or placehol",
    ),
    (
        "exact-addresses",
        CLIENT,
        {"allowedLogoutUrls": ["https://{organization_name}.example"]},
        "allowedLogoutUrls has",
    ),
    (
        "token-lifetime",
        API,
        {"tokenLifetime": 86401},
        "tokenLifetime must be a whole number of seconds from 1 to 86400, not 86401",
    ),
    (
        "sign-up-off",
        CONNECTION,
        {"strategy": "auth0", "options": {"disableSignup": False}},
        "options.disableSignup, which is not true, lets anybody on the internet make an account",
    ),
]
VIOLATING_BY_DEFAULT = [
    (
        "granted-access",
        API,
        {},
        "subjectTypeAuthorization.user.policy is allow_all: any application of the tenant gets its users' tokens with "
        "every scope, without a grant (Auth0's default, as it is left out)",
    ),
    (
        "granted-access",
        API,
        {"subjectTypeAuthorization": {"client": {"policy": "deny_all"}}},
        "subjectTypeAuthorization.user.policy is allow_all",
    ),
    (
        "no-implicit-grant",
        CLIENT,
        {},
        "(Auth0's default, as it is left out: authorization_code, implicit, refresh_token, client_credentials)",
    ),
    ("sign-up-off", CONNECTION, {"strategy": "auth0"}, "options.disableSignup, which is not true"),
]


def problems(policy, kind, properties, configuration=None):
    return POLICIES[policy].problems(kind, "mine", properties, configuration or {})


@pytest.mark.parametrize(("policy", "kind", "properties"), COMPLIANT)
def test_what_is_right_passes(policy, kind, properties):
    assert problems(policy, kind, properties) == []


@pytest.mark.parametrize(("policy", "kind", "properties"), UNDEFINED)
def test_a_property_that_is_left_to_a_good_default_passes(policy, kind, properties):
    assert problems(policy, kind, properties) == []


@pytest.mark.parametrize(("policy", "kind", "properties", "told"), VIOLATING + VIOLATING_BY_DEFAULT)
def test_what_is_wrong_is_told(policy, kind, properties, told):
    (problem,) = problems(policy, kind, properties)
    assert told in problem


@pytest.mark.parametrize(("policy", "kind", "properties", "told"), VIOLATING)
def test_a_stated_reason_lets_one_resource_pass(policy, kind, properties, told):
    assert problems(policy, kind, properties, {"reasons": {"mine": "an old client of ours"}}) == []
    assert len(problems(policy, kind, properties, {"reasons": {"another": "an old client of ours"}})) == 1
    assert len(problems(policy, kind, properties, {"reasons": {"mine": " "}})) == 1


@pytest.mark.parametrize(("policy", "kind", "properties", "told"), VIOLATING)
def test_other_kinds_of_resources_are_left_alone(policy, kind, properties, told):
    assert problems(policy, "random:index/randomPet:RandomPet", properties) == []


def test_the_lifetime_may_be_configured():
    assert problems("token-lifetime", API, {"tokenLifetime": 3600}, {"maximumSeconds": 3600}) == []
    (problem,) = problems("token-lifetime", API, {"tokenLifetime": 3601.0}, {"maximumSeconds": 3600.0})
    assert problem == "tokenLifetime must be a whole number of seconds from 1 to 3600, not 3601.0"


def test_auth0s_default_lifetime_counts_where_none_is_given():
    (problem,) = problems("token-lifetime", API, {}, {"maximumSeconds": 3600})
    assert problem.endswith("not 86400 (Auth0's default, as it is left out)")


def test_a_type_with_an_api_version_is_the_same_type():
    kind = "azure-native:apimanagement/v20240501:AuthorizationServer"
    assert len(problems("no-implicit-grant", kind, {"grantTypes": ["implicit"]})) == 1
