"""Soft-deleted services of a sandbox's subscription; that a purge frees a name is proven live."""

import pytest
from auth0_apim_environments.clients.credentials import CredentialsError
from auth0_apim_environments.clients.soft_deleted import open_soft_deleted


def test_without_a_subscription_nothing_is_asked():
    with pytest.raises(CredentialsError, match="ARM_SUBSCRIPTION_ID must be set"), open_soft_deleted({}):
        pass


def test_a_deleted_service_is_listed_until_it_is_purged(sandbox):
    service = "resourceGroups/local/providers/Microsoft.ApiManagement/service/soon-deleted"
    body = {
        "location": "westeurope",
        "sku": {"name": "Developer", "capacity": 1},
        "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
    }
    version = {"api-version": "2024-05-01"}
    with open_soft_deleted(sandbox.credentials) as services:
        services._client.put(service, params=version, json=body).raise_for_status()
        services._client.delete(service, params=version).raise_for_status()
        [service_id] = [each for each in services.ids() if each.endswith("/soon-deleted")]
        services.purge(service_id)
        assert service_id not in services.ids()
