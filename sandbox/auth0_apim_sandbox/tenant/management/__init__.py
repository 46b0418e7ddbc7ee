"""Auth0's Management API v2, one module a resource."""

from auth0_apim_sandbox.tenant.management.application import ManagementApi
from auth0_apim_sandbox.tenant.management.rate_limit import RateLimit

__all__ = ["ManagementApi", "RateLimit"]
