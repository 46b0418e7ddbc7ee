"""What an API must agree on with the rest of its service."""

import re
from typing import Any

from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, refused
from auth0_apim_sandbox.apim.arm.inventory import short_id
from auth0_apim_sandbox.apim.arm.resource_kind import Call
from auth0_apim_sandbox.apim.resources.apis.contract import ApiContract
from auth0_apim_sandbox.apim.resources.apis.revisions import split_name

_PATH = re.compile(r"|[\w.-]|[\w.][\w/.:~-]*[\w.~-]")


_LOCKED = {
    "displayName": "Name",
    "description": "Description",
    "subscriptionRequired": "SubscriptionRequired",
    "apiVersion": "ApiVersion",
    "apiVersionDescription": "ApiVersionDescription",
    "path": "Path",
    "protocols": "Protocols",
}
"""What a revision has as the current one has it, and what refusals call it; the type is always the same here.

https://learn.microsoft.com/azure/api-management/api-management-revisions
"""

SHARED = (*_LOCKED, "apiVersionSetId")
"""Properties that all revisions of an API have in common."""


def check_locked(current: dict[str, Any], properties: dict[str, Any]) -> None:
    """Check that a revision differs from the current one only in what may differ.

    Raises:
        ProviderError: 400, the first property that differs.
    """
    for name, shown in _LOCKED.items():
        if (properties[name] or None) != (current[name] or None):
            raise refused(f"Can't change property {shown} for non-current revision ")


def check_api(call: Call, properties: dict[str, Any]) -> None:
    """Check an API against the rest of its service.

    Raises:
        ValidationFailed: a field is missing, wrong, or names something that is not there.
    """
    if not properties["displayName"]:
        raise ValidationFailed(("displayName", "'displayName' is required."))
    if not _PATH.fullmatch(properties["path"]):
        message = f"'{properties['path']}' is not a valid API URL suffix, for example: calc or shop/v1."
        raise ValidationFailed(("path", message))
    _check_version(call, properties)
    _check_path(call, properties)


def _check_path(call: Call, properties: dict[str, Any]) -> None:
    base = split_name(call.name)[0].lower()
    for other in call.inventory.children(call.service["id"], "apis"):
        theirs = other["properties"]
        if split_name(other["name"])[0].lower() == base or theirs["path"].lower() != properties["path"].lower():
            continue
        version_set = properties["apiVersionSetId"]
        if version_set is None or version_set.lower() != (theirs["apiVersionSetId"] or "").lower():
            message = (
                f"Cannot create API '{call.name}' with the same Path '{properties['path']}' as API '{other['name']}'  "
                "unless it's a part of the same version set"
            )
            raise ValidationFailed(("path", message))
        version = properties["apiVersion"] or ""
        if version.lower() == (theirs["apiVersion"] or "").lower():
            raise refused(f"API with specified version '{version}' already exists")


def _check_version(call: Call, properties: dict[str, Any]) -> None:
    reference = properties["apiVersionSetId"]
    if reference is None:
        if properties["apiVersion"]:
            raise ValidationFailed(("ApiVersion", "Can't set VersionName when ApiVersionSetId is not set."))
        return
    name = short_id(call.service, reference, "apiVersionSets") or short_id(call.service, reference, "api-version-sets")
    version_set = call.inventory.get(f"{call.service['id']}/apiVersionSets/{name}") if name else None
    if version_set is None:
        raise ValidationFailed(("apiVersionSetId", f"API version set '{reference}' not found."))
    properties["apiVersionSetId"] = version_set["id"]


def check_authentication(call: Call, contract: ApiContract) -> None:
    """Raise ValidationFailed when the authentication settings name what is not there."""
    settings = contract.authentication_settings
    for names, type_name, noun in (
        (settings.servers(), "authorizationServers", "Authorization server"),
        (settings.providers(), "openidConnectProviders", "OpenID Connect provider"),
    ):
        if any(call.inventory.get(f"{call.service['id']}/{type_name}/{name}") is None for name in names):
            raise ValidationFailed(("AuthenticationSettings", f"{noun} was not found."))
