"""Users who exist already: imported with their old passwords, and kept in a database of one's own."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.live

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "custom-database"
OLD_PASSWORD = "Old-Password-2015"
NEW_PASSWORD = "New-Password-2026"
SCRIPTS = ("login", "get_user", "create", "verify", "change_password", "change_email", "delete")
REALM = "http://auth0.com/oauth/grant-type/password-realm"


@pytest.fixture(scope="module")
def project(project):
    """The tutorial's stack, whose machine client may log users in."""
    project.change_settings(lambda config: config["auth0-apim:client"].update(allowPasswordGrant=True))
    return project


def call(project, http, email, password=OLD_PASSWORD):
    """Log a user in by the password-realm grant and call the API as them: status of the login, status of the call."""
    outputs = project.outputs()
    form = {
        "grant_type": REALM,
        "realm": outputs["connectionName"],
        "client_id": outputs["clientId"],
        "client_secret": outputs["clientSecret"],
        "audience": outputs["audience"],
        # Where a grant decides, Auth0 gives no scope that is not asked for.
        "scope": " ".join(outputs["probe"]["scopes"]),
        "username": email,
        "password": password,
    }
    login = http.post(outputs["tokenEndpoint"], data=form)
    if login.status_code != 200:
        return login.status_code, None
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    answer: httpx.Response = http.get(outputs["apiUrl"] + outputs["probe"]["path"], headers=headers)
    return 200, (answer.status_code, answer.json())


def users_import(project, file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("auth0-apim")), "users", "import", "-s", "local", "--file", str(file)]
    environment = {**os.environ, **project.environment}
    return subprocess.run(
        [*command, *arguments],
        cwd=project.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_imported_users_call_the_api_with_their_old_passwords(deployed, tenant, http, tmp_path):
    digest = hashlib.sha256(b"pepper" + OLD_PASSWORD.encode()).hexdigest()
    custom = {"algorithm": "sha256", "hash": {"value": digest, "encoding": "hex"}, "salt": {"value": "pepper"}}
    users = [{"email": "old@example.com", "email_verified": True, "custom_password_hash": custom}]
    file = tmp_path / "users.json"
    file.write_text(json.dumps(users))
    first = users_import(deployed, file, "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["inserted"] == 1
    again = users_import(deployed, file, "--json")
    assert (again.returncode, json.loads(again.stdout)["unchanged"]) == (0, 1)
    assert call(deployed, http, "old@example.com") == (200, (200, {"result": 42}))
    assert call(deployed, http, "old@example.com", "Wrong-Password-1") == (403, None)
    assert deployed.preview_steps("--refresh") == {}


def test_a_user_of_a_database_of_ones_own_calls_the_api_and_lives_in_auth0_afterwards(deployed, sandbox, tenant, http):
    databases = sandbox.folder.databases
    subprocess.run([sys.executable, EXAMPLE / "create_database.py", databases], check=True)
    scripts = {name: f"examples/custom-database/scripts/{name}.js" for name in SCRIPTS}

    def use_own_database(config):
        config["auth0-apim:database"] = {"connectionName": "Legacy", "scripts": scripts, "importMode": True}

    deployed.change_settings(use_own_database)
    key = "auth0-apim:databaseConfiguration.database"
    deployed.pulumi("config", "set", "--secret", "--path", key, "users.sqlite", "--stack", "local")
    deployed.up()
    assert call(deployed, http, "ada@example.com", "Wrong-Password-1") == (403, None)
    assert call(deployed, http, "ada@example.com") == (200, (200, {"result": 42}))
    old = sqlite3.connect(databases / "users.sqlite")
    old.execute("DELETE FROM users")
    old.commit()
    old.close()
    assert call(deployed, http, "ada@example.com") == (200, (200, {"result": 42}))
    assert call(deployed, http, "grace@example.com") == (403, None)
    [ada] = tenant.users.list_users_by_email(email="ada@example.com")
    assert ada.user_id == "auth0|legacy-1"
    deployed.up("--expect-no-changes")


def test_links_and_changes_reach_a_database_of_ones_own_by_its_scripts(deployed, sandbox, tenant, http):
    subprocess.run([sys.executable, EXAMPLE / "create_database.py", sandbox.folder.databases], check=True)
    deployed.change_settings(lambda config: config["auth0-apim:database"].update(importMode=False))
    deployed.up()
    old = sqlite3.connect(sandbox.folder.databases / "users.sqlite")

    def row():
        return old.execute("SELECT email, email_verified FROM users WHERE id = 2").fetchone()

    assert (call(deployed, http, "grace@example.com"), row()) == (
        (200, (200, {"result": 42})),
        ("grace@example.com", 0),
    )
    [grace] = tenant.users.list_users_by_email(email="grace@example.com")
    assert http.get(tenant.tickets.verify_email(user_id=grace.user_id).ticket).status_code == 200
    assert row() == ("grace@example.com", 1)
    page = httpx.URL(tenant.tickets.change_password(user_id=grace.user_id).ticket)
    form = {"ticket": page.params["ticket"], "password-reset": NEW_PASSWORD, "re-enter-password": NEW_PASSWORD}
    assert http.post(page.copy_with(query=None, fragment=None), data=form).status_code == 200
    tenant.users.update(grace.user_id, email="hopper@example.com")
    assert row() == ("hopper@example.com", 0)
    old.close()
    assert call(deployed, http, "hopper@example.com") == (403, None)
    assert call(deployed, http, "hopper@example.com", NEW_PASSWORD) == (200, (200, {"result": 42}))
    deployed.up("--expect-no-changes")
