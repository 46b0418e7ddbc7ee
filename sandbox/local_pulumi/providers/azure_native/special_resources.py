"""The ARM resources with habits of their own: the policy of a service, and the release of an API."""

from typing import Any

from lxml import etree

from local_pulumi.providers.azure_native.resource import ArmResource
from local_pulumi.providers.provider import Properties

BORN_WITH = "<policies><inbound/><backend><forward-request/></backend><outbound/></policies>"
"""The global policy of a new service, without its comments; an empty `on-error` may be there as well."""


class GlobalPolicy(ArmResource):
    """The policy of a whole service, which exists from the service's birth."""

    def may_exist(self, document: dict[str, Any]) -> bool:
        """The policy that every service is born with may be taken over; one that somebody wrote may not."""
        value = (document.get("properties") or {}).get("value", "")
        try:
            bare = etree.canonicalize(value, strip_text=True, with_comments=False)
        except etree.XMLSyntaxError:
            return not document
        return bool(bare.replace("<on-error></on-error>", "") == etree.canonicalize(BORN_WITH))


class ApiRelease(ArmResource):
    """The release of an API revision; its document names the API that its path names."""

    def body(self, inputs: Properties) -> dict[str, Any]:
        """The document, with the API's id."""
        body = super().body(inputs)
        body.setdefault("properties", {})["apiId"] = f"/apis/{inputs['apiId']}"
        return body

    def outputs(self, document: dict[str, Any]) -> Properties:
        """The outputs, with the API as the inputs name it."""
        outputs = super().outputs(document)
        return outputs | ({"apiId": outputs["apiId"].rpartition("/apis/")[2]} if "apiId" in outputs else {})
