"""/roles: named sets of permissions."""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import PAGE, paginate
from auth0_apim_sandbox.tenant.management.requests.validation import refuse_unsupported, unsupported_properties
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.json_input import Schema, document

_PROPERTIES: dict[str, Schema] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 255, "description": "Name of the role."},
    "description": {"type": "string", "maxLength": 255, "description": "Description of the role."},
}
UNSUPPORTED = ("owner_id",)
"""What only roles of organizations have."""
_OF_TYPE: dict[str, Schema] = {
    **unsupported_properties(UNSUPPORTED),
    "type": {"type": "string", "enum": ["tenant", "organization"], "description": "The type of role"},
}
CREATE = document({**_PROPERTIES, **_OF_TYPE}, required=["name"])
UPDATE = document(_PROPERTIES)
LIST_QUERY = document(
    {
        **PAGE,
        **_OF_TYPE,
        "name_filter": {"type": "string", "description": "Optional filter on name"},
    }
)


async def list_all(call: Call) -> Response:
    """The roles, all of them the tenant's, by name; with `name_filter` those whose name contains it, in any case."""
    _check_supported(call.query)
    wanted = call.query.get("name_filter", "").lower()
    found = [shown_role(role) for role in call.tenant.roles.values() if wanted in role["name"].lower()]
    return json_answer(paginate(sorted(found, key=lambda role: str(role["name"])), "roles", call.query))


async def create(call: Call) -> Response:
    """Add a role without permissions; the live service answers 200."""
    _check_supported(call.body)
    _check_name(call, None)
    role = {"id": ids.role_id(), **call.body, "type": "tenant", "permissions": []}
    call.tenant.roles.put(role["id"], role)
    return json_answer({name: value for name, value in role.items() if name != "permissions"})


async def get(call: Call) -> Response:
    """One role."""
    return json_answer(shown_role(find_role(call)))


async def update(call: Call) -> Response:
    """Change a role's name or description."""
    role = {**find_role(call), **call.body}
    _check_name(call, role["id"])
    call.tenant.roles.put(role["id"], role)
    return json_answer(shown_role(role))


async def delete(call: Call) -> Response:
    """Remove a role, also from the users who have it."""
    role_id = find_role(call)["id"]
    with call.tenant.store.transaction():
        call.tenant.roles.delete(role_id)
        for user in list(call.tenant.users.values()):
            if role_id in user.get("roles", []):
                left = [each for each in user["roles"] if each != role_id]
                call.tenant.users.put(user["user_id"], {**user, "roles": left})
    return json_answer({})


def find_role(call: Call) -> Document:
    """The role that the path names.

    Raises:
        ManagementError: 404, which has no error code.
    """
    role = call.tenant.roles.get(call.path["id"])
    if role is None:
        raise ManagementError(404, "The role does not exist.")
    return role


def shown_role(role: Document) -> Document:
    """A role as answers show it, without its permissions; only the answer to its creation leaves out the description."""
    return {"id": role["id"], "name": role["name"], "description": role.get("description", ""), "type": "tenant"}


def _check_supported(given: dict[str, Any]) -> None:
    if given.get("type") == "organization":
        raise not_supported("organizations: roles of type organization")
    refuse_unsupported(UNSUPPORTED, given, "organizations: the {} of a role")


def _check_name(call: Call, role_id: str | None) -> None:
    name = call.body.get("name")
    if any(role["name"] == name and role["id"] != role_id for role in call.tenant.roles.values()):
        raise ManagementError(409, "A role with the same name already exists.", "role_conflict")


ENDPOINTS = [
    Endpoint("GET", "/roles", ("read:roles",), list_all, query=LIST_QUERY),
    Endpoint("POST", "/roles", ("create:roles",), create, CREATE),
    Endpoint("GET", "/roles/{id}", ("read:roles",), get),
    Endpoint("PATCH", "/roles/{id}", ("update:roles",), update, UPDATE),
    Endpoint("DELETE", "/roles/{id}", ("delete:roles",), delete),
]
