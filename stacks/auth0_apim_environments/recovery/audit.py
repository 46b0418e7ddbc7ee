"""Opening both services for an audit."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.recovery.manager_remains import ManagerRemains
from auth0_apim_environments.recovery.remains import Audit
from auth0_apim_environments.recovery.tenant_remains import TenantRemains


@contextmanager
def open_audit(
    variables: Mapping[str, str], service_name: Callable[[str], str | None] = lambda _: None
) -> Iterator[Audit]:
    """An audit of both services.

    Args:
        variables: the providers' own, with credentials for both (AUTH0_*, ARM_*, SSL_CERT_FILE).
        service_name: gives the name of the API Management service that an environment has, or had, to itself.

    Raises:
        CredentialsError: some are missing or refused.
    """
    with closing(open_tenant(variables)) as tenant, closing(open_manager(variables)) as manager:
        # Azure's side first: its APIs trust what is in the tenant.
        yield Audit((ManagerRemains(manager, service_name), TenantRemains(tenant)))
