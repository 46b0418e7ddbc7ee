def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


async def names(arm, path):
    return [item["name"] for item in (await arm.get(path)).json()["value"]]


async def test_a_new_product_gets_the_administrators_and_a_subscription(arm):
    answer = await arm.put("products/starter", {"displayName": "Starter"})
    assert answer.status_code == 201
    properties = answer.json()["properties"]
    assert [group["name"] for group in properties.pop("groups")] == ["Administrators"]
    assert properties == {
        "displayName": "Starter",
        "description": None,
        "terms": None,
        "subscriptionRequired": True,
        "approvalRequired": False,
        "subscriptionsLimit": None,
        "state": "notPublished",
    }
    assert "groups" not in (await arm.get("products/starter")).json()["properties"]
    assert await names(arm, "products/starter/groups") == ["administrators"]
    (subscription,) = (await arm.get("products/starter/subscriptions")).json()["value"]
    assert subscription["properties"]["scope"] == f"{arm.service}/products/starter"
    assert subscription["properties"]["ownerId"] == f"{arm.service}/users/1"


async def test_a_product_with_subscriptions_goes_only_with_them(arm):
    await arm.put("products/starter", {"displayName": "Starter"})
    answer = await arm.delete("products/starter")
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": {
                "code": "ValidationError",
                "message": "Product cannot be deleted since it has existing subscriptions. Delete subscriptions before "
                "deleting the product or pass in deleteSubscriptions=true as query param",
                "details": None,
            }
        },
    )
    assert (await arm.delete("products/starter", params={"deleteSubscriptions": "true"})).status_code == 200
    assert await names(arm, "subscriptions") == ["master"]


async def test_an_open_product_has_no_subscription_and_no_approval(arm):
    body = {"displayName": "Open", "subscriptionRequired": False}
    assert code(await arm.put("products/open", {**body, "approvalRequired": True})) == (400, "ValidationError")
    assert (await arm.put("products/open", body)).status_code == 201
    assert await names(arm, "products/open/subscriptions") == []
    assert (await arm.delete("products/open")).status_code == 200


async def test_apis_are_linked_checked_and_unlinked(arm):
    await arm.calculator()
    await arm.put("products/starter", {"displayName": "Starter"})
    assert (await arm.call("HEAD", "products/starter/apis/calc")).status_code == 404
    answer = await arm.put("products/starter/apis/calc")
    assert answer.status_code == 201
    assert answer.json()["id"] == f"{arm.service}/products/starter/apis/calc"
    assert answer.json()["properties"]["displayName"] == "Basic Calculator"
    assert (await arm.put("products/starter/apis/calc")).status_code == 200
    assert (await arm.call("HEAD", "products/starter/apis/calc")).status_code == 204
    assert await names(arm, "products/starter/apis") == ["calc"]
    assert await names(arm, "apis/calc/products") == ["starter"]
    assert (await arm.delete("products/starter/apis/calc")).status_code == 200
    assert (await arm.delete("products/starter/apis/calc")).status_code == 204
    assert code(await arm.put("products/starter/apis/none")) == (400, "ValidationError")


async def test_an_api_is_in_one_open_product_at_most(arm):
    await arm.calculator()
    for name in ("one", "two"):
        await arm.put(f"products/{name}", {"displayName": name, "subscriptionRequired": False})
    assert (await arm.put("products/one/apis/calc")).status_code == 201
    assert code(await arm.put("products/two/apis/calc")) == (400, "ValidationError")


async def test_the_built_in_groups_stay_as_they_are(arm):
    assert await names(arm, "groups") == ["administrators", "developers", "guests"]
    assert code(await arm.delete("groups/guests")) == (400, "ValidationError")
    assert code(await arm.put("groups/guests", {"displayName": "G"})) == (400, "ValidationError")
    assert (await arm.put("groups/mine", {"displayName": "Mine"})).json()["properties"]["builtIn"] is False


async def test_a_linked_api_is_shown_without_its_settings(arm):
    await arm.put("apis/x", {"path": "x", "displayName": "X"})
    await arm.put("products/p", {"displayName": "P"})
    answer = await arm.put("products/p/apis/x")
    shown = {
        "displayName": "X",
        "apiRevision": "1",
        "description": None,
        "subscriptionRequired": True,
        "serviceUrl": None,
        "path": "x",
        "protocols": ["https"],
        "authenticationSettings": None,
        "subscriptionKeyParameterNames": None,
        "isCurrent": True,
    }
    assert answer.json() == {
        "id": f"{arm.service}/products/p/apis/x",
        "type": "Microsoft.ApiManagement/service/products/apis",
        "name": "x",
        "properties": {**shown, "protocols": None},
    }
    assert answer.headers["etag"] == (await arm.get("apis/x")).headers["etag"]
    assert [item["properties"] for item in (await arm.get("products/p/apis")).json()["value"]] == [shown]


async def test_a_products_subscriptions_stand_below_the_product(arm):
    await arm.put("products/p", {"displayName": "P"})
    (shown,) = (await arm.get("products/p/subscriptions")).json()["value"]
    assert shown["id"] == f"{arm.service}/products/p/subscriptions/{shown['name']}"
    assert shown["type"] == "Microsoft.ApiManagement/service/products/subscriptions"
