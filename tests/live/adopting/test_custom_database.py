"""Somebody whose users are in a database of their own: the scripts become files, and nothing changes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.live

COMMAND = str(Path(sys.executable).with_name("auth0-apim"))
OPENAPI = "examples/basic-calculator/openapi.json"
# Written on Windows, in a dashboard's editor, by somebody who is not to be corrected.
LOGIN = 'function login(email, password, callback) {\r\n  callback(null, {user_id: email, email: "§"});\r\n}'
GET_USER = "function getByEmail(email, callback) { callback(null); }\n\n"


@pytest.fixture(scope="module")
def adopted(project, by_hand, tenant):
    [connection] = tenant.connections.list()
    options = {
        "passwordPolicy": "good",
        "enabledDatabaseCustomization": True,
        "import_mode": True,
        "customScripts": {"login": LOGIN, "get_user": GET_USER},
        "configuration": {"url": "postgres://users.example", "key": "hunter2"},
    }
    tenant.connections.update(connection.id, options=options)
    command = [COMMAND, "adopt", "--stack", "taken", "--openapi", OPENAPI, "--import"]
    done = subprocess.run(
        command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def settings(project):
    return yaml.safe_load((project.folder / "stacks" / "Pulumi.taken.yaml").read_text())["config"]


def test_the_scripts_are_files_as_the_tenant_has_them(adopted, project):
    assert settings(project)["auth0-apim:database"]["scripts"] == {
        "login": "stacks/adopted.taken/login.js",
        "get_user": "stacks/adopted.taken/get_user.js",
    }
    assert settings(project)["auth0-apim:database"]["importMode"] is True
    folder = project.folder / "stacks" / "adopted.taken"
    written = {file.name: file.read_bytes().decode() for file in folder.iterdir()}
    assert written == {"login.js": LOGIN, "get_user.js": GET_USER}


def test_the_next_preview_shows_no_change(adopted, project):
    project.pulumi("preview", "--stack", "taken", "--expect-no-changes")
    kept = settings(project)["auth0-apim:keep"]["protected-database-connection"]
    assert not {"options.customScripts", "options.configuration", "options.importMode"} & set(kept)


def test_what_the_scripts_read_is_named_with_the_command_that_sets_it(adopted):
    for name in ("key", "url"):
        assert (
            f"The value of auth0-apim:databaseConfiguration.{name} cannot be read from the tenant, and without it the "
            "database's options cannot be changed: pulumi config set --stack taken --secret --path "
            f"auth0-apim:databaseConfiguration.{name}\n"
        ) in adopted
    assert "hunter2" not in adopted


def test_without_it_a_change_is_refused_and_with_it_made(adopted, project, tenant):
    path = project.folder / "stacks" / "Pulumi.taken.yaml"
    document = yaml.safe_load(path.read_text())
    document["config"]["auth0-apim:keep"].pop("protected-database-connection")
    path.write_text(yaml.safe_dump(document))
    up = ("up", "--stack", "taken", "--yes", "--skip-preview")
    assert "has configuration secrets that the program does not: key, url" in project.pulumi(*up, status=1)
    for name, value in (("url", "postgres://users.example"), ("key", "hunter2")):
        setting = f"auth0-apim:databaseConfiguration.{name}"
        project.pulumi("config", "set", "--stack", "taken", "--secret", "--path", setting, value)
    project.pulumi(*up)
    [connection] = tenant.connections.list()
    assert connection.options["password_dictionary"]["enable"] is True
    assert set(connection.options["configuration"]) == {"key", "url"}
    assert connection.options["customScripts"] == {"login": LOGIN, "get_user": GET_USER}


def test_settings_that_are_sealed_outlive_another_adoption(adopted, project):
    sealed = settings(project)["auth0-apim:databaseConfiguration"]
    project.pulumi("stack", "rm", "taken", "--yes", "--force", "--preserve-config")
    project.pulumi("stack", "init", "taken")
    command = [COMMAND, "adopt", "--stack", "taken", "--openapi", OPENAPI, "--json", "--force"]
    done = subprocess.run(
        command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["toBeSet"] == [
        "auth0-apim:databaseConfiguration.key",
        "auth0-apim:databaseConfiguration.url",
    ]
    assert settings(project)["auth0-apim:databaseConfiguration"] == sealed
