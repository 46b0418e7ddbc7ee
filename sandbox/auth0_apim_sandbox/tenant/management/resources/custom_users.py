"""Users of custom databases, as the Management API changes them: by the connection's scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.users.accounts import UserExistsError, add_user
from auth0_apim_sandbox.tenant.users.custom_database import (
    CustomDatabase,
    DatabaseScriptError,
    UnsupportedDatabaseError,
    imports_users,
)
from auth0_apim_sandbox.tenant.users.passwords import PasswordError, check_password

_API = "management-api"


async def create(tenant: Tenant, connection: Document, user: Document, password: str | None) -> Document:
    """The stored record of a new user: in the database, or in the tenant where the connection imports users.

    Raises:
        PasswordError: the connection's policy refuses the password.
        UserExistsError: the database or the tenant has the user.
        ManagementError: 400 for a script that failed, 501 for what the sandbox does not follow.
    """
    database = CustomDatabase(tenant)
    with script_errors_answered():
        await database.check_not_known(connection, user)
        if imports_users(connection):
            await add_user(tenant, connection, user, password)
            return user
        if password is None:
            raise invalid_body(f"missing password for {connection['name']} connection")
        check_password(connection["options"], password, user)
        if tenant.user(connection["name"], user["email"]) is not None:
            raise UserExistsError("email")
        return await database.sign_up(connection, user, password, _API)


async def update(tenant: Tenant, connection: Document, user: Document, changes: dict[str, Any]) -> None:
    """Carry a new password, e-mail address or verification of the address to the database.

    Raises:
        ManagementError: 400 for a password that the connection's policy refuses, for a script that failed or found no
            user; 501 for another user name.
    """
    if "username" in changes and changes["username"] != user.get("username"):
        raise not_supported("another username for a user of a custom database")
    if "password" in changes:
        await _change_password(tenant, connection, user, changes["password"])
    await _change_email(tenant, connection, user, changes)


async def _change_password(tenant: Tenant, connection: Document, user: Document, password: str) -> None:
    try:
        check_password(connection["options"], password, user)
    except PasswordError as error:
        raise ManagementError(400, str(error), "invalid_password") from error
    with script_errors_answered():
        if not await CustomDatabase(tenant).change_password(connection, user["email"], password):
            raise ManagementError(400, "The user's password could not be changed.", "auth0_idp_error")
    tenant.delete_tokens("user_id", user["user_id"])


async def _change_email(tenant: Tenant, connection: Document, user: Document, changes: dict[str, Any]) -> None:
    before = (user.get("email"), bool(user.get("email_verified")))
    email = changes.get("email", user.get("email"))
    after = (
        (email.lower(), changes.get("email_verified", before[1] and email.lower() == before[0])) if email else before
    )
    if after == before:
        return
    with script_errors_answered():
        if not await CustomDatabase(tenant).change_email(connection, user["email"], *after):
            raise ManagementError(400, "The user's email could not be changed.", "auth0_idp_error")


async def delete(tenant: Tenant, connection: Document, user: Document) -> None:
    """Remove a user from the database, where there is a script for it.

    Raises:
        ManagementError: 400 for a script that failed; the tenant's record then stays.
    """
    with script_errors_answered():
        await CustomDatabase(tenant).delete(connection, user["user_id"].partition("|")[2])


@contextmanager
def script_errors_answered() -> Iterator[None]:
    """Answer what goes wrong with a connection's scripts.

    Raises:
        ManagementError: 400 for a script that failed, 501 for what the sandbox does not follow.
    """
    try:
        yield
    except DatabaseScriptError as error:
        raise ManagementError(400, str(error), "auth0_idp_error") from error
    except UnsupportedDatabaseError as error:
        raise not_supported(str(error)) from error
