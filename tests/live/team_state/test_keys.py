"""A team's secrets under a KMS key: what happens with another key."""

import re

import pytest

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def cloud(amazon):
    """Only there is an emulator of keys."""
    return amazon


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("secretsprovider: awskms://alias/team?region=eu-west-1", "AccessDeniedException"),  # no such key there
        ("encryptedkey: that of another stack", "message authentication failed"),
    ],
)
def test_an_update_with_another_key_is_refused_and_changes_nothing(
    team, dev, new_stack, cloud, canary, tmp_path, line, told
):
    other = team.copy(tmp_path / "other")
    if line.startswith("encryptedkey"):
        another = (team.folder / f"Pulumi.{new_stack('another')}.yaml").read_text()
        [line] = re.findall("^encryptedkey.*$", another, re.MULTILINE)
    settings = other.folder / f"Pulumi.{dev}.yaml"
    settings.write_text(re.sub(f"^{line.split(':')[0]}.*$", line, settings.read_text(), flags=re.MULTILINE))
    before = cloud.objects()
    for arguments in (("up", "--yes", "--skip-preview"), ("config", "get", "canary")):
        refused = other.pulumi(*arguments, "--stack", dev, status=1)
        assert told in refused
        assert canary not in refused
    assert cloud.objects() == before
