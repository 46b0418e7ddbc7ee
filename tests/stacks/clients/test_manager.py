"""Soft-deleted services of a sandbox's subscription; that a purge frees a name is proven live."""

import pytest
from auth0_apim_environments.clients.credentials import CredentialsError
from auth0_apim_environments.clients.manager import manager_of


def test_without_a_subscription_no_request_is_sent():
    with pytest.raises(CredentialsError, match="ARM_SUBSCRIPTION_ID must be set"), manager_of({}):
        pass


def test_a_deleted_service_is_listed_until_it_is_purged(sandbox):
    service = "resourceGroups/local/providers/Microsoft.ApiManagement/service/soon-deleted"
    body = {
        "location": "westeurope",
        "sku": {"name": "Developer", "capacity": 1},
        "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
    }
    version = {"api-version": "2024-05-01"}
    with manager_of(sandbox.credentials) as manager:
        manager._client.put(service, params=version, json=body).raise_for_status()
        manager._client.delete(service, params=version).raise_for_status()
        assert [each["name"] for each in manager.deleted_services()].count("soon-deleted") == 1
        assert manager.purge("Soon-Deleted") is True
        assert "soon-deleted" not in [each["name"] for each in manager.deleted_services()]
        assert manager.purge("soon-deleted") is False
