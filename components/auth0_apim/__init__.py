"""Pulumi components that make Auth0 the authorization server of APIs published through Azure API Management."""

from auth0_apim.auth0_api import Auth0Api, Auth0ApiArgs, SigningAlgorithm
from auth0_apim.inputs import InputError

__all__ = ["Auth0Api", "Auth0ApiArgs", "InputError", "SigningAlgorithm"]
