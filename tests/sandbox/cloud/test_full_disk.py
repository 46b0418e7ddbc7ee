"""A sandbox that cannot write any more says so in the words of each service, and goes on when there is room again."""

import contextlib
import html
import re
import resource
from collections.abc import Iterator

import httpx
import pytest
from auth0_apim_sandbox.cloud import Sandbox, SandboxError, StateFolder, process

from tests.sandbox.cloud.conftest import arm_token

REASON = r"The sandbox's database cannot be written: .*\. Make room on its disk and try again\."
GROUP = "resourceGroups/full?api-version=2021-04-01"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("full") / "state") as sandbox:
        yield sandbox


@contextlib.contextmanager
def no_room(sandbox: Sandbox) -> Iterator[None]:
    """No file of the process grows, or is written at all, as on a full disk."""
    pid = process.running(sandbox.folder).pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def tenant_token(sandbox):
    given = sandbox.credentials
    body = {
        "grant_type": "client_credentials",
        "client_id": given["AUTH0_CLIENT_ID"],
        "client_secret": given["AUTH0_CLIENT_SECRET"],
        "audience": f"{sandbox.issuer}api/v2/",
    }
    return httpx.post(f"{sandbox.issuer}oauth/token", json=body, verify=sandbox.trust).json()["access_token"]


@pytest.fixture
def calls(kept):
    """A writing call of each service, by name."""
    tenant = {"Authorization": f"Bearer {tenant_token(kept)}"}
    manager = {"Authorization": f"Bearer {arm_token(kept, 'https://management.azure.com')}"}
    vault = {"Authorization": f"Bearer {arm_token(kept, 'https://vault.azure.net')}"}
    subscription = f"{kept.manager_url}/subscriptions/{kept.credentials['ARM_SUBSCRIPTION_ID']}"
    with httpx.Client(verify=kept.trust) as http:
        clients = http.get(f"{kept.issuer}api/v2/clients", headers=tenant).json()
        app = http.post(
            f"{kept.issuer}api/v2/clients",
            headers=tenant,
            json={"name": f"App {len(clients)}", "app_type": "spa", "callbacks": ["https://app.example.com"]},
        ).json()
        connection = {"name": f"Users-{len(clients)}", "strategy": "auth0", "enabled_clients": [app["client_id"]]}
        http.post(f"{kept.issuer}api/v2/connections", headers=tenant, json=connection).raise_for_status()
        person = {"client_id": app["client_id"], "connection": connection["name"], "email": "jane@example.com"}
        signup = {**person, "password": "Correct-Horse-1"}
        user = {"connection": connection["name"], "email": "joe@example.com", "password": "Correct-Horse-1"}
        user_id = http.post(f"{kept.issuer}api/v2/users", headers=tenant, json=user).json()["user_id"]
        tickets = f"{kept.issuer}api/v2/tickets/email-verification"
        ticket = http.post(tickets, headers=tenant, json={"user_id": user_id}).json()["ticket"]
        yield {
            "Management API": lambda: http.post(f"{kept.issuer}api/v2/roles", headers=tenant, json={"name": "reader"}),
            "Authentication API": lambda: http.post(f"{kept.issuer}dbconnections/signup", json=signup),
            "page": lambda: http.get(ticket),
            "resource manager": lambda: http.put(
                f"{subscription}/{GROUP}", headers=manager, json={"location": "westeurope"}
            ),
            "vault": lambda: http.put(
                f"{kept.vault_url}/secrets/full?api-version=7.4", headers=vault, json={"value": "x"}
            ),
        }


def test_each_service_says_so_in_its_own_words_and_goes_on_afterwards(kept, calls):
    with no_room(kept):
        answers = {name: call() for name, call in calls.items()}
        assert httpx.get(f"{kept.issuer}.well-known/jwks.json", verify=kept.trust).status_code == 200
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(calls, 500)
    page = answers.pop("page")
    said = {name: answer.json() for name, answer in answers.items()}
    assert set(said["Management API"]) == {"statusCode", "error", "message"}
    assert said["Management API"]["error"] == "Internal Server Error"
    assert said["Authentication API"]["error"] == "server_error"
    assert said["resource manager"]["error"]["code"] == "InternalServerError"
    assert said["vault"]["error"]["code"] == "InternalError"
    reason = said["Management API"]["message"]
    assert re.fullmatch(REASON, reason)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert html.escape(reason, quote=True).replace("&#x27;", "&#39;") in page.text
    assert said["Authentication API"]["error_description"] == reason
    assert {said[name]["error"]["message"] for name in ("resource manager", "vault")} == {reason}
    assert {name: call().status_code for name, call in calls.items()} == {
        "Management API": 200,
        "Authentication API": 200,
        "page": 200,
        "resource manager": 201,
        "vault": 200,
    }


def test_a_start_without_room_says_so(tmp_path):
    folder = StateFolder(tmp_path / "state")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(SandboxError, match="cannot be written: File too large"):
            process.start(folder, process.Options(base_port=0, with_parent=True))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(folder.path.glob("passphrase*"))
