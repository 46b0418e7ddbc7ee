"""One rule, two speakers: a constructor and the policy pack say the same sentence of the same value."""

import logging

import pulumi
import pytest
from auth0_apim import (
    Auth0Api,
    InputError,
    InteractiveClient,
    JwtPolicy,
    PortalLogin,
    PublishedApi,
    UserDatabase,
)
from auth0_apim.auth0.auth0_api import token_lifetime_problem
from auth0_apim.policy import jwt_documents
from auth0_apim.policy.document import TokenCheck
from auth0_apim.policy.document_rules import early_answer_problem, open_document_problem, wider_backend_problem
from auth0_apim.policy_pack.open_operations import STACK_POLICIES
from auth0_apim.policy_pack.resource_policies import RESOURCE_POLICIES
from auth0_apim.policy_pack.stack_resources import StackResource
from auth0_apim.rules.opinion_rules import (
    implicit_grant_problem,
    open_access_problem,
    open_sign_up_problem,
    own_backend_problem,
    shared_key_problem,
)
from auth0_apim.rules.url_rules import exact_address_problem

POLICIES = {policy.name: policy for policy in (*RESOURCE_POLICIES, *STACK_POLICIES)}
CLIENT = "auth0:index/client:Client"
API = "auth0:index/resourceServer:ResourceServer"
PORTAL = {
    "resource_group_name": "group",
    "service_name": "apis",
    "audience": "basic-calculator",
    "authorization_endpoint": "https://tenant.example/authorize",
    "token_endpoint": "https://tenant.example/oauth/token",
    "client_id": "portal",
}


def packs_problem(policy, kind, properties, configuration=None):
    [problem] = POLICIES[policy].problems(kind, "mine", properties, configuration or {})
    return problem


@pytest.fixture
def warned(mocks, deploy, caplog):
    """Run a program that makes what is not advised; what its user is told."""

    def message_of(program):
        with caplog.at_level(logging.WARNING):
            deploy(program)
        [record] = [each for each in caplog.records if "input '" in each.getMessage()]
        return record.getMessage()

    return message_of


def test_the_implicit_grant(warned):
    problem = implicit_grant_problem(["authorization_code", "implicit"])
    told = warned(lambda: PortalLogin("portal", {**PORTAL, "grant_types": ["authorization_code", "implicit"]}))
    assert told == (f"PortalLogin 'portal': input 'grant_types' {problem}; use [\"authorization_code\"]")
    assert packs_problem("no-implicit-grant", CLIENT, {"grantTypes": ["implicit"]}) == f"grantTypes {problem}"


def test_a_shared_key(warned):
    problem = shared_key_problem("HS256")
    told = warned(lambda: Auth0Api("api", {"identifier": "calc", "signing_algorithm": "HS256"}))
    assert told == f"Auth0Api 'api': input 'signing_algorithm' {problem}; use RS256"
    assert packs_problem("asymmetric-signature", API, {"signingAlg": "HS256"}).startswith(f"signingAlg {problem}. ")


def test_open_access(warned):
    problem = open_access_problem("allow_all")
    told = warned(lambda: Auth0Api("api", {"identifier": "calc", "user_access": "allow_all"}))
    assert told == (
        f"Auth0Api 'api': input 'user_access' {problem}; use require_client_grant, once every "
        "application that needs a grant has one"
    )
    policies = {"user": {"policy": "allow_all"}}
    assert packs_problem("granted-access", API, {"subjectTypeAuthorization": policies}) == (
        f"subjectTypeAuthorization.user.policy {problem}"
    )


def test_open_sign_up(warned):
    problem = open_sign_up_problem(True)
    told = warned(lambda: UserDatabase("users", {"allow_sign_up": pulumi.Output.from_input(True)}))
    assert told == f"UserDatabase 'users': input 'allow_sign_up' {problem}; leave it out"
    connection = {"strategy": "auth0", "options": {"disableSignup": False}}
    assert packs_problem("sign-up-off", "auth0:index/connection:Connection", connection).endswith(problem)


def test_what_is_advised_is_not_warned_of(mocks, deploy, caplog):
    def program():
        Auth0Api("api", {"identifier": "calc"})
        UserDatabase("users", {})
        PortalLogin("portal", PORTAL)

    with caplog.at_level(logging.WARNING):
        deploy(program)
    assert caplog.records == []


@pulumi.runtime.test
def test_an_inexact_address(mocks):
    address = "https://*.example.com/cb"
    problem = exact_address_problem(address)
    with pytest.raises(InputError, match="input 'callbacks' has") as refusal:
        InteractiveClient("app", {"callbacks": [address]})
    assert f"input 'callbacks' has {address!r}, which {problem};" in str(refusal.value)
    assert packs_problem("exact-addresses", CLIENT, {"callbacks": [address]}) == (
        f"callbacks has {address!r}, which {problem}"
    )


@pulumi.runtime.test
def test_a_long_lifetime(mocks):
    problem = token_lifetime_problem(2_592_001)
    with pytest.raises(InputError) as refusal:
        Auth0Api("api", {"identifier": "calc", "token_lifetime": 2_592_001})
    assert f"input 'token_lifetime' {problem};" in str(refusal.value)
    limit = {"maximumSeconds": 2_592_000}
    assert packs_problem("token-lifetime", API, {"tokenLifetime": 2_592_001}, limit) == f"tokenLifetime {problem}"


@pytest.mark.parametrize(
    ("policy", "rule", "document"),
    [
        ("no-open-operation", open_document_problem, "<policies><inbound /></policies>"),
        (
            "no-early-answer",
            early_answer_problem,
            "<policies><inbound><mock-response /><validate-jwt /></inbound></policies>",
        ),
    ],
)
def test_a_document(monkeypatch, policy, rule, document):
    problem = rule(document)
    monkeypatch.setattr(jwt_documents, "policy_document", lambda *_, **__: document)
    with pytest.raises(ValueError, match="the policy document") as refusal:
        jwt_documents.jwt_document(
            {"issuer": "https://a.example/"},
            TokenCheck(["https://a.example/"], ["calc"], "https://a.example/oidc"),
            "product",
        )
    assert str(refusal.value) == f"the policy document {problem}"
    kinds = ("azure-native:apimanagement:Api", "azure-native:apimanagement:ApiPolicy")
    stack = [StackResource(kind, kind, kind[-3:], {"apiId": "calc", "value": document}, {}) for kind in kinds]
    [(_, told)] = POLICIES[policy].problems(stack, {})
    assert told.endswith(f" {problem}")


@pytest.mark.parametrize("choice", ["keep_service_url", "allow_anonymous_calls"])
def test_a_backend_of_an_apis_own(warned, choice):
    url = "https://calculator.example"
    problem = own_backend_problem(url)
    place = {"resource_group_name": "group", "service_name": "apis", "path": "calc"}
    document = '{"openapi": "3.0.1", "paths": {"/add": {"get": {"operationId": "add"}}}}'
    told = warned(lambda: PublishedApi("calc", {**place, "openapi": document, "service_url": url, choice: True}))
    assert told == f"PublishedApi 'calc': input '{choice}' {problem}; leave it out"
    api = StackResource("azure-native:apimanagement:Api", "a", "calc", {"apiId": "calc", "serviceUrl": url}, {})
    checked = "<policies><inbound><validate-jwt /></inbound></policies>"
    policy = StackResource("azure-native:apimanagement:ApiPolicy", "p", "p", {"apiId": "calc", "value": checked}, {})
    [(_, found)] = POLICIES["backend-behind-the-check"].problems([api, policy], {})
    assert found == f"serviceUrl {problem}: without its policy the API is open"


def test_a_backend_of_a_wider_scope(warned):
    raw = '<set-backend-service backend-id="theirs"/>'
    problem = wider_backend_problem(f"<policies><inbound>{raw}</inbound></policies>")
    place = {"resource_group_name": "group", "service_name": "apis", "product_id": "starter"}
    token = {"issuer": "https://tenant.example/", "audience": "calc"}
    told = warned(lambda: JwtPolicy("guard", {**place, **token, "raw_inbound": raw}))
    assert told == f"JwtPolicy 'guard': input 'raw_inbound' {problem}; use PublishedApi's checked_by"
    document = f"<policies><inbound><validate-jwt />{raw}</inbound></policies>"
    policy = StackResource("azure-native:apimanagement:ProductPolicy", "p", "p", {"value": document}, {})
    [(_, found)] = POLICIES["no-wider-backend"].problems([policy], {})
    assert found == f"the document {problem}"
