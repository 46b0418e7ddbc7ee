"""Pulumi components that make Auth0 the authorization server of APIs published through Azure API Management."""

from auth0_apim.auth0_api import Auth0Api, Auth0ApiArgs, SigningAlgorithm
from auth0_apim.database_user import DatabaseUser, DatabaseUserArgs
from auth0_apim.inputs import InputError
from auth0_apim.interactive_client import Application, InteractiveClient, InteractiveClientArgs
from auth0_apim.machine_client import MachineClient, MachineClientArgs, TokenEndpointAuthMethod
from auth0_apim.passwords import PasswordPolicy
from auth0_apim.user_database import UserDatabase, UserDatabaseArgs

__all__ = [
    "Application",
    "Auth0Api",
    "Auth0ApiArgs",
    "DatabaseUser",
    "DatabaseUserArgs",
    "InputError",
    "InteractiveClient",
    "InteractiveClientArgs",
    "MachineClient",
    "MachineClientArgs",
    "PasswordPolicy",
    "SigningAlgorithm",
    "TokenEndpointAuthMethod",
    "UserDatabase",
    "UserDatabaseArgs",
]
