"""A team's state, in S3 and in Azure Blob: what happens when people and networks are in the way."""

import base64
import json
import time

import pytest

pytestmark = pytest.mark.live


def deployment(team, stack):
    return json.loads(team.pulumi("stack", "export", "--stack", stack))["deployment"]


def objects_of(team, stack):
    return {each["urn"].rpartition("::")[2] for each in deployment(team, stack)["resources"] if each.get("id")}


def test_no_secret_is_readable_in_the_bucket(team, dev, cloud, canary):
    outputs = json.loads(team.pulumi("stack", "output", "--stack", dev, "--json", "--show-secrets"))
    assert outputs["canary"] == canary
    objects = cloud.objects()
    assert {"stacks", "history", "backups"} <= {name.split("/")[1] for name in objects}
    forms = (canary.encode(), base64.b64encode(canary.encode()).rstrip(b"="), canary.encode().hex().encode())
    assert [name for name, content in objects.items() if any(form in content for form in forms)] == []


def test_the_second_of_two_updates_is_refused_and_told_whose_lock_it_is(team, dev, tmp_path):
    other = team.copy(tmp_path / "other")
    first = team.start_and_hold(dev)
    refused = other.pulumi("up", "--stack", dev, "--yes", "--skip-preview", status=1)
    assert "the stack is currently locked by 1 lock(s)" in refused
    assert f"(pid {first.pid})" in refused
    output = team.let_go(first)
    assert first.returncode == 0, output
    assert "unchanged" in other.up(dev)


def test_an_update_outlasts_a_connection_that_comes_back(team, new_stack, cloud):
    stack = new_stack("cut-off")
    held = team.start_and_hold(stack)
    cloud.link.cut()
    (team.folder / "hold").unlink()
    time.sleep(2)  # its writes fail meanwhile
    assert held.poll() is None
    cloud.link.mend()
    output = held.communicate(timeout=60)[0]
    assert held.returncode == 0, output
    assert {"shelf", "keeper"} <= objects_of(team, stack)
    assert not any(name.startswith(".pulumi/locks/") for name in cloud.objects())


def test_an_update_killed_while_cut_off_is_gone_on_with_after_its_lock_is_cancelled(team, new_stack, cloud, tenant):
    stack = new_stack("killed")
    held = team.start_and_hold(stack)
    cloud.link.cut()
    (team.folder / "hold").unlink()
    held.kill()
    held.communicate()
    cloud.link.mend()
    refused = team.pulumi("up", "--stack", stack, "--yes", "--skip-preview", status=1)
    assert f"(pid {held.pid})" in refused
    team.pulumi("cancel", "--stack", stack, "--yes")
    assert "keeper created" in team.up(stack)
    identifiers = [api.identifier for api in tenant.resource_servers.list()]
    assert identifiers.count(f"https://shelf.example.com/{stack}") == 1
    names = [client.name for client in tenant.clients.list()]
    assert names.count(f"Keeper of https://shelf.example.com/{stack}") == 1


def test_a_stack_moves_from_the_file_backend_to_the_teams_without_a_change(team, sandbox, cloud, canary):
    local = {"PULUMI_BACKEND_URL": f"file://{sandbox.folder.backend}"}
    stack = f"moving-{cloud.name}"
    team.pulumi("stack", "init", stack, **local)
    team.pulumi("config", "set", "--secret", "--stack", stack, "canary", canary, **local)
    team.up(stack, **local)

    if cloud.seal != "passphrase":
        team.pulumi("stack", "change-secrets-provider", "--stack", stack, cloud.seal, **local)
    team.pulumi("stack", "export", "--stack", stack, "--file", f"{stack}.json", **local)
    assert canary not in (team.folder / f"{stack}.json").read_text()
    team.pulumi("stack", "init", stack, "--secrets-provider", cloud.seal)
    team.pulumi("stack", "import", "--stack", stack, "--file", f"{stack}.json")

    with_the_key_alone = {"PULUMI_CONFIG_PASSPHRASE_FILE": "", "PULUMI_CONFIG_PASSPHRASE": ""}
    variables = {} if cloud.seal == "passphrase" else with_the_key_alone
    preview = team.pulumi("preview", "--stack", stack, "--expect-no-changes", **variables)
    assert "3 unchanged" in preview
    outputs = json.loads(team.pulumi("stack", "output", "--stack", stack, "--json", "--show-secrets"))
    assert outputs["canary"] == canary
    assert {"shelf", "keeper"} <= objects_of(team, stack)
