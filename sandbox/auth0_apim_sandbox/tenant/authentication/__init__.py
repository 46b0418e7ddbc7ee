"""The tenant's Authentication API: discovery, tokens, login pages, user information."""

from auth0_apim_sandbox.tenant.authentication.application import routes

__all__ = ["routes"]
