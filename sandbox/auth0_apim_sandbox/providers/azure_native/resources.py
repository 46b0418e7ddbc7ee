"""The tables of the azure-native provider: resource types with their ARM paths, and functions."""

from typing import Any

from lxml import etree

from auth0_apim_sandbox.providers.azure_native.resource import ArmResource, Description

DEFAULT_POLICY = "<policies><inbound/><backend><forward-request/></backend><outbound/></policies>"
"""The global policy of a new service, without its comments; an empty `on-error` may be there as well."""


class GlobalPolicy(ArmResource):
    """The policy of a whole service, which exists from the service's birth."""

    described_as = "subresource"

    def may_be_taken_over(self, document: dict[str, Any]) -> bool:
        """The policy that every service is born with may be taken over; one that somebody wrote may not."""
        value = (document.get("properties") or {}).get("value", "")
        try:
            bare = etree.canonicalize(value, strip_text=True, with_comments=False)
        except etree.XMLSyntaxError:
            return not document
        return bool(bare.replace("<on-error></on-error>", "") == etree.canonicalize(DEFAULT_POLICY))


GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
SERVICE = GROUP + "/providers/Microsoft.ApiManagement/service/{serviceName}"
API = SERVICE + "/apis/{apiId}"
PRODUCT = SERVICE + "/products/{productId}"

RESOURCES: dict[str, tuple[type[ArmResource], Description]] = {
    "azure-native:apimanagement:Api": (ArmResource, Description(API, long_running=True)),
    "azure-native:apimanagement:ApiDiagnostic": (ArmResource, Description(API + "/diagnostics/{diagnosticId}")),
    "azure-native:apimanagement:ApiManagementService": (
        ArmResource,
        Description(SERVICE, long_running=True, replaces=frozenset({"location"})),
    ),
    "azure-native:apimanagement:ApiOperation": (ArmResource, Description(API + "/operations/{operationId}")),
    "azure-native:apimanagement:ApiOperationPolicy": (
        ArmResource,
        Description(API + "/operations/{operationId}/policies/{policyId}"),
    ),
    "azure-native:apimanagement:ApiPolicy": (ArmResource, Description(API + "/policies/{policyId}")),
    "azure-native:apimanagement:ApiRelease": (
        ArmResource,
        Description(API + "/releases/{releaseId}", in_body=frozenset({"apiId"})),
    ),
    "azure-native:apimanagement:ApiVersionSet": (ArmResource, Description(SERVICE + "/apiVersionSets/{versionSetId}")),
    "azure-native:apimanagement:AuthorizationServer": (
        ArmResource,
        Description(
            SERVICE + "/authorizationServers/{authsid}",
            never_read=frozenset({"clientSecret", "resourceOwnerUsername", "resourceOwnerPassword"}),
        ),
    ),
    "azure-native:apimanagement:Backend": (ArmResource, Description(SERVICE + "/backends/{backendId}")),
    "azure-native:apimanagement:Diagnostic": (ArmResource, Description(SERVICE + "/diagnostics/{diagnosticId}")),
    "azure-native:apimanagement:Logger": (ArmResource, Description(SERVICE + "/loggers/{loggerId}")),
    "azure-native:apimanagement:NamedValue": (
        ArmResource,
        Description(SERVICE + "/namedValues/{namedValueId}", long_running=True),
    ),
    "azure-native:apimanagement:OpenIdConnectProvider": (
        ArmResource,
        Description(SERVICE + "/openidConnectProviders/{opid}", never_read=frozenset({"clientSecret"})),
    ),
    "azure-native:apimanagement:Policy": (GlobalPolicy, Description(SERVICE + "/policies/{policyId}")),
    "azure-native:apimanagement:PolicyFragment": (
        ArmResource,
        Description(SERVICE + "/policyFragments/{id}", long_running=True),
    ),
    "azure-native:apimanagement:Product": (ArmResource, Description(PRODUCT)),
    "azure-native:apimanagement:ProductApi": (ArmResource, Description(PRODUCT + "/apis/{apiId}", head_only=True)),
    "azure-native:apimanagement:ProductGroup": (
        ArmResource,
        Description(PRODUCT + "/groups/{groupId}", head_only=True),
    ),
    "azure-native:apimanagement:ProductPolicy": (ArmResource, Description(PRODUCT + "/policies/{policyId}")),
    "azure-native:apimanagement:Subscription": (
        ArmResource,
        Description(
            SERVICE + "/subscriptions/{sid}",
            query=frozenset({"notify", "appType"}),
            never_read=frozenset({"primaryKey", "secondaryKey"}),
        ),
    ),
    "azure-native:apimanagement:Tag": (ArmResource, Description(SERVICE + "/tags/{tagId}")),
    "azure-native:resources:ResourceGroup": (
        ArmResource,
        Description(
            "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}",
            api_version="2024-03-01",
            nests=False,
            replaces=frozenset({"location", "managedBy"}),
        ),
    ),
}

LISTS: dict[str, tuple[str, str]] = {
    "azure-native:apimanagement:listAuthorizationServerSecrets": ("AuthorizationServer", "listSecrets"),
    "azure-native:apimanagement:listNamedValue": ("NamedValue", "listValue"),
    "azure-native:apimanagement:listOpenIdConnectProviderSecrets": ("OpenIdConnectProvider", "listSecrets"),
    "azure-native:apimanagement:listSubscriptionSecrets": ("Subscription", "listSecrets"),
}
"""Functions that POST to an action of a resource and answer its secrets."""
