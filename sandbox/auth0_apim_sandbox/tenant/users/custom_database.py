"""A database of one's own behind a connection: what its scripts are asked, and what their answers mean.

https://auth0.com/docs/authenticate/database-connections/custom-db/templates
"""

import asyncio
from typing import Any

from auth0_apim_sandbox.scripts import ScriptEngineError, ScriptError, Surroundings, run_script
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp
from auth0_apim_sandbox.tenant.model.json_input import require_unicode
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.users.accounts import UserExistsError, new_user
from auth0_apim_sandbox.tenant.users.configuration_cipher import ConfigurationCipher

_NAMES = {
    "login": ("login",),
    "get_user": ("getByEmail", "getUser", "get_user"),
    "create": ("create",),
    "verify": ("verify",),
    "change_password": ("changePassword", "change_password"),
    "change_email": ("changeEmail", "change_email"),
    "delete": ("deleteUser", "remove"),
}
_SYNCHRONISED = ("name", "nickname", "given_name", "family_name", "picture")
_TEXTS = ("email", "username", *_SYNCHRONISED)
_OBJECTS = ("app_metadata", "user_metadata")
_KEPT = ("identities", "permissions", "roles")
"""What a user's record holds for the tenant itself."""
_AT_ONCE = 2


class DatabaseScriptError(Exception):
    """A script that failed for another reason than the user's; `code` is that of a ValidationError.

    The message is the script's own.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class UnsupportedDatabaseError(Exception):
    """A setting of a custom database that the sandbox does not follow; the message names it."""


class CustomDatabase:
    """The custom databases of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._running = asyncio.Semaphore(_AT_ONCE)

    async def login(self, connection: Document, name: str, password: str) -> Document | None:
        """The profile of the user with this name and password; None where there is none.

        Raises:
            DatabaseScriptError: the script is missing or failed.
            UnsupportedDatabaseError: the connection has a setting that the sandbox does not follow.
        """
        try:
            return _profile(await self._run(connection, "login", name, password))
        except ScriptError as error:
            if error.name == "WrongUsernameOrPasswordError":
                return None
            raise DatabaseScriptError(error.message, error.code) from error

    async def find(self, connection: Document, name: str) -> Document | None:
        """The profile that `get_user` knows under an e-mail address or user name; None also without that script."""
        if not has_script(connection, "get_user"):
            return None
        return _profile(await self._call_script(connection, "get_user", name))

    async def sign_up(self, connection: Document, user: Document, password: str, client_id: str) -> Document:
        """Add a user as the service does: `get_user` (is there one?), `create`, `login` (is there one now?).

        Args:
            user: the record that was asked for; what the database does not keep is kept with the result.

        Raises:
            UserExistsError: the database has the user already.
            DatabaseScriptError: a script is missing or failed.
        """
        try:
            await self._create(connection, user, password, client_id)
        except DatabaseScriptError as error:
            if error.code == "user_exists":
                raise UserExistsError("email") from error
            raise
        profile = await self.login(connection, user["email"], password)
        if profile is None:
            raise DatabaseScriptError("The script 'login' does not know the user that the script 'create' has made.")
        kept = self.record(connection, profile)
        kept = {**kept, **{name: user[name] for name in ("user_metadata", "app_metadata") if name in user}}
        self._tenant.users.put(kept["user_id"], kept)
        return kept

    async def check_not_known(self, connection: Document, user: Document) -> None:
        """Keep a user out whom the database has already.

        Raises:
            UserExistsError: `get_user` knows the e-mail address or the user name.
        """
        for name in ("email", "username"):
            if user.get(name) and await self.find(connection, user[name]) is not None:
                raise UserExistsError(name)

    async def _create(self, connection: Document, user: Document, password: str, client_id: str) -> None:
        names = ("email", "username", "user_metadata", "app_metadata")
        given = {name: user[name] for name in names if name in user}
        tenant = self._tenant.domain.partition(".")[0]
        details: dict[str, Any] = {
            "client_id": client_id,
            "tenant": tenant,
            "connection": connection["name"],
            "password": password,
        }
        await self._call_script(connection, "create", {**given, **details})

    async def change_password(self, connection: Document, email: str, password: str) -> bool:
        """Whether the user had a password to change."""
        values = await self._call_script(connection, "change_password", email, password)
        return bool(values[0]) if values else True

    async def verify(self, connection: Document, email: str) -> bool:
        """Whether the database has noted that the user confirmed the address."""
        values = await self._call_script(connection, "verify", email)
        return bool(values and values[0])

    async def change_email(self, connection: Document, email: str, new_email: str, verified: bool) -> bool:
        """Whether the database has taken the user's new address, or its verification; True without a script for it.

        Without the script only the tenant's record changes, as in the real service.
        """
        if not has_script(connection, "change_email"):
            return True
        values = await self._call_script(connection, "change_email", email, new_email, verified)
        return bool(values and values[0])

    async def delete(self, connection: Document, identity_id: str) -> None:
        """Remove the user with the id that the database knows, where there is a script for it."""
        if has_script(connection, "delete"):
            await self._call_script(connection, "delete", identity_id)

    def record(self, connection: Document, profile: Document) -> Document:
        """The tenant's record of a user who has logged in; made now, or brought up to date. The caller stores it."""
        identity = str(profile.get("user_id") or profile["id"])
        given = {name: value for name, value in profile.items() if name not in ("id", "user_id") and value is not None}
        known = self._tenant.users.get(f"auth0|{identity}")
        if known is None:
            return new_user(self._tenant, connection, {**given, "user_id": identity})
        if known["identities"][0]["connection"] != connection["name"]:
            raise DatabaseScriptError("The profile's user_id is that of a user of another connection.")
        if connection["options"].get("set_user_root_attributes", "on_each_login") != "on_each_login":
            return known
        changes = {name: given[name] for name in _SYNCHRONISED if name in given and given[name] != known.get(name)}
        return {**known, **changes, "updated_at": iso_timestamp(self._tenant.clock())} if changes else known

    async def _call_script(self, connection: Document, script: str, *arguments: Any) -> list[Any]:
        try:
            return await self._run(connection, script, *arguments)
        except ScriptError as error:
            raise DatabaseScriptError(error.message, error.code) from error

    async def _run(self, connection: Document, script: str, *arguments: Any) -> list[Any]:
        options = connection["options"]
        if options.get("enable_script_context"):
            raise UnsupportedDatabaseError("enable_script_context of a custom database connection")
        if not has_script(connection, script):
            raise DatabaseScriptError(f"Connection '{connection['name']}' has no script '{script}'.")
        decrypt = ConfigurationCipher(self._tenant.store).decrypt
        configuration = {name: decrypt(value) for name, value in options.get("configuration", {}).items()}
        text = options["customScripts"][script]
        async with self._running:
            try:
                values = await run_script(
                    text, _NAMES[script], arguments, Surroundings(configuration, self._tenant.access)
                )
                require_unicode(values)
            except ValueError as error:
                raise DatabaseScriptError(f"The script '{script}' gives back a text that is not Unicode.") from error
            except ScriptEngineError as error:
                raise UnsupportedDatabaseError(f"scripts here: {error}") from error
        return values


def is_custom(connection: Document) -> bool:
    """Whether the connection's users are in a database of one's own."""
    return bool((connection.get("options") or {}).get("enabledDatabaseCustomization"))


def imports_users(connection: Document) -> bool:
    """Whether each user moves into the tenant at the first login."""
    return bool((connection.get("options") or {}).get("import_mode"))


def has_script(connection: Document, script: str) -> bool:
    """Whether the connection has a script of that name."""
    return script in ((connection.get("options") or {}).get("customScripts") or {})


def _profile(values: list[Any]) -> Document | None:
    profile = values[0] if values else None
    if profile is None or profile is False:
        return None
    if not isinstance(profile, dict) or not (profile.get("user_id") or profile.get("id")):
        raise DatabaseScriptError("The script's profile has no user_id.")
    for name in _TEXTS:
        if not isinstance(profile.get(name, ""), str | None):
            raise DatabaseScriptError(f"The script's profile has a '{name}' that is no text.")
    for name in _OBJECTS:
        if not isinstance(profile.get(name, {}), dict | None):
            raise DatabaseScriptError(f"The script's profile has an '{name}' that is no object.")
    if kept := [name for name in _KEPT if name in profile]:
        raise UnsupportedDatabaseError(f"'{kept[0]}' in the profile of a custom database; put it into app_metadata")
    email = profile.get("email")
    return {**profile, "email": email.lower()} if email else profile
