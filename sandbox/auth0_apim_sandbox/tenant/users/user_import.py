"""Importing users into a database connection: what a row may hold, and each user on its own, with the errors of a job.

https://auth0.com/docs/manage-users/user-migration/bulk-user-imports and
https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples
"""

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp
from auth0_apim_sandbox.tenant.model.json_input import FORMATS, Schema, document, explain
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.users.accounts import find_by_login, new_user, picture
from auth0_apim_sandbox.tenant.users.imported_password_rules import (
    BCRYPT_HASH,
    CUSTOM_PASSWORD_HASH,
    hash_problem,
    unsupported_digest,
)

UPSERTABLE = (
    "app_metadata",
    "email_verified",
    "family_name",
    "given_name",
    "name",
    "nickname",
    "picture",
    "user_metadata",
)
"""The attributes that an import with `upsert` gives a user who exists; `custom_password_hash` has a rule of its own."""
RESERVED_IN_APP_METADATA = frozenset(
    [
        "__tenant",
        "_id",
        "blocked",
        "clientID",
        "created_at",
        "email",
        "email_verified",
        "globalClientID",
        "global_client_id",
        "identities",
        "lastIP",
        "lastLogin",
        "loginsCount",
        "metadata",
        "multifactor",
        "multifactor_last_modified",
        "updated_at",
        "user_id",
    ]
)
_TEXT: Schema = {"type": "string"}
IMPORTED_USER = document(
    {
        "email": {"type": "string", "format": "email"},
        "email_verified": {"type": "boolean"},
        "user_id": {"type": "string", "minLength": 1, "maxLength": 255},
        "username": {"type": "string", "minLength": 1, "maxLength": 128},
        "given_name": _TEXT,
        "family_name": _TEXT,
        "name": _TEXT,
        "nickname": _TEXT,
        "picture": _TEXT,
        "blocked": {"type": "boolean"},
        "password_hash": _TEXT,
        "custom_password_hash": CUSTOM_PASSWORD_HASH,
        "app_metadata": {"type": "object"},
        "user_metadata": {"type": "object"},
        "mfa_factors": {"type": "array", "minItems": 1, "maxItems": 10},
    },
    required=["email"],
)
UserError = dict[str, str]
"""`{"code", "message", "path"?}`."""
_VALIDATOR = Draft7Validator(IMPORTED_USER, format_checker=FORMATS)
_CODES = {
    "additionalProperties": "NOT_PASSED",
    "enum": "ENUM_MISMATCH",
    "format": "FORMAT",
    "maxItems": "ARRAY_LENGTH_LONG",
    "maxLength": "MAX_LENGTH",
    "minItems": "ARRAY_LENGTH_SHORT",
    "minLength": "MIN_LENGTH",
    "pattern": "PATTERN",
    "required": "OBJECT_REQUIRED",
    "type": "INVALID_TYPE",
}
_GRAVATAR = "secure.gravatar.com"
_NAMES = ("email", "user_id", "username")
_SECRET_ATTRIBUTES = ("mfa_factors", "password_hash")
_SECRET = re.compile("pass|pwd|secret", re.IGNORECASE)
_HIDDEN = "*****"
_CREDENTIALS = ("custom_password_hash", "password_hash")


class UserImport:
    """One job's import.

    Args:
        connection: the database that the users go into.
        upsert: change users who exist, whom an import refuses otherwise.
    """

    def __init__(self, tenant: Tenant, connection: Document, *, upsert: bool) -> None:
        self._tenant = tenant
        self._connection = connection
        self._upsert = upsert
        self._seen: set[tuple[str, str]] = set()
        self.summary = {"failed": 0, "updated": 0, "inserted": 0, "total": 0}
        self.errors: list[dict[str, Any]] = []

    def import_user(self, user: Any) -> None:
        """Store one user of the file, or note what is wrong with it."""
        self.summary["total"] += 1
        errors = list(_unsupported(user)) or list(_shape_errors(user)) or list(self._conflicts(user))
        if errors:
            self.summary["failed"] += 1
            self.errors.append({"user": redacted(user), "errors": errors})
            return
        existing = self._existing(user)
        self.summary["inserted" if existing is None else "updated"] += 1
        with self._tenant.store.transaction():
            self._insert(user) if existing is None else self._update(existing, user)

    def _existing(self, user: Document) -> Document | None:
        return find_by_login(self._tenant, self._connection["name"], "email", user["email"])

    def _conflicts(self, user: Document) -> Iterator[UserError]:
        named = {(name, str(user[name]).lower()) for name in _NAMES if name in user}
        repeated = sorted(named & self._seen)
        self._seen |= named
        if repeated:
            yield _error("DUPLICATED_USER", f"A user with this {repeated[0][0]} was already provided.")
            return
        existing = self._existing(user)
        if existing is not None and not self._upsert:
            yield _error("DUPLICATED_USER", "The user already exist and upsert parameter is false")
        elif existing is None:
            yield from self._name_conflicts(user)

    def _name_conflicts(self, user: Document) -> Iterator[UserError]:
        """Names of a new user that another one has."""
        username = user.get("username")
        if username and find_by_login(self._tenant, self._connection["name"], "username", username):
            yield _error("CONFLICT_USERNAME", "A user with this username already exists.", "username")
        if "user_id" in user and f"auth0|{user['user_id']}" in self._tenant.users:
            yield _error("CONFLICT", "A user with this user_id already exists.", "user_id")

    def _insert(self, user: Document) -> None:
        profile = {name: value for name, value in user.items() if name not in _CREDENTIALS}
        profile.setdefault("picture", picture(user["email"].lower(), host=_GRAVATAR))
        stored = new_user(self._tenant, self._connection, profile)
        self._tenant.users.put(stored["user_id"], stored)
        if "password_hash" in user:
            self._tenant.passwords.put(stored["user_id"], {"hash": user["password_hash"], "history": []})
        elif "custom_password_hash" in user:
            self._put_hash(stored["user_id"], user)

    def _update(self, existing: Document, user: Document) -> None:
        changes = {name: user[name] for name in UPSERTABLE if name in user}
        now = iso_timestamp(self._tenant.clock())
        self._tenant.users.put(existing["user_id"], {**existing, **changes, "updated_at": now})
        # A user who has logged in since has a bcrypt hash of Auth0's own, which stays.
        if "custom_password_hash" in user and "hash" not in self._tenant.passwords.get(existing["user_id"], {}):
            self._put_hash(existing["user_id"], user)

    def _put_hash(self, user_id: str, user: Document) -> None:
        self._tenant.passwords.put(user_id, {"imported": user["custom_password_hash"], "history": []})


def redacted(user: Any) -> Any:
    """The user as it was in the file, without what may be a password, a hash or a key; they are `*****`.

    Attributes that an import does not know are hidden whole, for one of them may be the password.
    """
    if not isinstance(user, dict):
        return _HIDDEN
    return {name: _redacted_attribute(name, value) for name, value in user.items()}


def _redacted_attribute(name: str, value: Any) -> Any:
    if name == "custom_password_hash":
        return _redacted_hash(value, CUSTOM_PASSWORD_HASH)
    known = name in IMPORTED_USER["properties"] and name not in _SECRET_ATTRIBUTES
    return _without_secrets(value) if known else _HIDDEN


def _redacted_hash(value: Any, schema: Schema) -> Any:
    """What of a hash comes from a closed set: algorithms, encodings, numbers."""
    if schema["type"] == "object" and isinstance(value, dict):
        properties = schema["properties"]
        return {name: _redacted_hash(each, properties.get(name, _TEXT)) for name, each in value.items()}
    shown = value in schema["enum"] if "enum" in schema else schema["type"] == "integer" and isinstance(value, int)
    return value if shown else _HIDDEN


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    if isinstance(value, dict):
        return {name: _HIDDEN if _SECRET.search(name) else _without_secrets(each) for name, each in value.items()}
    return value


def _unsupported(user: Any) -> Iterator[UserError]:
    """What a user of the file has that Auth0 imports and the sandbox does not."""
    if not isinstance(user, dict):
        return
    if "mfa_factors" in user:
        yield _not_supported("mfa_factors of an imported user", "mfa_factors")
    digest = unsupported_digest(user.get("custom_password_hash"))
    if digest is not None:
        what = f"password hashes of algorithm {digest}, which this machine's OpenSSL lacks"
        yield _not_supported(what, "custom_password_hash")


def _not_supported(what: str, path: str) -> UserError:
    return _error("NOT_SUPPORTED", f"This local tenant does not support {what}.", path)


def _shape_errors(user: Any) -> Iterator[UserError]:
    found = [_schema_error(error) for error in _VALIDATOR.iter_errors(user)]
    yield from found
    if found:
        return
    if "password_hash" in user and "custom_password_hash" in user:
        yield _error("NOT_PASSED", "password_hash and custom_password_hash are mutually exclusive", "password_hash")
    elif "password_hash" in user and not _is_bcrypt(user["password_hash"]):
        message = "Error in password_hash property - must be a bcrypt hash that begins with $2a$ or $2b$"
        yield _error("PATTERN", message, "password_hash")
    elif "custom_password_hash" in user and (problem := hash_problem(user["custom_password_hash"])):
        yield _error(*problem)
    for name in sorted(RESERVED_IN_APP_METADATA & user.get("app_metadata", {}).keys()):
        yield _error("NOT_PASSED", f"app_metadata must not contain {name}", f"app_metadata.{name}")


def _is_bcrypt(text: str) -> bool:
    return BCRYPT_HASH.fullmatch(text) is not None and not text.startswith("$2y$")


def _schema_error(error: ValidationError) -> UserError:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        required: Any = error.validator_value
        instance: Any = error.instance
        path.append(next(name for name in required if name not in instance))
    if any(part in _CREDENTIALS for part in path) and error.validator not in ("required", "additionalProperties"):
        message = "does not have the form that it must have"
    else:
        message = explain(error)
    place = ".".join(path)
    return _error(_CODES[str(error.validator)], f"Error in {place} property - {message}" if place else message, place)


def _error(code: str, message: str, path: str = "") -> UserError:
    return {"code": code, "message": message, **({"path": path} if path else {})}
