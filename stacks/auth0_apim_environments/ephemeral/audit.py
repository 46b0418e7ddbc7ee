"""Opening both services for an audit."""

from collections.abc import Mapping
from contextlib import ExitStack

from auth0_apim_environments.ephemeral.credentials import open_manager, open_tenant
from auth0_apim_environments.ephemeral.manager_remains import ManagerRemains
from auth0_apim_environments.ephemeral.remains import Audit
from auth0_apim_environments.ephemeral.tenant_remains import TenantRemains


def open_audit(variables: Mapping[str, str]) -> Audit:
    """An audit with the credentials in `variables`, which are the providers' own (AUTH0_*, ARM_*, SSL_CERT_FILE).

    Raises:
        CredentialsError: some are missing or refused.
    """
    with ExitStack() as connections:
        tenant = open_tenant(variables)
        connections.callback(tenant.close)
        manager = open_manager(variables)
        connections.callback(manager.close)
        # Azure's side first: its APIs trust what is in the tenant.
        return Audit((ManagerRemains(manager), TenantRemains(tenant)), connections.pop_all())
