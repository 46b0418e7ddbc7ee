"""/tickets: links to confirm an e-mail address or to choose a new password, for the caller to hand on."""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.resources import tickets_schema as schemas
from auth0_apim_sandbox.tenant.management.resources.custom_users import scripts_told
from auth0_apim_sandbox.tenant.users.accounts import find_by_login
from auth0_apim_sandbox.tenant.users.custom_database import CustomDatabase, is_custom
from auth0_apim_sandbox.tenant.users.tickets import EMAIL_VERIFICATION, PASSWORD_CHANGE, Tickets

_KEPT = ("client_id", "mark_email_as_verified", "result_url")


async def verify_email(call: Call) -> Response:
    """A link whose follower confirms the user's e-mail address."""
    return _issued(call, EMAIL_VERIFICATION, addressee(call))


async def change_password(call: Call) -> Response:
    """A link whose follower chooses a new password for the user, named by id or by e-mail and connection."""
    if "user_id" in call.body:
        if "connection_id" in call.body or "email" in call.body:
            raise invalid_body("user_id cannot be used together with connection_id or email")
        return _issued(call, PASSWORD_CHANGE, addressee(call))
    if "connection_id" not in call.body or "email" not in call.body:
        raise invalid_body("Either user_id, or connection_id and email are required")
    check_party(call)
    return _issued(call, PASSWORD_CHANGE, await _by_email(call))


def addressee(call: Call) -> Document:
    """What a ticket says of the user whom the body names by `user_id`.

    Raises:
        ManagementError: 404 for a user who does not exist, 400 for one without an e-mail address or another
            identity, 501 for an organization.
    """
    check_party(call)
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


def check_party(call: Call) -> None:
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
        with scripts_told():
            profile = await CustomDatabase(call.tenant).find(connection, email)
    if profile is None:
        raise ManagementError(404, "The user does not exist.", "inexistent_user")
    identity = str(profile.get("user_id") or profile["id"])
    return {**about, "user_id": f"auth0|{identity}", "profile": profile}


def _issued(call: Call, kind: str, about: dict[str, Any]) -> Response:
    content = {name: call.body[name] for name in _KEPT if name in call.body}
    content["include_email"] = call.body.get("includeEmailInRedirect", True)
    url = Tickets(call.tenant).issue(kind, call.body.get("ttl_sec", 0), {**about, **content})
    return json_answer({"ticket": url}, 201)


_SCOPES = ("create:user_tickets",)
ENDPOINTS = [
    Endpoint("POST", "/tickets/email-verification", _SCOPES, verify_email, schemas.EMAIL_VERIFICATION),
    Endpoint("POST", "/tickets/password-change", _SCOPES, change_password, schemas.PASSWORD_CHANGE),
]
