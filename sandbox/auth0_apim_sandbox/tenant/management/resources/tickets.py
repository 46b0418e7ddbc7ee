"""/tickets: links to confirm an e-mail address or to choose a new password, for the caller to hand on."""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.resources.custom_users import script_errors_answered
from auth0_apim_sandbox.tenant.model.json_input import Schema, document
from auth0_apim_sandbox.tenant.users.accounts import find_by_login
from auth0_apim_sandbox.tenant.users.custom_database import CustomDatabase, is_custom
from auth0_apim_sandbox.tenant.users.tickets import EMAIL_VERIFICATION, PASSWORD_CHANGE, Tickets

_USER_ID: Schema = {"type": "string", "format": "user-id", "description": "user_id of the user"}
_IDENTITY = document(
    {
        "user_id": {"type": "string", "minLength": 1, "description": "user_id of the identity."},
        "provider": {"type": "string", "minLength": 1, "description": "Identity provider name of the identity."},
        "connection_id": {"type": "string"},
    },
    required=["user_id", "provider"],
    description="The identity that the ticket is for.",
)
_FOR_WHOM: dict[str, Schema] = {
    "client_id": {"type": "string", "minLength": 1, "description": "ID of the client."},
    "organization_id": {"type": "string", "description": "The ID of the Organization."},
    "identity": _IDENTITY,
}
_TICKET: dict[str, Schema] = {
    **_FOR_WHOM,
    "result_url": {"type": "string", "format": "absolute-uri", "description": "URL to go to after the ticket is used"},
    "ttl_sec": {"type": "integer", "minimum": 0, "maximum": 157788000, "description": "Seconds the ticket is valid."},
    "includeEmailInRedirect": {"type": "boolean", "description": "Whether result_url is told the e-mail address."},
}
_VERIFICATION_TICKET = document({**_TICKET, "user_id": _USER_ID}, required=["user_id"])
_PASSWORD_TICKET = document(
    {
        **_TICKET,
        "user_id": _USER_ID,
        "connection_id": {
            "type": "string",
            "minLength": 1,
            "description": "The connection that email is looked up in.",
        },
        "email": {"type": "string", "format": "email", "description": "The user's email, with connection_id."},
        "mark_email_as_verified": {
            "type": "boolean",
            "description": "Whether the password's change verifies email.",
        },
    }
)
VERIFICATION_JOB = document({**_FOR_WHOM, "user_id": _USER_ID}, required=["user_id"])
_KEPT = ("client_id", "mark_email_as_verified", "result_url")
_SCOPES = ("create:user_tickets",)


async def verify_email(call: Call) -> Response:
    """A link whose follower confirms the user's e-mail address."""
    return _issue(call, EMAIL_VERIFICATION, ticket_user(call))


async def change_password(call: Call) -> Response:
    """A link whose follower chooses a new password for the user, named by id or by e-mail and connection."""
    if "user_id" in call.body:
        if "connection_id" in call.body or "email" in call.body:
            raise invalid_body("user_id cannot be used together with connection_id or email")
        return _issue(call, PASSWORD_CHANGE, ticket_user(call))
    if "connection_id" not in call.body or "email" not in call.body:
        raise invalid_body("Either user_id, or connection_id and email are required")
    check_client(call)
    return _issue(call, PASSWORD_CHANGE, await _by_email(call))


def ticket_user(call: Call) -> Document:
    """What a ticket says of the user whom the body names by `user_id`.

    Raises:
        ManagementError: 404 for a user who does not exist, 400 for one without an e-mail address or another
            identity, 501 for an organization.
    """
    check_client(call)
    user = call.tenant.users.get(call.body["user_id"])
    if user is None:
        raise ManagementError(404, "The user does not exist.", "inexistent_user")
    if not user.get("email"):
        raise invalid_body("The user has no email.")
    identity = user["identities"][0]
    wanted = call.body.get("identity", {})
    if any(wanted.get(name, identity[name]) != identity[name] for name in ("user_id", "provider")):
        raise invalid_body("The user does not have this identity.")
    connection = call.tenant.connection(identity["connection"])
    if connection is None:
        raise ManagementError(400, "The connection does not exist.", "inexistent_connection")
    return {"user_id": user["user_id"], "email": user["email"], "connection_id": connection["id"]}


def check_client(call: Call) -> None:
    """Refuse a client that does not exist, and organizations.

    Raises:
        ManagementError: 400, 404 or 501.
    """
    if call.body.get("organization_id"):
        raise not_supported("organizations: organization_id of a ticket")
    if "client_id" not in call.body:
        return
    if call.body["client_id"] not in call.tenant.clients:
        raise ManagementError(404, "The client does not exist", "inexistent_client")
    if "result_url" in call.body:
        raise invalid_body("result_url cannot be used together with client_id")


async def _by_email(call: Call) -> dict[str, Any]:
    connection = call.tenant.connections.get(call.body["connection_id"])
    if connection is None:
        raise ManagementError(404, "The connection does not exist", "inexistent_connection")
    email = call.body["email"].lower()
    about: dict[str, Any] = {"email": email, "connection_id": connection["id"]}
    user = find_by_login(call.tenant, connection["name"], "email", email)
    if user is not None:
        return {**about, "user_id": user["user_id"]}
    # A custom database knows users who have never logged in: the record is made once the ticket is used.
    profile = None
    if is_custom(connection):
        with script_errors_answered():
            profile = await CustomDatabase(call.tenant).find(connection, email)
    if profile is None:
        raise ManagementError(404, "The user does not exist.", "inexistent_user")
    identity = str(profile.get("user_id") or profile["id"])
    return {**about, "user_id": f"auth0|{identity}", "profile": profile}


def _issue(call: Call, kind: str, about: dict[str, Any]) -> Response:
    content = {name: call.body[name] for name in _KEPT if name in call.body}
    content["include_email"] = call.body.get("includeEmailInRedirect", True)
    url = Tickets(call.tenant).issue(kind, call.body.get("ttl_sec", 0), {**about, **content})
    return json_answer({"ticket": url}, 201)


ENDPOINTS = [
    Endpoint("POST", "/tickets/email-verification", _SCOPES, verify_email, _VERIFICATION_TICKET),
    Endpoint("POST", "/tickets/password-change", _SCOPES, change_password, _PASSWORD_TICKET),
]
