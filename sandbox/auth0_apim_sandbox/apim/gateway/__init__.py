"""The gateway of an API Management service: routing, token checks, and the policies that were deployed."""

from auth0_apim_sandbox.apim.gateway.application import create_gateway

__all__ = ["create_gateway"]
