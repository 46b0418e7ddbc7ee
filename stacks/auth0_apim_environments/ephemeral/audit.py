"""Opening both services for an audit."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from auth0_apim_environments.credentials import open_manager, open_tenant
from auth0_apim_environments.ephemeral.manager_remains import ManagerRemains
from auth0_apim_environments.ephemeral.remains import Audit
from auth0_apim_environments.ephemeral.tenant_remains import TenantRemains


@contextmanager
def open_audit(variables: Mapping[str, str]) -> Iterator[Audit]:
    """An audit with the credentials in `variables`, which are the providers' own (AUTH0_*, ARM_*, SSL_CERT_FILE).

    Raises:
        CredentialsError: some are missing or refused.
    """
    with closing(open_tenant(variables)) as tenant, closing(open_manager(variables)) as manager:
        # Azure's side first: its APIs trust what is in the tenant.
        yield Audit((ManagerRemains(manager), TenantRemains(tenant)))
