"""The ARM resource with habits of its own: the policy of a service."""

from typing import Any

from lxml import etree

from auth0_apim_sandbox.providers.azure_native.resource import ArmResource

BORN_WITH = "<policies><inbound/><backend><forward-request/></backend><outbound/></policies>"
"""The global policy of a new service, without its comments; an empty `on-error` may be there as well."""


class GlobalPolicy(ArmResource):
    """The policy of a whole service, which exists from the service's birth."""

    described_as = "subresource"

    def may_exist(self, document: dict[str, Any]) -> bool:
        """The policy that every service is born with may be taken over; one that somebody wrote may not."""
        value = (document.get("properties") or {}).get("value", "")
        try:
            bare = etree.canonicalize(value, strip_text=True, with_comments=False)
        except etree.XMLSyntaxError:
            return not document
        return bool(bare.replace("<on-error></on-error>", "") == etree.canonicalize(BORN_WITH))
