"""The auth0 provider through its gRPC stub."""

from typing import Any

import grpc
import httpx
import pytest
from auth0_apim_sandbox.providers.plugin.values import UNKNOWN, Secret, unmarshal
from pulumi.runtime.proto import provider_pb2

SERVER = "auth0:index/resourceServer:ResourceServer"
SCOPES = "auth0:index/resourceServerScopes:ResourceServerScopes"
CLIENT = "auth0:index/client:Client"
CREDENTIALS = "auth0:index/clientCredentials:ClientCredentials"
GRANT = "auth0:index/clientGrant:ClientGrant"
CONNECTION = "auth0:index/connection:Connection"
CLIENTS = "auth0:index/connectionClients:ConnectionClients"
USER = "auth0:index/user:User"
PLAIN = {"identifier": "basic-calculator", "name": "Basic Calculator"}


def failures(answer: Any) -> list[tuple[str, str]]:
    return [(failure.property, failure.reason) for failure in answer.failures]


async def test_a_name_that_is_left_out_gets_a_random_suffix_and_keeps_it(auth0):
    inputs = await auth0.checked(SERVER, {"identifier": "basic-calculator"})
    assert inputs["name"].startswith("thing-")
    assert len(inputs["name"]) == len("thing-") + 7
    assert inputs["__defaults"] == ["name"]
    again = await auth0.check(SERVER, {"identifier": "basic-calculator"}, inputs | {"name": "thing-0000000"})
    assert unmarshal(again.inputs)["name"] == "thing-0000000"


async def test_the_stack_s_autonaming_is_followed(auth0):
    options = provider_pb2.CheckRequest.AutonamingOptions(proposed_name="proposed", mode=1)
    answer = await auth0.check(SERVER, {"identifier": "x"}, autonaming=options)
    assert unmarshal(answer.inputs)["name"] == "proposed"


async def test_a_client_without_description_is_managed_by_pulumi(auth0):
    inputs = await auth0.checked(CLIENT, {"name": "portal"})
    assert inputs == {"name": "portal", "description": "Managed by Pulumi", "__defaults": ["description"]}


async def test_inputs_that_are_wrong_are_named(auth0):
    answer = await auth0.check(SERVER, {"tokenLifetimes": 60, "allowOfflineAccess": "yes"})
    assert sorted(failures(answer)) == [
        ("allowOfflineAccess", "allowOfflineAccess must be of type boolean, not string."),
        ("identifier", f"{SERVER} needs the property identifier, which is missing."),
        ("tokenLifetimes", "There is no property tokenLifetimes; did you mean tokenLifetime?"),
    ]


@pytest.mark.parametrize(
    ("token", "inputs", "failure"),
    [
        (
            SERVER,
            {"identifier": "a", "signingSecret": "0123456789abcde"},
            ("signingSecret", "signingSecret must have 16 characters, not 15."),
        ),
        (
            USER,
            {"connectionName": "users", "appMetadata": "{plan: gold}"},
            ("appMetadata", 'appMetadata must be JSON in a text, such as {"plan": "gold"}.'),
        ),
        (
            CREDENTIALS,
            {"clientId": "c", "clientSecret": "s", "privateKeyJwt": {"credentials": []}},
            ("clientSecret", "clientSecret conflicts with privateKeyJwt: give one of them."),
        ),
        (
            CREDENTIALS,
            {"clientId": "c", "clientSecretWo": "s"},
            ("clientSecretWo", "clientSecretWo and clientSecretWoVersion need each other."),
        ),
    ],
)
async def test_a_preview_finds_what_the_official_provider_refuses_in_one(auth0, token, inputs, failure):
    assert failures(await auth0.check(token, inputs)) == [failure]


async def test_a_client_grant_needs_scopes(auth0):
    answer = await auth0.check(GRANT, {"clientId": "c", "audience": "a"})
    assert failures(answer) == [
        ("scopes", "A client grant needs scopes (an empty list grants none), unless allowAllScopes is true.")
    ]


async def test_secret_inputs_stay_secret_through_check_and_create(auth0, tenant):
    inputs = await auth0.checked(SERVER, PLAIN | {"signingSecret": Secret("0123456789abcdef")})
    assert inputs["signingSecret"] == Secret("0123456789abcdef")
    _, outputs = await auth0.create(SERVER, inputs)
    assert outputs["signingSecret"] == Secret("0123456789abcdef")
    assert tenant.sent("POST")[0][1]["signing_secret"] == "0123456789abcdef"


@pytest.mark.parametrize(
    ("token", "old", "new", "replaced"),
    [
        (SERVER, {"identifier": "a"}, {"identifier": "b"}, ["identifier"]),
        (SERVER, {"identifier": "a", "tokenLifetime": 60}, {"identifier": "a", "tokenLifetime": 61}, []),
        (CONNECTION, {"strategy": "auth0", "name": "a"}, {"strategy": "auth0", "name": "b"}, ["name"]),
        (GRANT, {"audience": "a", "scopes": ["x"]}, {"audience": "b", "scopes": ["x", "y"]}, ["audience"]),
        (SCOPES, {"resourceServerIdentifier": "a"}, {"resourceServerIdentifier": "b"}, ["resourceServerIdentifier"]),
    ],
)
async def test_what_cannot_be_changed_in_place_is_replaced(auth0, token, old, new, replaced):
    answer = await auth0.diff(token, old, new)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == replaced


async def test_a_diff_names_the_property_inside_an_object(auth0):
    old = {"strategy": "auth0", "options": {"passwordPolicy": "good", "mfa": {"active": True}}}
    new = {
        "strategy": "auth0",
        "options": {"passwordPolicy": "excellent", "mfa": {"active": True}, "disableSignup": True},
    }
    answer = await auth0.diff(CONNECTION, old, new)
    kinds = {path: diff.kind for path, diff in answer.detailedDiff.items()}
    assert kinds == {
        "options.disableSignup": provider_pb2.PropertyDiff.ADD,
        "options.passwordPolicy": provider_pb2.PropertyDiff.UPDATE,
    }


async def test_the_same_explicit_name_needs_the_old_resource_gone_first(auth0):
    old = {"identifier": "a", "name": "Basic Calculator", "__defaults": []}
    assert (await auth0.diff(SERVER, old, old | {"identifier": "b"})).deleteBeforeReplace
    named = {"identifier": "a", "name": "thing-1234567", "__defaults": ["name"]}
    assert not (await auth0.diff(SERVER, named, named | {"identifier": "b"})).deleteBeforeReplace


async def test_reordered_sets_and_dropped_computed_properties_are_no_change(auth0):
    one, other = {"name": "add:numbers"}, {"name": "divide:numbers"}
    old = {"resourceServerIdentifier": "a", "scopes": [one, other]}
    new = {"resourceServerIdentifier": "a", "scopes": [other, one]}
    assert (await auth0.diff(SCOPES, old, new)).changes == provider_pb2.DiffResponse.DIFF_NONE
    answer = await auth0.diff(SERVER, {"identifier": "a", "tokenLifetime": 60}, {"identifier": "a"})
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


async def test_a_preview_knows_the_inputs_and_not_the_rest(auth0, tenant):
    _, outputs = await auth0.create(CLIENT, {"name": "portal", "callbacks": [UNKNOWN]}, preview=True)
    assert outputs["name"] == "portal"
    assert outputs["callbacks"] == [UNKNOWN]
    assert outputs["clientId"] is UNKNOWN
    assert outputs["signingKeys"] == Secret(UNKNOWN)
    assert tenant.requests == []


async def test_create_update_and_delete_go_to_the_management_api(auth0, tenant):
    server_id, state = await auth0.create(SERVER, PLAIN)
    assert server_id == "resource-servers-1"
    assert state == PLAIN
    changed = PLAIN | {"tokenLifetime": 600}
    assert await auth0.update(SERVER, server_id, PLAIN, changed, state) == changed
    assert tenant.sent("PATCH") == [("resource-servers/resource-servers-1", {"token_lifetime": 600})]
    await auth0.delete(SERVER, server_id, changed)
    await auth0.delete(SERVER, server_id, changed)
    assert tenant.documents["resource-servers"] == {}


async def test_a_refresh_sees_drift_and_only_where_the_program_says_something(auth0, tenant):
    server_id, state = await auth0.create(SERVER, PLAIN)
    tenant.documents["resource-servers"][server_id] |= {"name": "Changed by hand", "token_lifetime": 1}
    _, inputs, outputs = await auth0.read(SERVER, server_id, PLAIN, state)
    assert inputs == PLAIN | {"name": "Changed by hand", "__defaults": []}
    assert outputs == PLAIN | {"name": "Changed by hand", "tokenLifetime": 1}


async def test_a_resource_that_is_gone_is_read_as_nothing(auth0):
    assert await auth0.read(SERVER, "gone", PLAIN, PLAIN) == ("", {}, {})


async def test_an_import_finds_the_inputs_by_id(auth0, tenant):
    tenant.documents["resource-servers"] = {"1": {"id": "1", "identifier": "a", "name": "A", "is_system": False}}
    assert await auth0.read(SERVER, "1") == (
        "1",
        {"identifier": "a", "name": "A", "__defaults": []},
        {"identifier": "a", "name": "A", "isSystem": False},
    )


async def test_scopes_of_an_api_that_has_others_are_refused(auth0, tenant):
    tenant.documents["resource-servers"] = {"1": {"id": "1", "identifier": "a", "scopes": [{"value": "x"}]}}
    inputs = {"resourceServerIdentifier": "a", "scopes": [{"name": "y", "description": "Y"}]}
    with pytest.raises(grpc.aio.AioRpcError, match="Resource Server with non empty scopes"):
        await auth0.create(SCOPES, inputs)
    tenant.documents["resource-servers"]["1"]["scopes"] = []
    scopes_id, outputs = await auth0.create(SCOPES, inputs)
    assert scopes_id == "a"
    assert outputs == inputs
    assert tenant.documents["resource-servers"]["1"]["scopes"] == [{"value": "y", "description": "Y"}]
    await auth0.delete(SCOPES, scopes_id, inputs)
    assert tenant.documents["resource-servers"]["1"]["scopes"] == []


async def test_a_connection_enabled_for_others_is_refused_and_every_client_disabled_at_the_end(auth0, tenant):
    tenant.documents["connections"] = {"con_1": {"id": "con_1", "name": "users", "strategy": "auth0"}}
    tenant.enabled["con_1"] = ["other"]
    with pytest.raises(grpc.aio.AioRpcError, match="already enabled for other"):
        await auth0.create(CLIENTS, {"connectionId": "con_1", "enabledClients": ["mine"]})
    tenant.enabled["con_1"] = []
    clients_id, outputs = await auth0.create(CLIENTS, {"connectionId": "con_1", "enabledClients": ["mine"]})
    assert (clients_id, outputs["enabledClients"], outputs["name"]) == ("con_1", ["mine"], "users")
    assert tenant.enabled["con_1"] == ["mine"]
    await auth0.delete(CLIENTS, clients_id)
    assert tenant.enabled["con_1"] == []


async def test_an_existing_grant_is_adopted_as_it_is(auth0, tenant):
    grant = {"id": "cgr_1", "client_id": "c", "audience": "a", "scope": ["x"], "subject_type": "client"}
    tenant.documents["client-grants"] = {"cgr_1": grant}
    grant_id, outputs = await auth0.create(GRANT, {"clientId": "c", "audience": "a", "scopes": ["x", "y"]})
    assert grant_id == "cgr_1"
    assert outputs["scopes"] == ["x"]
    assert tenant.sent("POST") == []


async def test_an_adopted_grants_scopes_are_planned_and_written_by_the_next_deployment(auth0, tenant):
    grant = {"id": "cgr_1", "client_id": "c", "audience": "a", "scope": ["x", "z"], "subject_type": "client"}
    tenant.documents["client-grants"] = {"cgr_1": grant}
    inputs = {"clientId": "c", "audience": "a", "scopes": ["x"], "subjectType": "client"}
    _, state = await auth0.create(GRANT, inputs)
    diff = await auth0.diff(GRANT, inputs, inputs, state)
    assert (list(diff.diffs), list(diff.replaces)) == (["scopes[1]"], [])
    assert (await auth0.update(GRANT, "cgr_1", inputs, inputs, state))["scopes"] == ["x"]
    assert tenant.sent("PATCH") == [("client-grants/cgr_1", {"scope": ["x"]})]


async def test_credentials_read_the_secret_as_a_secret_and_reset_the_method_at_the_end(auth0, tenant):
    client_id, _ = await auth0.create(CLIENT, {"name": "machine", "appType": "non_interactive"})
    assert tenant.sent("POST")[0][1]["token_endpoint_auth_method"] == "client_secret_post"
    inputs = {"clientId": client_id, "authenticationMethod": "client_secret_basic"}
    credentials_id, outputs = await auth0.create(CREDENTIALS, inputs)
    assert (credentials_id, outputs["clientSecret"]) == (client_id, Secret("the-client-secret"))
    await auth0.delete(CREDENTIALS, credentials_id, inputs)
    assert tenant.documents["clients"][client_id]["token_endpoint_auth_method"] == "client_secret_post"


async def test_a_user_s_password_is_sent_once_and_comes_back_only_from_the_inputs(auth0, tenant):
    inputs = {"connectionName": "users", "email": "a@example.com", "password": Secret("Sup3r-secret"), "name": "A"}
    user_id, state = await auth0.create(USER, inputs)
    assert state == inputs | {"userId": user_id}
    revealed = inputs | {"password": "Sup3r-secret"}
    await auth0.update(USER, user_id, revealed, revealed | {"password": "An0ther-one", "nickname": "a"}, state)
    assert [body for _, body in tenant.sent("PATCH")] == [
        {"password": "An0ther-one", "nickname": "a"},
    ]


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ({"username": "ada"}, {"password": "An0ther-one"}, "cannot update username and password simultaneously"),
        ({"username": "ada"}, {"emailVerified": True}, "cannot update username and email_verified simultaneously"),
        (
            {"password": "An0ther-one"},
            {"emailVerified": True},
            "cannot update password and email_verified simultaneously",
        ),
    ],
)
async def test_what_an_update_of_a_user_cannot_change_together_is_refused(auth0, tenant, one, other, sentence):
    inputs = {"connectionName": "users", "email": "a@example.com", "name": "A"}
    user_id, state = await auth0.create(USER, inputs)
    with pytest.raises(grpc.aio.AioRpcError, match=sentence):
        await auth0.update(USER, user_id, inputs, inputs | one | other, state)
    assert tenant.sent("PATCH") == []
    state = await auth0.update(USER, user_id, inputs, inputs | one, state)
    await auth0.update(USER, user_id, inputs | one, inputs | one | other, state)
    assert len(tenant.sent("PATCH")) == 2


async def test_another_connection_of_a_user_is_asked_of_the_tenant(auth0, tenant):
    inputs = {"connectionName": "users", "email": "a@example.com", "name": "A"}
    user_id, state = await auth0.create(USER, inputs)
    await auth0.update(USER, user_id, inputs, inputs | {"connectionName": "others"}, state)
    assert [body for _, body in tenant.sent("PATCH")] == [{"connection": "others"}]


async def test_dropped_metadata_is_emptied(auth0, tenant):
    user = {"connectionName": "users", "email": "a@example.com", "name": "A", "userMetadata": '{"a":1}'}
    client = {"name": "portal", "clientMetadata": {"a": "1", "b": "2"}}
    for token, inputs, field, sent in (
        (USER, user, "userMetadata", {"user_metadata": {}}),
        (CLIENT, client, "clientMetadata", {"client_metadata": {"a": None, "b": None}}),
    ):
        resource_id, state = await auth0.create(token, inputs)
        dropped = {name: value for name, value in inputs.items() if name != field}
        assert list((await auth0.diff(token, inputs, dropped)).diffs) == [field]
        await auth0.update(token, resource_id, inputs, dropped, state)
        assert tenant.sent("PATCH")[-1][1] == sent


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"alg": "RS256"}, {"alg": "RS256", "secretEncoded": True}, ["jwtConfiguration.secretEncoded"]),
        ({"alg": "RS256"}, {"alg": "RS256", "secretEncoded": False}, []),
        (None, {"secretEncoded": True}, ["jwtConfiguration.secretEncoded"]),
        (None, {"secretEncoded": False}, []),
        ({"alg": "RS256", "secretEncoded": True}, {"alg": "PS256"}, []),
    ],
)
async def test_only_a_new_client_gets_another_encoding_of_its_secret(auth0, old, new, replaces):
    before = {"name": "portal"} | ({} if old is None else {"jwtConfiguration": old})
    state = {"name": "portal", "jwtConfiguration": {"lifetimeInSeconds": 36000, "secretEncoded": False} | (old or {})}
    answer = await auth0.diff(CLIENT, before, {"name": "portal", "jwtConfiguration": new}, state)
    assert list(answer.replaces) == replaces


async def test_a_custom_database_s_configuration_is_secret_and_as_it_was_given(auth0, tenant):
    options = {"enabledDatabaseCustomization": True, "customScripts": {"get_user": "f"}, "configuration": {"KEY": "v"}}
    connection_id, outputs = await auth0.create(CONNECTION, {"name": "db", "strategy": "auth0", "options": options})
    assert outputs["options"]["configuration"] == Secret({"KEY": "v"})
    assert tenant.documents["connections"][connection_id]["options"] == {
        "enabledDatabaseCustomization": True,
        "customScripts": {"get_user": "f"},
        "configuration": {"KEY": "v"},
    }
    tenant.documents["connections"][connection_id]["options"]["configuration"] = {"KEY": "2.0$encrypted"}
    inputs = {"name": "db", "strategy": "auth0", "options": options}
    state = {"name": "db", "strategy": "auth0", "options": options}
    _, refreshed, _ = await auth0.read(CONNECTION, connection_id, inputs, state)
    assert refreshed["options"] == options


async def test_a_custom_database_s_secret_that_is_dropped_is_not_erased(auth0, tenant):
    options = {"enabledDatabaseCustomization": True, "configuration": {"KEY": "v", "URL": "u"}}
    inputs = {"name": "db", "strategy": "auth0", "options": options}
    connection_id, state = await auth0.create(CONNECTION, inputs)
    fewer = inputs | {"options": options | {"configuration": {"KEY": "w"}}}
    with pytest.raises(grpc.aio.AioRpcError, match="has configuration secrets that the program does not: URL"):
        await auth0.update(CONNECTION, connection_id, inputs, fewer, state)
    assert tenant.sent("PATCH") == []


async def test_a_rate_limit_is_waited_out(auth0, tenant, reset_in_a_moment):
    tenant.answers = [httpx.Response(429, headers={"X-RateLimit-Reset": reset_in_a_moment}, json={})]
    server_id, _ = await auth0.create(SERVER, PLAIN)
    assert server_id == "resource-servers-1"


async def test_the_token_is_asked_for_once(auth0, tenant):
    await auth0.create(SERVER, PLAIN)
    await auth0.create(SERVER, PLAIN | {"identifier": "b"})
    assert [path for _, path, _ in tenant.requests].count("oauth/token") == 1


async def test_an_error_is_the_service_s_sentence_without_a_traceback(auth0, tenant):
    await auth0.create(SERVER, PLAIN)
    tenant.answers = [httpx.Response(400, json={"message": "Payload validation error: 'Too long'."})]
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await auth0.create(SERVER, PLAIN)
    assert refused.value.details() == "POST resource-servers: 400 Payload validation error: 'Too long'."


async def test_what_was_made_before_a_failure_is_reported_with_its_id(auth0, tenant):
    client_id, _ = await auth0.create(CLIENT, {"name": "machine"})
    found = httpx.Response(200, json={"client_id": client_id})
    tenant.answers = [found, httpx.Response(400, json={"message": "Bad method"})]
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await auth0.create(CREDENTIALS, {"clientId": client_id, "authenticationMethod": "none"})
    [(_, packed)] = [item for item in failed.value.trailing_metadata() if item[0] == "grpc-status-details-bin"]
    assert client_id.encode() in packed
    assert b"ErrorResourceInitFailed" in packed


async def test_unknown_types_and_functions_are_refused_by_name(auth0):
    with pytest.raises(grpc.aio.AioRpcError, match="has no resource type auth0:index/action:Action; it has: "):
        await auth0.create("auth0:index/action:Action", {})
    with pytest.raises(grpc.aio.AioRpcError, match="has no function auth0:index/getAction:getAction; it has: "):
        await auth0.invoke("auth0:index/getAction:getAction", {})


async def test_get_tenant_answers_the_host_and_the_identifier_with_the_port(auth0):
    result = await auth0.invoke("auth0:index/getTenant:getTenant", {})
    assert result["domain"] == "localhost"
    assert result["managementApiIdentifier"] == "https://localhost:14300/api/v2/"


async def test_get_client_answers_the_secret_as_a_secret(auth0):
    client_id, _ = await auth0.create(CLIENT, {"name": "machine"})
    result = await auth0.invoke("auth0:index/getClient:getClient", {"clientId": client_id})
    assert result["clientSecret"] == Secret("the-client-secret")
    hidden = await auth0.invoke("auth0:index/getClient:getClient", {"name": "machine", "hideClientSecret": True})
    assert hidden["clientId"] == client_id
    assert "clientSecret" not in hidden


async def test_another_tenant_is_refused(auth0):
    values = provider_pb2.CheckRequest(urn="u")
    values.news.update({"domain": "https://acme.eu.auth0.com/"})
    [failure] = (await auth0.stub.CheckConfig(values)).failures
    assert failure.property == "domain"
    assert (
        "serves only the sandbox's tenant localhost:14300, and the provider's domain is acme.eu.auth0.com"
        in failure.reason
    )
    same = provider_pb2.CheckRequest(urn="u")
    same.news.update({"domain": "https://localhost:14300/"})
    assert not (await auth0.stub.CheckConfig(same)).failures
