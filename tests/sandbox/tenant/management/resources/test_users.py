import hashlib
import re

import pytest
from auth0_apim_sandbox.tenant.users.passwords import verify_password

EMAIL = "ada@example.com"
PASSWORD = "Analytical-1843"
PATH = "/users/auth0%7Cada"


@pytest.fixture
async def connection(api):
    return (await api.post("/connections", json={"name": "people", "strategy": "auth0"})).json()


@pytest.fixture
def options(api, connection):
    """Sets the connection's options."""

    async def options(**options):
        response = await api.patch(f"/connections/{connection['id']}", json={"options": options})
        assert response.status_code == 200, response.text

    return options


async def _create(api, **body):
    user = {"connection": "people", "email": EMAIL, "password": PASSWORD, "user_id": "ada", **body}
    return await api.post("/users", json={name: value for name, value in user.items() if value is not None})


@pytest.mark.usefixtures("connection")
async def test_a_user_is_answered_as_recorded(api):
    response = await _create(api, user_id=None, email="Ada@Example.com")
    assert response.status_code == 201
    user = response.json()
    identity = user["user_id"].removeprefix("auth0|")
    assert re.fullmatch("[0-9a-f]{24}", identity)
    digest = hashlib.md5(EMAIL.encode()).hexdigest()  # noqa: S324 - what Gravatar reads
    assert user == {
        "created_at": "2026-09-21T14:13:20.000Z",
        "email": EMAIL,
        "email_verified": False,
        "identities": [{"connection": "people", "user_id": identity, "provider": "auth0", "isSocial": False}],
        "name": EMAIL,
        "nickname": "ada",
        "picture": f"https://s.gravatar.com/avatar/{digest}?s=480&r=pg"
        "&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fad.png",
        "updated_at": "2026-09-21T14:13:20.000Z",
        "user_id": f"auth0|{identity}",
    }
    assert (await api.get(f"/users/auth0%7C{identity}")).json() == user


@pytest.mark.usefixtures("connection")
async def test_a_password_is_kept_apart_and_only_hashed(api, tenant):
    assert (await _create(api)).json()["user_id"] == "auth0|ada"
    stored = tenant.passwords["auth0|ada"]["hash"]
    assert stored.startswith("$2b$10$")
    assert verify_password(PASSWORD, stored)
    assert not verify_password(PASSWORD + "x", stored)
    assert "password" not in tenant.users["auth0|ada"]


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    ("body", "status", "code", "message"),
    [
        ({"connection": "none"}, 400, "inexistent_connection", "The connection does not exist."),
        (
            {"connection": None},
            400,
            "invalid_body",
            "Payload validation error: 'Missing required property: connection'.",
        ),
        (
            {"email": ""},
            400,
            "invalid_body",
            "Payload validation error: 'Object didn't pass validation for format email: ' on property email "
            "(The user's email).",
        ),
        ({"email": None}, 400, "invalid_body", "missing email for people connection"),
        ({"password": None}, 400, "invalid_body", "missing password for people connection"),
        ({"colour": "red"}, 400, "invalid_body", "Payload validation error: 'Additional properties not allowed: colour'."),
        (
            {"username": "ada"},
            400,
            "invalid_body",
            "Cannot set username for connection without requires_username",
        ),
        ({"password": "weak"}, 400, "invalid_password", "PasswordStrengthError: Password is too weak"),
        ({"password": "Aa1-" * 19}, 400, "invalid_password", "PasswordStrengthError: Password is too weak"),
    ],
)  # fmt: skip
async def test_a_wrong_user_is_refused(api, tenant, body, status, code, message):
    response = await _create(api, **body)
    assert (response.status_code, response.json()["errorCode"]) == (status, code)
    assert response.json()["message"] == message
    assert not tenant.users
    assert not tenant.passwords


async def test_an_email_is_taken_once_in_a_connection(api, connection):
    await _create(api)
    for again in (await _create(api, user_id=None, email=EMAIL.upper()), await _create(api, email="b@example.com")):
        assert again.status_code == 409
        assert again.json() == {
            "statusCode": 409,
            "error": "Conflict",
            "message": "The user already exists.",
            "errorCode": "auth0_idp_error",
        }
    await api.post("/connections", json={"name": "others", "strategy": "auth0"})
    assert (await _create(api, connection="others", user_id=None)).status_code == 201
    found = (await api.get(f"/users-by-email?email={EMAIL}")).json()
    assert sorted(user["identities"][0]["connection"] for user in found) == ["others", "people"]


async def test_a_username_is_needed_where_the_connection_requires_one(api, options, tenant):
    await options(requires_username=True, validation={"username": {"min": 3, "max": 5}})
    response = await _create(api)
    assert response.json()["message"] == "missing username for people connection with requires_username enabled"
    assert (await _create(api, username="ab")).status_code == 400
    assert (await _create(api, username="Countess")).status_code == 400
    assert (await _create(api, username="Ada")).status_code == 201
    assert (await _create(api, username="ADA", email="b@example.com", user_id=None)).status_code == 409
    assert tenant.user("people", "aDA")["user_id"] == "auth0|ada"
    assert tenant.user("people", EMAIL.upper())["user_id"] == "auth0|ada"


async def test_an_email_stays_taken_where_it_is_also_a_username(api, options):
    await options(requires_username=True, validation={"username": {"min": 1, "max": 40}})
    assert (await _create(api, username=EMAIL, email="first@example.com", user_id="first")).status_code == 201
    assert (await _create(api, username="ada")).status_code == 201
    assert (await _create(api, username="other", user_id="other")).status_code == 409


@pytest.mark.usefixtures("connection")
async def test_metadata_is_merged_null_removes_and_empty_clears(api):
    await _create(api, user_metadata={"a": 1, "b": {"c": 2}}, app_metadata={"plan": "free"}, given_name="Ada")
    changed = (
        await api.patch(PATH, json={"user_metadata": {"a": None, "d": 3}, "app_metadata": {}, "given_name": None})
    ).json()
    assert changed["user_metadata"] == {"b": {"c": 2}, "d": 3}
    assert "app_metadata" not in changed
    assert (await api.patch(PATH, json={"user_metadata": {}})).json()["user_metadata"] == {}
    assert "given_name" not in changed


@pytest.mark.usefixtures("connection")
async def test_a_user_is_blocked_and_verified(api):
    await _create(api, email_verified=True)
    changed = (await api.patch(PATH, json={"blocked": True})).json()
    assert (changed["blocked"], changed["email_verified"]) == (True, True)
    changed = (await api.patch(PATH, json={"email": "New@example.com", "connection": "people"})).json()
    assert (changed["email"], changed["email_verified"]) == ("new@example.com", False)


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    "together", [("username", "password"), ("username", "email_verified"), ("password", "email_verified")]
)
async def test_some_attributes_do_not_change_together(api, together):
    await _create(api)
    values = {"username": "ada", "password": "Difference-1822", "email_verified": True}
    response = await api.patch(PATH, json={name: values[name] for name in together})
    assert response.status_code == 400
    assert response.json()["message"] == f"Cannot update {together[0]} and {together[1]} simultaneously"


@pytest.mark.usefixtures("connection")
async def test_a_new_email_of_another_user_is_refused(api):
    await _create(api)
    await _create(api, user_id="bob", email="bob@example.com")
    response = await api.patch(PATH, json={"email": "BOB@example.com"})
    assert (response.status_code, response.json()["errorCode"]) == (400, "auth0_idp_error")
    assert (await api.patch(PATH, json={"email": EMAIL})).status_code == 200


@pytest.mark.usefixtures("connection")
async def test_a_new_password_ends_the_users_sessions(api, tenant):
    await _create(api)
    tenant.sessions.put("session", {"user_id": "auth0|ada"})
    response = await api.patch(PATH, json={"password": "Difference-1822"})
    assert response.status_code == 200
    assert response.json()["last_password_reset"] == "2026-09-21T14:13:20.000Z"
    assert verify_password("Difference-1822", tenant.passwords["auth0|ada"]["hash"])
    assert not tenant.sessions
    response = await api.patch(PATH, json={"password": "weak"})
    assert response.json()["message"] == "PasswordStrengthError: Password is too weak"
    assert verify_password("Difference-1822", tenant.passwords["auth0|ada"]["hash"])


async def test_a_former_password_is_not_taken_again(api, options):
    await options(passwordPolicy="good", password_history={"enable": True, "size": 2})
    await _create(api)
    used = {"statusCode": 400, "message": "PasswordHistoryError: Password has previously been used"}
    response = await api.patch(PATH, json={"password": PASSWORD})
    assert {name: response.json()[name] for name in used} == used
    for number in (1, 2):
        assert (await api.patch(PATH, json={"password": f"Difference-{number}"})).status_code == 200
    assert (await api.patch(PATH, json={"password": "Difference-1"})).status_code == 400
    assert (await api.patch(PATH, json={"password": PASSWORD})).status_code == 200


@pytest.mark.usefixtures("connection")
async def test_users_are_searched(api):
    await _create(api, email_verified=True, app_metadata={"plan": "gold"})
    await _create(api, user_id="bob", email="bob@example.com")

    async def found(query):
        response = await api.get("/users", params={"q": query, "search_engine": "v3"})
        assert response.status_code == 200, response.text
        return [user["user_id"] for user in response.json()]

    assert await found('email:"ADA@example.com"') == ["auth0|ada"]
    assert await found("email:bob*") == ["auth0|bob"]
    assert await found('identities.connection:"people" AND email_verified:true') == ["auth0|ada"]
    assert await found("app_metadata.plan:gold") == ["auth0|ada"]
    assert await found('user_id:"auth0|bob"') == ["auth0|bob"]
    assert await found("email:ada@example.com email_verified:false") == []
    assert await found("email:*@example.com AND email:*b?b*") == ["auth0|bob"]
    assert await found("_exists_:app_metadata.plan") == ["auth0|ada"]
    assert await found('app_metadata.plan:"g\\old"') == ["auth0|ada"]
    assert await found('email:"*"') == []


@pytest.mark.parametrize(
    "query",
    [
        "email:a OR email:b",
        "email:a || email:b",
        "email:a && email:b",
        "NOT email:a",
        "-email:a",
        "!email:a",
        "+email:a",
        "free text",
        "(email:a)",
        "email:[a TO b]",
        "logins_count:>3",
        "email:a~",
        "email:a^2",
        'name.raw:"Ada"',
    ],
)
async def test_lucene_beyond_terms_is_refused_by_name(api, query):
    response = await api.get("/users", params={"q": query})
    assert (response.status_code, response.json()["message"]) == (
        501,
        "This local tenant does not support this user search; write field:value terms joined by AND.",
    )


@pytest.mark.parametrize("query", ["email:", "email:a AND", "AND email:a", 'email:"a'])
async def test_a_search_that_is_no_lucene_is_a_mistake(api, query):
    response = await api.get("/users", params={"q": query})
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_query_string")


@pytest.mark.usefixtures("connection")
async def test_users_are_paged_sorted_and_cut_to_fields(api):
    await _create(api)
    await _create(api, user_id="bob", email="bob@example.com")
    page = (await api.get("/users?include_totals=true&per_page=1&sort=email:-1&fields=email&page=0")).json()
    assert page == {"start": 0, "limit": 1, "length": 1, "total": 2, "users": [{"email": "bob@example.com"}]}
    await api.patch("/users/auth0%7Cbob", json={"app_metadata": {"rank": 1}})
    await api.patch(PATH, json={"app_metadata": {"rank": 2}})
    ranked = await api.get("/users?sort=app_metadata.rank:1&fields=user_id")
    assert [user["user_id"] for user in ranked.json()] == ["auth0|bob", "auth0|ada"]
    assert (await api.get("/users?fields=email&include_fields=false")).json()[0]["user_id"] == "auth0|ada"
    assert (await api.get("/users?page=10&per_page=100")).json()["errorCode"] == "invalid_paging"


@pytest.mark.usefixtures("connection")
async def test_a_deleted_user_is_gone_for_good(api, tenant):
    await _create(api)
    assert (await api.delete(PATH)).status_code == 204
    assert (await api.delete(PATH)).status_code == 204
    response = await api.get(PATH)
    assert response.status_code == 404
    assert response.json()["message"] == "The user does not exist."
    assert response.json()["errorCode"] == "inexistent_user"
    assert not tenant.passwords


async def test_what_is_no_user_id_is_refused(api):
    response = await api.get("/users/ada")
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_uri")
    assert response.json()["message"] == (
        "Path validation error: 'Object didn't pass validation for format user-id: ada' on property id "
        "(The user_id of the user)."
    )


async def test_an_address_that_is_taken_never_reaches_a_custom_database(tenant, api):
    connection = (await api.post("/connections", json={"name": "Own", "strategy": "auth0"})).json()
    users = [
        (await api.post("/users", json={"connection": "Own", "email": email, "password": "Analytical-1843"})).json()
        for email in ("ada@example.com", "bob@example.com")
    ]
    options = {**connection["options"], "enabledDatabaseCustomization": True}
    options["customScripts"] = {"change_email": "function (e, n, v, callback) { callback(new Error('was asked')); }"}
    tenant.connections.put(connection["id"], {**connection, "options": options})
    path = f"/users/{users[0]['user_id'].replace('|', '%7C')}"
    taken = await api.patch(path, json={"email": "BOB@example.com"})
    assert taken.json()["message"] == "The specified new email already exists"
    assert (await api.patch(path, json={"email": "new@example.com"})).json()["message"] == "was asked"
    assert (await api.get(path)).json()["email"] == "ada@example.com"
