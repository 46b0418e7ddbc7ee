"""/connections: the databases that users live in, and the clients that may use them."""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.scripts import OFFERED, is_offered, required_modules
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import paginate_or_checkpoint, select_fields
from auth0_apim_sandbox.tenant.management.requests.validation import refuse_unsupported
from auth0_apim_sandbox.tenant.management.resources import connections_schema as schemas
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp
from auth0_apim_sandbox.tenant.users.configuration_cipher import ConfigurationCipher

_ALWAYS_SHOWN = ("id", "is_domain_connection", "authentication", "connected_accounts")
_DEFAULT_OPTIONS: dict[str, Any] = {
    "mfa": {"active": True, "return_enroll_settings": True},
    "passwordPolicy": "good",
    "passkey_options": {
        "challenge_ui": "both",
        "local_enrollment_enabled": True,
        "progressive_enrollment_enabled": True,
    },
    "strategy_version": 2,
    "authentication_methods": {
        "password": {"enabled": True, "api_behavior": "required", "signup_behavior": "allow"},
        "passkey": {"enabled": False},
    },
    "brute_force_protection": True,
}
_OTHER_METHODS = ("passkey", "email_otp", "phone_otp")
_NEVER_WITHOUT = ("authentication_methods", "brute_force_protection", "passkey_options")


async def list_all(call: Call) -> Response:
    """The connections, all or those with the query's name or one of its strategies."""
    strategies, name = call.query.get("strategy"), call.query.get("name")
    found = [
        connection
        for connection in call.tenant.connections.values()
        if strategies is None or connection["strategy"] in strategies
        if name is None or connection["name"] == name
    ]
    page = paginate_or_checkpoint(
        found, "connections", call.query, lambda each: select_fields(each, call.query, _ALWAYS_SHOWN)
    )
    return json_answer(page)


async def create(call: Call) -> Response:
    """Add a database connection with the defaults that the live service gives."""
    if call.body["strategy"] != "auth0":
        raise not_supported(f"connections of strategy {call.body['strategy']}; only auth0 (databases)")
    if call.tenant.connection(call.body["name"]):
        raise ManagementError(409, "A connection with the same name already exists", "connection_conflict")
    _check_supported(call.body)
    connection = {
        "id": ids.connection_id(),
        "is_domain_connection": False,
        "authentication": {"active": True},
        "connected_accounts": {"active": False},
        "realms": [call.body["name"]],
        **call.body,
        "enabled_clients": call.body.get("enabled_clients") or [],
        "options": {**_DEFAULT_OPTIONS, **_options(call, call.body.get("options") or {})},
    }
    _check_clients(call, connection["enabled_clients"])
    call.tenant.connections.put(connection["id"], connection)
    return json_answer(connection, 201)


async def get(call: Call) -> Response:
    """One connection."""
    return json_answer(select_fields(_find(call), call.query, _ALWAYS_SHOWN))


async def update(call: Call) -> Response:
    """Change a connection. Given options take the place of all options; name and strategy never change.

    Of the options that are not given, those that no connection is without go back to their defaults.
    """
    _check_supported(call.body)
    before = _find(call)
    changes = dict(call.body)
    if "enabled_clients" in changes:
        changes["enabled_clients"] = changes["enabled_clients"] or []
        _check_clients(call, changes["enabled_clients"])
    if "options" in changes:
        defaults = {name: _DEFAULT_OPTIONS[name] for name in _NEVER_WITHOUT}
        changes["options"] = {**defaults, **_options(call, changes["options"] or {}, before["options"])}
    if "metadata" in changes:
        merged = {**before.get("metadata", {}), **changes["metadata"]}
        changes["metadata"] = {name: value for name, value in merged.items() if value is not None}
    connection = {**before, **changes}
    call.tenant.connections.put(connection["id"], connection)
    return json_answer(connection)


async def delete(call: Call) -> Response:
    """Remove a connection and every user in it; fine when there is none."""
    tenant = call.tenant
    connection = tenant.connections.get(call.path["id"])
    if connection is None:
        return no_content()
    with tenant.store.transaction():
        tenant.connections.delete(connection["id"])
        for user in tenant.users_of(connection["name"]):
            tenant.delete_user(user["user_id"])
    return json_answer({"deleted_at": iso_timestamp(tenant.clock())}, 202)


async def list_clients(call: Call) -> Response:
    """The clients that a connection is enabled for."""
    enabled = [{"client_id": client_id} for client_id in _find(call)["enabled_clients"]]
    query = {"take": 50, **call.query}
    return json_answer(paginate_or_checkpoint(enabled, "clients", query, key="client_id"))


async def update_clients(call: Call) -> Response:
    """Enable a connection for clients, or disable it for them."""
    connection = _find(call)
    status = {each["client_id"]: each["status"] for each in call.body}
    _check_clients(call, [client_id for client_id, enabled in status.items() if enabled])
    kept = [client_id for client_id in connection["enabled_clients"] if status.get(client_id, True)]
    added = [client_id for client_id, enabled in status.items() if enabled and client_id not in kept]
    call.tenant.connections.put(connection["id"], {**connection, "enabled_clients": kept + added})
    return no_content()


async def delete_user(call: Call) -> Response:
    """Remove the user of a connection who has an e-mail address; fine when there is none."""
    user = call.tenant.user(_find(call)["name"], call.query["email"])
    if user is not None and user.get("email") == call.query["email"].lower():
        with call.tenant.store.transaction():
            call.tenant.delete_user(user["user_id"])
    return no_content()


def _find(call: Call) -> Document:
    connection = call.tenant.connections.get(call.path["id"])
    if connection is None:
        raise ManagementError(404, "The connection does not exist", "inexistent_connection")
    return connection


def _check_supported(body: dict[str, Any]) -> None:
    refuse_unsupported(schemas.UNSUPPORTED, body, "the property {} of a connection")
    if (body.get("connected_accounts") or {}).get("active"):
        raise not_supported("connected accounts of a connection")


def _methods(given: dict[str, Any]) -> dict[str, Any]:
    """The authentication methods, completed; only passwords are checked here."""
    refuse_unsupported(
        [name for name in _OTHER_METHODS if (given.get(name) or {}).get("enabled")],
        given,
        "the authentication method {} of a connection",
    )
    defaults = {**_DEFAULT_OPTIONS["authentication_methods"], **{name: {"enabled": False} for name in _OTHER_METHODS}}
    return {name: {**default, **(given.get(name) or {})} for name, default in defaults.items()}


def _options(call: Call, options: dict[str, Any], before: Document | None = None) -> dict[str, Any]:
    if "attributes" in options and "requires_username" in options:
        raise invalid_body("Cannot set both options.attributes and options.requires_username")
    if "attributes" in options:
        raise not_supported("flexible identifiers: options.attributes of a connection")
    refuse_unsupported(schemas.UNSUPPORTED_OPTIONS, options, "options.{} of a connection")
    _check_scripts(options.get("customScripts") or {})
    if options.get("password_options"):
        raise not_supported("options.password_options of a connection; use passwordPolicy and its companions")
    if options.get("authentication_methods"):
        options = {**options, "authentication_methods": _methods(options["authentication_methods"])}
    stored = (before or {}).get("configuration", {})
    encrypt = ConfigurationCipher(call.tenant.store).encrypt
    if "configuration" in options:
        options = {
            **options,
            "configuration": {
                name: value if value == stored.get(name) else encrypt(value)
                for name, value in options["configuration"].items()
                if value is not None
            },
        }
    return options


def _check_scripts(scripts: dict[str, str]) -> None:
    for name, text in scripts.items():
        for module in required_modules(text):
            if not is_offered(module):
                offered = ", ".join(sorted(OFFERED))
                raise not_supported(f"the module '{module}' that the script '{name}' requires; it offers {offered}")


def _check_clients(call: Call, client_ids: list[str]) -> None:
    for client_id in client_ids:
        if client_id not in call.tenant.clients:
            raise ManagementError(404, f"The client {client_id} does not exist", "inexistent_client")


_LIST = "/connections"
_ONE = "/connections/{id}"
_CLIENTS = "/connections/{id}/clients"
ENDPOINTS = [
    Endpoint("GET", _LIST, ("read:connections",), list_all, query=schemas.LIST_QUERY),
    Endpoint("POST", _LIST, ("create:connections",), create, schemas.CREATE),
    Endpoint("GET", _ONE, ("read:connections",), get, query=schemas.GET_QUERY),
    Endpoint("PATCH", _ONE, ("update:connections",), update, schemas.UPDATE),
    Endpoint("DELETE", _ONE, ("delete:connections",), delete),
    Endpoint("GET", _CLIENTS, ("read:connections",), list_clients, query=schemas.CLIENTS_QUERY),
    Endpoint("PATCH", _CLIENTS, ("update:connections",), update_clients, schemas.UPDATE_CLIENTS),
    Endpoint("DELETE", "/connections/{id}/users", ("delete:users",), delete_user, query=schemas.DELETE_USER_QUERY),
]
