"""The policies the gateway runs: where each may stand and how it looks.

A policy that is not in `POLICIES` is refused by name when a document is saved; those in `UNSUPPORTED` as ones that API Management has.
"""

from auth0_apim_sandbox.apim.policies.access_policies import POLICIES as ACCESS_POLICIES
from auth0_apim_sandbox.apim.policies.caching_policies import POLICIES as CACHING_POLICIES
from auth0_apim_sandbox.apim.policies.flow_policies import POLICIES as FLOW_POLICIES
from auth0_apim_sandbox.apim.policies.limit_policies import POLICIES as LIMIT_POLICIES
from auth0_apim_sandbox.apim.policies.message_policies import POLICIES as MESSAGE_POLICIES
from auth0_apim_sandbox.apim.policies.outgoing_policies import POLICIES as OUTGOING_POLICIES
from auth0_apim_sandbox.apim.policies.policy import Policy

POLICIES: dict[str, Policy] = {
    **ACCESS_POLICIES,
    **CACHING_POLICIES,
    **FLOW_POLICIES,
    **LIMIT_POLICIES,
    **MESSAGE_POLICIES,
    **OUTGOING_POLICIES,
}
"""By name."""

UNSUPPORTED = frozenset(
    {
        "authentication-certificate",
        "azure-openai-semantic-cache-lookup",
        "azure-openai-semantic-cache-store",
        "cache-value",
        "cosmosdb-data-source",
        "cross-domain",
        "get-authorization-context",
        "http-data-source",
        "invoke-dapr-binding",
        "invoke-request",
        "json-to-xml",
        "llm-content-safety",
        "llm-semantic-cache-lookup",
        "llm-semantic-cache-store",
        "log-to-eventhub",
        "proxy",
        "publish-event",
        "publish-to-dapr",
        "send-service-bus-message",
        "sql-data-source",
        "validate-client-certificate",
        "validate-content",
        "validate-graphql-request",
        "validate-headers",
        "validate-odata-request",
        "validate-parameters",
        "validate-status-code",
        "xml-to-json",
        "xsl-transform",
    }
)
"""Policies of the vendor's reference that this gateway does not run."""
