import pytest
from auth0_apim_sandbox.apim.manager import create_resource_manager, manager_client

BODY = {
    "location": "West Europe",
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
}
OTHER = "/providers/Microsoft.ApiManagement/service/other"


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


async def test_the_group_local_exists_from_birth(empty):
    answer = await empty.get(f"{empty.subscription}/resourceGroups")
    assert [(group["name"], group["location"]) for group in answer.json()["value"]] == [("local", "westeurope")]


async def test_a_new_service_has_azures_shape(empty, host):
    answer = await empty.put("", body=BODY)
    service = answer.json()
    assert answer.status_code == 201
    assert service["id"] == empty.service
    assert (service["name"], service["type"], service["location"]) == (
        "apim",
        "Microsoft.ApiManagement/service",
        "West Europe",
    )
    assert answer.headers["etag"] == f'"{service["etag"]}"'
    properties = service["properties"]
    assert (properties["provisioningState"], properties["targetProvisioningState"]) == ("Activating", "Activating")
    assert properties["gatewayUrl"] == "https://localhost:14310"
    assert properties["developerPortalUrl"] == "https://apim.developer.localhost:14308"
    assert host.opened == [empty.service]


async def test_a_second_identical_put_changes_nothing_but_who_modified(arm):
    before = (await arm.get("")).json()
    answer = await arm.put("", body=BODY)
    assert answer.status_code == 200
    assert answer.json() == before


async def test_ids_are_found_in_any_case_and_answered_as_created(arm):
    answer = await arm.get(arm.service.upper().replace("/SUBSCRIPTIONS", "/subscriptions"))
    assert answer.json()["id"] == arm.service


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"location": None}, (400, "LocationRequired")),
        ({"location": "mars"}, (400, "LocationNotAvailableForResourceType")),
        ({"sku": None}, (400, "ValidationError")),
        ({"sku": {"name": "Consumption", "capacity": 1}}, (400, "ValidationError")),
        ({"sku": {"name": "Developer", "capacity": 0}}, (400, "ValidationError")),
        ({"sku": {"name": "Gold", "capacity": 1}}, (400, "ValidationError")),
        ({"properties": {"publisherName": "Example"}}, (400, "ValidationError")),
        ({"tags": {"a": 1}}, (400, "InvalidTags")),
    ],
)
async def test_a_wrong_service_is_refused_and_nothing_is_made(empty, change, error):
    assert code(await empty.put("", body={**BODY, **change})) == error
    assert code(await empty.get("")) == (404, "ResourceNotFound")


async def test_a_wrong_name_is_refused(empty):
    for name in ("1apim", "apim-", "a" * 51, "a_b"):
        assert (
            await empty.put(f"{empty.group}/providers/Microsoft.ApiManagement/service/{name}", body=BODY)
        ).status_code == 400


async def test_a_region_cannot_be_changed_and_a_tier_only_within_its_family(arm):
    assert code(await arm.put("", body={**BODY, "location": "eastus"})) == (409, "InvalidResourceLocation")
    assert code(await arm.put("", body={**BODY, "sku": {"name": "Consumption", "capacity": 0}})) == (
        400,
        "ValidationError",
    )
    answer = await arm.patch("", body={"sku": {"name": "Basic", "capacity": 2}, "tags": {"a": "b"}})
    assert (answer.status_code, answer.json()["sku"]) == (200, {"name": "Basic", "capacity": 2})
    assert (answer.json()["tags"], answer.json()["properties"]["publisherName"]) == ({"a": "b"}, "Example")


async def test_a_deleted_service_takes_everything_with_it_and_keeps_its_name(arm, host, store):
    await arm.calculator()
    assert (await arm.delete("")).status_code == 202
    assert host.closed == [arm.service]
    assert [key for key in store.collection("arm.resources") if "/service/" in key] == []
    answer = await arm.put("", body=BODY)
    assert code(answer) == (409, "ServiceAlreadyExistsInSoftDeletedState")
    assert answer.json()["error"]["message"] == (
        "Api service apim was soft-deleted. In order to create the new service with the same name, you have to either "
        "undelete the service or purge it. See https://aka.ms/apimsoftdelete."
    )
    deleted = f"{arm.subscription}/providers/Microsoft.ApiManagement/deletedservices"
    assert [item["name"] for item in (await arm.get(deleted)).json()["value"]] == ["apim"]


async def test_a_soft_deleted_service_is_gone_after_48_hours(arm, clock, anonymous, store):
    await arm.delete("")
    clock.now += 48 * 3600
    token = await fresh_token(anonymous, store)
    headers = {"Authorization": f"Bearer {token}"}
    answer = await arm.put("", body=BODY, headers=headers)
    assert answer.status_code == 201


async def fresh_token(client, store):
    secret = manager_client(store)
    form = {
        "grant_type": "client_credentials",
        "client_id": secret.client_id,
        "client_secret": secret.client_secret,
        "scope": "https://management.azure.com/.default",
    }
    return (await client.post(f"/{secret.tenant_id}/oauth2/v2.0/token", data=form)).json()["access_token"]


async def test_restore_brings_everything_back(arm):
    await arm.calculator()
    before = (await arm.get("apis/calc/operations")).json()
    await arm.delete("")
    answer = await arm.put("", body={"location": "westeurope", "properties": {"restore": True}})
    assert (answer.status_code, answer.json()["properties"]["publisherName"]) == (201, "Example")
    assert (await arm.get("apis/calc/operations")).json() == before
    assert (await arm.get(f"{arm.subscription}/providers/Microsoft.ApiManagement/deletedservices")).json()[
        "value"
    ] == []


async def test_restore_without_a_deleted_service_is_an_error(empty):
    answer = await empty.put("", body={"location": "westeurope", "properties": {"restore": True}})
    assert code(answer) == (400, "ServiceUndeleteNotPossible")


async def test_a_consumption_service_is_not_soft_deleted(empty):
    body = {**BODY, "sku": {"name": "Consumption", "capacity": 0}}
    answer = await empty.put("", body=body)
    assert answer.json()["properties"]["developerPortalUrl"] is None
    await empty.delete("")
    assert (await empty.put("", body=body)).status_code == 201


async def test_purge_frees_the_name(arm):
    place = f"{arm.subscription}/providers/Microsoft.ApiManagement/locations/westeurope/deletedservices/apim"
    await arm.delete("")
    assert (await arm.get(place)).json()["properties"]["serviceId"] == arm.service
    assert (await arm.delete(place)).status_code == 200
    assert (await arm.delete(place)).status_code == 204
    assert (await arm.put("", body=BODY)).status_code == 201


async def test_names_are_checked_for_availability(arm):
    url = f"{arm.subscription}/providers/Microsoft.ApiManagement/checkNameAvailability"
    assert (await arm.post(url, body={"name": "free"})).json() == {
        "nameAvailable": True,
        "reason": "Valid",
        "message": "",
    }
    assert (await arm.post(url, body={"name": "APIM"})).json()["reason"] == "AlreadyExists"
    assert (await arm.post(url, body={"name": "-"})).json()["reason"] == "Invalid"


async def test_a_deleted_group_deletes_its_services(arm, host):
    group = f"{arm.subscription}/resourceGroups/extra"
    assert (await arm.put(group, body={"location": "West Europe"})).status_code == 201
    assert (await arm.put(group + OTHER, body=BODY)).status_code == 201
    assert (await arm.call("HEAD", group)).status_code == 204
    assert (await arm.delete(group)).status_code == 200
    assert host.closed == [group + OTHER]
    assert code(await arm.get(group)) == (404, "ResourceGroupNotFound")
    assert code(await arm.get(group + OTHER)) == (404, "ResourceGroupNotFound")


async def test_what_is_stored_survives_a_restart(arm, store, host):
    create_resource_manager(store, "https://localhost:14301", host, None)
    assert (await arm.get("")).status_code == 200
    assert (await arm.get("policies/policy")).status_code == 200


async def test_after_a_restart_gateways_are_open_and_services_tell_where(arm, store, host):
    before, host.opened = (await arm.get("")).json(), []
    await create_resource_manager(
        store, "https://localhost:14301", host, None, portal_host="developer.localhost:14308"
    ).open_gateways()
    assert (host.opened, (await arm.get("")).json()) == ([arm.service], before)

    host.url = "https://localhost:14410"
    await create_resource_manager(
        store, "https://localhost:14401", host, None, portal_host="developer.localhost:14408"
    ).open_gateways()
    shown = (await arm.get("")).json()["properties"]
    assert (shown["gatewayUrl"], shown["hostnameConfigurations"][0]["hostName"]) == (host.url, "localhost:14410")
    assert shown["developerPortalUrl"] == "https://apim.developer.localhost:14408"
    moved = (
        "gatewayUrl",
        "gatewayRegionalUrl",
        "developerPortalUrl",
        "managementApiUrl",
        "scmUrl",
        "hostnameConfigurations",
    )
    assert {name for name in shown if shown[name] != before["properties"][name]} == set(moved)


SWITCHES = (
    *("Security.Protocols.Tls10", "Security.Protocols.Tls11", "Security.Backend.Protocols.Tls10"),
    *("Security.Backend.Protocols.Tls11", "Security.Backend.Protocols.Ssl30", "Protocols.Server.Http2"),
)
OLDER_SWITCHES = ("Security.Protocols.Ssl30", "Security.Ciphers.TripleDes168")


@pytest.mark.parametrize(
    ("sku", "nat", "switches", "addresses", "platform"),
    [
        ("Developer", "Unsupported", (*SWITCHES, *OLDER_SWITCHES), ["127.0.0.1"], "stv2"),
        ("BasicV2", "Enabled", SWITCHES, None, "stv2.1"),
        ("Consumption", "Disabled", SWITCHES, None, "mtv1"),
    ],
)
async def test_a_service_answers_what_its_tier_has(empty, sku, nat, switches, addresses, platform):
    await empty.put("", body={**BODY, "sku": {"name": sku, "capacity": 0 if sku == "Consumption" else 1}})
    shown = (await empty.get("")).json()["properties"]
    prefix = "Microsoft.WindowsAzure.ApiManagement.Gateway."
    assert shown["customProperties"] == {f"{prefix}{name}": "False" for name in switches}
    assert (shown["natGatewayState"], shown["platformVersion"]) == (nat, platform)
    assert (shown["publicIPAddresses"], shown["outboundPublicIPAddresses"]) == (addresses, addresses)
    assert (shown["portalUrl"], shown["legacyPortalStatus"]) == (None, "Disabled")
    assert shown["apiVersionConstraint"] == {"minApiVersion": None}
    assert ("disableGateway" in shown, "enableClientCertificate" in shown) == (sku != "BasicV2", sku == "Consumption")
    assert shown["hostnameConfigurations"] == [
        {
            "type": "Proxy",
            "hostName": "localhost:14310",
            "encodedCertificate": None,
            "keyVaultId": None,
            "certificatePassword": None,
            "negotiateClientCertificate": False,
            "certificate": None,
            "defaultSslBinding": True,
            "identityClientId": None,
            "certificateSource": "BuiltIn",
            "certificateStatus": None,
        }
    ]


async def test_a_service_can_be_sent_back_as_it_was_read(arm):
    service = (await arm.get("")).json()
    service["properties"]["publisherName"] = "Other"
    answer = await arm.put("", body=service)
    assert (answer.status_code, answer.json()["properties"]["publisherName"]) == (200, "Other")
    assert answer.json()["properties"]["natGatewayState"] == "Unsupported"


@pytest.mark.parametrize("value", [1, True, "Developer", ["a"], [{}]])
@pytest.mark.parametrize("path", [("sku",), ("identity", "userAssignedIdentities"), ("properties",)])
async def test_what_must_be_an_object_is_refused_when_it_is_none(arm, path, value):
    body = {"identity": {"type": "UserAssigned"}}
    target = body.setdefault(path[0], {}) if len(path) == 2 else body
    target[path[-1]] = value
    answer = await arm.patch("", body=body)
    message = f"The request content was invalid and could not be deserialized: ''{path[-1]}' must be a JSON object'."
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRequestContent")
    assert answer.json()["error"]["message"] == message


TOO_LONG = "t" * 513
RESERVED = "The tag names 'a/b, c?' have reserved characters '<,>,%,&,\\,?,/' or control characters."


@pytest.mark.parametrize(
    ("tags", "code", "message"),
    [
        ({"a/b": "1", "c?": "2", "d": "3"}, "InvalidTagNameCharacters", RESERVED),
        ({TOO_LONG: "1"}, "InvalidTagName", "512 characters"),
        ({"": "1"}, "InvalidTagName", "must not be empty"),
        ({"a": "v" * 257}, "InvalidTagValueLength", "256 characters"),
        ({f"t{number}": "" for number in range(51)}, "InvalidTags", "51 tags; the most is 50"),
        ({"Team": "1", "team": "2"}, "InvalidTags", "differ only by case"),
        ({"a": 1}, "InvalidTags", "values are strings"),
    ],
)
async def test_tags_of_services_and_resource_groups_have_limits(arm, tags, code, message):
    group = f"{arm.subscription}/resourceGroups/tagged"
    for path, body in ((group, {"location": "westeurope"}), ("", BODY)):
        answer = await arm.put(path, body={**body, "tags": tags})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
        assert message in answer.json()["error"]["message"]
    allowed = {"t" * 512: "v" * 256, "a b:c": ""} | {f"t{number}": "" for number in range(48)}
    assert (await arm.put(group, body={"location": "westeurope", "tags": allowed})).json()["tags"] == allowed
