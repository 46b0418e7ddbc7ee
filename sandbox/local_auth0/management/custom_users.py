"""Users of custom databases, as the Management API changes them: by the connection's scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local_store.store import Document

from local_auth0.custom_database import CustomDatabase, DatabaseScriptError, UnsupportedDatabaseError, imports_users
from local_auth0.errors import ManagementError, invalid_body, not_supported
from local_auth0.model import Tenant
from local_auth0.password_policy import PasswordError, check_password
from local_auth0.user_accounts import UserExistsError, add_user

_API = "management-api"


async def create(tenant: Tenant, connection: Document, user: Document, password: str | None) -> Document:
    """The stored record of a new user: in the database, or in the tenant where the connection imports users.

    Raises:
        PasswordError: the connection's policy refuses the password.
        UserExistsError: the database or the tenant has the user.
        ManagementError: 400 for a script that failed, 501 for what the sandbox does not follow.
    """
    database = CustomDatabase(tenant)
    with _told():
        await database.refuse_known(connection, user)
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
    """Carry a new password to the database, which alone knows it.

    Raises:
        ManagementError: 400 for a password that the connection's policy refuses, for a script that failed or found no
            user; 501 for another e-mail address or user name.
    """
    for name in ("email", "username"):
        if name in changes and changes[name] != user.get(name):
            raise not_supported(f"another {name} for a user of a custom database")
    if "password" not in changes:
        return
    try:
        check_password(connection["options"], changes["password"], user)
    except PasswordError as error:
        raise ManagementError(400, str(error), "invalid_password") from error
    with _told():
        if not await CustomDatabase(tenant).change_password(connection, user["email"], changes["password"]):
            raise ManagementError(400, "The user's password could not be changed.", "auth0_idp_error")
    tenant.forget_tokens("user_id", user["user_id"])


async def delete(tenant: Tenant, connection: Document, user: Document) -> None:
    """Remove a user from the database, where there is a script for it.

    Raises:
        ManagementError: 400 for a script that failed; the tenant's record then stays.
    """
    with _told():
        await CustomDatabase(tenant).delete(connection, user["user_id"].partition("|")[2])


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DatabaseScriptError as error:
        raise ManagementError(400, str(error), "auth0_idp_error") from error
    except UnsupportedDatabaseError as error:
        raise not_supported(str(error)) from error
