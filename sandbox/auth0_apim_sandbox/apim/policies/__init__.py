"""Policy documents: parsed, checked as Azure checks them when they are saved, and written as Azure returns them."""

from auth0_apim_sandbox.apim.policies.document import PolicyDocument, Scope, check_policy, parse_policy, read_stored
from auth0_apim_sandbox.apim.policies.errors import PolicyError
from auth0_apim_sandbox.apim.policies.openid import check_connectivity

__all__ = [
    "PolicyDocument",
    "PolicyError",
    "Scope",
    "check_connectivity",
    "check_policy",
    "parse_policy",
    "read_stored",
]
