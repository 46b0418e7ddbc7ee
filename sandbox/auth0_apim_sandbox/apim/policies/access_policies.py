"""Policies that let a call pass or not, and those that tell a backend who calls it (Authentication and authorization)."""

from collections.abc import Iterator

from auth0_apim_sandbox.apim.policies.kinds import header_name, integer, ip_address, one_of, required_text
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.policy import (
    BOOLEAN,
    FIXED_BOOLEAN,
    INBOUND,
    NAME,
    REQUIRED_NAME,
    TEXT,
    Policy,
    list_of,
)
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value
from auth0_apim_sandbox.apim.policies.validate_jwt import (
    AZURE_AD_TOKEN_SOURCES,
    REQUIRED_CLAIMS,
    VALIDATE_JWT,
    validate_jwt_problems,
)

AUTHENTICATION_BASIC = Element("authentication-basic", {"username": TEXT, "password": Value(required=True)})
AUTHENTICATION_MANAGED_IDENTITY = Element(
    "authentication-managed-identity",
    {
        "resource": TEXT,
        "client-id": Value(required_text),
        "output-token-variable-name": NAME,
        "ignore-error": FIXED_BOOLEAN,
    },
)

_CORS = Element(
    "cors",
    {"allow-credentials": BOOLEAN, "terminate-unmatched-request": BOOLEAN},
    children=(
        list_of("allowed-origins", "origin"),
        Child(
            Element(
                "allowed-methods",
                {"preflight-result-max-age": Value(integer(0), result="int")},
                children=(Child(Element("method", text=Value(required_text)), 1, UNBOUNDED),),
            )
        ),
        list_of("allowed-headers", "header", 0),
        list_of("expose-headers", "header", 0),
    ),
)
_CHECK_HEADER = Element(
    "check-header",
    {
        "name": Value(header_name, required=True),
        "failed-check-httpcode": Value(integer(200, 599), required=True, result="int"),
        "failed-check-error-message": Value(required=True),
        "ignore-case": Value(one_of("true", "false", "True", "False"), required=True, result="bool"),
    },
    children=(Child(Element("value", text=Value()), 0, UNBOUNDED),),
)
_ADDRESS = Value(ip_address)
_IP_FILTER = Element(
    "ip-filter",
    {"action": Value(one_of("allow", "forbid"), required=True)},
    children=(
        Child(Element("address", text=_ADDRESS), 0, UNBOUNDED),
        Child(Element("address-range", {"from": Value(ip_address, True), "to": Value(ip_address, True)}), 0, UNBOUNDED),
    ),
    ordered=False,
)
_VALIDATE_AZURE_AD_TOKEN = Element(
    "validate-azure-ad-token",
    {
        "tenant-id": REQUIRED_NAME,
        "header-name": Value(header_name),
        "query-parameter-name": Value(required_text),
        "token-value": Value(required_text),
        "failed-validation-httpcode": Value(integer(200, 599), result="int"),
        "failed-validation-error-message": Value(),
        "output-token-variable-name": NAME,
    },
    children=(
        list_of("client-application-ids", "application-id", 0),
        list_of("backend-application-ids", "application-id", 0),
        list_of("audiences", "audience", 0),
        REQUIRED_CLAIMS,
    ),
    ordered=False,
    unsupported=frozenset({"decryption-keys"}),
)


def _ip_filter_problems(node: Node) -> Iterator[str]:
    if not node.children:
        yield "At least one 'address' or 'address-range' must be specified."


def _azure_ad_problems(node: Node) -> Iterator[str]:
    if len(node.attributes.keys() & set(AZURE_AD_TOKEN_SOURCES)) > 1:
        yield "Only one of the attributes 'header-name', 'query-parameter-name', 'token-value' may be specified."


POLICIES = {
    "authentication-basic": Policy(AUTHENTICATION_BASIC, INBOUND),
    "authentication-managed-identity": Policy(AUTHENTICATION_MANAGED_IDENTITY, ("inbound", "outbound")),
    "check-header": Policy(_CHECK_HEADER, INBOUND),
    "cors": Policy(_CORS, INBOUND, once=True),
    "ip-filter": Policy(_IP_FILTER, INBOUND, rules=_ip_filter_problems),
    "validate-azure-ad-token": Policy(_VALIDATE_AZURE_AD_TOKEN, INBOUND, rules=_azure_ad_problems),
    "validate-jwt": Policy(VALIDATE_JWT, INBOUND, rules=validate_jwt_problems),
}
