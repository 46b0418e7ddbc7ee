"""An Auth0 tenant on this machine: Management API v2 and the Authentication API over one store."""

from local_auth0.model import Tenant

__all__ = ["Tenant"]
