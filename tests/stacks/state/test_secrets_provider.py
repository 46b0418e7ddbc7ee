"""What seals the secrets of a stack, and that a settings file written anew says it again."""

import pytest
import yaml
from auth0_apim_environments.state.secrets_provider import keep_seal, secrets_provider

KEY = "awskms://alias/team?region=us-east-1"
CLOUD = {"type": "cloud", "state": {"url": KEY, "encryptedkey": "QUJD"}}
PASSPHRASE = {"type": "passphrase", "state": {"salt": "v1:abc:def"}}


def test_the_files_own_provider_counts_before_the_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_SECRETS_PROVIDER", KEY)
    file = tmp_path / "Pulumi.dev.yaml"
    assert secrets_provider(file) == KEY
    file.write_text("config: {}\n")
    assert secrets_provider(file) == KEY
    file.write_text("secretsprovider: awskms://alias/own\n")
    assert secrets_provider(file) == "awskms://alias/own"


def test_without_either_it_is_the_backends_default(tmp_path, monkeypatch):
    monkeypatch.delenv("AUTH0_APIM_SECRETS_PROVIDER", raising=False)
    assert secrets_provider(tmp_path / "Pulumi.dev.yaml") is None


@pytest.mark.parametrize(
    ("provider", "seal"),
    [
        (CLOUD, {"secretsprovider": KEY, "encryptedkey": "QUJD"}),
        (PASSPHRASE, {"encryptionsalt": "v1:abc:def"}),
        ({"type": "service", "state": {"owner": "contoso"}}, {}),
        (None, {}),
    ],
)
def test_a_file_written_anew_says_what_the_state_is_sealed_by(tmp_path, provider, seal):
    file = tmp_path / "Pulumi.pr-7.yaml"
    file.write_text("# a comment that stays\nconfig:\n  a:b: c\n")
    keep_seal(file, {"version": 3, "deployment": {"secrets_providers": provider}})
    assert yaml.safe_load(file.read_text()) == {"config": {"a:b": "c"}, **seal}
    assert file.read_text().startswith("# a comment that stays\n")


def test_a_seal_that_is_there_is_not_touched(tmp_path):
    file = tmp_path / "Pulumi.pr-7.yaml"
    file.write_text("secretsprovider: awskms://alias/moved\nencryptedkey: WFla\n")
    keep_seal(file, {"deployment": {"secrets_providers": CLOUD}})
    assert file.read_text() == "secretsprovider: awskms://alias/moved\nencryptedkey: WFla\n"
