"""Everything that can be wrong with the sections of a ProtectedApi, before anything is made of one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auth0_apim.apim.published_api_inputs import require_removable_product
from auth0_apim.component.input_types import Later, bare, input_types, is_known, is_output
from auth0_apim.component.inputs import InputError, Inputs, section
from auth0_apim.composite.sections import (
    NAME_A_ROLE,
    PARTS,
    PROTECTED_API,
    derived_sections,
    section_of,
    user_roles_problem,
)
from auth0_apim.openapi.source import operations_of
from auth0_apim.policy.policy_rules import tier_problem
from auth0_apim.rules.tier_rules import portal_sku_problem

Sections = Mapping[str, Any]


def checked_sections(name: str, args: Mapping[str, object]) -> Sections:
    """The sections of the ProtectedApi `name`, with what follows from others.

    Raises:
        InputError: an input is unknown, missing, wrong, or contradicts another one.
    """
    for error in protected_api_errors(name, args):
        raise error
    return derived_sections(name, args)


def protected_api_errors(name: str, args: Mapping[str, object]) -> Iterator[InputError]:
    """What is wrong with the inputs of the ProtectedApi `name`, as far as their values are known."""
    inputs = Inputs(PROTECTED_API, name, args)
    found = list(inputs.errors())
    if not found:
        sections = derived_sections(name, args)
        found = list(_undecided(inputs, sections))
        if not found:
            known = _known(sections)
            found = [error for path in _paths(sections) for error in _section_errors(name, path, sections, known)]
        found = found or list(_contradictions(inputs, sections))
    yield from {str(error): error for error in found}.values()


def _undecided(inputs: Inputs, sections: Sections) -> Iterator[InputError]:
    """Inputs that one section lets be outputs, and another one has to know before deployment."""
    if is_output(sections["api"].get("signing_algorithm")) and "signing_algorithm" not in sections["policy"]:
        problem = "must be known before deployment, or 'policy.signing_algorithm' given"
        yield inputs.error("api.signing_algorithm", problem, "give RS256 or HS256")
    if sections["policy"].get("scopes_from_document") is True and is_output(sections["publication"].get("openapi")):
        problem = "must be known before deployment, as 'policy.scopes_from_document' reads it"
        yield inputs.error("publication.openapi", problem, "give the path of a file, or the document's text")


def _paths(sections: Sections) -> Iterator[str]:
    for path in sections:
        yield from (f"roles.{key}" for key in sections["roles"]) if path == "roles" else (path,)


def _section_errors(name: str, path: str, sections: Sections, known: Mapping[str, Any]) -> list[InputError]:
    kind, _, key = path.partition(".")
    given = sections["roles"][key] if key else sections[kind]
    if kind == "interactive_client" and "portal" in sections and "existing_client_id" not in given:
        # The portal has addresses of its own, which are not known yet.
        given = {**given, "callbacks": given.get("callbacks") or [Later()]}
    with section(section_of(name, path)):
        inputs = Inputs(PARTS[kind].described, name, given, _wired(kind, sections, known))
        found = list(inputs.errors())
        if kind == "publication" and not found:
            found = _removal_errors(inputs, sections)
    return found


def _removal_errors(inputs: Inputs, sections: Sections) -> list[InputError]:
    try:
        require_removable_product(inputs, is_deleted_with_service=not sections["gateway"].get("existing"))
    except InputError as error:
        return [error]
    return []


def _wired(kind: str, sections: Sections, known: Mapping[str, Any]) -> dict[str, Any]:
    """What the composite gives a part, as far as it is `known` before anything is made; None for what it never gives."""
    part = PARTS[kind]
    known = {**known, "available_scopes": _available_scopes(kind, sections)}
    names = input_types(part.described.shape).keys() - input_types(part.shape).keys()
    return {name: known[name] if name in known else Later() for name in names}


def _known(sections: Sections) -> dict[str, Any]:
    database, openapi = sections.get("database", {}), sections["publication"].get("openapi")
    documented = operations_of(openapi)
    never = ["operation_id", "product_id", "checked_by", "allow_anonymous_calls", "metadata", "public_keys", "tags"]
    if "backend_id" in sections["policy"]:
        never.append("backend_url")
    return {
        "password_policy": database.get("password_policy"),
        "minimum_password_length": database.get("minimum_password_length"),
        "openapi": openapi if isinstance(openapi, str) else None,
        "operations": Later() if documented is None else documented,
        "enabled_clients": [Later()],
        # Which one it will be decides nothing: that the policy is an API's does.
        "api_id": "an-api",
        **dict.fromkeys(never),
    }


def _available_scopes(kind: str, sections: Sections) -> Any:
    api, login = sections["api"], sections.get("interactive_client", {})
    if kind == "portal" and "scopes" in login:
        return login["scopes"]
    scopes = api.get("scopes", {})
    return list(scopes) if isinstance(scopes, Mapping) and not api.get("existing") else Later()


def _contradictions(inputs: Inputs, sections: Sections) -> Iterator[InputError]:
    """Sections that are good one by one and cannot be together."""
    yield from _tier(inputs, sections)
    yield from _signatures(inputs, sections)
    yield from _roles(inputs, sections)
    yield from _users(inputs, sections)
    if "interactive_client" in sections:
        yield from _logins(inputs, sections)
    for name in ("backend_id", "included_fragments"):
        if name in sections["policy"] and not sections["gateway"].get("existing"):
            problem = "needs 'gateway.existing', as a new service has none yet"
            yield inputs.error(f"policy.{name}", problem, "leave it out")


def _tier(inputs: Inputs, sections: Sections) -> Iterator[InputError]:
    sku = bare(sections["gateway"].get("sku", "Consumption"))
    if sections["gateway"].get("existing") or is_output(sku):
        return
    for problem in (tier_problem(sections["policy"]), portal_sku_problem if "portal" in sections else None):
        if problem is not None and (found := problem(sku)):
            yield inputs.error("gateway.sku", found, "use another tier, such as Developer")


def _signatures(inputs: Inputs, sections: Sections) -> Iterator[InputError]:
    if sections["api"].get("existing") or is_output(sections["api"].get("signing_algorithm")):
        return
    signed, checked = (bare(sections[each].get("signing_algorithm", "RS256")) for each in ("api", "policy"))
    if signed != checked:
        problem = f"is {checked}, and the API's tokens are signed with {signed}"
        yield inputs.error("policy.signing_algorithm", problem, "leave it out, and give 'api.signing_algorithm'")


def _roles(inputs: Inputs, sections: Sections) -> Iterator[InputError]:
    api, roles = sections["api"], sections["roles"]
    if roles and not api.get("existing") and api.get("permissions_in_token", False) is False:
        problem = "must be true where there are roles, or they count for nothing"
        yield inputs.error("api.permissions_in_token", problem, "set it to true")
    names = sections.get("user", {}).get("roles", [])
    unknown = None if is_output(names) else user_roles_problem({"names": names, "keys": list(roles)})
    if unknown is not None:
        yield inputs.error("user.roles", unknown, NAME_A_ROLE)


def _users(inputs: Inputs, sections: Sections) -> Iterator[InputError]:
    if "user" not in sections or sections["database"].get("existing"):
        return
    required, username = sections["database"].get("requires_username", False), sections["user"].get("username")
    if required is True and username is None:
        yield inputs.error("user.username", "is required by 'database.requires_username'", "give one, such as jane")
    if required is False and username is not None:
        yield inputs.error(
            "user.username", "needs 'database.requires_username'", "set it to true, or leave the name out"
        )


def _logins(inputs: Inputs, sections: Sections) -> Iterator[InputError]:
    api, login = sections["api"], sections["interactive_client"]
    if login.get("offline_access") is True and api.get("allow_offline_access") is False:
        problem = "is false, and 'interactive_client.offline_access' needs it"
        yield inputs.error("api.allow_offline_access", problem, "leave it out")
    if "portal" not in sections or "existing_client_id" in login:
        return
    grants = sections["portal"]["grant_types"]
    if bare(login.get("application")) == "spa":
        problem = "must be regular_web where there is a developer portal's login"
        yield inputs.error("interactive_client.application", problem, "use regular_web")
    if is_known(grants):
        yield from _grant_types(inputs, grants, sections)


def _grant_types(inputs: Inputs, grants: Sequence[str], sections: Sections) -> Iterator[InputError]:
    remedy = 'use ["authorization_code"]'
    for grant in grants:
        if grant not in ("authorization_code", "password"):
            yield inputs.error("portal.grant_types", f"has {grant!r}, which the interactive client never has", remedy)
    has_owner = "user" in sections or "resource_owner_username" in sections["portal"]
    if "password" in grants and not (has_owner and sections["interactive_client"].get("allow_password_grant")):
        problem = "has 'password', which needs 'user' and 'interactive_client.allow_password_grant'"
        yield inputs.error("portal.grant_types", problem, remedy)
