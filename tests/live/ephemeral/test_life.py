"""An environment from nothing to proven and back, many at once, and what they never touch."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from auth0_apim_environments.ephemeral import Environments, EnvironmentState, EphemeralEnvironmentError
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.marks import HEADER
from auth0_apim_environments.project import find_project
from auth0_apim_environments.settings.problems import SettingsError
from auth0_apim_environments.verify.proof import failed_checks

pytestmark = pytest.mark.live
DAY = timedelta(days=1)


def test_an_environment_is_created_proven_destroyed_and_audited_in_seconds(place):
    before = place.objects()
    began = time.monotonic()
    deployed = place.create("pr-42")
    wrong = failed_checks(deployed.api, place.variables)
    left = place.environments.destroy("pr-42").left
    seconds = time.monotonic() - began
    assert (wrong, left, place.environments.audit("pr-42")) == ([], (), [])
    assert place.objects() == before
    assert place.environments.stacks.names() == []
    assert not (place.folder / "stacks" / "Pulumi.pr-42.yaml").exists()
    # 6 s on two idle cores; a limit that a machine shared with other tests keeps.
    assert seconds < 60


def test_every_object_carries_the_environment_and_an_extension_is_written_on_them(place):
    place.create("pr-7")
    kinds = [remnant.kind for remnant in place.environments.audit("pr-7")]
    assert kinds == [
        "api", "client", "client", "client grant", "client grant", "connection", "product", "resource server", "user"
    ]  # fmt: skip
    [environment] = place.environments.overview()
    assert (environment.name, environment.marker.owner, environment.state) == (
        "pr-7",
        "jane",
        EnvironmentState.DEPLOYED,
    )
    assert (environment.resources["Client"], environment.resources["Api"]) == (2, 1)

    marker = place.environments.extend("pr-7", timedelta(days=2))
    [client] = [
        client for client in place.tenant.get("clients").json() if client["name"].startswith("Basic Calculator Cl")
    ]
    [connection] = [
        each for each in place.tenant.get("connections").json() if each["name"] == "BasicCalculator-env-pr-7"
    ]
    assert client["client_metadata"] == connection["metadata"] == marker.marks()
    [user] = place.tenant.get("users").json()
    assert user["app_metadata"] == marker.marks()
    assert place.environments.overview()[0].marker == marker
    assert place.environments.destroy("pr-7").left == ()


SUBSCRIBED = ("publication.productSubscriptionRequired=true", "publication.keepProduct=true")


def test_a_product_that_needs_subscriptions_goes_with_those_that_azure_and_people_made(place):
    before, subscribed = place.objects(), place.subscriptions()
    place.create("keys", assignments=(*place.spec.assignments, *SUBSCRIBED))
    assert [product for product, _ in place.subscriptions() - subscribed] == ["starter-env-keys"]
    body = {"properties": {"displayName": "Theirs", "scope": "/products/starter-env-keys"}}
    place.ask("PUT", "subscriptions/theirs", json=body)
    assert place.environments.destroy("keys").left == ()
    assert (place.objects(), place.subscriptions()) == (before, subscribed)


def test_a_product_that_somebody_deleted_does_not_hinder_the_destruction(place):
    place.create("gone", assignments=(*place.spec.assignments, *SUBSCRIBED))
    place.ask("DELETE", "products/starter-env-gone", deleteSubscriptions="true")
    assert place.environments.destroy("gone").left == ()


def test_a_created_environment_is_gone_on_with_and_keeps_its_time(place):
    place.create("again", ttl=timedelta(hours=1))
    expires = place.environments.stacks.marker("again").expires
    place.create("again", ttl=timedelta(days=9))
    assert place.environments.stacks.marker("again").expires == expires
    assert place.environments.destroy("again").left == ()


def test_an_environment_whose_time_is_over_gets_the_time_of_the_order_that_goes_on_with_it(place):
    yesterday = datetime.now(timezone.utc) - DAY
    then = Environments(find_project(place.folder), place.engine, place.variables, lambda: yesterday)
    then.create("late", place.spec)
    place.create("late", owner="joe", ttl=timedelta(hours=2))
    marker = place.environments.stacks.marker("late")
    assert (marker.owner, marker.created) == ("jane", yesterday.replace(microsecond=0))
    assert timedelta(minutes=100) < marker.expires - datetime.now(timezone.utc) <= timedelta(hours=2)
    [client] = [
        each for each in place.tenant.get("clients").json() if each["name"] == "Basic Calculator Client-env-late"
    ]
    assert client["client_metadata"] == marker.marks()
    assert place.environments.destroy("late").left == ()


def test_another_template_or_setting_changes_an_environment_that_exists(place, tmp_path):
    template = tmp_path / "other.yaml"
    text = (place.folder / "stacks" / "Pulumi.ephemeral.yaml").read_text()
    template.write_text(text.replace("path: calc", "path: sums"))
    place.create("other")
    assert place.create("other", template=template, assignments=()).outputs["apiUrl"].endswith("/sums-env-other")
    assert place.environments.destroy("other").left == ()


def test_a_creation_killed_before_its_stack_was_marked_is_destroyed_like_any_other(place):
    place.environments.stacks.create("unmarked")
    file = place.folder / "stacks" / "Pulumi.unmarked.yaml"
    file.write_text(HEADER + "config: {}\n")
    assert place.environments.destroy("unmarked").left == ()
    assert place.environments.stacks.names() == []
    assert not file.exists()


def test_a_destruction_killed_before_its_file_was_removed_leaves_nothing_to_the_next_creation(place):
    file = place.folder / "stacks" / "Pulumi.ended.yaml"
    file.write_text(HEADER + "config: {}\n")
    assert place.environments.destroy("ended").left == ()
    assert not file.exists()
    file.write_text(HEADER + "encryptionsalt: v1:of-a-stack-that-is-gone\nconfig: {}\n")
    assert place.create("ended").outputs["audience"] == "basic-calculator-env-ended"
    assert place.environments.destroy("ended").left == ()


def test_an_environment_of_another_project_on_the_backend_is_neither_listed_nor_swept(place, tmp_path):
    place.create("theirs")
    (tmp_path / "Pulumi.yaml").write_text("name: another\nruntime: python\n")
    another = Environments(find_project(tmp_path), place.engine, place.variables)
    assert another.audit() == []
    with pytest.raises(EphemeralEnvironmentError, match="'theirs' belongs to project 'auth0-apim'"):
        another.destroy("theirs", sweep=True)
    with pytest.raises(EphemeralEnvironmentError, match="resources have the marks of an environment 'theirs'"):
        another.create("theirs", place.spec)
    assert len(place.environments.audit("theirs")) == 9
    assert place.environments.destroy("theirs").left == ()


def test_a_protected_environment_is_not_destroyed(place):
    place.empty_stack("kept", protected=True)
    with pytest.raises(EphemeralEnvironmentError, match="'kept' is protected"):
        place.environments.destroy("kept")
    assert place.reaper().expired() == []
    place.environments.extend("kept", timedelta(hours=1))
    assert place.environments.destroy("kept").left == ()


@pytest.mark.parametrize("owner", ["", "jane\n", "x" * 101])
def test_a_bad_owner_is_refused_before_anything_is_made(place, owner):
    with pytest.raises(EphemeralEnvironmentError, match="example: jane"):
        place.create("whose", owner=owner)
    assert place.environments.stacks.names() == []


@pytest.mark.parametrize("name", ["prod", "PR-1", "x" * 25])
def test_a_bad_name_is_refused_before_anything_is_made(place, name):
    with pytest.raises(EphemeralEnvironmentError, match="example: pr-42"):
        place.create(name)
    assert place.environments.stacks.names() == []


def test_an_environment_that_stays_is_left_alone(place):
    place.environments.stacks.create("team")
    with pytest.raises(EphemeralEnvironmentError, match="'team' is no ephemeral environment"):
        place.create("team")
    with pytest.raises(EphemeralEnvironmentError, match="'team' is no ephemeral environment"):
        place.environments.destroy("team")
    assert place.reaper().expired() == []
    place.environments.stacks.remove("team")


def test_a_bad_setting_is_refused_and_leaves_no_file(place):
    with pytest.raises(SettingsError, match="auth0-apim:api.tokenLifetime"):
        place.create("bad", assignments=("api.tokenLifetime=0",))
    assert not (place.folder / "stacks" / "Pulumi.bad.yaml").exists()
    assert place.environments.stacks.names() == []


def test_objects_of_a_lost_environment_are_listed_and_swept_only_when_asked(place, tmp_path):
    before = place.objects()
    place.create("lost")
    for file in place.state_file("lost").parent.glob("lost.*"):
        file.rename(tmp_path / file.name)
    assert {remnant.environment for remnant in place.environments.audit()} == {"lost"}
    (place.folder / "stacks" / "Pulumi.lost.yaml").unlink()
    with pytest.raises(EphemeralEnvironmentError, match="9 resources have the marks of an environment 'lost'"):
        place.create("lost")
    with pytest.raises(EphemeralEnvironmentError, match="no stack 'lost', but 9 resources have its marks"):
        place.environments.destroy("lost")
    assert place.environments.destroy("lost", sweep=True).left == ()
    assert place.objects() == before


def test_twenty_at_once_do_not_touch_each_other(place):
    before = place.objects()
    names = [f"many-{number}" for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        deployed = dict(zip(names, pool.map(place.create, names), strict=True))
        assert len({each.outputs["apiUrl"] for each in deployed.values()}) == 20
        assert all(len(place.environments.audit(name)) == 9 for name in names)
        gone, staying = names[:19], names[19]
        assert all(result.left == () for result in pool.map(place.environments.destroy, gone))
    assert failed_checks(deployed[staying].api, place.variables) == []
    assert place.environments.destroy(staying).left == ()
    assert place.objects() == before


def test_of_two_creations_of_one_name_at_once_no_object_is_made_twice(place):
    before = place.objects()

    def create(_):
        try:
            return place.open().create("twice", place.spec).name
        except StackError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        came_of_it = list(pool.map(create, range(2)))
    assert "twice" in came_of_it or all(isinstance(each, StackError) for each in came_of_it)
    again = place.create("twice")
    assert failed_checks(again.api, place.variables) == []
    assert len(place.environments.audit("twice")) == 9
    assert place.environments.destroy("twice").left == ()
    assert place.objects() == before


def test_environments_with_roles_have_their_own(place):
    roles = (
        "api.permissionsInToken=true",
        "roles={operator: {permissions: ['calc:add']}}",
        "user={email: jane@example.com, roles: [operator]}",
    )
    assignments = (*place.spec.assignments, *roles)
    for name in ("roles-1", "roles-2"):
        place.create(name, assignments=assignments)
    found = [each for each in place.environments.audit("roles-1") if each.kind == "role"]
    assert [each.name for each in found] == ["operator-env-roles-1"]
    for name in ("roles-1", "roles-2"):
        assert place.environments.destroy(name).left == ()
    assert place.tenant.get("roles").json() == []


def test_the_commands_tell_programs_what_they_did(place, tmp_path):
    def run(*arguments, status=0):
        command = [str(Path(sys.executable).with_name("auth0-apim")), "env", *arguments, "--json"]
        done = subprocess.run(
            command, cwd=place.folder, env={**place.variables}, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    created = run("create", "cli", "--ttl", "1m", "--owner", "jane")
    assert (created["name"], created["audience"]) == ("cli", "basic-calculator-env-cli")
    assert "clientSecret" not in created
    [listed] = run("list")
    assert (listed["name"], listed["owner"], listed["state"], listed["protected"]) == ("cli", "jane", "deployed", False)
    assert {each["environment"] for each in run("audit", "cli", status=1)} == {"cli"}
    assert run("reap") == []
    assert run("extend", "cli", "--ttl", "2h")["protected"] is False
    assert run("destroy", "cli") == []
    assert run("audit") == []
