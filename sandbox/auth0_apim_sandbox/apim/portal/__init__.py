"""Developer portals of API Management services: the data they show, the sign-in of their consoles, pages of their own."""

from auth0_apim_sandbox.apim.portal.application import create_portals
from auth0_apim_sandbox.apim.portal.catalogue import portal_urls

__all__ = ["create_portals", "portal_urls"]
