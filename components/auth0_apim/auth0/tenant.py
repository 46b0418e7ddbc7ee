"""The tenant that a component's auth0 provider manages, asked for once by each deployment and provider."""

from collections.abc import MutableMapping
from typing import Any, Optional
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pulumi
import pulumi_auth0 as auth0
from pulumi.runtime.settings import get_monitor

_Issuers = MutableMapping[Optional[pulumi.ProviderResource], pulumi.Output[str]]

# By the engine's end of a deployment, which no other one has: a Management API answers few questions a second, and a
# program of many APIs would ask as many times.
_ISSUERS: MutableMapping[Any, _Issuers] = WeakKeyDictionary()


def tenant_issuer(component: pulumi.ComponentResource) -> pulumi.Output[str]:
    """The issuer of the tenant's tokens: its absolute URL, with a trailing slash."""
    of_the_deployment = _ISSUERS.setdefault(get_monitor(), {})
    provider = component.get_provider("auth0:index/getTenant:getTenant")
    if provider not in of_the_deployment:
        tenant = auth0.get_tenant_output(opts=pulumi.InvokeOutputOptions(parent=component))
        of_the_deployment[provider] = tenant.management_api_identifier.apply(_issuer)
    return of_the_deployment[provider]


def _issuer(management_api: str) -> str:
    # `domain` of the same answer is a bare host name: it loses the port of a tenant that has one.
    return f"https://{urlsplit(management_api).netloc}/"
