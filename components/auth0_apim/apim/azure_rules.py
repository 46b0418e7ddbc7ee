"""What makes a value acceptable to API Management, as pure functions that constructors and policy packs share.

Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
None of them ever quotes a secret. Lengths and patterns are those of the resource manager's contract 2024-05-01.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auth0_apim.rules.scope_rules import requested_scopes_problem
from auth0_apim.rules.text_rules import email_problem, text_problem

GRANT_TYPES = {
    "authorization_code": "authorizationCode",
    "implicit": "implicit",
    "password": "resourceOwnerPassword",
    "client_credentials": "clientCredentials",
}
"""OAuth 2.0 grant types, and how API Management writes them."""

_HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")


def resource_group_name_problem(value: str) -> str | None:
    """A resource group's name: 1 to 90 letters, digits, `.`, `_`, `-`, brackets; no dot at the end."""
    if not re.fullmatch(r"[\w.()-]{1,90}", value) or value.endswith("."):
        return f"must be 1 to 90 letters, digits, '.', '_', '-', '(' or ')', not ending with a dot, not {value!r}"
    return None


def service_name_problem(value: str) -> str | None:
    """A service's name: 1 to 50 letters, digits and dashes, a letter first, no dash at the end."""
    if not re.fullmatch(r"[A-Za-z](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?", value):
        return f"must be 1 to 50 letters, digits and dashes, a letter first and no dash last, not {value!r}"
    return None


def publisher_name_problem(value: str) -> str | None:
    """The organization's name: 1 to 100 characters."""
    return text_problem(value, 100)


def publisher_email_problem(value: str) -> str | None:
    """An e-mail address that the service's notifications go to, at most 100 characters."""
    return email_problem(value) or (
        None if len(value) <= 100 else f"must be 1 to 100 characters long, not {len(value)}"
    )


def api_path_problem(value: str) -> str | None:
    """An API's URL suffix: 1 to 400 characters, no slash at either end."""
    if not re.fullmatch(r"[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+)*", value) or len(value) > 400:
        return f"must be 1 to 400 letters, digits, '.', '_', '~' and '-', with slashes only between them, not {value!r}"
    return None


def set_path_problem(value: str) -> str | None:
    """An API's URL suffix of which a version set's id is made: at most 80 characters of it."""
    if problem := api_path_problem(value):
        return problem
    if len(value) > 80:
        return f"is {len(value)} characters long, and a version set's id is made of it, 80 at most; or give 'version_set_id'"
    return None


def entity_id_problem(value: str) -> str | None:
    """The id of an API, a product or an authorization server: 1 to 80 characters that need no escaping in a URL."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,78}[A-Za-z0-9])?", value):
        return f"must be 1 to 80 letters, digits, '.', '_' and '-', a letter or digit at both ends, not {value!r}"
    return None


def revised_id_problem(value: str) -> str | None:
    """The id of an API, or of a revision of one: the same with `;rev=` and a number behind it, which 1, the API, is not."""
    return entity_id_problem(re.sub(r";rev=(?!1$)[1-9][0-9]{0,9}$", "", value))


def version_set_id_problem(value: str) -> str | None:
    """The ARM id of a version set."""
    return None if value.strip() else "must not be blank"


def set_title_problem(value: str) -> str | None:
    """An API's display name where a version set gets it as well: 1 to 100 characters."""
    problem = text_problem(value, 100)
    return problem and f"{problem}, as the version set made here gets it too"


def title_problem(value: str) -> str | None:
    """A display name in API Management: 1 to 300 characters."""
    return text_problem(value, 300)


def description_problem(value: str) -> str | None:
    """A description that a product may get, too: at most 1000 characters; an API's own may be as long as you like."""
    return None if len(value) <= 1000 else f"must be at most 1000 characters long, not {len(value)}"


def group_ids_problem(value: Sequence[str]) -> str | None:
    """Ids of groups of a service, each once; the administrators see everything anyway."""
    for group in value:
        if problem := entity_id_problem(group):
            return f"has {group!r}, which {problem}"
    if "administrators" in value:
        return "has 'administrators', whom Azure links with every product itself"
    return "names a group twice" if len(set(value)) < len(value) else None


def product_name_problem(value: str) -> str | None:
    """A product's display name: 1 to 80 characters, of which its id is made."""
    if len(value) > 80 or not re.search(r"[A-Za-z0-9]", value):
        return f"must be 1 to 80 characters long, with a letter or digit, not {value!r}"
    return None


def short_title_problem(value: str) -> str | None:
    """An authorization server's display name: 1 to 50 characters."""
    return text_problem(value, 50)


def version_problem(value: str) -> str | None:
    """An API's version identifier: 1 to 100 letters, digits, `.`, `_`, `-`."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", value):
        return f"must be 1 to 100 letters, digits, '.', '_' and '-', not {value!r}"
    return None


def revision_description_problem(value: str) -> str | None:
    """What is new in a revision: 1 to 256 characters."""
    return text_problem(value, 256)


def revision_problem(value: str) -> str | None:
    """A revision beside the API itself, which is revision 1: a whole number from 2, as text."""
    is_other = re.fullmatch(r"[1-9][0-9]{0,9}", value) and value != "1"
    return None if is_other else f"must be a whole number from 2, not {value!r}"


def grant_types_problem(value: Sequence[str]) -> str | None:
    """OAuth 2.0 grant types that a developer portal can use, at least one, each once."""
    for grant in value:
        if grant not in GRANT_TYPES:
            return f"has {grant!r}; the grant types are {', '.join(GRANT_TYPES)}"
    return None if value and len(set(value)) == len(value) else "must name at least one grant type, each once"


def resource_owner_problem(value: Mapping[str, Any]) -> str | None:
    """A user whose password a portal sends (`username`), where `grant_types` let it."""
    return None if "password" in value["grant_types"] else "needs the grant type 'password'"


def body_parameters_problem(value: Mapping[str, str]) -> str | None:
    """Parameters of a token request besides those that a portal or PortalLogin sends itself."""
    for name, text in value.items():
        if name in ("audience", "client_id", "client_secret", "code", "grant_type", "redirect_uri"):
            return f"has {name!r}, which is sent anyway"
        if not name or not text:
            return "must have a name and a value for each parameter"
    return None


def default_scope_problem(value: Mapping[str, Any]) -> str | None:
    """Scopes that a portal asks for (`requested`, separated by spaces), those of the API (`available`) or of OpenID Connect."""
    available = value["available"]
    if available is not None:
        available = [*available, "openid", "profile", "email", "offline_access"]
    return requested_scopes_problem({"requested": value["requested"].split(), "available": available})


def authorization_methods_problem(value: Sequence[str]) -> str | None:
    """HTTP methods of an authorization endpoint; GET is one of them."""
    for method in value:
        if method not in _HTTP_METHODS:
            return f"has {method!r}; the methods are {', '.join(_HTTP_METHODS)}"
    return None if "GET" in value else "must have 'GET'"


def secret_text_problem(value: str) -> str | None:
    """A secret that fits a named value and stays what it is there: 1 to 4096 characters, no expression."""
    if not 1 <= len(value) <= 4096:
        return f"must be 1 to 4096 characters long, not {len(value)}"
    if value.isspace():
        return "must not be blank"
    if value != value.strip():
        return "must not begin or end with white space, such as the line break of a file"
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", value):
        return "must not contain control characters"
    if value.startswith(("@(", "@{")) or "{{" in value:
        return "must not begin with '@(' or '@{' or contain '{{', which API Management evaluates"
    return None


def long_text_problem(value: str) -> str | None:
    """A description: 1 to 1000 characters."""
    if not 1 <= len(value) <= 1000:
        return f"must be 1 to 1000 characters long, not {len(value)}"
    return "must not be blank" if value.isspace() else None


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


def slug(text: str) -> str:
    """An id of lower-case letters, digits, dots, underscores and dashes, the nearest to `text`."""
    return re.sub(r"[^a-z0-9._]+", "-", text.lower()).strip("-._")
