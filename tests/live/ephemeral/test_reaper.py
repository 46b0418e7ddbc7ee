"""A reaper meets everything that goes wrong with environments, and destroys only what it may."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from auth0_apim_environments.ephemeral import (
    EnvironmentState,
    EphemeralEnvironmentError,
    Lease,
    LeaseError,
    UnconfirmedError,
    lease_on,
)
from auth0_apim_environments.ephemeral.reaper import MOST_UNCONFIRMED
from auth0_apim_environments.marks import STACK_TAG
from auth0_apim_environments.state.backend_documents import documents_of
from auth0_apim_environments.state.lease import LEASES

pytestmark = pytest.mark.live
VERSION = {"api-version": "2024-05-01"}
SERVICE = "resourceGroups/local/providers/Microsoft.ApiManagement/service/basic-calculator-local"
PUBLISHER = {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"}


@pytest.fixture
def deployed(place):
    """A deployed environment, as often as a test needs it; what a test leaves is destroyed."""
    place.create("due")
    yield "due"
    if "due" in place.environments.stacks.names():
        assert place.environments.destroy("due").left == ()


@pytest.fixture
def dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_nothing_is_destroyed_unless_told_and_nothing_before_its_time(place):
    place.empty_stack("early")
    assert [marker.environment for marker in place.reaper().expired()] == ["early"]
    assert [each.status.value for each in place.reaper().reap()] == ["expired"]
    assert "early" in place.environments.stacks.names()
    assert place.reaper(after=-place.spec.ttl).reap(dry_run=False) == []
    assert place.reap() == {"early": ("destroyed", "")}  # never deployed
    assert place.environments.stacks.names() == []


def test_an_object_deleted_by_hand_is_no_obstacle(place, deployed):
    [connection] = [each for each in place.environments.audit(deployed) if each.kind == "connection"]
    place.tenant.delete(f"connections/{connection.id}").raise_for_status()
    assert place.reap() == {deployed: ("destroyed", "")}


def test_what_others_work_on_is_left_to_the_next_reaper(place, deployed):
    lock = place.lock(deployed, pid=1, host="another-machine")
    fate, reason = place.reap()[deployed]
    assert (fate, reason) == (
        "busy",
        f"stack '{deployed}' is locked by jane@another-machine (process 1) since 2026-03-01T12:00:00Z",
    )
    assert len(place.environments.audit(deployed)) == 9
    lock.unlink()


def test_the_lock_of_a_dead_process_and_its_pending_operation_are_cleared(place, deployed, dead_process):
    """As if the engine had been killed when it had made a client and not written it down."""
    marks = place.environments.stacks.marker(deployed).marks()
    body = {"name": "Made by a process that died", "client_metadata": marks}
    orphan = place.tenant.post("clients", json=body).raise_for_status().json()["client_id"]
    leave_pending_creation(place.state_file(deployed))
    [seen] = place.environments.overview()
    assert seen.state is EnvironmentState.CHANGING
    place.lock(deployed, pid=dead_process, host=socket.gethostname())
    assert place.reap() == {deployed: ("destroyed", "")}
    assert place.tenant.get(f"clients/{orphan}").status_code == 404


def leave_pending_creation(state_file):
    """In the backend's file: an import, as the engine does it, would leave it out."""
    document = json.loads(state_file.read_text())
    deployment = document["checkpoint"]["latest"]
    [client] = [each for each in deployment["resources"] if each["urn"].endswith("::protected-client-client")]
    lost = {key: value for key, value in client.items() if key not in ("id", "outputs")}
    lost["urn"] += "-lost"
    deployment["pending_operations"] = [{"resource": lost, "type": "creating"}]
    state_file.write_text(json.dumps(document))


def test_a_protected_resource_keeps_its_stack(place, deployed):
    def protect(value):
        def change(deployment):
            [connection] = [each for each in deployment["resources"] if each["type"].endswith(":Connection")]
            connection["protect"] = value

        return change

    place.change_state(deployed, protect(True))
    fate, reason = place.reap()[deployed]
    assert fate == "failed"
    assert "has a protected resource" in reason
    assert deployed in place.environments.stacks.names()
    assert "connection" in {each.kind for each in place.environments.audit(deployed)}
    place.change_state(deployed, protect(False))


def test_expired_credentials_destroy_nothing_and_are_told_without_a_secret(place, deployed):
    fate, reason = place.reap(place.open(AUTH0_CLIENT_SECRET="long-expired"))[deployed]
    assert (fate, reason) == ("failed", "the tenant refused the credentials: 401 Unauthorized")
    assert len(place.environments.audit(deployed)) == 9


@pytest.fixture
def impatient(monkeypatch):
    """What cannot be read is asked for as often as ever, and nobody waits in between."""
    monkeypatch.setattr("auth0_apim_environments.engine.stacks._RETRY_WAITS", (0.0, 0.0, 0.0))


def test_a_state_that_cannot_be_read_hides_no_other_and_is_swept_by_its_marks(impatient, place, deployed):
    place.empty_stack("other")
    place.state_file(deployed).write_text('{"version": 3, "checkpo')
    states = {each.name: each.state.value for each in place.environments.overview()}
    assert states == {deployed: "unreadable", "other": "empty"}
    reaped = place.reap()
    assert reaped["other"] == ("destroyed", "")
    assert reaped[deployed][0] == "failed"
    assert f"env destroy {deployed} --sweep" in reaped[deployed][1]
    assert place.environments.destroy(deployed, sweep=True).left == ()
    assert place.environments.audit() == []


def test_a_state_whose_side_file_was_cut_off_is_whole_again_without_it(impatient, place, deployed):
    state = place.state_file(deployed)
    side_file = state.with_name(state.name + ".attrs")
    assert not side_file.exists()  # the sandbox's backend has none, another file backend has one for each document
    side_file.write_text("")
    os.utime(side_file, (time.time() - 3,) * 2)
    assert place.environments.destroy(deployed).left == ()
    assert not side_file.exists()


def test_a_backend_that_is_briefly_away_is_waited_for(place, deployed):
    backend = place.state_file(deployed).parents[3]
    away = backend.with_name("away")
    backend.rename(away)

    def come_back():
        time.sleep(0.8)
        away.rename(backend)

    returning = threading.Thread(target=come_back)
    returning.start()
    assert place.environments.stacks.names() == [deployed]
    returning.join()


def test_rate_limits_and_conflicts_are_waited_out(place, deployed, order_fault):
    limited = {"statusCode": 429, "error": "Too Many Requests", "message": "Global limit has been reached"}
    conflict = {"error": {"code": "Conflict", "message": "Another operation is in progress."}}
    order_fault(service="tenant", method="DELETE", path="/api/v2/connections", status=429, body=limited)
    order_fault(service="manager", method="DELETE", path="/products/", status=409, body=conflict)
    assert place.reap() == {deployed: ("destroyed", "")}


def test_a_refusal_that_stays_is_a_failure_that_keeps_the_stack(place, deployed, order_fault):
    refused = {
        "statusCode": 403,
        "error": "Forbidden",
        "message": "Insufficient scope",
        "errorCode": "insufficient_scope",
    }
    order_fault(service="tenant", method="DELETE", path="/api/v2/connections", status=403, body=refused, times=9)
    fate, reason = place.reap()[deployed]
    assert fate == "failed"
    assert "Insufficient scope" in reason
    assert deployed in place.environments.stacks.names()


def test_a_token_that_ends_during_a_destroy_is_followed_by_another(place, deployed, order_fault):
    over = {
        "statusCode": 401,
        "error": "Unauthorized",
        "message": "Expired token received for JSON Web Token validation",
    }
    order_fault(service="tenant", method="GET", path="/api/v2/connections", status=401, body=over)
    order_fault(service="manager", method="GET", path="/products", status=401, body={"error": {"code": "ExpiredToken"}})
    assert place.reap() == {deployed: ("destroyed", "")}


def test_a_service_that_cannot_be_reached_is_a_failure_in_the_report(place, monkeypatch):
    place.empty_stack("away")
    monkeypatch.setattr("auth0_apim_environments.clients.http.time.sleep", lambda _: None)
    fate, reason = place.reap(place.open(AUTH0_DOMAIN="localhost:1"))["away"]
    assert fate == "failed"
    assert reason.startswith("POST https://localhost:1/oauth/token was not answered (")
    assert place.reap() == {"away": ("destroyed", "")}


def test_names_that_begin_alike_are_two_environments(place):
    place.empty_stack("pr-42")
    place.empty_stack("pr-4")
    place.create("pr-420")
    assert place.environments.audit("pr-42") == place.environments.audit("pr-4") == []
    assert place.environments.destroy("pr-4").left == ()
    assert len(place.environments.audit("pr-420")) == 9
    assert place.environments.stacks.names() == ["pr-42", "pr-420"]
    assert {name: fate for name, (fate, _) in place.reap().items()} == {"pr-42": "destroyed", "pr-420": "destroyed"}


@pytest.mark.parametrize("tag", ["no marker", '{"environment": "edited", "protected": "yes"}'])
def test_a_marker_that_cannot_be_read_is_reported_and_its_stack_kept(place, tag):
    place.empty_stack("edited")
    place.empty_stack("other")
    set_tag(place, "edited", tag)
    assert [each.name for each in place.environments.overview()] == ["other"]
    reaped = place.reap()
    assert reaped["other"] == ("destroyed", "")
    assert reaped["edited"][0] == "failed"
    assert "the tag auth0-apim:ephemeral of stack 'edited' cannot be read" in reaped["edited"][1]
    assert place.environments.stacks.names() == ["edited"]
    place.environments.stacks.remove("edited")


def test_a_renamed_stack_is_nobodys_environment(place):
    """A self-managed backend leaves the tags behind."""
    place.empty_stack("old")
    place.environments.stacks._query("old", "stack", "rename", "new", "--stack", "old")
    assert place.reap() == {}
    with pytest.raises(EphemeralEnvironmentError, match="stack 'new' is no ephemeral environment"):
        place.environments.destroy("new")
    place.environments.stacks.remove("new")


def test_a_marker_that_somebody_gave_to_an_environment_that_stays_changes_nothing(place):
    place.empty_stack("prod")
    assert place.reap() == {}
    for act in (place.environments.destroy, lambda name: place.environments.extend(name, place.spec.ttl)):
        with pytest.raises(
            EphemeralEnvironmentError, match="'prod' is no ephemeral environment: its name must not be 'prod'"
        ):
            act("prod")
    place.environments.stacks.remove("prod")


def set_tag(place, stack, text):
    place.environments.stacks._query(stack, "stack", "tag", "set", STACK_TAG, text, "--stack", stack)


def test_what_was_extended_after_the_reaper_had_listed_it_is_skipped(place, monkeypatch):
    for name in ("first", "second"):
        place.empty_stack(name)
    environments = place.open()
    destroy = environments.destroy

    def destroy_while_somebody_extends(name):
        place.environments.extend("second" if name == "first" else "first", timedelta(days=3))
        return destroy(name)

    monkeypatch.setattr(environments, "destroy", destroy_while_somebody_extends)
    reaped = place.reap(environments)
    assert sorted(reaped.values()) == [("destroyed", ""), ("skipped", "it was extended or protected in the meantime")]
    [skipped] = [name for name, (status, _) in reaped.items() if status == "skipped"]
    assert place.environments.stacks.names() == [skipped]
    assert place.environments.destroy(skipped).left == ()


def test_a_clock_that_is_a_little_ahead_reaps_nothing_early(place):
    place.empty_stack("young")
    ahead = place.spec.ttl + timedelta(minutes=4)
    assert place.reaper(after=ahead).expired() == []
    assert [marker.environment for marker in place.reaper(after=ahead + timedelta(minutes=2)).expired()] == ["young"]
    assert place.environments.destroy("young").left == ()


def test_a_lease_that_another_reaper_took_ends_in_a_report(place, monkeypatch):
    for name in ("first", "second"):
        place.empty_stack(name)
    backend, destroy = place.variables["PULUMI_BACKEND_URL"], place.environments.destroy

    def destroy_for_longer_than_the_lease(name):
        an_hour_later = Lease(documents_of(backend, LEASES), "reaper", now=lambda: time.time() + 3600)
        an_hour_later.acquire()
        return destroy(name)

    monkeypatch.setattr(place.environments, "destroy", destroy_for_longer_than_the_lease)
    reaped = place.reaper().reap(dry_run=False)
    assert [each.status.value for each in reaped] == ["destroyed", "busy"]
    assert "another reaper is at work" in reaped[1].reason
    monkeypatch.undo()
    for name in documents_of(backend, LEASES).names():
        documents_of(backend, LEASES).delete(name)
    assert list(place.reap().values()) == [("destroyed", "")]


def test_two_reapers_do_not_meet(place):
    with lease_on(place.variables["PULUMI_BACKEND_URL"], "reaper"), pytest.raises(LeaseError, match="another reaper"):
        place.reap()


def test_many_go_only_by_name(place):
    names = [f"due-{number}" for number in range(MOST_UNCONFIRMED + 1)]
    for name in names:
        place.empty_stack(name)
    with pytest.raises(UnconfirmedError, match="6 environments have expired, .* --confirm due-0"):
        place.reap()
    reaped = place.reaper().reap(dry_run=False, confirmed=frozenset(names))
    assert {(each.environment, each.status.value) for each in reaped} == {(name, "destroyed") for name in names}
    assert place.environments.stacks.names() == []


def test_a_service_of_its_own_is_purged_with_the_environment(place):
    own = (
        *place.spec.assignments,
        "gateway={resourceGroupName: local, serviceName: own, sku: Developer, capacity: 1, "
        "publisherName: Contoso, publisherEmail: apis@contoso.example}",
    )
    place.create("whole", assignments=own)
    kinds = {remnant.kind: remnant.name for remnant in place.environments.audit("whole")}
    assert kinds["service"] == "own-env-whole"
    theirs = SERVICE.replace("basic-calculator-local", "theirs-env-whole")
    body = {"location": "westeurope", "sku": {"name": "Developer", "capacity": 1}, "properties": PUBLISHER}
    place.manager.put(theirs, params=VERSION, json=body).raise_for_status()
    place.manager.delete(theirs, params=VERSION).raise_for_status()
    assert place.environments.destroy("whole").left == ()
    path = "providers/Microsoft.ApiManagement/deletedservices"
    deleted = place.manager.get(path, params=VERSION).raise_for_status().json()["value"]
    assert [each["name"] for each in deleted] == ["theirs-env-whole"]  # of the same form, and nobody says whose it was
