"""An Auth0 tenant on this machine: Management API v2 and the Authentication API over one store."""

from local_auth0.bootstrap import ManagementClient, management_client
from local_auth0.management.rate_limit import RateLimit
from local_auth0.model import Tenant
from local_auth0.tenant import create_tenant

__all__ = ["ManagementClient", "RateLimit", "Tenant", "create_tenant", "management_client"]
