"""What seals the secrets of a stack, and that a settings file written anew says it again."""

import pytest
import yaml
from auth0_apim_environments.settings.stack_file import keep_secrets_provider, secrets_provider

KEY = "awskms://alias/team?region=us-east-1"
CLOUD = {"type": "cloud", "state": {"url": KEY, "encryptedkey": "QUJD"}}
PASSPHRASE = {"type": "passphrase", "state": {"salt": "v1:abc:def"}}


def test_the_provider_of_the_file_is_preferred_to_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTH0_APIM_SECRETS_PROVIDER", KEY)
    file = tmp_path / "Pulumi.dev.yaml"
    assert secrets_provider(file) == KEY
    file.write_text("config: {}\n")
    assert secrets_provider(file) == KEY
    file.write_text("secretsprovider: awskms://alias/own\n")
    assert secrets_provider(file) == "awskms://alias/own"


def test_without_both_it_is_the_backends_default(tmp_path, monkeypatch):
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
def test_a_new_file_gets_the_secrets_provider_of_the_state(tmp_path, provider, seal):
    file = tmp_path / "Pulumi.pr-7.yaml"
    file.write_text("# a comment that stays\nconfig:\n  a:b: c\n")
    keep_secrets_provider(file, {"version": 3, "deployment": {"secrets_providers": provider}})
    assert yaml.safe_load(file.read_text()) == {"config": {"a:b": "c"}, **seal}
    assert file.read_text().startswith("# a comment that stays\n")


def test_an_existing_secrets_provider_is_not_changed(tmp_path):
    file = tmp_path / "Pulumi.pr-7.yaml"
    file.write_text("secretsprovider: awskms://alias/moved\nencryptedkey: WFla\n")
    keep_secrets_provider(file, {"deployment": {"secrets_providers": CLOUD}})
    assert file.read_text() == "secretsprovider: awskms://alias/moved\nencryptedkey: WFla\n"
