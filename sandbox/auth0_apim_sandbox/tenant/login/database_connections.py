"""/dbconnections: users who sign themselves up, or have forgotten their password.

https://auth0.com/docs/api/authentication/signup/create-a-new-user
"""

from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.json_input import is_email
from auth0_apim_sandbox.tenant.model.tenant import Tenant, may_use
from auth0_apim_sandbox.tenant.oauth.endpoint import Answer
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request, not_supported
from auth0_apim_sandbox.tenant.oauth.parameters import Call
from auth0_apim_sandbox.tenant.users.accounts import UserExistsError, add_user, new_user, username_problem
from auth0_apim_sandbox.tenant.users.custom_database import (
    CustomDatabase,
    DatabaseScriptError,
    UnsupportedDatabaseError,
    imports_users,
    is_custom,
)
from auth0_apim_sandbox.tenant.users.passwords import PasswordError, check_password

_PROFILE = ("email", "username", "given_name", "family_name", "name", "nickname", "picture")


class DatabaseConnections:
    """Sign-up and the request for a new password."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._custom = CustomDatabase(tenant)

    async def signup(self, call: Call) -> Answer:
        """Add a user to a database that takes sign-ups.

        Whether an address is taken already is told only where the tenant's flag
        `enable_public_signup_user_exists_error` allows it.

        Raises:
            OAuthError: a parameter is missing or no text, or the connection is none the client may use.
        """
        connection = self._connection(call)
        password = call.require("password")
        profile: dict[str, Any] = {name: value for name in _PROFILE if (value := call.get(name)) is not None}
        metadata = call.parameters.get("user_metadata")
        if metadata is not None:
            profile["user_metadata"] = _checked_metadata(metadata)
        if problem := _problem(connection, profile):
            return _refusal("invalid_signup", problem)
        user = new_user(self._tenant, connection, profile)
        try:
            user = await self._added(connection, user, password, call.require("client_id"))
        except DatabaseScriptError as error:
            return _refusal(error.code or "internal_error", str(error))
        except UnsupportedDatabaseError as error:
            raise not_supported(str(error)) from error
        except PasswordError as error:
            return Answer(
                {"name": error.name, "message": error.message, "code": "invalid_password", "statusCode": 400}, 400
            )
        except UserExistsError:
            if (self._tenant.settings.get("flags") or {}).get("enable_public_signup_user_exists_error"):
                return _refusal("user_exists", "The user already exists.")
            return _refusal("invalid_signup", "Invalid sign up")
        return Answer(_shown(user))

    async def change_password(self, call: Call) -> Answer:
        """The service's answer to the request for a new password, whether or not there is such a user.

        No mail leaves the sandbox; set the password through the Management API.

        Raises:
            OAuthError: a parameter is missing, or the connection is none the client may use.
        """
        self._connection(call)
        if call.get("email") is None and call.get("username") is None:
            raise invalid_request("Missing required parameter: email")
        return Answer("We've just sent you an email to reset your password.")

    async def _added(self, connection: Document, user: Document, password: str, client_id: str) -> Document:
        if is_custom(connection):
            await self._custom.check_not_known(connection, user)
            if not imports_users(connection):
                check_password(connection["options"], password, user)
                return await self._custom.sign_up(connection, user, password, client_id)
        await add_user(self._tenant, connection, user, password)
        return user

    def _connection(self, call: Call) -> Document:
        client_id, name = call.require("client_id"), call.require("connection")
        client = self._tenant.clients.get(client_id)
        if client is None:
            raise invalid_request(f"Unknown client: {client_id}")
        connection = self._tenant.connection(name)
        if connection is None:
            raise OAuthError(404, "invalid_request", "the connection was not found")
        if not may_use(client, connection):
            raise invalid_request("the connection is not enabled")
        return connection


def _problem(connection: Document, profile: dict[str, Any]) -> str | None:
    options = connection["options"]
    password = (options.get("authentication_methods") or {}).get("password") or {}
    if options.get("disable_signup") or password.get("signup_behavior") == "block":
        return "Public signup is disabled"
    if not profile.get("email") or not is_email(profile["email"]):
        return "Invalid sign up: a valid email is required"
    if options.get("requires_username") and "username" not in profile:
        return "Invalid sign up: this connection requires a username"
    return username_problem(options, profile["username"]) if "username" in profile else None


def _checked_metadata(metadata: Any) -> dict[str, str]:
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise invalid_request("Parameter 'user_metadata' must be an object of strings")
    if len(metadata) > 10 or any(len(text) > 500 for pair in metadata.items() for text in pair):
        raise invalid_request("Parameter 'user_metadata' takes 10 properties of at most 500 characters")
    return metadata


def _refusal(code: str, description: str) -> Answer:
    return Answer({"name": "BadRequestError", "code": code, "description": description, "statusCode": 400}, 400)


def _shown(user: Document) -> dict[str, Any]:
    answer = {"_id": user["user_id"].partition("|")[2], "email_verified": user["email_verified"]}
    names = ("email", "username", "given_name", "family_name", "name", "nickname", "picture", "user_metadata")
    asked = {name: user[name] for name in names if name in user}
    return {**answer, **asked}
