"""azure-keyvault-secrets and azure-identity, unmodified, against a running sandbox."""

from collections.abc import Iterator

import httpx
import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient


@pytest.fixture(scope="module")
def client(sandbox) -> Iterator[SecretClient]:
    secret = sandbox.credentials
    credential = ClientSecretCredential(
        secret["ARM_TENANT_ID"],
        secret["ARM_CLIENT_ID"],
        secret["ARM_CLIENT_SECRET"],
        authority=sandbox.manager_url,
        disable_instance_discovery=True,
        connection_verify=str(sandbox.ca_file),
    )
    with (
        credential,
        SecretClient(
            sandbox.vault_url, credential, verify_challenge_resource=False, connection_verify=str(sandbox.ca_file)
        ) as made,
    ):
        yield made


def test_a_secret_is_set_and_got_by_its_newest_version_or_an_older_one(client, sandbox):
    first = client.set_secret("calculator", "one", content_type="text/plain", tags={"team": "calculators"})
    second = client.set_secret("calculator", "two")
    assert first.id == f"{sandbox.vault_url}/secrets/calculator/{first.properties.version}"
    assert client.get_secret("Calculator").value == "two"
    older = client.get_secret("calculator", first.properties.version)
    assert (older.value, older.properties.content_type, older.properties.tags) == (
        "one",
        "text/plain",
        {"team": "calculators"},
    )
    versions = [each.version for each in client.list_properties_of_secret_versions("calculator")]
    assert versions == [first.properties.version, second.properties.version]
    assert (second.properties.enabled, second.properties.recovery_level, second.properties.recoverable_days) == (
        True,
        "Recoverable+Purgeable",
        90,
    )


def test_lists_go_over_several_pages_and_hold_no_values(client):
    names = {f"many-{number}" for number in range(30)}
    for name in names:
        client.set_secret(name, "value")
    listed = [each.name for each in client.list_properties_of_secrets(max_page_size=7)]
    assert names <= set(listed)
    assert len(listed) == len(set(listed))


def test_a_disabled_version_is_not_handed_out(client):
    made = client.set_secret("switched-off", "value")
    client.update_secret_properties("switched-off", made.properties.version, enabled=False)
    with pytest.raises(HttpResponseError) as refused:
        client.get_secret("switched-off")
    assert (refused.value.status_code, refused.value.error.code) == (403, "Forbidden")
    assert refused.value.error.innererror["code"] == "SecretDisabled"


def test_a_deleted_secret_keeps_its_name_until_it_is_recovered_or_purged(client):
    client.set_secret("gone", "value")
    deleted = client.begin_delete_secret("gone").result()
    assert (deleted.scheduled_purge_date - deleted.deleted_date).days == 90
    with pytest.raises(ResourceNotFoundError) as missing:
        client.get_secret("gone")
    assert missing.value.error.code == "SecretNotFound"
    with pytest.raises(ResourceExistsError) as taken:
        client.set_secret("gone", "again")
    assert taken.value.error.innererror["code"] == "ObjectIsDeletedButRecoverable"
    assert "gone" in [each.name for each in client.list_deleted_secrets()]
    client.begin_recover_deleted_secret("gone").wait()
    assert client.get_secret("gone").value == "value"
    client.begin_delete_secret("gone").wait()
    client.purge_deleted_secret("gone")
    with pytest.raises(ResourceNotFoundError):
        client.get_deleted_secret("gone")


def test_what_the_vault_cannot_do_it_refuses_by_name(client):
    client.set_secret("kept", "value")
    with pytest.raises(HttpResponseError) as refused:
        client.backup_secret("kept")
    assert (refused.value.status_code, refused.value.error.code) == (501, "NotImplemented")
    assert "POST /secrets/kept/backup" in refused.value.error.message


def test_a_call_without_a_token_learns_where_to_get_one(sandbox):
    answer = httpx.get(f"{sandbox.vault_url}/secrets/calculator?api-version=7.4", verify=sandbox.trust)
    tenant = sandbox.credentials["ARM_TENANT_ID"]
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer authorization="{sandbox.manager_url}/{tenant}", resource="https://vault.azure.net"'
    )
    assert answer.json() == {
        "error": {"code": "Unauthorized", "message": "AKV10000: Request is missing a Bearer or PoP token."}
    }
