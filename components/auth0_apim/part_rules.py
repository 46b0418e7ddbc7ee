"""What makes settings of a service's parts acceptable: products, subscriptions, backends, diagnostics, named values.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
None of them ever quotes a secret. Lengths and patterns are those of the resource manager's contract 2024-05-01.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from auth0_apim.policy_rules import header_names_problem
from auth0_apim.text_rules import text_problem

SECRET_HEADERS = ("authorization", "cookie", "set-cookie", "ocp-apim-subscription-key", "proxy-authorization")
"""Headers, in lower case, that carry a token or a key."""

_IDENTITY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[\w-]{3,128}",
    re.IGNORECASE | re.ASCII,
)


def product_rights_problem(value: Mapping[str, Any]) -> str | None:
    """Approval (`approval`) and a limit (`limit`) are for subscriptions that a product requires (`required`)."""
    if value["approval"] and not value["required"]:
        return "needs 'subscription_required', or there is nothing to approve"
    limit = value["limit"]
    if limit is None:
        return None
    if not value["required"]:
        return "needs 'subscription_required', or there is nothing to count"
    if isinstance(limit, bool) or limit != int(limit) or not 1 <= limit <= 2_147_483_647:
        return f"must be a whole number from 1, not {limit!r}"
    return None


def product_removal_problem(value: Mapping[str, Any]) -> str | None:
    """A product that needs subscriptions (`required`) goes with its service, or stays in it (`is_settled`).

    https://github.com/pulumi/pulumi-azure-native/issues/846
    """
    if not value["required"] or value["is_settled"]:
        return None
    return (
        "makes Azure subscribe to the product, and the azure-native provider cannot delete it then in a service that "
        "survives: give the component 'deleted_with' the service that goes as well, or leave the product there by "
        "'keep_product', or ask for keys of the API alone ('subscription_required' of PublishedApi, ApiSubscription)"
    )


def long_text_problem(value: str) -> str | None:
    """A description: 1 to 1000 characters."""
    if not 1 <= len(value) <= 1000:
        return f"must be 1 to 1000 characters long, not {len(value)}"
    return "must not be blank" if value.isspace() else None


def subscription_title_problem(value: str) -> str | None:
    """A subscription's display name: 1 to 100 characters."""
    return text_problem(value, 100)


def named_value_name_problem(value: str) -> str | None:
    """A named value's name, by which policies refer to it: 1 to 256 letters, digits, `.`, `_`, `-`."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,256}", value):
        return f"must be 1 to 256 letters, digits, '.', '_' and '-', not {value!r}"
    return None


def secret_text_problem(value: str) -> str | None:
    """A secret that fits a named value and stays what it is there: 1 to 4096 characters, no expression."""
    if not 1 <= len(value) <= 4096:
        return f"must be 1 to 4096 characters long, not {len(value)}"
    if value.isspace():
        return "must not be blank"
    if value.startswith(("@(", "@{")) or "{{" in value:
        return "must not begin with '@(' or '@{' or contain '{{', which API Management evaluates"
    return None


def credentials_problem(value: Mapping[str, str]) -> str | None:
    """Secrets by the name of the header or query parameter that they go into."""
    for name, secret in value.items():
        if problem := header_names_problem([name]):
            return problem
        if problem := secret_text_problem(secret):
            return f"is wrong for {name!r}, which {problem}"
    return None if value else "must name at least one"


def key_vault_secret_problem(value: str) -> str | None:
    """A secret's identifier in Azure Key Vault, with or without its version."""
    parts = urlsplit(value)
    if (
        parts.scheme != "https"
        or not parts.hostname
        or not re.fullmatch(r"/secrets/[\w-]+(/\w+)?/?", parts.path, re.ASCII)
    ):
        return f"must look like https://vault.vault.azure.net/secrets/name, not {value!r}"
    return None


def client_uuid_problem(value: str) -> str | None:
    """The client id of a managed identity: a UUID."""
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        return f"must be a UUID, not {value!r}"
    return None


def identity_ids_problem(value: Sequence[str]) -> str | None:
    """ARM ids of user-assigned managed identities, each once."""
    for resource_id in value:
        if not _IDENTITY.fullmatch(resource_id):
            return f"must be ARM ids of user-assigned managed identities, not {resource_id!r}"
    repeated = len({resource_id.lower() for resource_id in value}) < len(value)
    return "must name each identity once" if repeated else None


def connection_string_problem(value: str) -> str | None:
    """The connection string of an Application Insights resource."""
    return None if re.search(r"(^|;)InstrumentationKey=[^;]+", value) else "must have an InstrumentationKey"


def location_problem(value: str) -> str | None:
    """An Azure region, as `westeurope` or as `West Europe`."""
    return None if re.fullmatch(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*", value) else f"must be an Azure region, not {value!r}"


def tags_problem(value: Mapping[str, str]) -> str | None:
    """Tags of an Azure resource: at most 50, names of at most 512 characters and values of at most 256.

    https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
    """
    if len(value) > 50:
        return f"must have at most 50 tags, not {len(value)}"
    for name, text in value.items():
        if not re.fullmatch(r"[^<>%&\\?/\x00-\x1f]{1,512}", name) or name.isspace():
            return f"has {name!r}, which is no tag's name (1 to 512 characters, none of <>%&\\?/)"
        if len(text) > 256:
            return f"has {len(text)} characters for {name!r}, 256 at most"
    return None


def logged_headers_problem(value: list[str]) -> str | None:
    """Headers that may be logged: none that carries a token or a key."""
    for name in value:
        if name.lower() in SECRET_HEADERS:
            return f"has {name!r}, which carries a secret and must never be logged"
    return header_names_problem(value)


def percentage_problem(value: float) -> str | None:
    """A share in percent, 0 to 100."""
    return None if not isinstance(value, bool) and 0 <= value <= 100 else f"must be from 0 to 100, not {value!r}"
