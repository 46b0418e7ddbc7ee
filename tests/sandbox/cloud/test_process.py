import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from auth0_apim_sandbox.cloud import Options, Sandbox, SandboxError, process
from auth0_apim_sandbox.cloud.folder import Record, StateFolder
from auth0_apim_sandbox.cloud.ports import Ports, port_of

from tests.sandbox.cloud.conftest import arm_token


@pytest.fixture
def kept(tmp_path):
    """A sandbox of a test's own that survives restarts."""
    with Sandbox(tmp_path / "state") as sandbox:
        yield sandbox


def listening_addresses(pid):
    """Addresses (as /proc writes them) on which the process listens, over IPv4 and IPv6."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        target = str(descriptor.readlink())
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()
    ]
    return [columns[1].split(":")[0] for columns in lines if columns[3] == "0A" and columns[9] in inodes]


def test_everything_listens_on_the_loopback_interface_only(sandbox):
    addresses = listening_addresses(process.running(sandbox.folder).pid)
    assert len(addresses) >= 6
    assert set(addresses) <= {"0100007F", "0000000000000000FFFF00000100007F"}  # 127.0.0.1, ::ffff:127.0.0.1


def test_health_names_every_part_and_its_address(sandbox):
    health = httpx.get(f"{sandbox.control_url}/healthz", headers=sandbox.control_headers).json()
    assert health["status"] == "ok"
    assert health["parts"]["tenant"] == f"https://{sandbox.auth0_domain}"
    assert health["parts"]["manager"] == sandbox.manager_url
    assert set(health["parts"]) == {
        "tenant",
        "manager",
        "calculator",
        "auth0 provider",
        "azure-native provider",
        "control",
        "vault",
        "insights",
    }


def test_the_tenant_answers_over_tls_that_the_authority_vouches_for(sandbox):
    answer = httpx.get(f"{sandbox.issuer}.well-known/openid-configuration", verify=sandbox.trust)
    assert answer.json()["issuer"] == sandbox.issuer


@pytest.fixture
def arm(sandbox):
    """A client of the resource manager, with a service `own` in the group `local`."""
    provider = "resourceGroups/local/providers/Microsoft.ApiManagement/service/own"
    with httpx.Client(
        base_url=f"{sandbox.manager_url}/subscriptions/{sandbox.credentials['ARM_SUBSCRIPTION_ID']}/{provider}/",
        headers={"Authorization": f"Bearer {arm_token(sandbox)}"},
        params={"api-version": "2024-05-01"},
        verify=sandbox.trust,
    ) as client:
        service = {
            "location": "westeurope",
            "sku": {"name": "Developer", "capacity": 1},
            "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
        }
        client.put("", json=service).raise_for_status()
        yield client


@pytest.mark.parametrize("part", ["control", "auth0_provider", "azure_native_provider"])
def test_what_a_document_links_to_is_never_a_port_of_the_sandboxs_own(sandbox, arm, part):
    url = f"http://localhost:{getattr(sandbox.ports, part)}/healthz"
    answer = arm.put("policies/policy", json={"properties": {"format": "xml-link", "value": url}})
    assert answer.status_code == 400
    assert "The sandbox sends no request to its own control and provider ports." in answer.text


def test_a_restart_keeps_ports_credentials_and_keys(kept):
    address = f"{kept.issuer}.well-known/jwks.json"
    before = (kept.ports, kept.credentials, httpx.get(address, verify=kept.trust).json())
    kept.restart()
    assert (kept.ports, kept.credentials, httpx.get(address, verify=kept.trust).json()) == before


def test_starting_a_sandbox_that_runs_keeps_it(kept):
    pid = process.running(kept.folder).pid
    assert process.start(kept.folder, Options()).pid == pid


def test_a_running_sandbox_is_not_moved_to_other_ports(kept):
    with pytest.raises(SandboxError, match="already, from port"):
        process.start(kept.folder, Options(base_port=15000))


def test_stop_ends_the_process_and_frees_its_ports(kept):
    pid = process.running(kept.folder).pid
    assert process.stop(kept.folder) is True
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{kept.control_url}/healthz")
    assert process.stop(kept.folder) is False


def test_the_record_of_a_dead_process_is_not_taken_for_a_sandbox(kept):
    pid = process.running(kept.folder).pid
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert kept.folder.read_record().pid == pid
    assert process.running(kept.folder) is None
    kept.restart()
    assert process.running(kept.folder).pid != pid


def test_a_sandbox_of_another_version_is_replaced(kept):
    old = process.running(kept.folder)
    kept.folder.write_record(Record(old.pid, "0.0.1", old.ports))
    new = process.start(kept.folder, Options(with_parent=True))
    assert (new.pid != old.pid, new.ports) == (True, old.ports)


@pytest.fixture
def started():
    """Starts sandboxes that are stopped at the end; the record of each, and what was told."""
    folders = []

    def start(path, **options):
        told = []
        folders.append(StateFolder(path))
        return process.start(folders[-1], Options(**options, with_parent=True), told.append), told

    yield start
    for folder in folders:
        process.stop(folder)


def test_a_taken_port_that_was_asked_for_stops_the_start_and_leaves_nothing_running(tmp_path):
    folder = StateFolder(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        base = port_of(other)
        with pytest.raises(SandboxError, match=f"port {base}, for the tenant, is taken"):
            process.start(folder, Options(base_port=base))
    assert process.running(folder) is None


def test_where_the_ports_of_the_last_time_are_taken_the_next_free_range_is(tmp_path, started):
    folder = StateFolder(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        folder.prepare()
        folder.write_record(Record(0, "0", Ports(manager=port_of(other))))
        record, told = started(tmp_path)
    assert (record.ports, record.ports.tenant % 100) == (Ports.from_base(record.ports.tenant), 0)
    [sentence] = told
    assert sentence.startswith(f"port {port_of_text(sentence)}, for the resource manager, is taken by ")
    assert sentence.endswith(f": this sandbox listens from port {record.ports.tenant} on\n")


def port_of_text(sentence):
    return sentence.split()[1].rstrip(",")


def test_the_range_of_another_sandbox_is_passed_over_with_its_folder_named(kept, tmp_path, started):
    other = StateFolder(tmp_path / "other")
    other.prepare()
    ports = kept.ports
    other.write_record(Record(0, "0", Ports(tenant=ports.tenant)))
    record, [sentence] = started(other.path)
    holder = f"the sandbox of {kept.folder.path} (`auth0-apim sandbox stop` there ends it)"
    assert sentence.startswith(f"port {ports.tenant}, for the tenant, is taken by {holder}: ")
    assert record.ports.tenant != ports.tenant
    assert process.running(kept.folder).ports == ports


def test_sandboxes_that_start_at_once_take_ranges_of_their_own(tmp_path, started):
    with ThreadPoolExecutor() as pool:
        records = list(pool.map(started, [tmp_path / name for name in ("one", "two", "three")]))
    bases = [record.ports.tenant for record, _ in records]
    assert len(set(bases)) == 3
    assert [record.ports for record, _ in records] == [Ports.from_base(base) for base in bases]


def test_a_sandbox_on_its_usual_ports_says_nothing(kept, started):
    kept.stop()
    record, told = started(kept.folder.path)
    assert (record.ports, told) == (kept.ports, [])


def test_secrets_are_files_that_only_their_owner_reads(sandbox):
    for name in ("passphrase", "user-password", "credentials.json", "process.json", "control-header", "log", "lock"):
        assert (sandbox.folder.path / name).stat().st_mode & 0o777 == 0o600
    assert sandbox.folder.path.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_open_to_others_is_closed_to_them(tmp_path):
    (tmp_path / "databases").mkdir(mode=0o755)
    for name in ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "credentials.json", "log"):
        (tmp_path / name).touch(mode=0o666)
        (tmp_path / name).chmod(0o666)
    tmp_path.chmod(0o777)
    with Sandbox(tmp_path) as sandbox:
        httpx.get(f"{sandbox.issuer}test", verify=sandbox.trust)
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path, *tmp_path.iterdir())}
    folders = {path.name for path in tmp_path.iterdir() if path.is_dir()} | {tmp_path.name}
    assert modes == {name: "0o700" if name in folders else "0o600" for name in modes}
    assert {"state.sqlite", "state.sqlite-wal", "state.sqlite-shm"} <= set(modes)


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic d3Jvbmc6d3Jvbmc="}, {"Authorization": "Bearer wrong"}]
)
def test_faults_and_telemetry_are_their_owners_who_shows_a_token(sandbox, headers):
    fault = {"service": "tenant", "method": "GET", "path": "/unowned", "status": 418}
    with httpx.Client(verify=sandbox.trust, headers=headers) as client:
        refused = [
            client.post(f"{sandbox.control_url}/faults", json=fault),
            client.get(f"{sandbox.control_url}/faults"),
            client.delete(f"{sandbox.control_url}/faults"),
            client.get(f"{sandbox.insights_url}/telemetry"),
            client.delete(f"{sandbox.insights_url}/telemetry"),
        ]
        assert [answer.status_code for answer in refused] == [401] * 5
        assert {answer.headers["www-authenticate"] for answer in refused} == {"Bearer"}
        assert client.get(f"{sandbox.control_url}/healthz").json() == {"status": "ok"}
        assert client.get(f"{sandbox.issuer}unowned").status_code == 404
    with httpx.Client(verify=sandbox.trust, headers=sandbox.control_headers) as owner:
        assert owner.get(f"{sandbox.control_url}/faults").json() == {"ordered": 0, "held": 0}
        assert owner.get(f"{sandbox.insights_url}/telemetry").status_code == 200


def test_each_start_makes_a_token_of_its_own(kept):
    before = kept.control_headers
    kept.restart()
    assert kept.control_headers != before
    assert httpx.get(f"{kept.control_url}/faults", headers=before).status_code == 401
    assert httpx.get(f"{kept.control_url}/faults", headers=kept.control_headers).status_code == 200


def test_what_the_process_list_shows_is_no_secret(sandbox):
    arguments = Path(f"/proc/{process.running(sandbox.folder).pid}/cmdline").read_bytes().decode()
    folder = sandbox.folder
    secrets = [*sandbox.credentials.values(), folder.passphrase.read_text(), *folder.control_headers.values()]
    assert [secret for secret in secrets if secret in arguments] == []


def test_the_log_has_a_line_a_request_without_its_query(sandbox):
    httpx.get(f"{sandbox.issuer}authorize?client_secret=not-for-the-log", verify=sandbox.trust)
    deadline = time.monotonic() + 5
    while " tenant GET /authorize " not in sandbox.folder.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)  # the line is written when the answer has gone out
    assert " tenant GET /authorize " in sandbox.folder.log.read_text()
    assert "not-for-the-log" not in sandbox.folder.log.read_text()


def test_a_sandbox_ends_with_the_process_that_entered_it(tmp_path):
    program = (
        "import os; from pathlib import Path; from auth0_apim_sandbox.cloud import Sandbox\n"
        f"Sandbox(Path({str(tmp_path)!r})).__enter__(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    deadline = time.monotonic() + 10
    while process.running(StateFolder(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.running(StateFolder(tmp_path)) is None


def test_an_ordered_failure_is_answered_instead_of_the_service(sandbox):
    fault = {"service": "tenant", "method": "GET", "path": "/test", "status": 503, "body": {"error": "busy"}}
    httpx.post(f"{sandbox.control_url}/faults", json=fault, headers=sandbox.control_headers).raise_for_status()
    address = f"{sandbox.issuer}test"
    answers = [httpx.get(address, verify=sandbox.trust) for _ in range(2)]
    assert [(answers[0].status_code, answers[0].json()), answers[1].status_code] == [(503, {"error": "busy"}), 404]


def test_the_credentials_are_those_that_the_services_accept(sandbox):
    variables = sandbox.credentials
    body = {
        "grant_type": "client_credentials",
        "client_id": variables["AUTH0_CLIENT_ID"],
        "client_secret": variables["AUTH0_CLIENT_SECRET"],
        "audience": f"https://{variables['AUTH0_DOMAIN']}/api/v2/",
    }
    answer = httpx.post(f"{sandbox.issuer}oauth/token", json=body, verify=sandbox.trust)
    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer"), json.dumps(answer.json())
