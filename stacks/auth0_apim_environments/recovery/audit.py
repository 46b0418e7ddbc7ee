"""The audit: which resources in both services carry the marks of ephemeral environments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

import httpx

from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.http import ServiceError
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.recovery.orphans import AuditedService, ManagerOrphans, OrphanedResource, TenantOrphans


class AuditError(StackError):
    """A service could not be read, or did not delete a resource."""


class Audit:
    """Finds and deletes resources in several services. `open_audit` opens one of both services.

    Args:
        services: in the order in which their resources are deleted.
    """

    def __init__(self, services: Iterable[AuditedService]) -> None:
        self._services = tuple(services)

    def marked_resources(self, environment: str | None = None) -> list[OrphanedResource]:
        """The resources with the marks of `environment`, or of every ephemeral environment, sorted.

        Raises:
            AuditError: a service could not be read, so that its resources are unknown.
        """
        found: list[OrphanedResource] = []
        for service in self._services:
            with _audit_errors("the resources of environments cannot be listed"):
                found += service.marked_resources()
        return sorted(resource for resource in found if environment in {None, resource.environment})

    def child_resources(self, environment: str) -> list[OrphanedResource]:
        """The resources without marks below those of `environment`.

        Raises:
            AuditError: as for `marked_resources`.
        """
        found: list[OrphanedResource] = []
        for service in self._services:
            with _audit_errors("the children of an environment's resources cannot be listed"):
                found += service.child_resources(environment)
        return found

    def blocking_resources(self, environment: str, ids: Iterable[str]) -> list[OrphanedResource]:
        """The resources that block the deletion of the environment's resources with these ids.

        Raises:
            AuditError: as for `marked_resources`.
        """
        found: list[OrphanedResource] = []
        for service in self._services:
            with _audit_errors("the subscriptions to a product cannot be listed"):
                found += service.blocking_resources(environment, ids)
        return found

    def purge(self, resources: Iterable[OrphanedResource]) -> None:
        """Delete these resources, each before the resources that it depends on.

        Raises:
            AuditError: one could not be deleted.
        """
        remaining = list(resources)
        for service in self._services:
            for kind in service.kinds:
                for resource in (each for each in remaining if each.kind == kind):
                    with _audit_errors(f"{resource} cannot be deleted"):
                        service.delete(resource)


@contextmanager
def open_audit(
    variables: Mapping[str, str], service_name: Callable[[str], str | None] = lambda _: None
) -> Iterator[Audit]:
    """An audit of both services.

    Args:
        variables: the environment variables of both providers (AUTH0_*, ARM_*, SSL_CERT_FILE).
        service_name: as `ManagerOrphans` takes it.

    Raises:
        CredentialsError: credentials are missing or refused.
        ServiceUnavailableError: a service cannot be reached.
    """
    with closing(open_tenant(variables)) as tenant, closing(open_manager(variables)) as manager:
        yield audit_of(Tenant(tenant), Manager(manager), service_name)


def audit_of(tenant: Tenant, manager: Manager, service_name: Callable[[str], str | None] = lambda _: None) -> Audit:
    """An audit of these two services: Azure first, because its APIs trust what is in the tenant."""
    return Audit((ManagerOrphans(manager, service_name), TenantOrphans(tenant)))


@contextmanager
def _audit_errors(problem: str) -> Iterator[None]:
    try:
        yield
    except (ServiceError, httpx.TransportError) as error:
        raise AuditError(f"{problem}: {error}") from None
    except (ValueError, KeyError) as error:
        raise AuditError(f"{problem}: the service's response is not the documented one ({error})") from None
