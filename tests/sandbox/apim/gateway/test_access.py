"""Subscription keys."""

import pytest

MISSING = '{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." }'
INVALID = '{ "statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription." }'
HEADER = "Ocp-Apim-Subscription-Key"


@pytest.fixture
def keyed(world):
    """An API that needs a key, in product Starter; subscriptions of every scope."""
    world.api(subscriptionRequired=True)
    world.put("products/starter", displayName="Starter", subscriptionRequired=True)
    world.put("products/starter/apis/calc")
    world.put("products/other", displayName="Other", subscriptionRequired=True)
    world.api("elsewhere")
    scopes = {
        "product": "products/starter",
        "api": "apis/calc",
        "all": "apis",
        "master": "",
        "foreign": "products/other",
        "foreignapi": "apis/elsewhere",
    }
    for name, scope in scopes.items():
        world.put(
            f"subscriptions/{name}",
            {"primaryKey": f"{name}-1", "secondaryKey": f"{name}-2"},
            displayName=name,
            scope=f"{world.service}/{scope}",
            state="active",
        )
    world.put(
        "subscriptions/paused",
        {"primaryKey": "paused-1", "secondaryKey": "paused-2"},
        scope=f"{world.service}/apis",
        state="suspended",
    )
    return world


async def test_a_missing_key_is_refused_with_a_challenge(keyed):
    answer = await keyed.call()
    assert (answer.status_code, answer.text) == (401, MISSING)
    assert (
        answer.headers["www-authenticate"]
        == f'AzureApiManagementKey realm="https://gateway.example/calc",name="{HEADER}",type="header"'
    )


@pytest.mark.parametrize("key", ["nope", "paused-1", "foreign-1", "foreignapi-1", "", "api-1,api-1"])
async def test_a_key_that_is_no_good_is_refused(keyed, key):
    answer = await keyed.call(headers={HEADER: key})
    assert (answer.status_code, answer.text) == (401, INVALID if key else MISSING)
    assert keyed.received == []


@pytest.mark.parametrize("key", ["product-1", "product-2", "api-1", "all-1", "master-2"])
async def test_both_keys_of_every_fitting_scope_pass(keyed, key):
    assert (await keyed.call(headers={HEADER: key})).text == "4"


async def test_a_key_never_reaches_the_backend(keyed):
    await keyed.call("/calc/add?a=1&subscription-key=other&b=%20", headers={HEADER: "api-1"})
    await keyed.call("/calc/add?subscription%2Dkey=api-1&a=1&subscription-key=api-1")
    assert str(keyed.received[0].url) == "https://backend.example/base/add?a=1&b=%20"
    assert HEADER not in keyed.received[0].headers
    assert all("api-1" not in str(request.url) for request in keyed.received)


async def test_the_query_counts_where_the_header_is_missing(keyed):
    assert (await keyed.call("/calc/add?subscription-key=api-1")).text == "4"
    assert (await keyed.call("/calc/add?subscription-key=api-1", headers={HEADER: "nope"})).status_code == 401


async def test_an_api_may_name_header_and_parameter(keyed):
    keyed.api(subscriptionRequired=True, subscriptionKeyParameterNames={"header": "X-Key", "query": "key"})
    assert (await keyed.call(headers={"X-Key": "api-1"})).text == "4"
    assert (await keyed.call("/calc/add?key=api-1")).text == "4"
    assert (await keyed.call(headers={HEADER: "api-1"})).status_code == 401


async def test_a_wrong_key_is_refused_even_where_none_is_needed(keyed):
    keyed.api(subscriptionRequired=False)
    assert (await keyed.call()).text == "4"
    assert (await keyed.call(headers={HEADER: "nope"})).text == INVALID


async def test_the_products_policy_is_for_its_subscriptions_and_for_an_open_product(keyed):
    keyed.policy(
        "<set-header name='X-Product'><value>@(context.Product.Id)</value></set-header><base />", "products/starter"
    )
    for key, expected in (("product-1", "starter"), ("api-1", None), ("master-1", None)):
        await keyed.call(headers={HEADER: key})
        assert keyed.received[-1].headers.get("x-product") == expected
    keyed.put("products/starter", displayName="Starter", subscriptionRequired=False)
    await keyed.call()
    assert keyed.received[-1].headers["x-product"] == "starter"


async def test_on_error_runs_for_a_missing_key(keyed):
    keyed.policy(
        "<base />",
        on_error="<set-header name='X-R'><value>@(context.LastError.Source + \" \" + context.LastError.Reason)</value></set-header>",
    )
    assert (await keyed.call()).headers["x-r"] == "authorization SubscriptionKeyNotFound"


async def test_the_keys_of_an_api_open_its_revisions_and_those_of_a_revision_nothing(keyed):
    keyed.api("calc;rev=2", path="calc", apiRevision="2", isCurrent=False, subscriptionRequired=True)
    keyed.operation(api="calc;rev=2")
    for number in ("1", "2"):
        keyed.put(
            f"subscriptions/rev{number}",
            {"primaryKey": f"rev{number}-1", "secondaryKey": f"rev{number}-2"},
            scope=f"{keyed.service}/apis/calc;rev={number}",
            state="active",
        )
    statuses = {"api-1": 200, "product-2": 200, "rev1-1": 401, "rev2-2": 401}
    for path in ("/calc/add", "/calc;rev=2/add"):
        for key, status in statuses.items():
            assert (path, key, (await keyed.call(path, headers={HEADER: key})).status_code) == (path, key, status)
