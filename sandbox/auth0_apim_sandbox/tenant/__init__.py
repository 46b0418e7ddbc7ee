"""An Auth0 tenant on this machine: Management API v2 and the Authentication API over one store."""

from auth0_apim_sandbox.tenant.application import ManagementClient, create_tenant, management_client
from auth0_apim_sandbox.tenant.management.rate_limit import RateLimit
from auth0_apim_sandbox.tenant.model.tenant import Tenant

__all__ = ["ManagementClient", "RateLimit", "Tenant", "create_tenant", "management_client"]
