"""Checking a password against a hash that came with an imported user, in any of Auth0's formats.

https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples

Slow on purpose where the hash is: callers on an event loop run `matches` in a thread.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import argon2
import bcrypt
from typing_extensions import Self

ImportedHash = dict[str, Any]
"""A user's `custom_password_hash`, checked by `auth0_apim_sandbox.tenant.imported_password_rules`."""

_BCRYPT_BYTES = 72
_LDAP = re.compile(r"\{(?P<scheme>S?(?:MD5|SHA(?:224|256|384|512)?))\}(?P<value>[A-Za-z0-9+/=_-]+)", re.IGNORECASE)
_PBKDF2 = re.compile(
    r"\$pbkdf2-(?P<digest>[A-Za-z0-9-]+)(?:\$(?P<parameters>[a-z]+=\d+(?:,[a-z]+=\d+)*))?"
    r"\$(?P<salt>[A-Za-z0-9+/]+)\$(?P<value>[A-Za-z0-9+/]+)"
)


def matches(imported: ImportedHash, password: str) -> bool:
    """Whether `password` is the one that `imported` was made of; digests are compared in constant time."""
    encoding = (imported.get("password") or {}).get("encoding", "utf8")
    return _CHECKS[imported["algorithm"]](imported, encoded(password, encoding))


def encoded(text: str, encoding: str) -> bytes:
    """`text` as Node's `Buffer.from(text, encoding)` has it: latin1, binary and ascii keep each unit's low byte."""
    if encoding == "utf8":
        return text.encode()
    units = text.encode("utf-16-le")
    return units if encoding in ("utf16le", "ucs2") else units[::2]


def decoded(value: str, encoding: str) -> bytes:
    """The bytes that `value` stands for: `hex` in any case, `base64` in both alphabets, padded or not, or `utf8`.

    Raises:
        ValueError: the text is not in that encoding.
    """
    if encoding == "utf8":
        return value.encode()
    if encoding == "hex":
        return bytes.fromhex(value)
    standard = value.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


@dataclass(frozen=True)
class LdapHash:
    """RFC 2307, section 5.3: `{SCHEME}` and Base64 of a digest, followed by its salt where the scheme has one."""

    digest_name: str
    digest: bytes
    salt: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a `userPassword`.

        Raises:
            ValueError: not that form, or shorter than the scheme's digest.
        """
        match = _LDAP.fullmatch(text)
        if match is None:
            raise ValueError("not {scheme}base64 with a scheme of md5, smd5, sha*, ssha*")
        scheme = match["scheme"].lower()
        name = scheme.removeprefix("s") if scheme.startswith(("ssha", "smd5")) else scheme
        name = "sha1" if name == "sha" else name
        content = decoded(match["value"], "base64")
        size = hashlib.new(name, usedforsecurity=False).digest_size
        salted = scheme.startswith(("ssha", "smd5"))
        if len(content) < size or (len(content) > size and not salted):
            raise ValueError(f"not a digest of {size} bytes")
        return cls(name, content[:size], content[size:])


@dataclass(frozen=True)
class Pbkdf2Hash:
    """A PHC string `$pbkdf2-<digest>$i=<iterations>,l=<length>$<salt>$<hash>`."""

    digest_name: str
    iterations: int
    length: int
    salt: bytes
    value: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a PHC string; without parameters it has 100000 iterations and 64 bytes, as Auth0 defaults them.

        Raises:
            ValueError: not that form, or a hash of another length than it says.
        """
        match = _PBKDF2.fullmatch(text)
        if match is None:
            raise ValueError("not $pbkdf2-<digest>$i=<iterations>,l=<length>$<salt>$<hash>")
        given = dict(each.split("=") for each in (match["parameters"] or "").split(",") if each)
        iterations, length = int(given.get("i", 100_000)), int(given.get("l", 64))
        value = decoded(match["value"], "base64")
        if len(value) != length or iterations < 1:
            raise ValueError(f"a hash of {len(value)} bytes, not of {length}")
        return cls(digest_name(match["digest"]), iterations, length, decoded(match["salt"], "base64"), value)


def digest_name(openssl_name: str) -> str:
    """The plain name behind OpenSSL's aliases: `RSA-SHA256` and `sha256WithRSAEncryption` are `sha256`."""
    name = re.sub(r"^(?:rsa|ssl3)-|with-?rsa(?:encryption)?$", "", openssl_name.lower())
    return {"ripemd": "ripemd160", "rmd160": "ripemd160", "sha1-2": "sha1"}.get(name, name)


def scrypt_memory(imported: ImportedHash) -> int:
    """Bytes that checking a scrypt hash takes (RFC 7914, section 6), with room for OpenSSL's own."""
    cost, block, lanes = (imported.get(name, default) for name, default in _SCRYPT_DEFAULTS)
    return int(128 * block * (cost + lanes + 2) + (1 << 20))


_SCRYPT_DEFAULTS = (("cost", 16384), ("blockSize", 8), ("parallelization", 1))


def _value(imported: ImportedHash) -> bytes:
    return decoded(imported["hash"]["value"], imported["hash"].get("encoding", "utf8"))


def _salt(imported: ImportedHash) -> bytes:
    salt = imported.get("salt") or {"value": ""}
    return decoded(salt["value"], salt.get("encoding", "utf8"))


def _salted(imported: ImportedHash, password: bytes) -> bytes:
    suffix = (imported.get("salt") or {}).get("position", "prefix") == "suffix"
    return password + _salt(imported) if suffix else _salt(imported) + password


def _argon2(imported: ImportedHash, password: bytes) -> bool:
    try:
        return argon2.PasswordHasher().verify(imported["hash"]["value"], password)
    except argon2.exceptions.VerificationError:
        return False


def _bcrypt(imported: ImportedHash, password: bytes) -> bool:
    return bcrypt.checkpw(_salted(imported, password)[:_BCRYPT_BYTES], imported["hash"]["value"].encode())


def _plain_digest(imported: ImportedHash, password: bytes) -> bool:
    found = hashlib.new(imported["algorithm"], _salted(imported, password), usedforsecurity=False).digest()
    return hmac.compare_digest(found, _value(imported))


def _hmac(imported: ImportedHash, password: bytes) -> bool:
    given = imported["hash"]
    key = decoded(given["key"]["value"], given["key"].get("encoding", "utf8"))
    return hmac.compare_digest(hmac.digest(key, _salted(imported, password), given["digest"]), _value(imported))


def _ldap(imported: ImportedHash, password: bytes) -> bool:
    known = LdapHash.parse(imported["hash"]["value"])
    found = hashlib.new(known.digest_name, password + known.salt, usedforsecurity=False).digest()
    return hmac.compare_digest(found, known.digest)


def _pbkdf2(imported: ImportedHash, password: bytes) -> bool:
    known = Pbkdf2Hash.parse(imported["hash"]["value"])
    found = hashlib.pbkdf2_hmac(known.digest_name, password, known.salt, known.iterations, known.length)
    return hmac.compare_digest(found, known.value)


def _scrypt(imported: ImportedHash, password: bytes) -> bool:
    cost, block, lanes = (imported.get(name, default) for name, default in _SCRYPT_DEFAULTS)
    found = hashlib.scrypt(
        password,
        salt=_salt(imported),
        n=cost,
        r=block,
        p=lanes,
        maxmem=scrypt_memory(imported),
        dklen=imported["keylen"],
    )
    return hmac.compare_digest(found, _value(imported))


_CHECKS: dict[str, Callable[[ImportedHash, bytes], bool]] = {
    "argon2": _argon2,
    "bcrypt": _bcrypt,
    "hmac": _hmac,
    "ldap": _ldap,
    "md5": _plain_digest,
    "pbkdf2": _pbkdf2,
    "scrypt": _scrypt,
    "sha1": _plain_digest,
    "sha256": _plain_digest,
    "sha512": _plain_digest,
}
