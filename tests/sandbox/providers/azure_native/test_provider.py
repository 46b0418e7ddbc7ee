"""The azure-native provider through its gRPC stub."""

import grpc
import httpx
import pytest
from auth0_apim_sandbox.providers.plugin.values import UNKNOWN, Secret, marshal, unmarshal
from pulumi.runtime.proto import provider_pb2

APIM = "azure-native:apimanagement:"
GROUP = "azure-native:resources:ResourceGroup"
SERVICE_ID = "/subscriptions/sub-1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim"
IN_SERVICE = {"resourceGroupName": "rg", "serviceName": "apim"}
API = IN_SERVICE | {"apiId": "calc", "path": "calc", "displayName": "Basic Calculator", "protocols": ["https"]}
SERVICE = IN_SERVICE | {
    "publisherEmail": "a@example.com",
    "publisherName": "A",
    "sku": {"name": "Developer", "capacity": 1},
    "location": "westeurope",
}


async def test_an_api_is_put_where_its_inputs_say_and_answered_flat(azure, resource_manager):
    inputs = API | {"format": "openapi+json", "value": "{}"}
    api_id, outputs = await azure.create(f"{APIM}Api", inputs)
    assert api_id == f"{SERVICE_ID}/apis/calc"
    assert resource_manager.last_put == (
        api_id,
        {
            "properties": {
                "path": "calc",
                "displayName": "Basic Calculator",
                "protocols": ["https"],
                "format": "openapi+json",
                "value": "{}",
            }
        },
    )
    assert outputs == {
        "azureApiVersion": "2024-05-01",
        "displayName": "Basic Calculator",
        "name": "calc",
        "path": "calc",
        "protocols": ["https"],
        "type": "Microsoft.ApiManagement/x",
    }


async def test_the_envelope_of_a_service_is_beside_its_properties(azure, resource_manager):
    await azure.create(f"{APIM}ApiManagementService", SERVICE | {"tags": {"a": "b"}})
    assert resource_manager.documents[SERVICE_ID] == {
        "id": SERVICE_ID,
        "name": "apim",
        "type": "Microsoft.ApiManagement/x",
        "location": "westeurope",
        "tags": {"a": "b"},
        "sku": {"name": "Developer", "capacity": 1},
        "properties": {"publisherEmail": "a@example.com", "publisherName": "A"},
    }


async def test_a_service_without_a_location_is_where_its_resource_group_is(azure, resource_manager):
    group = "/subscriptions/sub-1/resourceGroups/rg"
    resource_manager.documents[group] = {"id": group, "name": "rg", "location": "northeurope"}
    inputs = {name: value for name, value in SERVICE.items() if name != "location"}
    _, outputs = await azure.create(f"{APIM}ApiManagementService", inputs)
    assert outputs["location"] == "northeurope"


async def test_defaults_of_the_sdk_are_filled_in(azure):
    inputs = await azure.checked(
        f"{APIM}ApiPolicy", IN_SERVICE | {"apiId": "calc", "value": "<policies/>", "policyId": "policy"}
    )
    assert inputs["format"] == "xml"
    service = await azure.checked(f"{APIM}ApiManagementService", SERVICE)
    assert service["virtualNetworkType"] == "None"
    assert service["disableGateway"] is False


async def test_a_group_and_a_service_without_a_name_get_eight_random_digits_and_keep_them(azure):
    silent = {name: value for name, value in SERVICE.items() if name != "serviceName"}
    answer = await azure.checked(f"{APIM}ApiManagementService", silent)
    assert answer["serviceName"].startswith("thing")
    assert len(answer["serviceName"]) == len("thing") + 8
    again = await azure.check(f"{APIM}ApiManagementService", silent, answer)
    assert unmarshal(again.inputs)["serviceName"] == answer["serviceName"]
    assert len((await azure.checked(GROUP, {}))["resourceGroupName"]) == len("thing") + 8


async def test_what_is_in_a_service_is_called_by_its_logical_name(azure):
    answer = await azure.checked(f"{APIM}Product", IN_SERVICE | {"displayName": "Starter"})
    assert answer["productId"] == "thing"


async def test_an_empty_id_is_refused(azure):
    answer = await azure.check(f"{APIM}Product", IN_SERVICE | {"displayName": "Starter", "productId": ""})
    assert [failure.property for failure in answer.failures] == ["productId"]


async def test_a_resource_that_exists_is_not_created(azure):
    await azure.create(f"{APIM}Api", API)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await azure.create(f"{APIM}Api", API)
    assert refused.value.details() == f"cannot create already existing resource '{SERVICE_ID}/apis/calc'"


async def test_a_product_api_is_asked_for_by_head(azure, resource_manager):
    inputs = IN_SERVICE | {"productId": "starter", "apiId": "calc"}
    link_id, _ = await azure.create(f"{APIM}ProductApi", inputs)
    assert [method for method, path, _ in resource_manager.requests if path == link_id] == ["HEAD", "PUT"]
    assert resource_manager.last_put[1] == {"properties": {}}
    assert (await azure.read(f"{APIM}ProductApi", link_id))[1] == inputs
    with pytest.raises(grpc.aio.AioRpcError, match="cannot create already existing resource"):
        await azure.create(f"{APIM}ProductApi", inputs)


async def test_the_policy_a_service_is_born_with_may_be_taken_over_and_another_not(azure, resource_manager):
    policy_id = f"{SERVICE_ID}/policies/policy"
    born = "<!-- IMPORTANT -->\r\n<policies>\r\n  <inbound></inbound>\r\n  <backend>\r\n    <forward-request />\r\n  </backend>\r\n  <outbound />\r\n</policies>"
    inputs = IN_SERVICE | {"policyId": "policy", "value": "<policies/>", "format": "xml"}
    resource_manager.documents[policy_id] = {"id": policy_id, "properties": {"value": born, "format": "xml"}}
    assert (await azure.create(f"{APIM}Policy", inputs))[0] == policy_id
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await azure.create(f"{APIM}Policy", inputs)
    assert refused.value.details() == f"cannot create already existing subresource '{policy_id}'"


@pytest.mark.parametrize(
    ("method", "answer", "refusal"),
    [
        ("GET", httpx.Response(204), None),
        ("GET", httpx.Response(200), None),
        ("GET", httpx.Response(200, json={}), None),
        ("GET", httpx.Response(200, json={"id": "x"}), "cannot create already existing resource '{}'"),
        ("GET", httpx.Response(403, text="no"), "cannot check existence of resource '{}': status code 403, no"),
        ("HEAD", httpx.Response(204), "cannot create already existing resource '{}'"),
        ("HEAD", httpx.Response(404), None),
    ],
)
async def test_a_create_asks_first_whether_it_is_there(azure, resource_manager, method, answer, refusal):
    kind, inputs = ("Api", API) if method == "GET" else ("ProductApi", IN_SERVICE | {"productId": "p", "apiId": "calc"})
    resource_id = f"{SERVICE_ID}/apis/calc" if method == "GET" else f"{SERVICE_ID}/products/p/apis/calc"
    usual, first = resource_manager.answer, [answer]
    resource_manager.answer = lambda request, body: first.pop() if first else usual(request, body)
    if refusal is None:
        assert (await azure.create(APIM + kind, inputs))[0] == resource_id
        return
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await azure.create(APIM + kind, inputs)
    assert refused.value.details() == refusal.format(resource_id)


@pytest.mark.parametrize(
    ("kind", "change", "replaced"),
    [
        ("Api", {"apiId": "other"}, ["apiId"]),
        ("Api", {"serviceName": "other"}, ["serviceName"]),
        ("Api", {"displayName": "Other"}, []),
        ("ApiManagementService", {"location": "northeurope"}, ["location"]),
        ("ApiManagementService", {"sku": {"name": "Premium", "capacity": 1}}, []),
    ],
)
async def test_path_parameters_and_locations_replace_and_the_old_one_goes_first(azure, kind, change, replaced):
    old = API if kind == "Api" else SERVICE
    answer = await azure.diff(APIM + kind, old, old | change)
    assert list(answer.replaces) == replaced
    assert answer.deleteBeforeReplace == bool(replaced)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME


async def test_a_location_that_is_dropped_or_said_as_it_is_replaces_nothing(azure):
    silent = {name: value for name, value in SERVICE.items() if name != "location"}
    dropped = await azure.diff(f"{APIM}ApiManagementService", SERVICE, silent)
    assert dropped.changes == provider_pb2.DiffResponse.DIFF_NONE
    said = await azure.diff(f"{APIM}ApiManagementService", silent, SERVICE, state=SERVICE)
    assert (list(said.replaces), list(said.diffs)) == ([], ["location"])


async def test_a_place_is_the_same_however_it_is_spelled(azure):
    spelled = SERVICE | {"location": "West Europe", "resourceGroupName": "RG"}
    answer = await azure.diff(f"{APIM}ApiManagementService", SERVICE, spelled)
    assert (answer.changes, list(answer.diffs)) == (provider_pb2.DiffResponse.DIFF_NONE, [])
    moved = await azure.diff(f"{APIM}Api", API, API | {"resourceGroupName": "other"})
    assert list(moved.replaces) == ["resourceGroupName"]


async def test_a_preview_of_an_update_knows_the_inputs_and_where_it_is(azure, resource_manager):
    _, state = await azure.create(f"{APIM}ApiManagementService", SERVICE)
    state |= {"gatewayUrl": "https://gateway.test", "location": "westeurope"}
    request = provider_pb2.UpdateRequest(
        id=SERVICE_ID,
        urn=f"urn:pulumi:local::calculator::{APIM}ApiManagementService::thing",
        olds=marshal(state),
        old_inputs=marshal(SERVICE),
        news=marshal({**SERVICE, "publisherName": "B"}),
        preview=True,
    )
    outputs = unmarshal((await azure.stub.Update(request)).properties)
    known = {name: value for name, value in outputs.items() if value is not UNKNOWN}
    assert known == {
        "azureApiVersion": "2024-05-01",
        "location": "westeurope",
        "name": "apim",
        "publisherEmail": "a@example.com",
        "publisherName": "B",
        "sku": {"name": "Developer", "capacity": 1},
    }
    assert outputs["gatewayUrl"] is UNKNOWN


async def test_a_preview_knows_the_inputs_and_not_the_rest(azure, resource_manager):
    _, outputs = await azure.create(f"{APIM}ApiManagementService", SERVICE | {"publisherName": UNKNOWN}, preview=True)
    assert outputs["gatewayUrl"] is UNKNOWN
    assert outputs["publisherName"] is UNKNOWN
    assert outputs["location"] == "westeurope"
    assert "resourceGroupName" not in outputs
    assert resource_manager.requests == []


async def test_an_update_puts_the_whole_document(azure, resource_manager):
    api_id, state = await azure.create(f"{APIM}Api", API)
    outputs = await azure.update(f"{APIM}Api", api_id, API, API | {"displayName": "Other"}, state)
    assert outputs["displayName"] == "Other"
    assert resource_manager.last_put[1] == {
        "properties": {"path": "calc", "displayName": "Other", "protocols": ["https"]}
    }


async def test_a_refresh_sees_what_was_changed_and_what_was_added(azure, resource_manager):
    api_id, state = await azure.create(f"{APIM}Api", API)
    resource_manager.documents[api_id]["properties"] |= {"displayName": "By hand", "description": "added by hand"}
    _, inputs, outputs = await azure.read(f"{APIM}Api", api_id, API, state)
    assert inputs == API | {"displayName": "By hand", "description": "added by hand"}
    assert outputs["description"] == "added by hand"
    resource_manager.documents.clear()
    assert await azure.read(f"{APIM}Api", api_id, API, state) == ("", {}, {})


async def test_a_refresh_sees_what_was_added_inside_what_the_program_names(azure, resource_manager):
    inputs = IN_SERVICE | {
        "backendId": "calc",
        "url": "https://backend.test",
        "protocol": "http",
        "credentials": {"header": {"X-Key": ["one", "two"]}},
    }
    backend_id, state = await azure.create(f"{APIM}Backend", inputs)
    credentials = resource_manager.documents[backend_id]["properties"]["credentials"]
    credentials["header"] |= {"X-Key": ["one", "by hand", "three"], "X-Other": ["by hand"]}
    credentials["query"] = {"code": ["by hand"]}
    _, drifted, outputs = await azure.read(f"{APIM}Backend", backend_id, inputs, state)
    assert drifted["credentials"] == {
        "header": {"X-Key": ["one", "by hand", "three"], "X-Other": ["by hand"]},
        "query": {"code": ["by hand"]},
    }
    plan = await azure.diff(f"{APIM}Backend", drifted, inputs, outputs)
    assert sorted(plan.diffs) == [
        'credentials.header["X-Key"][1]',
        'credentials.header["X-Key"][2]',
        'credentials.header["X-Other"]',
        "credentials.query",
    ]
    await azure.update(f"{APIM}Backend", backend_id, drifted, inputs, outputs)
    assert resource_manager.last_put[1]["properties"]["credentials"] == inputs["credentials"]


async def test_a_refresh_sees_what_was_taken_away(azure, resource_manager):
    api_id, state = await azure.create(f"{APIM}Api", API | {"description": "D"})
    del resource_manager.documents[api_id]["properties"]["description"]
    assert (await azure.read(f"{APIM}Api", api_id, API | {"description": "D"}, state))[1] == API


async def test_the_service_s_own_additions_are_no_drift(azure, resource_manager):
    inputs = IN_SERVICE | {"backendId": "calc", "url": "https://b.test", "protocol": "http", "tls": {}}
    backend_id, _ = await azure.create(f"{APIM}Backend", inputs)
    resource_manager.documents[backend_id]["properties"]["tls"] = {"validateCertificateChain": True}
    state = (await azure.read(f"{APIM}Backend", backend_id, inputs))[2]
    assert (await azure.read(f"{APIM}Backend", backend_id, inputs, state))[1] == inputs


async def test_the_id_of_a_resource_is_the_one_of_the_answer(azure, resource_manager):
    usual = resource_manager.answer

    def answer(request, body):
        """The current revision goes by the name of its API."""
        plain = httpx.URL(str(request.url).replace(";rev=1", "").replace("%3Brev%3D1", "").replace("%3Brev=1", ""))
        return usual(httpx.Request(request.method, plain), body)

    resource_manager.answer = answer
    inputs = API | {"apiId": "calc;rev=1"}
    api_id, state = await azure.create(f"{APIM}Api", inputs)
    assert (api_id, state["name"]) == (f"{SERVICE_ID}/apis/calc", "calc")
    await azure.update(f"{APIM}Api", api_id, inputs, inputs | {"displayName": "Other"}, state)
    assert resource_manager.last_put[0] == f"{SERVICE_ID}/apis/calc;rev=1"
    await azure.delete(f"{APIM}Api", api_id, inputs)
    assert [path for method, path, _ in resource_manager.requests if method == "DELETE"] == [f"{SERVICE_ID}/apis/calc"]


async def test_the_api_of_a_release_is_one_input_for_its_place_and_its_revision(azure, resource_manager):
    inputs = IN_SERVICE | {"apiId": "calc;rev=2", "releaseId": "now", "notes": "n"}
    release_id = f"{SERVICE_ID}/apis/calc;rev=2/releases/now"
    usual = resource_manager.answer

    def answer(request, body):
        response = usual(request, body)
        if request.method == "PUT":
            resource_manager.documents[release_id]["properties"] = {"apiId": f"{SERVICE_ID}/apis/calc", "notes": "n"}
            return httpx.Response(201, json=resource_manager.documents[release_id])
        return response

    resource_manager.answer = answer
    made, state = await azure.create(f"{APIM}ApiRelease", inputs)
    assert (made, state["apiId"]) == (release_id, f"{SERVICE_ID}/apis/calc")
    assert resource_manager.last_put == (release_id, {"properties": {"apiId": "calc;rev=2", "notes": "n"}})
    assert (await azure.read(f"{APIM}ApiRelease", made, inputs, state))[1] == inputs
    resource_manager.documents[release_id]["properties"]["apiId"] = f"{SERVICE_ID}/apis/calc;rev=2"
    drifted = (await azure.read(f"{APIM}ApiRelease", made, inputs, state))[1]
    assert drifted["apiId"] == f"{SERVICE_ID}/apis/calc;rev=2"
    assert list((await azure.diff(f"{APIM}ApiRelease", drifted, inputs)).replaces) == ["apiId"]


@pytest.mark.parametrize("header", ["Azure-AsyncOperation", "Location"])
async def test_an_operation_that_fails_leaves_a_resource_that_the_state_knows(azure, resource_manager, header):
    error = {"error": {"code": "ValidationError", "message": "No.", "details": None}}
    usual = resource_manager.answer

    def answer(request, body):
        if request.url.path == "/operation":
            status = 200 if header == "Azure-AsyncOperation" else 400
            return httpx.Response(status, json={"status": "Failed", **error})
        if request.method == "PUT":
            return httpx.Response(202, headers={header: "https://localhost:14301/operation"})
        return usual(request, body)

    resource_manager.answer = answer
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await azure.create(f"{APIM}Api", API | {"format": "openapi", "value": "{"})
    assert failed.value.details().startswith("resource created but read failed GET ")
    assert failed.value.details().endswith("ValidationError: No.")
    assert "grpc-status-details-bin" in dict(failed.value.trailing_metadata())


async def test_nulls_of_an_answer_are_no_drift(azure, resource_manager):
    api_id, _ = await azure.create(f"{APIM}Api", API)
    settings = {"oAuth2": None, "openid": None, "oAuth2AuthenticationSettings": []}
    resource_manager.documents[api_id]["properties"]["authenticationSettings"] = settings
    state = (await azure.read(f"{APIM}Api", api_id, API))[2]
    assert state["authenticationSettings"] == {"oAuth2AuthenticationSettings": []}
    assert (await azure.read(f"{APIM}Api", api_id, API, state))[1] == API


async def test_an_import_takes_the_ids_from_the_arm_id(azure):
    api_id, _ = await azure.create(f"{APIM}Api", API)
    assert (await azure.read(f"{APIM}Api", api_id))[1] == API
    with pytest.raises(
        grpc.aio.AioRpcError, match=r"calc is not an id of azure-native:apimanagement:Api, which is /sub"
    ):
        await azure.read(f"{APIM}Api", "calc")


async def test_secrets_are_never_read_back_and_stay_secret_as_inputs(azure, resource_manager):
    server = IN_SERVICE | {
        "authsid": "auth0",
        "displayName": "Auth0",
        "authorizationEndpoint": "https://localhost:14300/authorize",
        "clientRegistrationEndpoint": "https://localhost:14300/",
        "clientId": Secret("c"),
        "clientSecret": Secret("s"),
        "grantTypes": ["authorizationCode"],
    }
    _, outputs = await azure.create(f"{APIM}AuthorizationServer", server)
    assert "clientSecret" not in outputs
    assert outputs["clientId"] == Secret("c")
    assert resource_manager.last_put[1]["properties"]["clientSecret"] == "s"


async def test_the_secrets_of_a_subscription_are_listed_as_secrets(azure):
    result = await azure.invoke(f"{APIM}listSubscriptionSecrets", IN_SERVICE | {"sid": "mine"})
    assert result == {"primaryKey": Secret("p"), "secondaryKey": Secret("s")}


async def test_a_subscription_s_notification_is_asked_for_in_the_query(azure, resource_manager):
    inputs = IN_SERVICE | {"sid": "mine", "displayName": "Mine", "scope": "/apis", "notify": True}
    await azure.create(f"{APIM}Subscription", inputs)
    assert resource_manager.last_put[1] == {"properties": {"displayName": "Mine", "scope": "/apis"}}


async def test_a_resource_is_looked_up_by_a_function(azure):
    await azure.create(f"{APIM}Api", API)
    result = await azure.invoke(f"{APIM}getApi", IN_SERVICE | {"apiId": "calc"})
    assert (result["id"], result["path"]) == (f"{SERVICE_ID}/apis/calc", "calc")


async def test_an_operation_is_asked_about_at_once_and_followed_by_the_resource(azure, resource_manager):
    named_value_id = f"{SERVICE_ID}/namedValues/key"
    operation = {"Azure-AsyncOperation": "https://localhost:14301/operation", "Retry-After": "600"}
    in_progress = {"id": named_value_id, "properties": {"ProvisioningState": "InProgress"}}
    resource_manager.refusal = httpx.Response(201, json=in_progress, headers=operation)
    resource_manager.documents["/operation"] = {"status": "Succeeded"}
    usual = resource_manager.answer

    def answer(request, body):
        response = usual(request, body)
        if request.method == "PUT":
            resource_manager.documents[named_value_id] = body | {"id": named_value_id, "name": "key"}
        return response

    resource_manager.answer = answer
    inputs = IN_SERVICE | {"namedValueId": "key", "displayName": "key", "value": "1"}
    _, outputs = await azure.create(f"{APIM}NamedValue", inputs)
    assert outputs["displayName"] == "key"
    calls = [(method, path) for method, path, _ in resource_manager.requests]
    after = calls[calls.index(("PUT", named_value_id)) + 1 :]
    assert after[:2] == [("GET", "/operation"), ("GET", named_value_id)]


async def test_a_token_with_an_api_version_is_the_same_type(azure):
    api_id, _ = await azure.create("azure-native:apimanagement/v20240501:Api", API)
    assert api_id == f"{SERVICE_ID}/apis/calc"


async def test_a_backend_s_own_type_is_not_arm_s(azure, resource_manager):
    inputs = IN_SERVICE | {"backendId": "calc", "url": "http://localhost:14302", "protocol": "http"}
    backend_id, outputs = await azure.create(f"{APIM}Backend", inputs)
    assert "type" not in outputs
    resource_manager.documents[backend_id]["properties"]["type"] = "Single"
    assert (await azure.read(f"{APIM}Backend", backend_id))[1] == inputs | {"type": "Single"}


async def test_a_resource_group_is_not_nested(azure, resource_manager):
    group_id, outputs = await azure.create(GROUP, {"resourceGroupName": "rg", "location": "westeurope"})
    assert group_id == "/subscriptions/sub-1/resourcegroups/rg"
    assert resource_manager.last_put[1] == {"location": "westeurope"}
    assert outputs["location"] == "westeurope"


async def test_an_error_is_azure_s_sentence_with_its_details(azure, resource_manager):
    error = {
        "code": "ValidationError",
        "message": "One or more fields contain incorrect values:",
        "details": [{"code": "ValidationError", "target": "name", "message": "Name should only be 'policy'."}],
    }
    resource_manager.refusal = httpx.Response(400, json={"error": error})
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await azure.create(f"{APIM}Api", API)
    assert refused.value.details() == (
        f"PUT {SERVICE_ID}/apis/calc: 400 ValidationError: One or more fields contain incorrect values: "
        "name: Name should only be 'policy'."
    )


async def test_deleting_what_is_gone_is_no_error(azure):
    api_id, _ = await azure.create(f"{APIM}Api", API)
    await azure.delete(f"{APIM}Api", api_id)
    await azure.delete(f"{APIM}Api", api_id)


async def test_another_cloud_is_refused(azure):
    request = provider_pb2.CheckRequest(urn="u")
    request.news.update({"metadataHost": "management.azure.com", "useMsi": "true"})
    failures = (await azure.stub.CheckConfig(request)).failures
    assert [failure.property for failure in failures] == ["metadataHost", "useMsi"]
    assert "serves only the sandbox's resource manager localhost:14301" in failures[0].reason


@pytest.mark.parametrize(
    ("kind", "inputs", "sentence"),
    [
        ("Api", API | {"apiId": "a*b"}, "'apiId' does not match expression '^[^*#&+:<>?]+$'"),
        ("Api", API | {"displayName": ""}, "'displayName' is too short (0): at least 1 characters required"),
        (
            "Api",
            API | {"apiRevisionDescription": "é" * 129},
            "'apiRevisionDescription' is too long (258): at most 256 characters allowed",
        ),
        (
            "Diagnostic",
            IN_SERVICE | {"diagnosticId": "d", "loggerId": "/loggers/l", "sampling": {"percentage": 101}},
            "'sampling.percentage' is too high (101.000000 > 100.000000)",
        ),
        (
            "Backend",
            IN_SERVICE
            | {"backendId": "b", "url": "https://b.test", "protocol": "http"}
            | {"credentials": {"authorization": {"scheme": "Basic"}}},
            "missing required property 'credentials.authorization.parameter'",
        ),
        (
            "ApiManagementService",
            SERVICE | {"serviceName": "calculator-"},
            "'serviceName' does not match expression '^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$'",
        ),
        (
            "ApiManagementService",
            SERVICE | {"resourceGroupName": "g" * 91},
            "'resourceGroupName' is too long (91): at most 90 characters allowed",
        ),
    ],
)
async def test_what_the_contract_does_not_allow_is_refused_at_preview(azure, kind, inputs, sentence):
    answer = await azure.check(f"{APIM}{kind}", inputs)
    assert [failure.reason for failure in answer.failures] == [sentence]


async def test_a_value_that_is_not_known_yet_is_not_held_against_the_contract(azure):
    assert (await azure.checked(f"{APIM}Api", API | {"displayName": UNKNOWN}))["displayName"] is UNKNOWN


async def test_where_names_are_random_the_new_one_is_made_before_the_old_one_goes(azure):
    silent = {name: value for name, value in SERVICE.items() if name != "serviceName"}
    old = await azure.checked(f"{APIM}ApiManagementService", silent)
    again = await azure.check(f"{APIM}ApiManagementService", silent | {"location": "northeurope"}, old)
    moved = await azure.diff(f"{APIM}ApiManagementService", old, unmarshal(again.inputs))
    assert (list(moved.replaces), moved.deleteBeforeReplace) == (["location"], False)
    assert (await azure.diff(f"{APIM}ApiManagementService", old, old)).changes == provider_pb2.DiffResponse.DIFF_NONE
    product = await azure.checked(f"{APIM}Product", IN_SERVICE | {"displayName": "Starter"})
    assert (await azure.diff(f"{APIM}Product", product, product | {"serviceName": "b"})).deleteBeforeReplace


async def test_a_refresh_keeps_the_mark_of_a_random_name(azure):
    inputs = await azure.checked(GROUP, {"location": "westeurope"})
    group_id, state = await azure.create(GROUP, inputs)
    _, refreshed, _ = await azure.read(GROUP, group_id, inputs, state)
    assert refreshed == inputs
