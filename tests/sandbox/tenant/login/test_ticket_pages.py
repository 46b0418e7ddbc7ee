"""The pages that tickets lead to."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from auth0_apim_sandbox.tenant.users.tickets import EMAIL_VERIFICATION, PASSWORD_CHANGE, Tickets

RESULT = "https://app.example.com/done?from=mail"
NEW_PASSWORD = "Brand-New-Horse-2"


@pytest.fixture
def ticket(world):
    """The link of a new ticket for Ada."""
    [user] = world.tenant.users.values()

    def issue(kind, **content):
        about = {"user_id": user["user_id"], "email": user["email"], "connection_id": "con-Users"}
        return Tickets(world.tenant).issue(kind, 0, {**about, "include_email": True, **content})

    return issue


def told(response):
    """What the page behind `result_url` is told."""
    assert response.status_code == 302, response.text
    parts = urlsplit(response.headers["location"])
    assert parts._replace(query="").geturl() == "https://app.example.com/done"
    parameters = dict(parse_qsl(parts.query))
    assert parameters.pop("from") == "mail"
    return parameters


def ada(world):
    [user] = world.tenant.users.values()
    return user


async def reset(world, link, password=NEW_PASSWORD, again=NEW_PASSWORD):
    ticket = dict(parse_qsl(urlsplit(link).query))["ticket"]
    form = {"ticket": ticket, "password-reset": password, "re-enter-password": again}
    return await world.http.post("/u/reset-password", data=form)


async def test_following_the_link_verifies_the_address_once(world, ticket):
    world.tenant.users.put(ada(world)["user_id"], {**ada(world), "email_verified": False})
    link = ticket(EMAIL_VERIFICATION, result_url=RESULT)
    assert (await world.http.head(link)).status_code == 200
    assert ada(world)["email_verified"] is False
    assert told(await world.http.get(link)) == {
        "message": "Your email was verified. You can continue using the application.",
        "supportSignUp": "true",
        "supportForgotPassword": "true",
        "email": "ada@example.com",
        "success": "true",
        "code": "success",
    }
    assert ada(world)["email_verified"] is True
    assert told(await world.http.get(link)) == {
        "email": "ada@example.com",
        "message": "This URL can be used only once",
        "success": "false",
    }


async def test_without_a_result_url_a_page_tells_the_outcome(world, ticket):
    world.client(initiate_login_uri="https://app.example.com/login")
    link = ticket(EMAIL_VERIFICATION, client_id="machine")
    page = await world.http.get(link)
    assert page.status_code == 200
    assert "Your email was verified." in page.text
    assert '<a href="https://app.example.com/login">Back to App machine</a>' in page.text
    again = await world.http.get(link)
    assert (again.status_code, "This URL can be used only once" in again.text) == (400, True)


@pytest.mark.parametrize("kind", [EMAIL_VERIFICATION, PASSWORD_CHANGE])
async def test_a_ticket_ends_after_five_days_or_with_its_address(world, ticket, kind):
    link = ticket(kind, result_url=RESULT, include_email=False)
    world.tenant.users.put(ada(world)["user_id"], {**ada(world), "email": "countess@example.com"})
    assert told(await world.http.get(link)) == {"message": "Access expired.", "success": "false"}
    link = ticket(kind, result_url=RESULT, include_email=False, email="countess@example.com")
    world.clock.now += 5 * 24 * 3600
    assert told(await world.http.get(link)) == {"message": "Access expired.", "success": "false"}


async def test_a_ticket_is_good_for_its_own_page_only(world, ticket):
    link = ticket(EMAIL_VERIFICATION).replace(EMAIL_VERIFICATION, PASSWORD_CHANGE)
    for url in (link, "/u/reset-password?ticket=made-up", "/u/reset-password", "/u/email-verification?ticket=made-up"):
        assert (await world.http.get(url)).status_code == 400
    assert (await reset(world, link)).status_code == 400


async def test_only_the_digest_of_a_ticket_is_kept(world, ticket):
    secret = dict(parse_qsl(urlsplit(ticket(PASSWORD_CHANGE)).query))["ticket"]
    assert secret not in str(dict(world.tenant.tickets))


async def test_a_new_password_ends_sessions_tokens_and_other_tickets(world, ticket):
    world.api(allow_offline_access=True)
    code = await world.code(scope="openid offline_access", audience=world.audience)
    await world.token(grant_type="authorization_code", code=code, redirect_uri=world.callback)
    assert (len(world.tenant.sessions), len(world.tenant.refresh_tokens)) == (1, 1)
    world.tenant.users.put(ada(world)["user_id"], {**ada(world), "email_verified": False})
    other, link = ticket(PASSWORD_CHANGE), ticket(PASSWORD_CHANGE, result_url=RESULT, mark_email_as_verified=True)
    page = await world.http.get(link)
    assert (page.status_code, "ada@example.com" in page.text, page.headers["x-frame-options"]) == (200, True, "DENY")
    assert told(await reset(world, link)) == {
        "message": "You can now login to the application with the new password.",
        "email": "ada@example.com",
        "success": "true",
        "code": "success",
    }
    assert (len(world.tenant.sessions), len(world.tenant.refresh_tokens)) == (0, 0)
    assert ada(world)["email_verified"] is True
    assert ada(world)["last_password_reset"] == ada(world)["updated_at"]
    assert (
        await world.token(grant_type="password", username="ada@example.com", password=NEW_PASSWORD)
    ).status_code == 200
    assert (
        await world.token(grant_type="password", username="ada@example.com", password=world.password)
    ).status_code == 403
    assert "This URL can be used only once" in (await reset(world, other)).text
    assert told(await reset(world, link))["message"] == "This URL can be used only once"


@pytest.mark.parametrize(
    ("password", "again", "text"),
    [
        ("weak", "weak", "Password is too weak"),
        (NEW_PASSWORD, "another", "The passwords do not match"),
        ("", "", "Password is required"),
    ],
)
async def test_a_bad_password_shows_the_form_again(world, ticket, password, again, text):
    link = ticket(PASSWORD_CHANGE)
    page = await reset(world, link, password, again)
    assert (page.status_code, text in page.text, 'name="password-reset"' in page.text) == (400, True, True)
    assert (await reset(world, link)).status_code == 200
