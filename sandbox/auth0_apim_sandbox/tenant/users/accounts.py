"""Users of database connections: adding one, changing a password; for the Management API and for sign-up alike."""

import hashlib
import re
from typing import Any
from urllib.parse import quote

import anyio.to_thread

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.users import passwords
from auth0_apim_sandbox.tenant.users.passwords import check_history, check_password, remembered

USERNAME = r"^[a-zA-Z0-9_+\-.!#$^`~@']+$"
"""The characters of a username."""
_AVATARS = "https://cdn.auth0.com/avatars"
_USERNAME_LENGTHS = {"min": 1, "max": 15}


class UserExistsError(Exception):
    """The connection has a user with this id, e-mail address or username; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__("The user already exists.")
        self.name = name


def new_user(tenant: Tenant, connection: Document, profile: dict[str, Any]) -> Document:
    """The document of a user of `connection` with the claims in `profile`; nothing is stored.

    `user_id` in the profile is the part after `auth0|`; e-mail addresses are kept in lower case.
    """
    identity = profile.get("user_id") or ids.user_identity_id()
    now = iso_timestamp(tenant.clock())
    email = profile["email"].lower() if profile.get("email") else None
    name = email or profile.get("username") or identity
    nickname = email.partition("@")[0] if email else name
    given = {key: value for key, value in profile.items() if key not in ("user_id", "email") and value is not None}
    return {
        "created_at": now,
        **({"email": email} if email else {}),
        "email_verified": False,
        "identities": [{"connection": connection["name"], "user_id": identity, "provider": "auth0", "isSocial": False}],
        "name": name,
        "nickname": nickname,
        "picture": picture(email or name),
        "updated_at": now,
        "user_id": f"auth0|{identity}",
        **given,
    }


async def add_user(tenant: Tenant, connection: Document, user: Document, password: str | None) -> None:
    """Store a user of `new_user` and, apart from it, the hash of the password.

    Raises:
        PasswordError: the connection's policy refuses the password.
        UserExistsError: the id, the e-mail address or the username is taken in this connection.
    """
    password_hash = None
    if password is not None:
        check_password(connection["options"], password, user)
        password_hash = await anyio.to_thread.run_sync(passwords.hash_password, password)
    _check_unique(tenant, connection["name"], user)
    with tenant.store.transaction():
        tenant.users.put(user["user_id"], user)
        if password_hash is not None:
            tenant.passwords.put(user["user_id"], {"hash": password_hash, "history": []})


async def password_document(tenant: Tenant, connection: Document, user: Document, password: str) -> Document:
    """What `auth0.passwords` is to hold for `user` once `password` is theirs; nothing is stored.

    Raises:
        PasswordError: the connection's policy refuses the password.
    """
    options = connection["options"]
    check_password(options, password, user)
    stored = tenant.passwords.get(user["user_id"], {})
    await anyio.to_thread.run_sync(check_history, options, password, stored)
    password_hash = await anyio.to_thread.run_sync(passwords.hash_password, password)
    return {"hash": password_hash, "history": remembered(options, stored)}


def find_by_login(tenant: Tenant, connection: str, name: str, login: str) -> Document | None:
    """The user of `connection` whose `name`, `email` or `username`, is `login` in any case."""
    found = tenant.users_with_login(connection, login)
    return next((user for user in found if (user.get(name) or "").lower() == login.lower()), None)


def username_problem(options: dict[str, Any], username: str) -> str | None:
    """What is wrong with a new username in a connection with these options."""
    if not options.get("requires_username"):
        return "Cannot set username for connection without requires_username"
    lengths = {**_USERNAME_LENGTHS, **((options.get("validation") or {}).get("username") or {})}
    if not lengths["min"] <= len(username) <= lengths["max"]:
        return f"Username must have between {lengths['min']} and {lengths['max']} characters."
    if not re.fullmatch(USERNAME, username):
        return "Username can only contain alphanumeric characters, or one of _ + - . ! # $ ^ ` ~ @ '"
    return None


def picture(email: str, *, host: str = "s.gravatar.com") -> str:
    """The Gravatar of an e-mail address at one of its hosts, with Auth0's picture of the first two letters as the fallback."""
    digest = hashlib.md5(email.encode(), usedforsecurity=False).hexdigest()
    letters = "".join(letter for letter in email.partition("@")[0].lower() if letter.isalnum())[:2]
    fallback = quote(f"{_AVATARS}/{letters}.png", safe="")
    return f"https://{host}/avatar/{digest}?s=480&r=pg&d={fallback}"


def _check_unique(tenant: Tenant, connection: str, user: Document) -> None:
    if user["user_id"] in tenant.users:
        raise UserExistsError("user_id")
    for name in ("email", "username"):
        if user.get(name) and find_by_login(tenant, connection, name, user[name]):
            raise UserExistsError(name)
