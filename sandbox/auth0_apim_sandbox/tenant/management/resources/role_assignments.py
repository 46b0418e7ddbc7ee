"""Who has which roles and permissions: /users/{id}/roles, /users/{id}/permissions, /roles/{id}/permissions, …/users.

A permission is a scope of an API. Users hold permissions directly or through roles.
"""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store import Collection
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError
from auth0_apim_sandbox.tenant.management.requests.paging import (
    CHECKPOINT,
    PAGE,
    paginate,
    paginate_or_checkpoint,
)
from auth0_apim_sandbox.tenant.management.resources.roles import find_role, shown_role
from auth0_apim_sandbox.tenant.management.resources.users import find_user
from auth0_apim_sandbox.tenant.model.json_input import document

_PAGE = document(PAGE)
_PAGE_OR_CHECKPOINT = document({**PAGE, **CHECKPOINT})
_ROLES_BODY = document(
    {"roles": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}}, required=["roles"]
)
_USERS_BODY = document(
    {"users": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}}, required=["users"]
)
_PERMISSIONS_BODY = document(
    {
        "permissions": {
            "type": "array",
            "minItems": 1,
            "items": document(
                {
                    "resource_server_identifier": {"type": "string", "minLength": 1},
                    "permission_name": {"type": "string", "minLength": 1},
                },
                required=["resource_server_identifier", "permission_name"],
            ),
        }
    },
    required=["permissions"],
)
_SHOWN_OF_USER = ("user_id", "email", "picture", "name")
_USER_ROLES = "/users/{id}/roles"
_USER_PERMISSIONS = "/users/{id}/permissions"
_ROLE_USERS = "/roles/{id}/users"
_ROLE_PERMISSIONS = "/roles/{id}/permissions"


async def list_user_roles(call: Call) -> Response:
    """A user's roles, by name."""
    held = [shown_role(call.tenant.roles[role_id]) for role_id in find_user(call).get("roles", [])]
    roles = [{name: role[name] for name in ("id", "name", "description")} for role in held]
    return json_answer(paginate(sorted(roles, key=lambda role: str(role["name"])), "roles", call.query))


async def add_user_roles(call: Call) -> Response:
    """Give a user roles; one they have already is fine."""
    user = find_user(call)
    for role_id in call.body["roles"]:
        if role_id not in call.tenant.roles:
            raise ManagementError(404, f"The role {role_id} does not exist.", "inexistent_role")
    roles = list(dict.fromkeys([*user.get("roles", []), *call.body["roles"]]))
    call.tenant.users.put(user["user_id"], {**user, "roles": roles})
    return no_content()


async def remove_user_roles(call: Call) -> Response:
    """Take roles from a user; one they do not have is fine."""
    user = find_user(call)
    left = [role_id for role_id in user.get("roles", []) if role_id not in call.body["roles"]]
    call.tenant.users.put(user["user_id"], {**user, "roles": left})
    return no_content()


async def list_role_users(call: Call) -> Response:
    """The users who have a role."""
    role_id = find_role(call)["id"]
    users = [
        {name: user[name] for name in _SHOWN_OF_USER if name in user}
        for user in call.tenant.users.values()
        if role_id in user.get("roles", [])
    ]
    return json_answer(paginate_or_checkpoint(users, "users", call.query, key="user_id"))


async def add_role_users(call: Call) -> Response:
    """Give a role to users, to all of them or to none."""
    role_id = find_role(call)["id"]
    with call.tenant.store.transaction():
        for user_id in call.body["users"]:
            if user_id not in call.tenant.users:
                raise ManagementError(404, f"The user {user_id} does not exist.", "inexistent_user")
            user = call.tenant.users[user_id]
            roles = list(dict.fromkeys([*user.get("roles", []), role_id]))
            call.tenant.users.put(user_id, {**user, "roles": roles})
    return json_answer({})


async def list_role_permissions(call: Call) -> Response:
    """A role's permissions with the names and descriptions of their APIs, by name."""
    permissions = [_described(call, each) for each in sorted(find_role(call)["permissions"], key=_permission_key)]
    return json_answer(paginate(permissions, "permissions", call.query))


async def add_role_permissions(call: Call) -> Response:
    """Give a role permissions; every one must be a scope of its API."""
    _add(call, call.tenant.roles, find_role(call), "id")
    return json_answer({}, 201)


async def remove_role_permissions(call: Call) -> Response:
    """Take permissions from a role."""
    _remove(call, call.tenant.roles, find_role(call), "id")
    return no_content()


async def list_user_permissions(call: Call) -> Response:
    """A user's permissions by name, and for each where it comes from: directly, or which roles."""
    user = find_user(call)
    held: dict[tuple[str, str], Document] = {}
    sources = [({"source_id": "", "source_name": "", "source_type": "DIRECT"}, user.get("permissions", []))]
    for role_id in user.get("roles", []):
        role = call.tenant.roles[role_id]
        source = {"source_id": role_id, "source_name": role["name"], "source_type": "ROLE"}
        sources.append((source, role["permissions"]))
    for source, permissions in sources:
        for permission in permissions:
            key = (permission["resource_server_identifier"], permission["permission_name"])
            held.setdefault(key, {**_described(call, permission), "sources": []})["sources"].append(source)
    return json_answer(paginate(sorted(held.values(), key=_permission_key), "permissions", call.query))


async def add_user_permissions(call: Call) -> Response:
    """Give a user permissions; every one must be a scope of its API."""
    _add(call, call.tenant.users, find_user(call), "user_id")
    return json_answer({}, 201)


async def remove_user_permissions(call: Call) -> Response:
    """Take permissions from a user."""
    _remove(call, call.tenant.users, find_user(call), "user_id")
    return no_content()


def _add(call: Call, collection: Collection, holder: Document, key: str) -> None:
    for permission in call.body["permissions"]:
        _check_exists(call, permission)
    held = holder.get("permissions", [])
    added = [
        each
        for index, each in enumerate(call.body["permissions"])
        if each not in held + call.body["permissions"][:index]
    ]
    collection.put(holder[key], {**holder, "permissions": held + added})


def _remove(call: Call, collection: Collection, holder: Document, key: str) -> None:
    left = [each for each in holder.get("permissions", []) if each not in call.body["permissions"]]
    collection.put(holder[key], {**holder, "permissions": left})


def _check_exists(call: Call, permission: dict[str, Any]) -> None:
    api = call.tenant.resource_server(permission["resource_server_identifier"])
    if api is None:
        raise ManagementError(404, "The resource server does not exist", "inexistent_resource_server")
    if permission["permission_name"] not in {scope["value"] for scope in api.get("scopes", [])}:
        raise ManagementError(
            400,
            f"The permission {permission['permission_name']} does not exist on {api['identifier']}.",
            "inexistent_permission",
        )


def _permission_key(permission: Document) -> tuple[str, str]:
    return permission["permission_name"], permission["resource_server_identifier"]


def _described(call: Call, permission: Document) -> Document:
    api = call.tenant.resource_server(permission["resource_server_identifier"]) or {}
    descriptions = {scope["value"]: scope.get("description") for scope in api.get("scopes", [])}
    return {
        "resource_server_identifier": permission["resource_server_identifier"],
        "permission_name": permission["permission_name"],
        "resource_server_name": api.get("name", permission["resource_server_identifier"]),
        "description": descriptions.get(permission["permission_name"]),
    }


ENDPOINTS = [
    Endpoint("GET", _USER_ROLES, ("read:users", "read:roles", "read:role_members"), list_user_roles, query=_PAGE),
    Endpoint("POST", _USER_ROLES, ("update:users", "create:role_members"), add_user_roles, _ROLES_BODY),
    Endpoint("DELETE", _USER_ROLES, ("update:users", "delete:role_members"), remove_user_roles, _ROLES_BODY),
    Endpoint("GET", _USER_PERMISSIONS, ("read:users",), list_user_permissions, query=_PAGE),
    Endpoint("POST", _USER_PERMISSIONS, ("update:users",), add_user_permissions, _PERMISSIONS_BODY),
    Endpoint("DELETE", _USER_PERMISSIONS, ("update:users",), remove_user_permissions, _PERMISSIONS_BODY),
    Endpoint(
        "GET",
        _ROLE_USERS,
        ("read:users", "read:roles", "read:role_members"),
        list_role_users,
        query=_PAGE_OR_CHECKPOINT,
    ),
    Endpoint("POST", _ROLE_USERS, ("update:roles", "create:role_members"), add_role_users, _USERS_BODY),
    Endpoint("GET", _ROLE_PERMISSIONS, ("read:roles",), list_role_permissions, query=_PAGE),
    Endpoint("POST", _ROLE_PERMISSIONS, ("update:roles",), add_role_permissions, _PERMISSIONS_BODY),
    Endpoint("DELETE", _ROLE_PERMISSIONS, ("update:roles",), remove_role_permissions, _PERMISSIONS_BODY),
]
