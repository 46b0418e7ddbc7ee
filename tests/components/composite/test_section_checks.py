"""What ProtectedApi refuses, by the path of the input, before anything is made."""

import json

import pulumi
import pytest
from auth0_apim import InputError, ProtectedApi
from auth0_apim.composite.section_checks import protected_api_errors

DOCUMENT = json.dumps(
    {
        "openapi": "3.0.1",
        "servers": [{"url": "https://calculator.example/api"}],
        "paths": {"/add": {"get": {"operationId": "add"}}, "/sub": {"get": {"operationId": "sub"}}},
    }
)
LEAST = {
    "api": {"identifier": "basic-calculator"},
    "gateway": {
        "resource_group_name": "group",
        "service_name": "apis",
        "publisher_name": "Contoso",
        "publisher_email": "apis@contoso.example",
    },
    "publication": {"openapi": DOCUMENT, "path": "calc"},
    "policy": {"default_scopes": []},
}
SCOPES = {"scopes": {"calc:add": "Add"}}
USER = {"email": "jane@example.com", "password": "Three quiet Words 4 me"}
EXISTING = {"resource_group_name": "group", "service_name": "apis", "existing": True}
"""A gateway that takes the place of the least one."""


def arguments(sections):
    """The least there is, with what single sections say besides; a section that is no map takes the place of it."""
    args = dict(LEAST)
    for name, given in sections.items():
        whole = not isinstance(given, dict) or given.get("existing")
        args[name] = given if whole else {**LEAST.get(name, {}), **given}
    return args


def found(**sections):
    return [
        str(error).removeprefix("ProtectedApi 'calc': ") for error in protected_api_errors("calc", arguments(sections))
    ]


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"policy": {"rate_limit_calls": 100}},
            "input 'gateway.sku' is Consumption, a tier without rate limits by key; use another tier, such as Developer",
        ),
        (
            {"policy": {"quota_calls": 100}, "gateway": {"sku": "BasicV2"}},
            "input 'gateway.sku' is BasicV2, a tier without quotas by key; use another tier, such as Developer",
        ),
        (
            {"policy": {"quota_seconds": 300}},
            "input 'policy.quota_seconds' needs 'quota_calls'; an example that works: quota_calls: 10000",
        ),
        (
            {"policy": {"quota_seconds": 0}},
            "input 'policy.quota_seconds' needs 'quota_calls'; an example that works: quota_calls: 10000",
        ),
        (
            {"policy": {"quota_calls": 9, "counted_by": "subscription"}, "publication": {"product_id": "starter"}},
            "input 'policy.counted_by' is subscription, so that 'quota_calls' needs 'product_id'; an example that works: "
            '"subject"',
        ),
        (
            {"policy": {"required_scopes": ["calc:ad"]}, "api": SCOPES},
            "input 'policy.required_scopes' asks for 'calc:ad', which the API does not have (it has calc:add); use one "
            "of the API's scopes",
        ),
        (
            {"policy": {"raw_inbound": "<base/>"}},
            "input 'policy.raw_inbound' must be policies that stand inside a section, not <base>; an example that works: "
            "\"<set-header name='X-Team'><value>calc</value></set-header>\"",
        ),
        (
            {"policy": {"backend_id": "calculator"}},
            "input 'policy.backend_id' needs 'gateway.existing', as a new service has none yet; leave it out",
        ),
        (
            {"policy": {"included_fragments": ["correlation"]}},
            "input 'policy.included_fragments' needs 'gateway.existing', as a new service has none yet; leave it out",
        ),
        (
            {"gateway": {**EXISTING, "publisher_name": "Contoso"}},
            "input 'gateway.publisher_name' describes a new one and excludes 'existing'; leave it out",
        ),
        (
            {"gateway": {**EXISTING, "system_identity": True}},
            "input 'gateway.system_identity' describes a new one and excludes 'existing'; leave it out",
        ),
        (
            {"gateway": {"user_identity_ids": ["apis"]}},
            "input 'gateway.user_identity_ids' must be ARM ids of user-assigned managed identities, not 'apis'; an "
            'example that works: ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/calculator-dev'
            '/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"]',
        ),
        (
            {"database": {"requires_username": True}, "user": USER},
            "input 'user.username' is required by 'database.requires_username'; give one, such as jane",
        ),
        (
            {"database": {}, "user": {**USER, "username": "jane"}},
            "input 'user.username' needs 'database.requires_username'; set it to true, or leave the name out",
        ),
        (
            {"database": {"minimum_password_length": 30}, "user": USER},
            "input 'user.password' must be at least 30 characters long; an example that works: "
            '"Three quiet Words 4 me"',
        ),
        (
            {"interactive_client": {"application": "spa"}, "portal": {}, "gateway": {"sku": "Developer"}},
            "input 'interactive_client.application' must be regular_web where there is a developer portal's login; use "
            "regular_web",
        ),
        (
            {
                "interactive_client": {
                    "application": "spa",
                    "callbacks": ["https://app.example.com/"],
                    "allow_password_grant": True,
                }
            },
            "input 'interactive_client.allow_password_grant' must be false for a single page application, which has no "
            "secret to show with a user's password; leave it out",
        ),
        (
            {"interactive_client": {"web_origins": ["https://app.example.com"]}},
            "input 'interactive_client.callbacks' is required; an example that works: "
            '["https://app.example.com/callback"]',
        ),
        (
            {
                "interactive_client": {"callbacks": ["https://app.example.com/"], "offline_access": True},
                "api": {"allow_offline_access": False},
            },
            "input 'api.allow_offline_access' is false, and 'interactive_client.offline_access' needs it; leave it out",
        ),
        (
            {"publication": {"versioning_scheme": "Header", "display_name": "x" * 101}},
            "input 'publication.display_name' must be 1 to 100 characters long, not 101, as the version set made here "
            'gets it too; an example that works: "Basic Calculator"',
        ),
        (
            {
                "gateway": EXISTING,
                "publication": {"product_name": "Starter", "product_subscription_required": True},
            },
            "input 'publication.product_subscription_required' makes Azure subscribe to the product, and the azure-native "
            "provider cannot delete it then in a service that survives: give the component 'deleted_with' the service "
            "that goes as well, or leave the product there by 'keep_product', or ask for keys of the API alone "
            "('subscription_required' of PublishedApi, ApiSubscription); give keep_product: true",
        ),
        (
            {"publication": {"product_subscription_required": True}},
            "input 'publication.product_subscription_required' needs 'product_name'; an example that works: "
            'product_name: "Starter"',
        ),
        (
            {"api": {"identifier": None}},
            "input 'api.identifier' is required; an example that works: \"basic-calculator\"",
        ),
        (
            {"publication": {"openapi": None}},
            "input 'publication.openapi' is required; an example that works: "
            '"examples/basic-calculator/openapi.json"',
        ),
        (
            {"portal": {}},
            "input 'gateway.sku' is Consumption, a tier without a developer portal; use another tier, such as Developer",
        ),
        (
            {"policy": {"operation_scopes": {"add": ["calc:ad"]}}, "api": SCOPES},
            "input 'policy.operation_scopes' asks for 'calc:ad' at 'add', which the API does not have (it has calc:add); "
            "use one of the API's scopes",
        ),
        (
            {"policy": {"default_scopes": ["calc:ad"]}, "api": SCOPES},
            "input 'policy.default_scopes' asks for 'calc:ad', which the API does not have (it has calc:add); use one "
            "of the API's scopes",
        ),
        (
            {"policy": {"default_scopes": None}},
            "input 'policy.operation_scopes' names no operation, so that all are denied; to accept any good token at "
            "each, give default_scopes: []",
        ),
        (
            {"policy": {"operation_scopes": {"ad": []}}},
            "input 'policy.operation_scopes' names 'ad', which is no operation of the API (it has add, sub); use an id of "
            "PublishedApi.operations",
        ),
        (
            {"database": {}, "user": {"email": "jane@example.com"}},
            "input 'user.password' is required; an example that works: \"Three quiet Words 4 me\"",
        ),
        (
            {"database": {}, "user": {"password": USER["password"]}},
            "input 'user.email' is required; an example that works: \"jane@example.com\"",
        ),
        (
            {"user": USER},
            "input 'user' needs 'database'; an example that works: database: {\"connection_name\": \"BasicCalculator\"}",
        ),
        (
            {"database": {}, "user": {**USER, "password": "short"}},
            "input 'user.password' must be at least 12 characters long; an example that works: "
            '"Three quiet Words 4 me"',
        ),
        (
            {"client": {"scopes": ["calc:ad"]}, "api": SCOPES},
            "input 'client.scopes' asks for 'calc:ad', which the API does not have (it has calc:add); an example that "
            'works: ["calc:add"]',
        ),
        (
            {"gateway": {"publisher_name": None}},
            "input 'gateway.publisher_name' is required; an example that works: \"Contoso\"",
        ),
        (
            {"gateway": {"capacity": 2, "sku": "Developer"}},
            "input 'gateway.capacity' must be 1 in tier Developer, not 2; leave it out",
        ),
        (
            {"publication": {"openapi": "calculator.txt"}},
            "input 'publication.openapi' must be a document, an https URL or the path of a .json, .yaml or .yml file, not "
            "'calculator.txt'; an example that works: \"examples/basic-calculator/openapi.json\"",
        ),
        (
            {"api": {"identifier": "a b"}},
            "input 'api.identifier' must not contain white space or control characters, as 'a b' does; an example that "
            'works: "basic-calculator"',
        ),
        (
            {"interactive_client": {"callbacks": ["http://app.example.com/"]}},
            "input 'interactive_client.callbacks' has 'http://app.example.com/', which must be an absolute https URL "
            '(http only for localhost); an example that works: ["https://app.example.com/callback"]',
        ),
        (
            {
                "interactive_client": {"callbacks": ["http://app.example.com/"]},
                "portal": {},
                "gateway": {"sku": "Developer"},
            },
            "input 'interactive_client.callbacks' has 'http://app.example.com/', which must be an absolute https URL "
            '(http only for localhost); an example that works: ["https://app.example.com/callback"]',
        ),
        (
            {"policy": {"signing_algorithm": "HS256"}},
            "input 'policy.signing_algorithm' is HS256, and the API's tokens are signed with RS256; leave it out, and "
            "give 'api.signing_algorithm'",
        ),
        (
            {"roles": {"operator": {"permissions": ["calc:add"]}}, "api": SCOPES},
            "input 'api.permissions_in_token' must be true where there are roles, or they count for nothing; set it to "
            "true",
        ),
        (
            {
                "roles": {"operator": {"permissions": ["calc:ad"]}},
                "api": {**SCOPES, "permissions_in_token": True},
            },
            "input 'roles.operator.permissions' asks for 'calc:ad', which the API does not have (it has calc:add); an "
            'example that works: ["calc:add"]',
        ),
        (
            {"database": {}, "user": {**USER, "roles": ["operator"]}},
            "input 'user.roles' has 'operator', which is neither one of roles (none) nor a role's id; name a key of the "
            "section roles",
        ),
        (
            {"portal": {"grant_types": ["implicit"]}, "gateway": {"sku": "Developer"}},
            "input 'portal.grant_types' has 'implicit', which the interactive client never has; use "
            '["authorization_code"]',
        ),
        (
            {"portal": {"grant_types": ["password"]}, "gateway": {"sku": "Developer"}, "database": {}, "user": USER},
            "input 'portal.grant_types' has 'password', which needs 'user' and "
            "'interactive_client.allow_password_grant'; use [\"authorization_code\"]",
        ),
        (
            {"portal": {"default_scope": "calc:ad"}, "gateway": {"sku": "Developer"}, "api": SCOPES},
            "input 'portal.default_scope' asks for 'calc:ad', which the API does not have (it has calc:add, "
            'email, offline_access, openid, profile); an example that works: "calc:add calc:sub"',
        ),
        (
            {"client": {"existing_grant": True}},
            "input 'client.existing_grant' needs 'existing_client_id'; an example that works: existing_client_id: "
            '"AaBbCcDdEeFf0123456789"',
        ),
        (
            {"client": {"existing_client_id": "AaBbCcDdEeFf", "display_name": "Robot"}},
            "input 'client.display_name' describes a new one and excludes 'existing_client_id'; leave it out",
        ),
        (
            {"database": {"existing": True, "connection_name": "Users", "password_history": 3}},
            "input 'database.password_history' describes a new one and excludes 'existing'; leave it out",
        ),
        (
            {"interactive_client": {"existing_client_id": "AaBbCc", "without_grant": True, "scopes": []}},
            "input 'interactive_client.without_grant' excludes 'scopes'; leave one of them out",
        ),
        (
            {"publication": {"openapi": "https://apis.example/calc.json", "service_url": "https://calc.example"}},
            "input 'policy.default_scopes' needs 'operations', as an operation that is not known is denied; name each in "
            "'operation_scopes'; an example that works: [\"calc:use\"]",
        ),
        (
            {"policy": None},
            'input \'policy\' is required; an example that works: {"operation_scopes": {"add": ["calc:add"]}}',
        ),
        (
            {"api": "calc"},
            'input \'api\' must be a map, not text; an example that works: {"identifier": "basic-calculator"}',
        ),
        (
            {"api": {"scopes": 5}},
            'input \'api.scopes\' must be a map, not a number; an example that works: {"calc:add": "Add two numbers"}',
        ),
        (
            {"publication": {"path": 5}, "portal": {}, "gateway": {"sku": "Developer"}},
            "input 'publication.path' must be text, not a number; an example that works: \"calc\"",
        ),
        (
            {"identifer": "basic-calculator"},
            "input 'identifer' is not one of api, client, database, gateway, interactive_client, metadata, policy, portal, "
            'publication, roles, tags, user; an example that works: api: {"identifier": "basic-calculator"}',
        ),
    ],
)
def test_a_bad_input_is_refused_by_its_path_before_anything_is_made(mocks, deploy, sections, message):
    with pytest.raises(InputError) as refusal:
        deploy(lambda: ProtectedApi("calc", arguments(sections)))
    assert str(refusal.value) == f"ProtectedApi 'calc': {message}"
    assert (mocks.resources, mocks.calls) == ({}, [])


def test_the_least_there_is_has_no_fault():
    assert found() == []


@pytest.mark.parametrize(
    ("section", "name", "nearest"),
    [
        ("policy", "operation_scope", 'operation_scopes: {"add": ["calc:add"], "GET /version": []}'),
        ("api", "permission_in_token", "permissions_in_token: true"),
        ("gateway", "resource_group", 'resource_group_name: "calculator-dev"'),
        ("interactive_client", "callback", 'callbacks: ["https://app.example.com/callback"]'),
    ],
)
def test_a_misspelt_name_in_a_section_is_refused_with_the_nearest(section, name, nearest):
    (message,) = (each for each in found(**{section: {name: "x"}}) if f"'{section}.{name}'" in each)
    assert message.startswith(f"input '{section}.{name}' is not one of ")
    assert message.endswith(f"; an example that works: {nearest}")


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("client", "audience"),
        ("client", "metadata"),
        ("interactive_client", "available_scopes"),
        ("database", "enabled_clients"),
        ("user", "connection_name"),
        ("gateway", "tags"),
        ("publication", "checked_by"),
        ("publication", "allow_anonymous_calls"),
        ("publication", "authorization_server_id"),
        ("portal", "client_id"),
        ("policy", "issuer"),
        ("policy", "api_id"),
        ("policy", "product_id"),
        ("policy", "operation_id"),
        ("policy", "backend_url"),
    ],
)
def test_what_the_composite_gives_is_refused_in_a_section(section, name):
    refusal = f"input '{section}.{name}' is no input of this section; leave it out"
    assert refusal in found(
        **{section: {name: "x"}, "database": {}} | ({} if section != "database" else {section: {name: ["x"]}})
    )


def test_a_section_is_no_output(mocks, deploy):
    problem = "must be known before deployment, not an output of a resource"
    outputs = {}

    def program():
        for name in ("api", "policy", "roles"):
            outputs[name] = found(**{name: pulumi.Output.from_input({})})
        outputs["role"] = found(roles={"operator": pulumi.Output.from_input({"permissions": ["calc:add"]})})

    deploy(program)
    assert [outputs[name][0].partition(";")[0] for name in ("api", "policy", "roles")] == [
        f"input '{name}' {problem}" for name in ("api", "policy", "roles")
    ]
    assert outputs["role"] == [f"input 'roles.operator' {problem}; give its inputs one by one, which may be outputs"]


def test_what_decides_in_another_section_is_no_output(mocks, deploy):
    outputs = []

    def program():
        outputs.extend(found(api={"signing_algorithm": pulumi.Output.from_input("HS256")}))
        read = {"scopes_from_document": True}
        outputs.extend(found(publication={"openapi": pulumi.Output.from_input(DOCUMENT)}, policy=read))

    deploy(program)
    assert outputs == [
        "input 'api.signing_algorithm' must be known before deployment, or 'policy.signing_algorithm' given; give RS256 or "
        "HS256",
        "input 'publication.openapi' must be known before deployment, as 'policy.scopes_from_document' reads it; give the "
        "path of a file, or the document's text",
    ]


def test_everything_wrong_is_found_at_once():
    wrong = {"api": {"token_lifetime": 0}, "client": {"scopes": ["a b"]}, "policy": {"clock_skew": 999}}
    assert [message.split("'")[1] for message in found(**wrong)] == [
        "api.token_lifetime",
        "client.scopes",
        "policy.clock_skew",
    ]


def test_no_error_quotes_a_secret():
    database = {"scripts": {"login": ""}, "configuration": {"url": 5}}
    messages = found(database=database, user={**USER, "password": "hunter2"})
    assert messages
    assert "hunter2" not in " ".join(messages)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"policy": {"clock_skew": 999}}, "input 'policy.clock_skew' must be a whole number from 0 to 300, not 999"),
        ({"api": {"token_lifetime": 0}}, "input 'api.token_lifetime' must be a whole number of seconds from 1"),
        ({"client": {"scopes": ["calc:ad"]}}, "input 'client.scopes' asks for 'calc:ad', which the API does not have"),
        (
            {"roles": {"night.shift": {"permissions": []}}, "api": {"permissions_in_token": True}},
            "input 'roles.night.shift.permissions' must name at least one",
        ),
        (
            {"user": {**USER, "roles": ["operator"]}, "database": {}},
            "input 'user.roles' has 'operator', which is neither one of roles (none) nor a role's id",
        ),
    ],
)
def test_an_output_that_turns_out_bad_is_refused_by_the_same_path(refused, sections, message):
    def later(value):
        last = list(value)[-1]
        rest = {key: each for key, each in value.items() if key != last}
        return {
            **rest,
            last: later(value[last]) if isinstance(value[last], dict) else pulumi.Output.from_input(value[last]),
        }

    def program():
        first = next(iter(sections))
        ProtectedApi("calc", arguments({**sections, first: later(sections[first])}))

    assert f"ProtectedApi 'calc': {message}" in refused(program)


def test_the_tier_of_an_existing_service_is_refused_by_the_gateways_path(mocks, refused, monkeypatch):
    usual = mocks.call

    def call(args):
        return {**usual(args), "sku": {"name": "Consumption", "capacity": 0}}

    monkeypatch.setattr(mocks, "call", call)
    policy = {"default_scopes": [], "rate_limit_calls": 100}
    message = refused(lambda: ProtectedApi("calc", {**LEAST, "gateway": EXISTING, "policy": policy}))
    assert "ProtectedApi 'calc': input 'gateway.sku' is Consumption, a tier without rate limits by key" in message
