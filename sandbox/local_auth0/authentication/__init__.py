"""The tenant's Authentication API: discovery, tokens, login pages, user information."""

from local_auth0.authentication.application import routes

__all__ = ["routes"]
