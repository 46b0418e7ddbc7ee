"""The scripts of examples/custom-database, run as the tenant runs them."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from auth0_apim_sandbox.scripts import MachineAccess
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError
from auth0_apim_sandbox.tenant.management.resources import custom_users
from auth0_apim_sandbox.tenant.users.accounts import UserExistsError, new_user
from auth0_apim_sandbox.tenant.users.configuration_cipher import ConfigurationCipher
from auth0_apim_sandbox.tenant.users.custom_database import CustomDatabase
from auth0_apim_sandbox.tenant.users.tickets import EMAIL_VERIFICATION, PASSWORD_CHANGE, Tickets

EXAMPLE = Path(__file__).parents[4] / "examples" / "custom-database"
OLD_PASSWORD = "Old-Password-2015"
REALM = "http://auth0.com/oauth/grant-type/password-realm"


@pytest.fixture
def database(world, tmp_path):
    subprocess.run([sys.executable, EXAMPLE / "create_database.py", tmp_path], check=True)
    world.tenant.access = MachineAccess(databases=tmp_path)
    for user_id in list(world.tenant.users):
        world.tenant.delete_user(user_id)
    connection = sqlite3.connect(tmp_path / "users.sqlite")
    yield connection
    connection.close()


@pytest.fixture
def connection(world, database):
    world.client(grant_types=[REALM])
    world.api()
    return lambda **options: world.connection(
        **{
            "enabledDatabaseCustomization": True,
            "customScripts": {path.stem: path.read_text() for path in (EXAMPLE / "scripts").glob("*.js")},
            "configuration": {"database": ConfigurationCipher(world.tenant.store).encrypt("users.sqlite")},
            **options,
        }
    )


async def login(world, email="ada@example.com", password=OLD_PASSWORD):
    form = {"grant_type": REALM, "realm": "Users", "audience": world.audience, "scope": "add"}
    return await world.token(username=email, password=password, **form)


async def test_a_user_of_the_database_logs_in_every_time_by_its_script(world, connection, database):
    connection()
    assert (await login(world)).status_code == 200
    assert (await login(world, password="Wrong-Password-1")).json()["error"] == "invalid_grant"
    assert (await login(world, email="nobody@example.com")).status_code == 403
    user = world.tenant.users["auth0|legacy-1"]
    assert (user["email"], user["name"], user["email_verified"]) == ("ada@example.com", "Ada Lovelace", True)
    assert list(world.tenant.passwords) == []
    database.execute("UPDATE users SET name = 'Ada L' WHERE id = 1")
    database.commit()
    await login(world)
    assert world.tenant.users["auth0|legacy-1"]["name"] == "Ada L"
    database.execute("DELETE FROM users")
    database.commit()
    assert (await login(world)).status_code == 403


async def test_in_import_mode_a_user_lives_in_the_tenant_after_the_first_login(world, connection, database):
    connection(import_mode=True)
    assert (await login(world)).status_code == 200
    database.execute("DELETE FROM users")
    database.commit()
    assert (await login(world)).status_code == 200
    assert (await login(world, password="Wrong-Password-1")).status_code == 403
    assert (await login(world, email="grace@example.com")).status_code == 403


async def test_sign_up_and_password_and_removal_go_to_the_database(world, connection, database):
    made = connection(passwordPolicy="good")
    form = {"client_id": "machine", "connection": "Users", "email": "Bob@example.com", "password": "New-Password-1"}
    signed_up = await world.http.post("/dbconnections/signup", json={**form, "user_metadata": {"a": "b"}})
    assert (signed_up.status_code, signed_up.json()["_id"]) == (200, "legacy-3")
    again = await world.http.post("/dbconnections/signup", json=form)
    assert again.status_code == 400
    assert (await login(world, "bob@example.com", "New-Password-1")).status_code == 200
    user = world.tenant.users["auth0|legacy-3"]
    assert user["user_metadata"] == {"a": "b"}
    await custom_users.update(world.tenant, made, user, {"password": "Newer-Password-2"})
    assert (await login(world, "bob@example.com", "New-Password-1")).status_code == 403
    assert (await login(world, "bob@example.com", "Newer-Password-2")).status_code == 200
    await custom_users.delete(world.tenant, made, user)
    assert database.execute("SELECT count(*) FROM users WHERE email = 'bob@example.com'").fetchone() == (0,)


async def test_in_import_mode_a_user_whom_the_database_has_is_not_made_again(world, connection):
    made = connection(import_mode=True)
    with pytest.raises(UserExistsError):
        await custom_users.create(
            world.tenant, made, new_user(world.tenant, made, {"email": "ada@example.com"}), "New-Password-1"
        )


async def test_a_script_that_fails_is_an_error_of_the_server_and_not_of_the_user(world, connection):
    connection(customScripts={"login": "function login(e, p, callback) { callback(new Error('Database is away')); }"})
    response = await login(world)
    assert (response.status_code, response.json()) == (
        500,
        {"error": "server_error", "error_description": "Database is away"},
    )


async def test_a_profile_without_an_id_is_refused(world, connection):
    connection(customScripts={"login": "function login(e, p, callback) { callback(null, { email: e }); }"})
    assert (await login(world)).json()["error_description"] == "The script's profile has no user_id."


async def test_a_profile_with_the_id_of_another_connections_user_is_refused(world, connection):
    other = world.user(connection="Others")
    script = "function login(e, p, callback) { callback(null, { user_id: configuration.id, email: e }); }"
    stolen = {"id": ConfigurationCipher(world.tenant.store).encrypt(other["user_id"].partition("|")[2])}
    connection(customScripts={"login": script}, configuration=stolen)
    assert (await login(world)).json()["error_description"] == (
        "The profile's user_id is that of a user of another connection."
    )


async def test_wrong_passwords_lock_the_address_out_of_a_custom_database_too(world, connection):
    script = "function login(e, p, callback) { callback(new WrongUsernameOrPasswordError(e)); }"
    connection(customScripts={"login": script})
    names = ["ada@example.com", "ADA@example.com", " ada@example.com "]
    statuses = [(await login(world, names[number % 3])).status_code for number in range(11)]
    assert statuses == [403] * 10 + [429]


async def test_script_context_is_refused_by_name(world, connection):
    connection(enable_script_context=True)
    response = await login(world)
    assert response.status_code == 501
    assert "enable_script_context" in response.json()["error_description"]


async def test_get_user_finds_without_a_password(world, connection):
    found = await CustomDatabase(world.tenant).find(connection(), "grace@example.com")
    assert found == {
        "user_id": "legacy-2",
        "email": "grace@example.com",
        "email_verified": False,
        "name": "Grace Hopper",
    }


async def follow(world, kind, **content):
    """Follow the link of a new ticket for Grace; what the page behind it is told."""
    about = {"user_id": "auth0|legacy-2", "email": "grace@example.com", "connection_id": "con-Users"}
    done = {"result_url": "https://app.example.com/done", "include_email": False}
    link = Tickets(world.tenant).issue(kind, 0, {**about, **done, **content})
    if kind == PASSWORD_CHANGE:
        ticket = parse_qs(urlsplit(link).query)["ticket"][0]
        form = {"ticket": ticket, "password-reset": "New-Password-1", "re-enter-password": "New-Password-1"}
        response = await world.http.post("/u/reset-password", data=form)
    else:
        response = await world.http.get(link)
    return dict(parse_qsl(urlsplit(response.headers["location"]).query)), link


async def test_the_link_in_the_mail_runs_verify(world, connection, database):
    connection()
    await login(world, "grace@example.com")
    told, _ = await follow(world, EMAIL_VERIFICATION)
    assert (told["success"], told["code"]) == ("true", "success")
    assert database.execute("SELECT email_verified FROM users WHERE id = 2").fetchone() == (1,)
    assert world.tenant.users["auth0|legacy-2"]["email_verified"] is True


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("callback(new Error('Database is away'))", "Database is away"),
        ("callback(null, false)", "The operation cannot be completed. Please try again."),
        (None, "Connection 'Users' has no script 'verify'."),
    ],
)
async def test_a_verify_that_fails_tells_so_and_can_be_tried_again(world, connection, body, message):
    scripts = {} if body is None else {"verify": f"function verify(email, callback) {{ {body}; }}"}
    made = connection()
    await login(world, "grace@example.com")
    stored = {**made["options"], "customScripts": scripts}
    world.tenant.connections.put(made["id"], {**made, "options": stored})
    told, link = await follow(world, EMAIL_VERIFICATION)
    assert told == {"message": message, "success": "false"}
    assert world.tenant.users["auth0|legacy-2"]["email_verified"] is False
    world.tenant.connections.put(made["id"], made)
    assert "success=true" in (await world.http.get(link)).headers["location"]


async def test_in_import_mode_verify_is_not_run(world, connection):
    connection(import_mode=True)
    await login(world, "grace@example.com")
    world.tenant.connections.put("con-Users", connection(import_mode=True, customScripts={}))
    told, _ = await follow(world, EMAIL_VERIFICATION)
    assert told["success"] == "true"
    assert world.tenant.users["auth0|legacy-2"]["email_verified"] is True


async def test_the_page_for_a_new_password_runs_change_password(world, connection):
    made = connection()
    profile = await CustomDatabase(world.tenant).find(made, "grace@example.com")
    told, _ = await follow(world, PASSWORD_CHANGE, profile=profile)
    assert told["success"] == "true"
    assert list(world.tenant.passwords) == []
    assert (await login(world, "grace@example.com", "New-Password-1")).status_code == 200
    assert (await login(world, "grace@example.com")).status_code == 403


async def test_in_import_mode_a_new_password_moves_the_user(world, connection, database):
    made = connection(import_mode=True)
    profile = await CustomDatabase(world.tenant).find(made, "grace@example.com")
    told, _ = await follow(world, PASSWORD_CHANGE, profile=profile)
    assert told["success"] == "true"
    database.execute("DELETE FROM users")
    database.commit()
    assert (await login(world, "grace@example.com", "New-Password-1")).status_code == 200
    assert (await login(world, "grace@example.com")).status_code == 403


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"email": "Countess@example.com"}, ("countess@example.com", 0)),
        ({"email": "countess@example.com", "email_verified": True}, ("countess@example.com", 1)),
        ({"email_verified": False}, ("ada@example.com", 0)),
        ({"name": "Augusta"}, ("ada@example.com", 1)),
    ],
)
async def test_another_address_goes_to_the_database(world, connection, database, changes, row):
    made = connection()
    await login(world)
    await custom_users.update(world.tenant, made, world.tenant.users["auth0|legacy-1"], changes)
    assert database.execute("SELECT email, email_verified FROM users WHERE id = 1").fetchone() == row


async def test_an_address_that_the_database_refuses_is_an_error(world, connection):
    made = connection()
    await login(world)
    user = world.tenant.users["auth0|legacy-1"]
    with pytest.raises(ManagementError) as refused:
        await custom_users.update(world.tenant, made, user, {"email": "grace@example.com"})
    assert (refused.value.status, refused.value.error_code) == (400, "auth0_idp_error")
    assert "UNIQUE constraint failed" in refused.value.message
    scripts = {
        **made["options"]["customScripts"],
        "change_email": "function (e, n, v, callback) { callback(null, false); }",
    }
    with pytest.raises(ManagementError) as refused:
        await custom_users.update(world.tenant, connection(customScripts=scripts), user, {"email": "new@example.com"})
    assert refused.value.message == "The user's email could not be changed."


async def test_without_change_email_only_the_tenant_changes(world, connection, database):
    scripts = connection()["options"]["customScripts"]
    made = connection(customScripts={name: text for name, text in scripts.items() if name != "change_email"})
    await login(world)
    user = world.tenant.users["auth0|legacy-1"]
    await custom_users.update(world.tenant, made, user, {"email": "countess@example.com"})
    assert database.execute("SELECT email FROM users WHERE id = 1").fetchone() == ("ada@example.com",)


async def test_a_profile_that_could_never_be_sent_again_is_refused(world, connection):
    script = "function login(e, p, callback) { callback(null, { user_id: '1', email: e, name: '\\ud800' }); }"
    connection(customScripts={"login": script})
    assert (await login(world)).json()[
        "error_description"
    ] == "The script 'login' gives back a text that is not Unicode."


@pytest.mark.parametrize(
    ("profile", "status", "message"),
    [
        ("email: 5", 500, "The script's profile has a 'email' that is no text."),
        ("nickname: ['a']", 500, "The script's profile has a 'nickname' that is no text."),
        ("app_metadata: 'x'", 500, "The script's profile has an 'app_metadata' that is no object."),
        ("roles: ['admin']", 501, "'roles' in the profile of a custom database; put it into app_metadata."),
        ("identities: []", 501, "'identities' in the profile of a custom database; put it into app_metadata."),
    ],
)
async def test_a_profile_that_would_break_the_users_record_is_refused(world, connection, profile, status, message):
    connection(customScripts={"login": f"function login(e, p, callback) {{ callback(null, {{ id: 1, {profile} }}); }}"})
    response = await login(world)
    assert (response.status_code, response.json()["error_description"].endswith(message)) == (status, True)
    assert len(world.tenant.users) == 0
