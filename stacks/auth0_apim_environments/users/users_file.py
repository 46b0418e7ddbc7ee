"""A file of users in Auth0's import format: read, checked before anything is sent, and cut into pieces of Auth0's size.

https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from auth0_apim.rules.text_rules import email_problem
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from auth0_apim_environments.settings.problems import obeys

MAX_JOB_BYTES = 500_000
"""The largest import job: Auth0 takes 500 KB."""

EXAMPLE = '[{"email": "jane@example.com", "email_verified": true, "password_hash": "$2b$10$…"}]'
_SECRETS = ("password_hash", "custom_password_hash", "mfa_factors")
_UNIQUE = ("email", "user_id", "username")

_Encoding = Literal["base64", "hex", "utf8"]
_Text = Annotated[str, Field(strict=True)]
_Truth = Annotated[bool, Field(strict=True)]


class UsersFileError(Exception):
    """A file cannot be imported; the message has every problem with line and user, never a secret."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Value(_Part):
    value: _Text
    encoding: _Encoding = "utf8"


class _Salt(_Value):
    position: Literal["prefix", "suffix"] = "prefix"


class _Hash(_Part):
    value: _Text
    encoding: _Encoding | None = None
    digest: Literal["md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "whirlpool"] | None = (
        None
    )
    key: _Value | None = None


class _PasswordEncoding(_Part):
    encoding: Literal["ascii", "utf8", "utf16le", "ucs2", "latin1", "binary"] = "utf8"


class _CustomPasswordHash(_Part):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    algorithm: Literal["argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "sha1", "sha256", "sha512", "pbkdf2", "scrypt"]
    hash: _Hash
    salt: _Salt | None = None
    password: _PasswordEncoding | None = None
    keylen: int | None = Field(default=None, ge=1)
    cost: int | None = Field(default=None, ge=2)
    block_size: int | None = Field(default=None, ge=1)
    parallelization: int | None = Field(default=None, ge=1)


class _User(_Part):
    email: Annotated[_Text, obeys(email_problem)]
    email_verified: _Truth | None = None
    user_id: Annotated[_Text, Field(min_length=1, max_length=255)] | None = None
    username: Annotated[_Text, Field(min_length=1, max_length=128)] | None = None
    given_name: _Text | None = None
    family_name: _Text | None = None
    name: _Text | None = None
    nickname: _Text | None = None
    picture: _Text | None = None
    blocked: _Truth | None = None
    password_hash: Annotated[_Text, Field(pattern=r"^\$2[ab]\$\d\d\$[./A-Za-z0-9]{53}$")] | None = None
    custom_password_hash: _CustomPasswordHash | None = None
    app_metadata: dict[str, Any] | None = None
    user_metadata: dict[str, Any] | None = None
    mfa_factors: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=10)] | None = None


@dataclass(frozen=True)
class FileUser:
    """One user of the file.

    Attributes:
        line: on which it begins, from 1.
        text: its JSON text, without white space.
        content: its JSON object.
    """

    line: int
    text: str
    content: dict[str, Any]


def read_users(path: Path) -> list[FileUser]:
    """The users in `path`, checked against Auth0's schema; no two have the same e-mail address, id or user name.

    Raises:
        UsersFileError: the file cannot be read, is no JSON list, or has users that Auth0 refuses.
    """
    try:
        found = list(_elements(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise UsersFileError(f"{path} cannot be read: {error}") from None
    except json.JSONDecodeError as error:
        raise UsersFileError(f"{path}:{error.lineno} is no list of users ({error.msg}); example: {EXAMPLE}") from None
    problems = [f"{path}:{line}: user {number} {each}" for number, line, each in _problems(found)]
    if problems:
        raise UsersFileError("\n".join([*problems, f"example: {EXAMPLE}"]))
    return [FileUser(line, json.dumps(user, separators=(",", ":")), user) for line, user in found]


def pieces(users: Sequence[FileUser]) -> Iterator[list[FileUser]]:
    """The users in lists, each small enough for one job."""
    piece: list[FileUser] = []
    size = 2
    for user in users:
        if piece and size + len(user.text) + 1 > MAX_JOB_BYTES:
            yield piece
            piece, size = [], 2
        piece.append(user)
        size += len(user.text) + 1
    if piece:
        yield piece


def _elements(text: str) -> Iterator[tuple[int, Any]]:
    """The line and the value of every element of a JSON list."""
    decoder = json.JSONDecoder()
    position = _next(text, 0)
    if text[position : position + 1] != "[":
        raise json.JSONDecodeError("expected '['", text, position)
    position, separator = _next(text, position + 1), ","
    if text[position : position + 1] == "]":
        position, separator = position + 1, "]"
    while separator == ",":
        value, end = decoder.raw_decode(text, position)
        yield text.count("\n", 0, position) + 1, value
        position = _next(text, end)
        separator = text[position : position + 1]
        if separator not in (",", "]"):
            raise json.JSONDecodeError("expected ',' or ']'", text, position)
        position = _next(text, position + 1)
    if position < len(text.rstrip()):
        raise json.JSONDecodeError("text after the list", text, position)


def _next(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\t", "\r", "\n"):
        position += 1
    return position


def _problems(found: Sequence[tuple[int, Any]]) -> Iterator[tuple[int, int, str]]:
    seen: dict[tuple[str, str], int] = {}
    for number, (line, user) in enumerate(found, start=1):
        problems = list(_problems_of(user))
        yield from ((number, line, each) for each in problems)
        for name in () if problems else [name for name in _UNIQUE if user.get(name)]:
            first = seen.setdefault((name, user[name].lower()), number)
            if first != number:
                yield number, line, f"has the {name} of user {first}, {user[name]!r}"


def _problems_of(user: Any) -> Iterator[str]:
    try:
        _User.model_validate(user)
    except ValidationError as error:
        yield from (_sentence(details) for details in error.errors())
        return
    if "password_hash" in user and "custom_password_hash" in user:
        yield "has password_hash and custom_password_hash, which exclude each other"
    if len(json.dumps(user, separators=(",", ":"))) + 2 > MAX_JOB_BYTES:
        yield f"is larger than the {MAX_JOB_BYTES} bytes that a job takes"


def _sentence(details: ErrorDetails) -> str:
    path = ".".join(str(part) for part in details["loc"])
    kind = details["type"]
    if kind == "missing":
        return f"lacks {path}"
    if kind == "extra_forbidden":
        return f"has {path}, which Auth0 does not import"
    problem = str(details["ctx"]["error"]) if kind == "value_error" else details["msg"].replace("Input should", "must")
    problem = problem.replace("String should", "must")
    if any(part in _SECRETS for part in details["loc"]):
        return f"has a bad {path}: {problem.partition(', not ')[0]}"
    return f"has a bad {path}: {problem}" if path else f"is no user: {problem}"
