"""A signing key in a Key Vault: the gateway takes tokens by it, follows its rotation, and nothing shows it.

The tests build on each other, top to bottom.
"""

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient

pytestmark = pytest.mark.live
OLD, NEW = "an old key of 32 bytes or even more", "a new key of 32 bytes or even more"
GROUP, SERVICE = "local", "vaulted"


def encoded(key):
    return base64.b64encode(key.encode()).decode()


def token(key):
    return jwt.encode({"aud": "vaulted", "exp": int(time.time()) + 300}, key, algorithm="HS256")


@pytest.fixture(scope="module")
def credential(sandbox) -> Iterator[ClientSecretCredential]:
    secret = sandbox.credentials
    with ClientSecretCredential(
        secret["ARM_TENANT_ID"],
        secret["ARM_CLIENT_ID"],
        secret["ARM_CLIENT_SECRET"],
        authority=sandbox.manager_url,
        disable_instance_discovery=True,
        connection_verify=str(sandbox.ca_file),
    ) as made:
        yield made


@pytest.fixture(scope="module")
def vault(sandbox, credential) -> Iterator[SecretClient]:
    """The vault through Azure's own SDK."""
    options = {"verify_challenge_resource": False, "connection_verify": str(sandbox.ca_file)}
    with SecretClient(sandbox.vault_url, credential, **options) as client:
        yield client


@pytest.fixture(scope="module")
def reader(sandbox, credential, http):
    """A user-assigned identity, as the resource manager answers it."""
    group = f"/subscriptions/{sandbox.credentials['ARM_SUBSCRIPTION_ID']}/resourceGroups/{GROUP}"
    path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader?api-version=2023-01-31"
    token = credential.get_token(f"{sandbox.manager_url}/.default").token
    headers = {"Authorization": f"Bearer {token}"}
    answer = http.put(sandbox.manager_url + path, json={"location": "westeurope"}, headers=headers)
    return answer.raise_for_status().json()


@pytest.fixture(scope="module")
def project(project_of, sandbox, vault, reader):
    """The program beside this file, not deployed yet."""
    made = project_of(Path(__file__).parent / "program")
    first = vault.set_secret("signing-key", encoded(OLD))
    settings = {
        "signingKey": f"{sandbox.vault_url}/secrets/signing-key",
        "pinnedKey": first.id,
        "identity": "false",
        "readerId": reader["id"],
        "readerClient": reader["properties"]["clientId"],
    }
    for name, value in settings.items():
        made.pulumi("config", "set", "--stack", "local", name, value)
    return made


@pytest.fixture(scope="module")
def ask(project, http):
    """The status of a call with a token signed by a key."""

    def send(key: str, url: str = "url") -> int:
        headers = {"Authorization": f"Bearer {token(key)}"}
        return http.get(project.outputs()[url] + "/read", headers=headers).status_code

    return send


def test_without_an_identity_the_service_cannot_read_the_vault(project):
    said = project.up(status=1)
    assert "System-assigned Managed Identity is not enabled for the service 'vaulted'." in said


def test_with_one_the_gateway_takes_tokens_by_the_key_in_the_vault(project, ask, manager):
    project.pulumi("config", "set", "--stack", "local", "identity", "true")
    project.up()
    identity = manager.api_management_service.get(GROUP, SERVICE).identity
    assert project.outputs()["principal"] == identity.principal_id
    (assigned,) = identity.user_assigned_identities.values()
    pinned = manager.named_value.get(GROUP, SERVICE, "pinned-key").key_vault
    assert pinned.identity_client_id == assigned.client_id
    assert (ask(OLD), ask(NEW)) == (200, 401)
    assert (ask(OLD, "pinnedUrl"), ask(NEW, "pinnedUrl")) == (200, 401)


def test_a_rotated_key_counts_from_the_refresh_on_and_a_pinned_one_stays(vault, ask, manager):
    vault.set_secret("signing-key", encoded(NEW))
    assert (ask(OLD), ask(NEW)) == (200, 401)
    for name in ("signing-key", "pinned-key"):
        refreshed = manager.named_value.begin_refresh_secret(GROUP, SERVICE, name).result()
        assert (refreshed.key_vault.last_status.code, refreshed.value) == ("Success", None)
    assert (ask(OLD), ask(NEW)) == (401, 200)
    assert (ask(OLD, "pinnedUrl"), ask(NEW, "pinnedUrl")) == (200, 401)


def test_neither_the_service_nor_the_state_shows_the_key(project, manager):
    state = project.pulumi("stack", "export", "--stack", "local", "--show-secrets")
    shown = [str(value.as_dict()) for value in manager.named_value.list_by_service(GROUP, SERVICE)]
    policy = manager.api_policy.get(GROUP, SERVICE, "followed", "policy", format="rawxml").value
    for key in (OLD, NEW):
        assert encoded(key) not in "".join([state, policy, *shown])
    assert "{{signing-key}}" in policy


def test_a_rotation_is_no_change_to_the_program(project):
    project.up("--expect-no-changes", "--refresh")


def test_a_key_that_is_gone_from_the_vault_goes_on_and_its_status_says_so(vault, ask, manager):
    vault.begin_delete_secret("signing-key").wait()
    with pytest.raises(Exception, match="was not found in this key vault"):
        manager.named_value.begin_refresh_secret(GROUP, SERVICE, "signing-key").result()
    status = manager.named_value.get(GROUP, SERVICE, "signing-key").key_vault.last_status
    assert status.code == "SecretNotFound"
    assert ask(NEW) == 200
