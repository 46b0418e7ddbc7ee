"""Who signs in where; that a purge frees a name is proven live, and that Azure itself answers so cannot be shown here."""

import pytest
from auth0_apim_environments import soft_deleted
from auth0_apim_environments.soft_deleted import AzureLoginError, open_soft_deleted
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AzureCliCredential, ClientSecretCredential

PRINCIPAL = {
    "ARM_TENANT_ID": "6dbf2b8c-0000-4000-8000-000000000001",
    "ARM_CLIENT_ID": "client",
    "ARM_CLIENT_SECRET": "hush",
}


class Refused:
    def get_token(self, scope):
        raise ClientAuthenticationError("AADSTS7000215: Invalid client secret provided.")


class Granted:
    def get_token(self, scope):
        assert scope == "https://management.azure.com/.default"
        return AccessToken("a-token", 0)


def test_without_a_subscription_nothing_is_asked():
    with pytest.raises(AzureLoginError, match="set ARM_SUBSCRIPTION_ID"), open_soft_deleted(PRINCIPAL):
        pass


def test_a_service_principal_signs_in_where_there_is_one_else_the_person_of_az_login():
    assert isinstance(soft_deleted._azure_credential(PRINCIPAL), ClientSecretCredential)
    assert isinstance(soft_deleted._azure_credential({"ARM_CLIENT_ID": "client"}), AzureCliCredential)


def test_a_refusal_of_azure_is_told_without_the_secret(monkeypatch):
    monkeypatch.setattr(soft_deleted, "_azure_credential", lambda _: Refused())
    with (
        pytest.raises(AzureLoginError) as refusal,
        open_soft_deleted({**PRINCIPAL, "ARM_SUBSCRIPTION_ID": "subscription"}),
    ):
        pass
    assert str(refusal.value) == ("Azure does not let this machine in: AADSTS7000215: Invalid client secret provided.")


def test_azure_is_asked_about_the_subscription_with_the_principals_token(monkeypatch):
    monkeypatch.setattr(soft_deleted, "_azure_credential", lambda _: Granted())
    with open_soft_deleted({"ARM_SUBSCRIPTION_ID": "subscription"}) as services:
        assert str(services._client.base_url) == "https://management.azure.com"
        assert services._client.headers["Authorization"] == "Bearer a-token"
        assert services._list == "/subscriptions/subscription/providers/Microsoft.ApiManagement/deletedservices"
