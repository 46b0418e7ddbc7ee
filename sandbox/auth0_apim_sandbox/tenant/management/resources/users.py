"""/users: the people in the tenant's databases."""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import FIELDS, select_fields
from auth0_apim_sandbox.tenant.management.resources import custom_users
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp
from auth0_apim_sandbox.tenant.model.json_input import Schema, document
from auth0_apim_sandbox.tenant.users.accounts import (
    USERNAME,
    UserExistsError,
    add_user,
    find_by_login,
    new_user,
    password_document,
    username_problem,
)
from auth0_apim_sandbox.tenant.users.custom_database import imports_users, is_custom
from auth0_apim_sandbox.tenant.users.passwords import PasswordError

_BOOLEAN: Schema = {"type": "boolean"}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 150}
_USERNAME: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 128,
    "pattern": USERNAME,
    "description": "The user's username. Only valid if the connection requires a username.",
}
_METADATA: Schema = {"type": "object"}
_PROPERTIES: dict[str, Schema] = {
    "email": {"type": "string", "format": "email", "description": "The user's email."},
    "phone_number": {"type": "string", "pattern": "^\\+[0-9]{1,15}$", "description": "The user's phone number"},
    "user_metadata": {**_METADATA, "description": "User metadata to which this user has read/write access."},
    "app_metadata": {**_METADATA, "description": "User metadata to which this user has read-only access."},
    "blocked": {"type": "boolean", "description": "Whether this user was blocked by an administrator."},
    "email_verified": {"type": "boolean", "description": "Whether this email address is verified."},
    "phone_verified": _BOOLEAN,
    "given_name": {**_NAME, "description": "The user's given name(s)."},
    "family_name": {**_NAME, "description": "The user's family name(s)."},
    "name": {"type": "string", "minLength": 1, "maxLength": 300, "description": "The user's full name."},
    "nickname": {"type": "string", "minLength": 1, "maxLength": 300, "description": "The user's nickname."},
    "picture": {"type": "string", "format": "absolute-uri", "description": "A URI pointing to the user's picture."},
    "password": {"type": "string", "minLength": 1, "description": "Initial password for this user."},
    "verify_email": {"type": "boolean", "description": "Whether the user will receive a verification email."},
    "username": _USERNAME,
}
_REMOVABLE = ("user_metadata", "app_metadata", "given_name", "family_name", "name", "nickname", "picture", "email")
CREATE = document(
    {
        **_PROPERTIES,
        "connection": {"type": "string", "minLength": 1, "description": "Name of the connection this user is in."},
        "user_id": {"type": "string", "maxLength": 255, "description": "The external user's id."},
    },
    required=["connection"],
)
UPDATE = document(
    {
        **_PROPERTIES,
        **{name: {**_PROPERTIES[name], "type": [_PROPERTIES[name]["type"], "null"]} for name in _REMOVABLE},
        "verify_phone_number": _BOOLEAN,
        "verify_password": _BOOLEAN,
        "connection": {"type": "string", "minLength": 1, "description": "Name of the connection to target."},
        "client_id": {"type": "string", "minLength": 1, "description": "Auth0 client ID."},
    }
)
GET_QUERY = document(FIELDS)
_HIDDEN = ("permissions", "roles")
_NOT_OF_THE_PROFILE = ("client_id", "connection", "password", "verify_email", "verify_password", "verify_phone_number")
_NEVER_TOGETHER = (("username", "password"), ("username", "email_verified"), ("password", "email_verified"))
_ONE = "/users/{id}"


async def create(call: Call) -> Response:
    """Add a user to a database connection."""
    connection = call.tenant.connection(call.body["connection"])
    if connection is None:
        raise ManagementError(400, "The connection does not exist.", "inexistent_connection")
    _check_new(connection, call.body)
    profile = {name: value for name, value in call.body.items() if name not in _NOT_OF_THE_PROFILE}
    user = new_user(call.tenant, connection, profile)
    try:
        if is_custom(connection):
            user = await custom_users.create(call.tenant, connection, user, call.body.get("password"))
        else:
            await add_user(call.tenant, connection, user, call.body.get("password"))
    except PasswordError as error:
        raise ManagementError(400, str(error), "invalid_password") from error
    except UserExistsError as error:
        raise ManagementError(409, str(error), "auth0_idp_error") from error
    return json_answer(shown_user(user), 201)


async def get(call: Call) -> Response:
    """One user."""
    return json_answer(shown_user(find_user(call), call.query))


async def update(call: Call) -> Response:
    """Change a user: metadata is merged, null takes an attribute away, a new e-mail address is not verified.

    Empty metadata clears what there was; of `app_metadata`, not of `user_metadata`, the property goes too.
    """
    connection = _target(call, find_user(call))
    _check_update(connection, call.body)
    _check_free(call, connection, find_user(call))
    password = None
    if is_custom(connection) and not imports_users(connection):
        await custom_users.update(call.tenant, connection, find_user(call), call.body)
    elif "password" in call.body:
        try:
            password = await password_document(call.tenant, connection, find_user(call), call.body["password"])
        except PasswordError as error:
            raise ManagementError(400, str(error), "invalid_password") from error
    before = find_user(call)
    _check_free(call, connection, before)
    now = iso_timestamp(call.tenant.clock())
    user = _changed(before, call.body, now)
    if password is not None:
        user["last_password_reset"] = now
    with call.tenant.store.transaction():
        call.tenant.users.put(user["user_id"], user)
        if password is not None:
            call.tenant.passwords.put(user["user_id"], password)
            call.tenant.delete_tokens("user_id", user["user_id"])
    return json_answer(shown_user(user))


async def delete(call: Call) -> Response:
    """Remove a user; fine when there is none."""
    user = call.tenant.users.get(_user_id(call))
    connection = None if user is None else call.tenant.connection(connection_name(user))
    if user is not None and connection is not None and is_custom(connection) and not imports_users(connection):
        await custom_users.delete(call.tenant, connection, user)
    with call.tenant.store.transaction():
        call.tenant.delete_user(_user_id(call))
    return no_content()


def find_user(call: Call) -> Document:
    """The user that the path names.

    Raises:
        ManagementError: 400 `invalid_uri` for what is not a user id, 404 `inexistent_user`.
    """
    user = call.tenant.users.get(_user_id(call))
    if user is None:
        raise ManagementError(404, "The user does not exist.", "inexistent_user")
    return user


def _user_id(call: Call) -> str:
    user_id = call.path["id"]
    provider, bar, rest = user_id.partition("|")
    if not (provider and bar and rest):
        raise ManagementError(
            400,
            f"Path validation error: 'Object didn't pass validation for format user-id: {user_id}' on property id "
            "(The user_id of the user).",
            "invalid_uri",
        )
    return user_id


def connection_name(user: Document) -> str:
    """The connection that a user is in."""
    return str(user["identities"][0]["connection"])


def _target(call: Call, user: Document) -> Document:
    name = call.body.get("connection", connection_name(user))
    connection = call.tenant.connection(name)
    if connection is None:
        raise ManagementError(400, "The connection does not exist.", "inexistent_connection")
    if name != connection_name(user):
        raise ManagementError(400, "The user does not exist in the specified connection.", "inexistent_user")
    return connection


def _check_new(connection: Document, body: dict[str, Any]) -> None:
    options, name = connection["options"], connection["name"]
    if "phone_number" in body:
        raise not_supported("phone_number, which only sms connections have")
    if options.get("requires_username") and "username" not in body:
        raise invalid_body(f"missing username for {name} connection with requires_username enabled")
    _check_username(connection, body)
    if "email" not in body:
        raise invalid_body(f"missing email for {name} connection")
    behavior = ((options.get("authentication_methods") or {}).get("password") or {}).get("api_behavior", "required")
    if "password" not in body and behavior == "required":
        raise invalid_body(f"missing password for {name} connection")


def _check_update(connection: Document, body: dict[str, Any]) -> None:
    for one, other in _NEVER_TOGETHER:
        if one in body and other in body:
            raise ManagementError(400, f"Cannot update {one} and {other} simultaneously", "operation_not_supported")
    if "phone_number" in body or "phone_verified" in body:
        raise not_supported("phone_number, which only sms connections have")
    if "email" in body and body["email"] is None:
        raise invalid_body("The email of a user of a database connection cannot be removed.")
    _check_username(connection, body)


def _check_username(connection: Document, body: dict[str, Any]) -> None:
    if "username" not in body:
        return
    problem = username_problem(connection["options"], body["username"])
    if problem is not None:
        raise invalid_body(problem)


def _check_free(call: Call, connection: Document, user: Document) -> None:
    for name in ("email", "username"):
        if name not in call.body:
            continue
        other = find_by_login(call.tenant, connection["name"], name, call.body[name])
        if other is not None and other["user_id"] != user["user_id"]:
            raise ManagementError(400, f"The specified new {name} already exists", "auth0_idp_error")


def _changed(user: Document, body: dict[str, Any], now: str) -> Document:
    changes = {name: value for name, value in body.items() if name not in _NOT_OF_THE_PROFILE}
    if changes.get("app_metadata") == {}:
        changes["app_metadata"] = None
    for name in ("user_metadata", "app_metadata"):
        if changes.get(name):
            merged = {**user.get(name, {}), **changes[name]}
            changes[name] = {key: value for key, value in merged.items() if value is not None}
    if "email" in changes:
        changes["email"] = changes["email"].lower()
        if changes["email"] != user.get("email"):
            changes.setdefault("email_verified", False)
    return {name: value for name, value in {**user, **changes, "updated_at": now}.items() if value is not None}


def shown_user(user: Document, query: dict[str, Any] | None = None) -> Document:
    """A user as answers show them, with the fields that the query asks for."""
    return select_fields({name: value for name, value in user.items() if name not in _HIDDEN}, query or {})


ENDPOINTS = [
    Endpoint("POST", "/users", ("create:users",), create, CREATE),
    Endpoint("GET", _ONE, ("read:users",), get, query=GET_QUERY),
    Endpoint("PATCH", _ONE, ("update:users",), update, UPDATE),
    Endpoint("DELETE", _ONE, ("delete:users",), delete),
]
