"""The sections of ProtectedApi: each holds the inputs of one component, less what the composite gives itself."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
from typing_extensions import NotRequired, TypedDict

from auth0_apim.apim.api_gateway import API_GATEWAY, GatewaySection
from auth0_apim.apim.azure_rules import slug, tags_problem
from auth0_apim.apim.jwt_policy_inputs import JWT_POLICY, PolicySection
from auth0_apim.apim.portal_login import PORTAL_LOGIN, PortalSection
from auth0_apim.apim.published_api_inputs import PUBLISHED_API, PublicationSection
from auth0_apim.auth0.auth0_api import AUTH0_API, ApiSection, SigningAlgorithm
from auth0_apim.auth0.database_user import DATABASE_USER, UserSection
from auth0_apim.auth0.interactive_client import INTERACTIVE_CLIENT, InteractiveClientSection
from auth0_apim.auth0.machine_client import MACHINE_CLIENT, ClientSection
from auth0_apim.auth0.role import ROLE, RoleSection
from auth0_apim.auth0.user_database import USER_DATABASE, DatabaseSection
from auth0_apim.component.input_types import bare, is_known, is_output
from auth0_apim.component.inputs import ComponentInputs, Inputs, Rule, Section, anything
from auth0_apim.rules.text_rules import METADATA


class ProtectedApiArgs(TypedDict):
    api: ApiSection
    """Required. The API as Auth0 knows it: the inputs of an Auth0Api."""
    gateway: GatewaySection
    """Required. The API Management service: the inputs of an ApiGateway."""
    publication: PublicationSection
    """Required. The API as the gateway publishes it: the inputs of a PublishedApi, but for what the other sections say."""
    policy: PolicySection
    """Required. What the gateway asks of calls and does with them: the inputs of a JwtPolicy, but for what the other sections say."""
    client: NotRequired[ClientSection]
    """Optional, defaults to a new client with every scope of the API. The machine client: the inputs of a MachineClient, but for the API's."""
    interactive_client: NotRequired[InteractiveClientSection]
    """Optional, defaults to none, with `portal` to a new one with every scope of the API. The application that people log in to: the inputs of an InteractiveClient, but for the API's. The developer portal's own addresses are added to its `callbacks`."""
    database: NotRequired[DatabaseSection]
    """Optional, defaults to none. The users' database: the inputs of a UserDatabase, but for its clients."""
    user: NotRequired[UserSection]
    """Optional, defaults to none. A first user of that database: the inputs of a DatabaseUser, but for the database's. `roles` are keys of the section `roles`, or ids of other roles."""
    roles: NotRequired[dict[str, RoleSection]]
    """Optional, defaults to none. Roles of users by a key, which is the role's name where it has no other: the inputs of a Role, but for the API's. The API needs `permissions_in_token`."""
    portal: NotRequired[PortalSection]
    """Optional, defaults to none. The login of the developer portal's console: the inputs of a PortalLogin, but for what the other sections say."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Tags of a new service."""
    metadata: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Optional, defaults to none. Metadata of new clients and of a new database connection in Auth0, and `app_metadata` of a user that has none: up to 10 texts by name."""


class Part(NamedTuple):
    """A section: the component that has its inputs, and those of them that the section has."""

    described: ComponentInputs
    shape: type


PARTS = {
    "api": Part(AUTH0_API, ApiSection),
    "client": Part(MACHINE_CLIENT, ClientSection),
    "interactive_client": Part(INTERACTIVE_CLIENT, InteractiveClientSection),
    "database": Part(USER_DATABASE, DatabaseSection),
    "user": Part(DATABASE_USER, UserSection),
    "roles": Part(ROLE, RoleSection),
    "gateway": Part(API_GATEWAY, GatewaySection),
    "publication": Part(PUBLISHED_API, PublicationSection),
    "portal": Part(PORTAL_LOGIN, PortalSection),
    "policy": Part(JWT_POLICY, PolicySection),
}
"""The sections by name. `roles` holds one for each role."""

_TITLES = {"client": "Client", "interactive_client": "Login"}


WIRED_FROM = {
    "sku": "gateway.sku",
    "openapi": "publication.openapi",
    "password_policy": "database.password_policy",
    "minimum_password_length": "database.minimum_password_length",
}
"""Where a user gives what the composite hands on to parts: errors name this path."""

NAME_A_ROLE = "name a key of the section roles"
"""What to do where a user has a role that there is not."""


def _check(inputs: Inputs) -> None:
    inputs.need("user", "database")
    for key, role in inputs.get("roles", {}).items():
        if is_output(role):
            problem = "must be known before deployment, not an output of a resource"
            raise inputs.error(f"roles.{key}", problem, "give its inputs one by one, which may be outputs")


PROTECTED_API = ComponentInputs(
    component="ProtectedApi",
    shape=ProtectedApiArgs,
    rules={
        "api": Rule(anything, {"identifier": "basic-calculator"}),
        "gateway": Rule(anything, {"resource_group_name": "calculator-dev", "service_name": "contoso-apis-dev"}),
        "publication": Rule(anything, {"openapi": "examples/basic-calculator/openapi.json", "path": "calc"}),
        "policy": Rule(anything, {"operation_scopes": {"add": ["calc:add"]}}),
        "client": Rule(anything, {"scopes": ["calc:add"]}),
        "interactive_client": Rule(anything, {"callbacks": ["https://app.example.com/callback"]}),
        "database": Rule(anything, {"connection_name": "BasicCalculator"}),
        "user": Rule(anything, {"email": "jane@example.com", "password": "Three quiet Words 4 me"}),
        "roles": Rule(anything, {"operator": {"permissions": ["calc:add"]}}),
        "portal": Rule(anything, {"display_name": "Auth0"}),
        "tags": Rule(tags_problem, {"team": "calculators"}),
        "metadata": METADATA,
    },
    check=_check,
)


def derived_sections(name: str, args: Mapping[str, object]) -> dict[str, Any]:
    """The sections of the ProtectedApi `name`, with what follows from others where they do not say it themselves."""
    sections = _given(args)
    api, title = sections["api"], sections["api"].get("display_name", name)
    login, publication = sections.get("interactive_client", {}), sections["publication"]
    if not api.get("existing"):
        offline = {"allow_offline_access": login["offline_access"]} if "offline_access" in login else {}
        sections["api"] = {"display_name": title, **offline, **api}
    for path in _TITLES.keys() & sections.keys():
        if "existing_client_id" not in sections[path]:
            sections[path] = {"display_name": _titled(title, _TITLES[path]), **sections[path]}
    sections["publication"] = {"display_name": title, **publication}
    sections["roles"] = {key: {"role_name": key, **role} for key, role in sections["roles"].items()}
    sections["policy"] = _from_the_api(api) | sections["policy"]
    if "portal" in sections:
        sections["portal"] = _portal(publication) | sections["portal"]
        if "product_name" in publication:
            # Its visitors, who need not sign in to the portal itself to try the API.
            sections["publication"] = {"product_groups": ["developers", "guests"]} | sections["publication"]
    return sections


def section_of(name: str, path: str) -> Section:
    """The section at `path` of the ProtectedApi `name`."""
    return Section(PROTECTED_API.component, name, path, WIRED_FROM)


def user_roles_problem(value: Mapping[str, Sequence[Any]]) -> str | None:
    """Roles of the user (`names`): keys of the section `roles` (`keys`), or ids of other roles."""
    for name in value["names"]:
        if isinstance(name, str) and name not in value["keys"] and not name.startswith("rol_"):
            known = ", ".join(value["keys"]) or "none"
            return f"has {name!r}, which is neither one of roles ({known}) nor a role's id"
    return None


def _given(args: Mapping[str, object]) -> dict[str, Any]:
    """The sections that there are, each with the inputs that it says something of."""
    given: dict[str, Any] = {"client": {}, "roles": {}, **_said(args)}
    if "portal" in given:
        given = {"interactive_client": {}, **given}
    sections = {path: _said(given[path]) for path in PARTS if path in given}
    return sections | {"roles": {key: _said(role) for key, role in sections["roles"].items()}}


def _said(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if value is not None}


def _titled(title: Any, suffix: str) -> Any:
    return f"{title} {suffix}" if isinstance(title, str) else pulumi.Output.concat(title, " ", suffix)


def _from_the_api(api: Mapping[str, Any]) -> dict[str, Any]:
    """What the gateway has to know of the API's tokens."""
    derived: dict[str, Any] = {}
    by_permissions = api.get("permissions_in_token", False)
    if bare(api.get("signing_algorithm")) == SigningAlgorithm.HS256.value:
        derived = {"signing_algorithm": SigningAlgorithm.HS256}
    if is_output(by_permissions):
        claim = pulumi.Output.from_input(by_permissions).apply(lambda yes: "permissions" if yes else "scope")
        return derived | {"scope_claim": claim}
    return derived | ({"scope_claim": "permissions"} if by_permissions else {})


def _portal(publication: Mapping[str, Any]) -> dict[str, Any]:
    # One service may hold many APIs, whose paths differ, and several versions of each.
    parts = [publication[each] for each in ("path", "version") if each in publication]
    derived = {
        "display_name": "Auth0",
        "grant_types": ["authorization_code"],
        # What Auth0 expects of an InteractiveClient.
        "client_authentication": "Body",
    }
    if not is_known(parts):
        return derived | {"authorization_server_id": pulumi.Output.all(*parts).apply(_server_id)}
    # Where the path is missing or is no text, that is what the user has to hear.
    is_named = "path" in publication and all(isinstance(each, str) for each in parts)
    return derived | ({"authorization_server_id": _server_id(parts)} if is_named else {})


def _server_id(parts: Sequence[str]) -> str:
    return slug("-".join(parts))
