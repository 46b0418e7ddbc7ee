"""`/metadata/endpoints`: how clients find the parts of a cloud that is not Azure's public one."""

from typing import Any

_SUFFIXES = {
    "acrLoginServer": "azurecr.io",
    "keyVaultDns": "vault.azure.net",
    "storage": "core.windows.net",
    "sqlServerHostname": "database.windows.net",
    "mysqlServer": "mysql.database.azure.com",
    "postgresqlServer": "postgres.database.azure.com",
    "azureFrontDoorEndpointSuffix": "azurefd.net",
    "storageSyncEndpointSuffix": "afs.azure.net",
    "mhsmDns": "managedhsm.azure.net",
    "synapseAnalytics": "dev.azuresynapse.net",
}

_SERVICES = (
    "activeDirectoryDataLake",
    "appInsightsResourceId",
    "attestationResourceId",
    "batch",
    "gallery",
    "graph",
    "graphAudience",
    "logAnalyticsResourceId",
    "media",
    "microsoftGraphResourceId",
    "ossrDbmsResourceId",
    "sqlManagement",
    "synapseAnalyticsResourceId",
)
"""Services that Azure has under addresses of their own and the local cloud does not have at all."""

AUDIENCES = ("https://management.core.windows.net/", "https://management.azure.com/")
"""Audiences of Azure's own resource manager, which clients ask for unless they are told another."""


def cloud(endpoint: str, tenant_id: str) -> dict[str, Any]:
    """The description of the local cloud, in the shape of api-version 2019-05-01 and later."""
    return {
        # azurerm takes any other name for an Azure Stack and refuses to start.
        "name": "AzureCloud",
        "portal": endpoint,
        "authentication": {
            "loginEndpoint": endpoint,
            "audiences": [endpoint, *AUDIENCES],
            "tenant": tenant_id,
            "identityProvider": "AAD",
        },
        "resourceManager": endpoint,
        **dict.fromkeys(_SERVICES, endpoint),
        "suffixes": _SUFFIXES,
    }


def endpoints(endpoint: str, tenant_id: str, api_version: str) -> Any:
    """The document for `api_version`: a list of clouds since 2019-05-01, one object in the older shape before."""
    if api_version >= "2022-09-01":
        return cloud(endpoint, tenant_id)
    if api_version >= "2019-05-01":
        return [cloud(endpoint, tenant_id)]
    return {
        "galleryEndpoint": endpoint,
        "graphEndpoint": endpoint,
        "portalEndpoint": endpoint,
        "authentication": {"loginEndpoint": endpoint, "audiences": [endpoint, *AUDIENCES]},
    }
