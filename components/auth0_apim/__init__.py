"""Pulumi components that make Auth0 the authorization server of APIs published through Azure API Management."""

from auth0_apim.apim.api_backend import ApiBackend, ApiBackendArgs
from auth0_apim.apim.api_diagnostics import ApiDiagnostics, ApiDiagnosticsArgs, Verbosity
from auth0_apim.apim.api_gateway import ApiGateway, ApiGatewayArgs, GatewaySku
from auth0_apim.apim.api_product import ApiProduct, ApiProductArgs
from auth0_apim.apim.api_revision import ApiRevision, ApiRevisionArgs
from auth0_apim.apim.api_subscription import ApiSubscription, ApiSubscriptionArgs
from auth0_apim.apim.jwt_policy import JwtPolicy
from auth0_apim.apim.jwt_policy_inputs import JwtPolicyArgs, ScopeMatch
from auth0_apim.apim.named_secret import NamedSecret, NamedSecretArgs
from auth0_apim.apim.policy_fragment import PolicyFragment, PolicyFragmentArgs
from auth0_apim.apim.portal_login import (
    ClientAuthentication,
    PortalLogin,
    PortalLoginArgs,
    TokenSending,
    redirect_uris,
)
from auth0_apim.apim.published_api import PublishedApi
from auth0_apim.apim.published_api_inputs import CheckedBy, LinkFormat, PublishedApiArgs, VersioningScheme
from auth0_apim.auth0.auth0_api import Auth0Api, Auth0ApiArgs, SigningAlgorithm, UserAccess
from auth0_apim.auth0.database_user import DatabaseUser, DatabaseUserArgs
from auth0_apim.auth0.interactive_client import Application, InteractiveClient, InteractiveClientArgs
from auth0_apim.auth0.machine_client import MachineClient, MachineClientArgs, TokenEndpointAuthMethod
from auth0_apim.auth0.passwords import PasswordPolicy
from auth0_apim.auth0.role import Role, RoleArgs
from auth0_apim.auth0.user_database import UserDatabase, UserDatabaseArgs
from auth0_apim.component.inputs import InputError
from auth0_apim.composite.protected_api import ProtectedApi
from auth0_apim.composite.sections import ProtectedApiArgs
from auth0_apim.policy.limits import CountedBy
from auth0_apim.policy.trusted_issuers import ScopeClaim, TrustedIssuer

__all__ = [
    "ApiBackend",
    "ApiBackendArgs",
    "ApiDiagnostics",
    "ApiDiagnosticsArgs",
    "ApiGateway",
    "ApiGatewayArgs",
    "ApiProduct",
    "ApiProductArgs",
    "ApiRevision",
    "ApiRevisionArgs",
    "ApiSubscription",
    "ApiSubscriptionArgs",
    "Application",
    "Auth0Api",
    "Auth0ApiArgs",
    "CheckedBy",
    "ClientAuthentication",
    "CountedBy",
    "DatabaseUser",
    "DatabaseUserArgs",
    "GatewaySku",
    "InputError",
    "InteractiveClient",
    "InteractiveClientArgs",
    "JwtPolicy",
    "JwtPolicyArgs",
    "LinkFormat",
    "MachineClient",
    "MachineClientArgs",
    "NamedSecret",
    "NamedSecretArgs",
    "PasswordPolicy",
    "PolicyFragment",
    "PolicyFragmentArgs",
    "PortalLogin",
    "PortalLoginArgs",
    "ProtectedApi",
    "ProtectedApiArgs",
    "PublishedApi",
    "PublishedApiArgs",
    "Role",
    "RoleArgs",
    "ScopeClaim",
    "ScopeMatch",
    "SigningAlgorithm",
    "TokenEndpointAuthMethod",
    "TokenSending",
    "TrustedIssuer",
    "UserAccess",
    "UserDatabase",
    "UserDatabaseArgs",
    "Verbosity",
    "VersioningScheme",
    "redirect_uris",
]
