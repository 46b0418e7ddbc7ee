import asyncio
import hashlib
import json
from typing import Any

import bcrypt
import httpx
import pytest
from auth0_apim_sandbox.tenant.application import prepare
from auth0_apim_sandbox.tenant.login.logins import Logins
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError
from auth0_apim_sandbox.tenant.users import user_import

PASSWORD = "Correct-Horse-1"
BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
SHA256 = {"algorithm": "sha256", "hash": {"value": hashlib.sha256(PASSWORD.encode()).hexdigest(), "encoding": "hex"}}


@pytest.fixture
async def connection(api: httpx.AsyncClient) -> dict[str, Any]:
    return (await api.post("/connections", json={"name": "Users", "strategy": "auth0"})).json()


async def send(api: httpx.AsyncClient, connection_id: str, users: Any, **fields: str) -> httpx.Response:
    content = users if isinstance(users, bytes) else json.dumps(users).encode()
    files = {"users": ("users.json", content, "application/json")}
    return await api.post("/jobs/users-imports", data={"connection_id": connection_id, **fields}, files=files)


async def run(tenant, api: httpx.AsyncClient, connection_id: str, users: Any, **fields: str) -> dict[str, Any]:
    started = await send(api, connection_id, users, **fields)
    assert started.status_code == 202, started.text
    await asyncio.gather(*tenant.background)
    return (await api.get(f"/jobs/{started.json()['id']}")).json()


async def errors(api: httpx.AsyncClient, job: dict[str, Any]) -> Any:
    response = await api.get(f"/jobs/{job['id']}/errors")
    return response.json() if response.content else response.status_code


async def log_in(tenant, email: str, password: str = PASSWORD) -> str:
    verified = await Logins(tenant).verify(tenant.connection("Users"), email, password, "127.0.0.1")
    return verified["user_id"]


async def test_a_job_is_pending_then_completed_with_a_summary(tenant, api, connection):
    started = await send(api, connection["id"], [{"email": "Ada@Example.com"}], external_id="first")
    job = started.json()
    assert started.status_code == 202
    assert job["id"].startswith("job_")
    assert {name: value for name, value in job.items() if name not in ("id", "created_at")} == {
        "type": "users_import",
        "status": "pending",
        "connection_id": connection["id"],
        "connection": "Users",
        "external_id": "first",
    }
    await asyncio.gather(*tenant.background)
    done = (await api.get(f"/jobs/{job['id']}")).json()
    assert done == {
        **job,
        "status": "completed",
        "summary": {"failed": 0, "updated": 0, "inserted": 1, "total": 1},
    }
    assert await errors(api, job) == 204
    [user] = (await api.get("/users-by-email", params={"email": "ada@example.com"})).json()
    assert user["email_verified"] is False
    assert user["identities"][0]["connection"] == "Users"
    assert user["picture"].startswith("https://secure.gravatar.com/avatar/")


@pytest.mark.parametrize("credential", [{"password_hash": BCRYPT}, {"custom_password_hash": SHA256}])
async def test_an_imported_user_logs_in_with_the_old_password(tenant, api, connection, credential):
    user = {"email": "ada@example.com", "user_id": "old-7", "email_verified": True, **credential}
    await run(tenant, api, connection["id"], [user])
    with pytest.raises(OAuthError, match="Wrong email or password"):
        await log_in(tenant, "ada@example.com", "Wrong-Horse-1")
    assert await log_in(tenant, "ada@example.com") == "auth0|old-7"
    stored = tenant.passwords["auth0|old-7"]
    assert set(stored) == {"hash", "history"}
    assert bcrypt.checkpw(PASSWORD.encode(), stored["hash"].encode())
    assert await log_in(tenant, "ada@example.com") == "auth0|old-7"


async def test_a_user_imported_without_a_hash_cannot_log_in(tenant, api, connection):
    await run(tenant, api, connection["id"], [{"email": "ada@example.com"}])
    with pytest.raises(OAuthError, match="Wrong email or password"):
        await log_in(tenant, "ada@example.com", "")


async def test_one_bad_user_is_reported_and_the_others_are_imported(tenant, api, connection):
    bad = {"email": "ada", "custom_password_hash": SHA256}
    job = await run(tenant, api, connection["id"], [bad, {"name": "Bob"}, {"email": "cy@example.com"}])
    assert job["summary"] == {"failed": 2, "updated": 0, "inserted": 1, "total": 3}
    hidden = {"algorithm": "sha256", "hash": {"value": "*****", "encoding": "hex"}}
    assert await errors(api, job) == [
        {
            "user": {"email": "ada", "custom_password_hash": hidden},
            "errors": [
                {
                    "code": "FORMAT",
                    "message": "Error in email property - Object didn't pass validation for format email: ada",
                    "path": "email",
                }
            ],
        },
        {
            "user": {"name": "Bob"},
            "errors": [
                {
                    "code": "OBJECT_REQUIRED",
                    "message": "Error in email property - Missing required property: email",
                    "path": "email",
                }
            ],
        },
    ]


SECRET = "Winter-2027!"


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"password": SECRET}, {"password": "*****"}),
        ({"Passwort": SECRET}, {"Passwort": "*****"}),
        ({"email": "ada@example.com", "pwd": [SECRET]}, {"email": "ada@example.com", "pwd": "*****"}),
        (
            {
                "email": "ada",
                "user_metadata": {"plan": "gold", "old": {"PassWord": SECRET, "api_secret": {"a": SECRET}}},
            },
            {"email": "ada", "user_metadata": {"plan": "gold", "old": {"PassWord": "*****", "api_secret": "*****"}}},
        ),
        (
            {"email": "ada", "app_metadata": [{"passwd": SECRET}]},
            {"email": "ada", "app_metadata": [{"passwd": "*****"}]},
        ),
        ({"email": "ada", "password_hash": [SECRET]}, {"email": "ada", "password_hash": "*****"}),
        ({"email": "ada", "custom_password_hash": SECRET}, {"email": "ada", "custom_password_hash": "*****"}),
        (
            {"email": "ada", "custom_password_hash": {"algorithm": "md5", "hash": SECRET, "plain": SECRET}},
            {"email": "ada", "custom_password_hash": {"algorithm": "md5", "hash": "*****", "plain": "*****"}},
        ),
        (
            {
                "email": "ada",
                "custom_password_hash": {"algorithm": "md5", "hash": {"hex": SECRET}, "salt": {"value": SECRET}},
            },
            {
                "email": "ada",
                "custom_password_hash": {"algorithm": "md5", "hash": {"hex": "*****"}, "salt": {"value": "*****"}},
            },
        ),
        (
            {"email": "ada", "custom_password_hash": {"algorithm": SECRET, "hash": {"encoding": SECRET}}},
            {"email": "ada", "custom_password_hash": {"algorithm": "*****", "hash": {"encoding": "*****"}}},
        ),
        (f"ada@example.com;{SECRET}", "*****"),
        ([SECRET], "*****"),
    ],
)
async def test_a_password_in_a_row_that_is_refused_is_never_shown(tenant, api, connection, row, shown):
    job = await run(tenant, api, connection["id"], [row])
    [refused] = await errors(api, job)
    assert refused["user"] == shown
    assert SECRET not in str(refused)
    assert SECRET not in str(dict(tenant.jobs))


@pytest.mark.parametrize(
    ("user", "code"),
    [
        ({"password_hash": "$2b$10$short"}, "PATTERN"),
        ({"password_hash": BCRYPT, "custom_password_hash": SHA256}, "NOT_PASSED"),
        ({"custom_password_hash": {"algorithm": "rot13", "hash": {"value": "x"}}}, "ENUM_MISMATCH"),
        ({"custom_password_hash": {"algorithm": "sha256", "hash": {"value": "xyz", "encoding": "hex"}}}, "FORMAT"),
        ({"custom_password_hash": {"algorithm": "sha256"}}, "OBJECT_REQUIRED"),
        ({"app_metadata": {"user_id": "x"}}, "NOT_PASSED"),
        ({"blocked": "yes"}, "INVALID_TYPE"),
        ({"shoe_size": 42}, "NOT_PASSED"),
        ({"user_id": ""}, "MIN_LENGTH"),
    ],
)
async def test_a_user_that_breaks_a_rule_gets_its_code(tenant, api, connection, user, code):
    job = await run(tenant, api, connection["id"], [{"email": "ada@example.com", **user}])
    [refused] = await errors(api, job)
    assert [error["code"] for error in refused["errors"]] == [code]
    assert "$2b$10$" not in json.dumps(refused)
    assert list(tenant.users) == []


async def test_existing_users_are_refused_without_upsert_and_changed_with_it(tenant, api, connection):
    first = {"email": "ada@example.com", "user_metadata": {"a": 1}, "blocked": False, "custom_password_hash": SHA256}
    await run(tenant, api, connection["id"], [first])
    again = await run(tenant, api, connection["id"], [{"email": "ADA@example.com"}])
    assert [each["errors"] for each in await errors(api, again)] == [
        [{"code": "DUPLICATED_USER", "message": "The user already exist and upsert parameter is false"}]
    ]
    other = hashlib.sha256(b"Another-Horse-2").hexdigest()
    changed = {
        "email": "ada@example.com",
        "user_metadata": {"b": 2},
        "blocked": True,
        "custom_password_hash": {"algorithm": "sha256", "hash": {"value": other, "encoding": "hex"}},
    }
    job = await run(tenant, api, connection["id"], [changed], upsert="true")
    assert job["summary"] == {"failed": 0, "updated": 1, "inserted": 0, "total": 1}
    [user] = tenant.users.values()
    assert (user["user_metadata"], user["blocked"]) == ({"b": 2}, False)
    await log_in(tenant, "ada@example.com", "Another-Horse-2")


async def test_a_hash_does_not_replace_the_one_of_a_user_who_has_logged_in(tenant, api, connection):
    await run(tenant, api, connection["id"], [{"email": "ada@example.com", "custom_password_hash": SHA256}])
    await log_in(tenant, "ada@example.com")
    other = {"algorithm": "sha256", "hash": {"value": hashlib.sha256(b"x").hexdigest(), "encoding": "hex"}}
    await run(
        tenant, api, connection["id"], [{"email": "ada@example.com", "custom_password_hash": other}], upsert="true"
    )
    await log_in(tenant, "ada@example.com")


async def test_a_user_who_is_twice_in_a_file_is_taken_once(tenant, api, connection):
    users = [{"email": "ada@example.com"}, {"email": "Ada@example.com"}]
    job = await run(tenant, api, connection["id"], users, upsert="true")
    assert job["summary"] == {"failed": 1, "updated": 0, "inserted": 1, "total": 2}
    [refused] = await errors(api, job)
    assert refused["errors"] == [{"code": "DUPLICATED_USER", "message": "A user with this email was already provided."}]


async def test_a_user_is_imported_without_the_username_that_others_need(tenant, api):
    options = {"requires_username": True}
    body = {"name": "Named", "strategy": "auth0", "options": options}
    connection_id = (await api.post("/connections", json=body)).json()["id"]
    job = await run(tenant, api, connection_id, [{"email": "ada@example.com"}], external_id="")
    assert job["summary"] == {"failed": 0, "updated": 0, "inserted": 1, "total": 1}
    assert "external_id" not in job


async def test_a_taken_user_id_is_a_conflict(tenant, api, connection):
    users = [{"email": "ada@example.com", "user_id": "7"}]
    await run(tenant, api, connection["id"], users)
    job = await run(tenant, api, connection["id"], [{"email": "bob@example.com", "user_id": "7"}], upsert="true")
    [refused] = await errors(api, job)
    assert [error["code"] for error in refused["errors"]] == ["CONFLICT"]


@pytest.mark.parametrize(
    "content",
    [b"{", b"{}", b'["\\ud800"]', b"\xff", b'[{"email": "a@example.com", "user_metadata": {"a": NaN}}]', b"[1e999]"],
)
async def test_a_file_that_is_no_list_fails_the_job(tenant, api, connection, content):
    job = await run(tenant, api, connection["id"], content)
    assert (job["status"], "summary" in job) == ("failed", False)
    assert (await errors(api, job))["status_details"] == (
        "Failed to parse users file JSON when importing users. Make sure it is valid JSON."
    )


async def test_a_third_job_waits_until_one_is_finished(tenant, api, connection):
    for number in range(2):
        assert (await send(api, connection["id"], [{"email": f"{number}@example.com"}] * 50)).status_code == 202
        for job in tenant.jobs.values():
            tenant.jobs.put(job["id"], {**job, "status": "processing"})
    refused = await send(api, connection["id"], [])
    assert refused.status_code == 429
    assert refused.json()["message"] == (
        "There are 2 active import users jobs, please wait until some of them are finished and try again"
    )
    await asyncio.gather(*tenant.background)
    assert (await send(api, connection["id"], [])).status_code == 202
    await asyncio.gather(*tenant.background)


async def test_a_file_over_the_limit_is_refused(api, connection):
    response = await send(api, connection["id"], b" " * (500 * 1024 + 1))
    assert (response.status_code, response.json()["errorCode"]) == (413, "payload_too_large")
    response = await send(api, connection["id"], b" " * (2 * 1024 * 1024))
    assert response.status_code == 413


async def test_users_whom_the_sandbox_cannot_import_are_named_and_the_others_imported(tenant, api, connection):
    bad = {"email": "ada@example.com", "mfa_factors": [{"totp": {"secret": "JBSWY3DPEHPK3PXP"}}]}
    job = await run(tenant, api, connection["id"], [bad, {"email": "cy@example.com"}])
    assert (job["status"], job["summary"]) == ("completed", {"failed": 1, "updated": 0, "inserted": 1, "total": 2})
    message = "This local tenant does not support mfa_factors of an imported user."
    assert await errors(api, job) == [
        {
            "user": {"email": "ada@example.com", "mfa_factors": "*****"},
            "errors": [{"code": "NOT_SUPPORTED", "message": message, "path": "mfa_factors"}],
        }
    ]
    assert [user["email"] for user in tenant.users.values()] == ["cy@example.com"]


async def test_a_hash_that_this_machine_cannot_check_is_named_and_the_others_imported(
    tenant, api, connection, monkeypatch
):
    monkeypatch.setattr(user_import, "unsupported_digest", lambda given: "whirlpool" if given else None)
    bad = {"email": "ada@example.com", "custom_password_hash": SHA256}
    job = await run(tenant, api, connection["id"], [bad, {"email": "cy@example.com"}])
    assert job["summary"] == {"failed": 1, "updated": 0, "inserted": 1, "total": 2}
    message = (
        "This local tenant does not support password hashes of algorithm whirlpool, which this machine's OpenSSL lacks."
    )
    assert (await errors(api, job))[0]["errors"] == [
        {"code": "NOT_SUPPORTED", "message": message, "path": "custom_password_hash"}
    ]


async def test_exports_are_refused_by_name(api):
    response = await api.post("/jobs/users-exports", json={})
    assert response.status_code == 501
    assert "/jobs/users-exports" in response.json()["message"]


async def test_bad_forms_are_refused(api, connection):
    for fields, status in (({}, 400), ({"connection_id": "con_0000000000000000"}, 400), ({"surprise": "1"}, 400)):
        response = await api.post("/jobs/users-imports", data=fields, files={"users": b"[]"})
        assert response.status_code == status
    response = await api.post(
        "/jobs/users-imports", data={"connection_id": connection["id"], "x": "1"}, files={"a": b""}
    )
    assert response.status_code == 400
    assert (await api.post("/jobs/users-imports", json={})).status_code == 415
    headers = {"content-type": "multipart/form-data"}
    assert (await api.post("/jobs/users-imports", content=b"x", headers=headers)).status_code == 400


async def test_a_custom_database_takes_users_only_in_import_mode(api):
    scripts = {"login": "function login(e, p, callback) { callback(null); }"}
    options = {"enabledDatabaseCustomization": True, "customScripts": scripts}
    body = {"name": "Old", "strategy": "auth0", "options": options}
    made = (await api.post("/connections", json=body)).json()
    assert (await send(api, made["id"], [])).status_code == 400
    await api.patch(f"/connections/{made['id']}", json={"options": {**options, "import_mode": True}})
    assert (await send(api, made["id"], [])).status_code == 202


async def test_a_job_is_forgotten_after_a_day(tenant, api, connection, clock, mint):
    job = await run(tenant, api, connection["id"], [])
    clock.now += 24 * 3600
    api.headers["authorization"] = f"Bearer {mint()}"
    assert (await api.get(f"/jobs/{job['id']}")).status_code == 404
    assert (await api.get("/jobs/job_unknown/errors")).status_code == 404


async def test_a_job_that_a_stop_interrupted_has_failed(tenant, api, connection):
    job = await run(tenant, api, connection["id"], [])
    tenant.jobs.put(job["id"], {**tenant.jobs[job["id"]], "status": "processing"})
    prepare(tenant)
    assert (await api.get(f"/jobs/{job['id']}")).json()["status"] == "failed"
