"""Which `custom_password_hash` an import takes, and which the sandbox cannot check.

https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples#supported-hash-algorithms
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import argon2

from auth0_apim_sandbox.tenant.model.json_input import Schema, document
from auth0_apim_sandbox.tenant.users.imported_passwords import (
    ImportedHash,
    LdapHash,
    Pbkdf2Hash,
    decoded,
    digest_name,
    scrypt_memory,
)

_STRING: Schema = {"type": "string"}
_INTEGER: Schema = {"type": "integer"}
_ENCODING: Schema = {"type": "string", "enum": ["base64", "hex", "utf8"]}
_KEY: Schema = {"type": "object", "required": ["value"], "properties": {"value": _STRING, "encoding": _ENCODING}}
_HMAC_DIGESTS = ["md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "whirlpool"]
_ALGORITHMS = ["argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "sha1", "sha256", "sha512", "pbkdf2", "scrypt"]
_PASSWORD_ENCODINGS = ["ascii", "utf8", "utf16le", "ucs2", "latin1", "binary"]
CUSTOM_PASSWORD_HASH = document(
    {
        "algorithm": {"type": "string", "enum": _ALGORITHMS},
        "hash": {
            "type": "object",
            "properties": {
                "value": _STRING,
                "encoding": _ENCODING,
                "digest": {"type": "string", "enum": _HMAC_DIGESTS},
                "key": _KEY,
            },
        },
        "salt": {
            "type": "object",
            "required": ["value"],
            "properties": {
                "value": _STRING,
                "encoding": _ENCODING,
                "position": {"type": "string", "enum": ["prefix", "suffix"]},
            },
        },
        "password": {
            "type": "object",
            "properties": {"encoding": {"type": "string", "enum": _PASSWORD_ENCODINGS}},
        },
        "keylen": _INTEGER,
        "cost": _INTEGER,
        "blockSize": _INTEGER,
        "parallelization": _INTEGER,
    },
    required=["algorithm", "hash"],
)
BCRYPT_HASH = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")
_MOST_MEMORY = 1 << 30
_DIGESTS = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
_IN_BYTES = frozenset([*_DIGESTS, "hmac", "scrypt"])
_WITHOUT_SALT = frozenset(["argon2", "ldap", "pbkdf2"])
_DIGESTS_OF_AUTH0 = frozenset(["md4", "mdc2", "ripemd160", "sha224", "sha384", "whirlpool", *_DIGESTS])


class HashProblem(NamedTuple):
    """What is wrong with a hash, in the form of an import job's error."""

    code: str
    message: str
    path: str


def unsupported_digest(imported: Any) -> str | None:
    """The algorithm of a hash that Auth0 takes and this machine's OpenSSL cannot check, such as `md4`."""
    if not isinstance(imported, dict) or not isinstance(imported.get("hash"), dict):
        return None
    algorithm, given = imported.get("algorithm"), imported["hash"]
    name = {"hmac": given.get("digest"), "pbkdf2": _pbkdf2_digest(given.get("value"))}.get(str(algorithm), algorithm)
    known = {*_DIGESTS, "argon2", "bcrypt", "hmac", "ldap", "pbkdf2", "scrypt"}
    if name in known or name not in _DIGESTS_OF_AUTH0:
        return None
    return None if _is_available(str(name)) else str(name)


def hash_problem(imported: ImportedHash) -> HashProblem | None:
    """What keeps `imported`, which has the shape of the import's schema, from being used; None where nothing does."""
    algorithm, given = imported["algorithm"], imported["hash"]
    if "value" not in given:
        return HashProblem("OBJECT_REQUIRED", "Missing required property: value", "custom_password_hash.hash.value")
    encodings = ("hex", "base64") if algorithm in _IN_BYTES else ("utf8",)
    if given.get("encoding", "utf8") not in encodings:
        return _at("hash.encoding", f"must be {' or '.join(encodings)} for {algorithm}", "ENUM_MISMATCH")
    if algorithm in _WITHOUT_SALT and "salt" in imported:
        return _at("salt", f"is not allowed for {algorithm}, whose hash includes it", "NOT_PASSED")
    try:
        for name in ("salt",) if "salt" in imported else ():
            decoded(imported[name]["value"], imported[name].get("encoding", "utf8"))
    except ValueError:
        return _at("salt.value", "is not in its encoding", "FORMAT")
    return _CHECKS[algorithm](imported)


def _digest(imported: ImportedHash) -> HashProblem | None:
    return _value_problem(imported, _DIGESTS[imported["algorithm"]])


def _hmac(imported: ImportedHash) -> HashProblem | None:
    given = imported["hash"]
    for name in ("digest", "key"):
        if name not in given:
            return _at(f"hash.{name}", "is required for hmac", "OBJECT_REQUIRED")
    try:
        decoded(given["key"]["value"], given["key"].get("encoding", "utf8"))
    except ValueError:
        return _at("hash.key.value", "is not in its encoding", "FORMAT")
    return _value_problem(imported, hashlib.new(given["digest"], usedforsecurity=False).digest_size)


def _scrypt(imported: ImportedHash) -> HashProblem | None:
    if "keylen" not in imported:
        return _at("keylen", "is required for scrypt", "OBJECT_REQUIRED")
    cost = imported.get("cost", 16384)
    if cost < 2 or cost & (cost - 1):
        return _at("cost", "must be a power of two greater than one", "FORMAT")
    for name in ("keylen", "blockSize", "parallelization"):
        if imported.get(name, 1) < 1:
            return _at(name, "must be greater than zero", "MINIMUM")
    if scrypt_memory(imported) > _MOST_MEMORY:
        return _at("cost", "with blockSize and parallelization takes more than 1 GiB of memory", "MAXIMUM")
    return _value_problem(imported, imported["keylen"])


def _argon2(imported: ImportedHash) -> HashProblem | None:
    try:
        parameters = argon2.extract_parameters(imported["hash"]["value"])
    except argon2.exceptions.InvalidHashError:
        return _at("hash.value", "must be a PHC string of argon2", "FORMAT")
    if parameters.memory_cost * 1024 > _MOST_MEMORY:
        return _at("hash.value", "takes more than 1 GiB of memory", "MAXIMUM")
    return None


def _bcrypt(imported: ImportedHash) -> HashProblem | None:
    if BCRYPT_HASH.fullmatch(imported["hash"]["value"]):
        return None
    return _at("hash.value", "must be a bcrypt hash that begins with $2a$, $2b$ or $2y$", "PATTERN")


def _parsed(parse: Callable[[str], object]) -> Callable[[ImportedHash], HashProblem | None]:
    def check(imported: ImportedHash) -> HashProblem | None:
        try:
            parse(imported["hash"]["value"])
        except ValueError as error:
            return _at("hash.value", f"is {error}", "FORMAT")
        return None

    return check


def _value_problem(imported: ImportedHash, size: int) -> HashProblem | None:
    try:
        value = decoded(imported["hash"]["value"], imported["hash"]["encoding"])
    except ValueError:
        return _at("hash.value", f"is not {imported['hash']['encoding']}", "FORMAT")
    if len(value) != size:
        return _at("hash.value", f"must stand for {size} bytes, not for {len(value)}", "FORMAT")
    return None


def _at(name: str, problem: str, code: str) -> HashProblem:
    path = f"custom_password_hash.{name}"
    return HashProblem(code, f"Error in {path} property - {name} {problem}", path)


def _pbkdf2_digest(value: Any) -> str | None:
    match = re.match(r"\$pbkdf2-([A-Za-z0-9-]+)\$", value) if isinstance(value, str) else None
    return digest_name(match[1]) if match else None


def _is_available(name: str) -> bool:
    try:
        hashlib.new(name, usedforsecurity=False)
    except ValueError:
        return False
    return True


_CHECKS: dict[str, Callable[[ImportedHash], HashProblem | None]] = {
    **dict.fromkeys(_DIGESTS, _digest),
    "argon2": _argon2,
    "bcrypt": _bcrypt,
    "hmac": _hmac,
    "ldap": _parsed(LdapHash.parse),
    "pbkdf2": _parsed(Pbkdf2Hash.parse),
    "scrypt": _scrypt,
}
