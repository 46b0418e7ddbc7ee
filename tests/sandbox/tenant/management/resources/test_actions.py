"""A tenant without actions: the list is empty, and nothing comes into it."""


async def test_the_list_is_empty(api):
    response = await api.get("/actions/actions?page=0&per_page=100&triggerId=post-login")
    assert (response.status_code, response.json()) == (200, {"actions": [], "total": 0, "per_page": 100})
    assert (await api.get("/actions/actions")).json()["per_page"] == 50


async def test_an_action_is_refused_by_name(api):
    response = await api.post("/actions/actions", json={"name": "a"})
    assert (response.status_code, response.json()["errorCode"]) == (501, "not_supported")
    assert response.json()["message"] == "This local tenant does not support POST /api/v2/actions/actions."


async def test_the_list_needs_its_scope(anonymous, mint):
    anonymous.headers["authorization"] = f"Bearer {mint(['read:clients'])}"
    response = await anonymous.get("/actions/actions")
    assert (response.status_code, response.json()["message"]) == (
        403,
        "Insufficient scope, expected any of: read:actions",
    )
