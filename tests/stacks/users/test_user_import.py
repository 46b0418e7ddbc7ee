"""Imports into a tenant of the sandbox, by Auth0's SDK."""

import hashlib
import json
from pathlib import Path

import bcrypt
import httpx
import pytest
from auth0_apim_environments.cli import users as users_command
from auth0_apim_environments.cli.users import run_import
from auth0_apim_environments.clients.credentials import CredentialsError
from auth0_apim_environments.users import users_file
from auth0_apim_environments.users.user_import import UserImporter, UserImportError, management_client
from auth0_apim_environments.users.users_file import FileUser

PASSWORD = "Correct-Horse-1"
SHA256 = {"algorithm": "sha256", "hash": {"value": hashlib.sha256(PASSWORD.encode()).hexdigest(), "encoding": "hex"}}


@pytest.fixture
def http(sandbox):
    with httpx.Client(verify=sandbox.trust, trust_env=False) as client:
        yield client


@pytest.fixture
def api(sandbox, http):
    return management_client(sandbox.credentials, http)


@pytest.fixture
def connection(api):
    made = api.connections.create(name="Existing", strategy="auth0")
    yield made
    api.connections.delete(made.id)


@pytest.fixture
def stack(connection, monkeypatch):
    outputs = {"connectionId": connection.id, "connectionName": "Existing"}
    monkeypatch.setattr(users_command, "read_outputs", lambda stack, variables: outputs)
    return outputs


def importer(api, connection, *, upsert=False):
    return UserImporter(api, connection.id, upsert=upsert, wait=lambda seconds: None)


def of(*users):
    return [FileUser(number, json.dumps(user), user) for number, user in enumerate(users, start=1)]


def written(tmp_path: Path, *users) -> Path:
    path = tmp_path / "users.json"
    path.write_text(json.dumps(users))
    return path


def test_users_are_imported_once_and_unchanged_the_second_time(api, connection):
    users = of({"email": "ada@example.com", "password_hash": bcrypt.hashpw(b"x", bcrypt.gensalt(4)).decode()})
    first, second = importer(api, connection), importer(api, connection)
    assert list(first.run(users))[-1] == 1
    assert first.result.document() == {
        "total": 1, "inserted": 1, "updated": 0, "unchanged": 0, "failed": 0, "errors": []
    }  # fmt: skip
    list(second.run(users))
    assert (second.result.inserted, second.result.unchanged, second.result.failed) == (0, 1, 0)


def test_upsert_changes_users_who_exist(api, connection):
    list(importer(api, connection).run(of({"email": "ada@example.com", "name": "Ada"})))
    again = importer(api, connection, upsert=True)
    list(again.run(of({"email": "ada@example.com", "name": "Ada L"})))
    assert (again.result.updated, again.result.unchanged) == (1, 0)
    [user] = api.users.list_users_by_email(email="ada@example.com")
    assert user.name == "Ada L"


def test_refused_users_are_named_with_their_lines_and_the_rest_is_imported(api, connection):
    bad = {"algorithm": "sha256", "hash": {"value": "00", "encoding": "hex"}}
    work = importer(api, connection)
    list(work.run(of({"email": "ada@example.com", "custom_password_hash": bad}, {"email": "bob@example.com"})))
    assert (work.result.inserted, work.result.failed) == (1, 1)
    [refused] = work.result.errors
    assert (refused.line, refused.email, refused.code) == (1, "ada@example.com", "FORMAT")
    assert refused.path == "custom_password_hash.hash.value"


def test_a_large_list_becomes_several_jobs(api, connection, monkeypatch):
    monkeypatch.setattr(users_file, "MAX_JOB_BYTES", 100)
    work = importer(api, connection)
    users = of(*({"email": f"user{number}@example.com"} for number in range(10)))
    assert list(work.run(users))[-1] == 10
    assert (work.result.total, work.result.inserted) == (10, 10)


def test_the_command_prints_the_result(sandbox, stack, tmp_path, capsys):
    users = written(tmp_path, {"email": "ada@example.com", "custom_password_hash": SHA256})
    assert run_import("local", users, sandbox.credentials, upsert=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == {
        "stack": "local", "total": 1, "inserted": 1, "updated": 0, "unchanged": 0, "failed": 0, "errors": []
    }  # fmt: skip


def test_the_command_fails_when_a_user_is_refused(sandbox, stack, tmp_path, capsys):
    bad = {"algorithm": "sha256", "hash": {"value": "00", "encoding": "hex"}}
    users = written(tmp_path, {"email": "ada@example.com", "custom_password_hash": bad})
    assert run_import("local", users, sandbox.credentials, upsert=False, as_json=False) == 1
    shown = capsys.readouterr().out
    assert "users.json into Existing" in shown
    assert "FORMAT" in shown


def test_an_invalid_file_is_refused_before_any_request(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(users_command, "read_outputs", lambda stack, variables: pytest.fail("asked for the stack"))
    assert run_import("local", written(tmp_path, {"email": "ada"}), {}, upsert=False, as_json=False) == 1
    assert "user 1 has a bad email" in capsys.readouterr().err


def test_a_stack_without_a_database_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(users_command, "read_outputs", lambda stack, variables: {})
    assert run_import("dev", written(tmp_path), {}, upsert=False, as_json=False) == 1
    assert "stack 'dev' does not export connectionId, connectionName" in capsys.readouterr().err


def test_missing_and_wrong_credentials_are_errors_without_the_secret(sandbox, http):
    with pytest.raises(CredentialsError, match="AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET must be set"):
        management_client({"AUTH0_DOMAIN": sandbox.auth0_domain}, http)
    wrong = {**sandbox.credentials, "AUTH0_CLIENT_SECRET": "s3cret"}
    with pytest.raises(CredentialsError, match="the tenant refused the credentials: 401") as caught:
        management_client(wrong, http)
    assert "s3cret" not in str(caught.value)


def test_a_deleted_connection_is_an_error(api, sandbox):
    gone = UserImporter(api, "con_0000000000000000", upsert=False)
    with pytest.raises(UserImportError, match="Auth0 answered 400: The connection does not exist"):
        list(gone.run(of({"email": "ada@example.com"})))
