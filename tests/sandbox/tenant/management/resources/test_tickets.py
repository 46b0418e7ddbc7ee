import asyncio

import pytest

RESULT = "https://app.example.com/done"


@pytest.fixture
async def connection(api):
    return (await api.post("/connections", json={"name": "Users", "strategy": "auth0"})).json()


@pytest.fixture
async def user(api, connection):
    body = {"connection": connection["name"], "email": "ada@example.com", "password": "Analytical-1843"}
    return (await api.post("/users", json=body)).json()


async def test_a_ticket_is_a_link_to_the_tenants_page(tenant, api, user):
    body = {"user_id": user["user_id"], "result_url": RESULT, "ttl_sec": 3600, "includeEmailInRedirect": False}
    response = await api.post("/tickets/email-verification", json=body)
    assert response.status_code == 201
    assert list(response.json()) == ["ticket"]
    assert response.json()["ticket"].startswith(f"{tenant.issuer}u/email-verification?ticket=")
    assert response.json()["ticket"].endswith("#")
    [ticket] = tenant.tickets.values()
    assert ticket["expires_at"] == tenant.now() + 3600
    reset = await api.post("/tickets/password-change", json={**body, "mark_email_as_verified": True})
    assert reset.json()["ticket"].startswith(f"{tenant.issuer}u/reset-password?ticket=")


async def test_a_password_ticket_takes_an_address_and_its_connection(tenant, api, connection, user):
    body = {"connection_id": connection["id"], "email": "Ada@example.com"}
    assert (await api.post("/tickets/password-change", json=body)).status_code == 201
    [ticket] = tenant.tickets.values()
    assert (ticket["user_id"], ticket["email"]) == (user["user_id"], "ada@example.com")
    assert ticket["expires_at"] == tenant.now() + 432000


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("email-verification", {}, 400, "Missing required property: user_id"),
        ("email-verification", {"user_id": "auth0|nobody"}, 404, "The user does not exist."),
        ("email-verification", {"user_id": "nobody"}, 400, "Object didn't pass validation for format user-id: nobody"),
        ("email-verification", {"user_id": "ADA", "client_id": "none"}, 404, "The client does not exist"),
        ("email-verification", {"user_id": "ADA", "organization_id": "org_1"}, 501, "organization_id of a ticket"),
        (
            "email-verification",
            {"user_id": "ADA", "identity": {"user_id": "other", "provider": "auth0"}},
            400,
            "The user does not have this identity.",
        ),
        ("password-change", {}, 400, "Either user_id, or connection_id and email are required"),
        ("password-change", {"email": "ada@example.com"}, 400, "connection_id and email are required"),
        ("password-change", {"user_id": "ADA", "email": "ada@example.com"}, 400, "cannot be used together"),
        (
            "password-change",
            {"email": "ada@example.com", "connection_id": "con_x"},
            404,
            "The connection does not exist",
        ),
        ("password-change", {"email": "no@example.com", "connection_id": "CON"}, 404, "The user does not exist."),
        ("password-change", {"user_id": "ADA", "new_password": "x"}, 400, "Additional properties not allowed"),
    ],
)
async def test_a_ticket_for_nobody_is_refused(tenant, api, connection, user, path, body, status, message):
    known = {"ADA": user["user_id"], "CON": connection["id"]}
    response = await api.post(
        f"/tickets/{path}", json={name: known.get(str(value), value) for name, value in body.items()}
    )
    assert response.status_code == status, response.text
    assert message in response.json()["message"]
    assert len(tenant.tickets) == 0


async def test_the_job_that_sends_the_mail_is_pending_then_completed(tenant, api, user):
    started = await api.post("/jobs/verification-email", json={"user_id": user["user_id"]})
    job = started.json()
    assert started.status_code == 201
    assert {name: job[name] for name in ("type", "status")} == {"type": "verification_email", "status": "pending"}
    assert sorted(job) == ["created_at", "id", "status", "type"]
    await asyncio.gather(*tenant.background)
    assert (await api.get(f"/jobs/{job['id']}")).json() == {**job, "status": "completed"}
    assert (await api.post("/jobs/verification-email", json={"user_id": "auth0|nobody"})).status_code == 404


async def test_a_tickets_scope_is_its_own(anonymous, mint, user):
    anonymous.headers["authorization"] = f"Bearer {mint(['update:users'])}"
    response = await anonymous.post("/tickets/email-verification", json={"user_id": user["user_id"]})
    assert response.json()["message"] == "Insufficient scope, expected any of: create:user_tickets"
