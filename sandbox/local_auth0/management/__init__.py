"""Auth0's Management API v2, one module a resource."""

from local_auth0.management.application import ManagementApi
from local_auth0.management.rate_limit import RateLimit

__all__ = ["ManagementApi", "RateLimit"]
