"""A team's state in S3, its secrets under a KMS key: what happens when people, networks and keys are in the way."""

import base64
import json
import re
import time

import pytest

pytestmark = pytest.mark.live

CANARY = "canary-7f3a91c2"
KEY = "awskms://alias/team?region=us-east-1"


@pytest.fixture(scope="module")
def new_stack(team):
    """Makes a stack whose secrets are under the team's key."""

    def make(name):
        team.pulumi("stack", "init", name, "--secrets-provider", KEY)
        team.pulumi("config", "set", "--secret", "--stack", name, "canary", CANARY)
        return name

    return make


@pytest.fixture(scope="module")
def dev(team, new_stack):
    team.up(new_stack("dev"))
    return "dev"


def deployment(team, stack):
    return json.loads(team.pulumi("stack", "export", "--stack", stack))["deployment"]


def objects_of(team, stack):
    return {each["urn"].rpartition("::")[2] for each in deployment(team, stack)["resources"] if each.get("id")}


def test_no_secret_is_readable_in_the_bucket(team, dev, amazon):
    outputs = json.loads(team.pulumi("stack", "output", "--stack", dev, "--json", "--show-secrets"))
    assert outputs["canary"] == CANARY
    objects = amazon.objects()
    assert {"stacks", "history", "backups"} <= {name.split("/")[1] for name in objects}
    forms = (CANARY.encode(), base64.b64encode(CANARY.encode()).rstrip(b"="), CANARY.encode().hex().encode())
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


def test_an_update_outlasts_a_connection_that_comes_back(team, new_stack, amazon):
    held = team.start_and_hold(new_stack("cut-off"))
    amazon.link.cut()
    (team.folder / "hold").unlink()
    time.sleep(2)  # its writes fail meanwhile
    assert held.poll() is None
    amazon.link.mend()
    output = held.communicate(timeout=60)[0]
    assert held.returncode == 0, output
    assert {"shelf", "keeper"} <= objects_of(team, "cut-off")
    assert amazon.locks("cut-off") == []


def test_an_update_killed_while_cut_off_is_gone_on_with_after_its_lock_is_cancelled(team, new_stack, amazon, tenant):
    held = team.start_and_hold(new_stack("killed"))
    amazon.link.cut()
    (team.folder / "hold").unlink()
    held.kill()
    held.communicate()
    amazon.link.mend()
    refused = team.pulumi("up", "--stack", "killed", "--yes", "--skip-preview", status=1)
    assert f"(pid {held.pid})" in refused
    team.pulumi("cancel", "--stack", "killed", "--yes")
    assert "keeper created" in team.up("killed")
    identifiers = [api.identifier for api in tenant.resource_servers.list()]
    assert identifiers.count("https://shelf.example.com/killed") == 1
    names = [client.name for client in tenant.clients.list()]
    assert names.count("Keeper of https://shelf.example.com/killed") == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("secretsprovider: awskms://alias/team?region=eu-west-1", "AccessDeniedException"),  # no such key there
        ("encryptedkey: that of another stack", "message authentication failed"),
    ],
)
def test_an_update_with_another_key_is_refused_and_changes_nothing(team, dev, amazon, tmp_path, line, told):
    other = team.copy(tmp_path / "other")
    if line.startswith("encryptedkey"):
        [line] = re.findall("^encryptedkey.*$", (team.folder / "Pulumi.killed.yaml").read_text(), re.MULTILINE)
    settings = other.folder / "Pulumi.dev.yaml"
    settings.write_text(re.sub(f"^{line.split(':')[0]}.*$", line, settings.read_text(), flags=re.MULTILINE))
    before = amazon.objects()
    for arguments in (("up", "--yes", "--skip-preview"), ("config", "get", "canary")):
        refused = other.pulumi(*arguments, "--stack", dev, status=1)
        assert told in refused
        assert CANARY not in refused
    assert amazon.objects() == before


def test_a_stack_moves_from_the_file_backend_to_s3_without_a_change(team, sandbox, amazon):
    local = {"PULUMI_BACKEND_URL": f"file://{sandbox.folder.backend}"}
    team.pulumi("stack", "init", "moving", **local)
    team.pulumi("config", "set", "--secret", "--stack", "moving", "canary", CANARY, **local)
    team.up("moving", **local)

    team.pulumi("stack", "change-secrets-provider", "--stack", "moving", KEY, **local)
    team.pulumi("stack", "export", "--stack", "moving", "--file", "moving.json", **local)
    assert CANARY not in (team.folder / "moving.json").read_text()
    team.pulumi("stack", "init", "moving", "--secrets-provider", KEY)
    team.pulumi("stack", "import", "--stack", "moving", "--file", "moving.json")

    without_passphrase = {"PULUMI_CONFIG_PASSPHRASE_FILE": "", "PULUMI_CONFIG_PASSPHRASE": ""}
    preview = team.pulumi("preview", "--stack", "moving", "--expect-no-changes", **without_passphrase)
    assert "3 unchanged" in preview
    outputs = json.loads(team.pulumi("stack", "output", "--stack", "moving", "--json", "--show-secrets"))
    assert outputs["canary"] == CANARY
    assert {"shelf", "keeper"} <= objects_of(team, "moving")
