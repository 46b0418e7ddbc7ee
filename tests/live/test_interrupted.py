"""`auth0-apim up` killed in the middle, on an environment whose objects carry no marks: the next one leaves no orphan."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.recovery.by_inventory import inventory
from auth0_apim_sandbox.cloud import StateFolder, process

pytestmark = pytest.mark.live

COMMAND = str(Path(sys.executable).with_name("auth0-apim"))


class Person:
    """Runs the command in a copy of the project with a sandbox of its own, and kills it."""

    def __init__(self, folder):
        self.folder = folder
        self.sandbox = StateFolder(folder / ".sandbox")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AUTH0_", "ARM_"))}
        self.environment = kept | {"COLUMNS": "160"}
        self.run("sandbox", "start", "--base-port", "0")
        self.ports = process.running(self.sandbox).ports
        address = f"http://127.0.0.1:{self.ports.control}"
        self.control = httpx.Client(base_url=address, auth=self._show_token, trust_env=False)

    def _show_token(self, request):
        request.headers.update(self.sandbox.control_headers)  # another one after each start
        return request

    def run(self, *arguments, status=0):
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def killed_up(self, victim, moment, method, path):
        """`up`, of which the command or its engine is killed at a request, before or after the service has done its work.

        Whether it came to that.
        """
        fault = {"service": "*", "method": method, "path": path, "action": f"hold {moment}"}
        self.control.post("/faults", json=fault).raise_for_status()
        with subprocess.Popen(
            [COMMAND, "up"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as command:
            while not self.control.get("/faults").json()["held"]:
                if command.poll() is not None:
                    self.control.delete("/faults").raise_for_status()
                    return False
                time.sleep(0.02)
            engine = engine_below(command.pid)
            os.kill(command.pid if victim == "command" else engine, signal.SIGKILL)
            self.control.delete("/faults").raise_for_status()
        while Path(f"/proc/{engine}").exists():  # the engine of a command that was killed ends by itself
            time.sleep(0.1)
        return True

    def there(self):
        """Ids in both services, users and grants included, without what each API Management service comes with."""
        with closing(open_tenant(self.variables)) as tenant, closing(open_manager(self.variables)) as manager:
            found = {
                each
                for each in inventory(Tenant(tenant), Manager(manager))
                if not each.endswith("/subscriptions/master")
            }
            for path, key in (("users", "user_id"), ("client-grants", "id")):
                found |= {each[key] for each in tenant.get(path, params={"per_page": 100}).raise_for_status().json()}
            return found

    @property
    def variables(self):
        return {
            **self.sandbox.credentials,
            "AUTH0_DOMAIN": f"localhost:{self.ports.tenant}",
            "ARM_METADATA_HOSTNAME": f"localhost:{self.ports.manager}",
            "SSL_CERT_FILE": str(self.sandbox.trust_bundle),
        }

    def known(self):
        """Ids in the stack's state, and that nothing is pending in it."""
        state = self.sandbox.backend / ".pulumi" / "stacks" / "auth0-apim" / "local.json"
        deployment = json.loads(state.read_text())["checkpoint"]["latest"]
        assert deployment.get("pending_operations") in (None, [])
        return {str(each["id"]).lower() for each in deployment["resources"] if each.get("id")}


def engine_below(parent):
    """The engine's process among those below `parent`."""
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in map(int, children.read_text().split()):
            if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].endswith(b"pulumi"):
                return pid
    raise ProcessLookupError(f"no engine runs below process {parent}")


@pytest.fixture(scope="module")
def person(copy_project, tmp_path_factory, engine):
    person = Person(copy_project(tmp_path_factory.mktemp("interrupted")))
    yield person
    person.control.close()
    process.stop(person.sandbox)


def test_an_up_that_was_killed_again_and_again_leaves_no_orphan_and_touches_nothing_of_others(person):
    body = {
        "name": "Basic Calculator Client",
        "app_type": "non_interactive",
        "client_metadata": {"environment": "local"},
    }
    with closing(open_tenant(person.variables)) as tenant:
        tenant.post("clients", json=body).raise_for_status()  # somebody's, of the very name and marks
    before = person.there()
    kills = [
        ("engine", "after", "POST", "/api/v2/clients"),
        ("engine", "after", "PUT", "/service/basic-calculator-local"),
        ("engine", "before", "PUT", "/service/basic-calculator-local/"),
        ("command", "after", "PUT", "/policies/"),  # its engine goes on to the end by itself
    ]
    assert [person.killed_up(*kill) for kill in kills] == [True] * 4
    said = person.run("up")
    known = person.known()
    assert "WRONG" not in said
    assert {each for each in person.there() - before if each.lower() not in known} == set()

    person.run("down")
    person.run("sandbox", "start")
    assert person.there() == before


def test_down_takes_away_what_a_killed_up_had_made(person):
    before = person.there()
    assert person.killed_up("engine", "after", "POST", "/api/v2/connections")
    assert any(each.startswith("con_") for each in person.there() - before)
    said = person.run("down")
    assert "the last deployment of local was interrupted" in said
    assert "deleted, because it is not in the stack's state: connection " in said
    person.run("sandbox", "start")
    assert person.there() == before
