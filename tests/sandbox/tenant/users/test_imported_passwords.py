import base64
import hashlib
import hmac

import argon2
import bcrypt
import pytest
from auth0_apim_sandbox.tenant.users.imported_password_rules import hash_problem, unsupported_digest
from auth0_apim_sandbox.tenant.users.imported_passwords import digest_name, encoded, matches

PASSWORD = "Correct-Horse-1"


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def phc(value: bytes) -> str:
    return b64(value).rstrip("=")


def custom(algorithm: str, value: str, encoding: str | None = None, **more: object) -> dict[str, object]:
    given = {"value": value, **({"encoding": encoding} if encoding else {}), **more.pop("hash", {})}
    return {"algorithm": algorithm, "hash": given, **more}


def sha(text: str, name: str = "sha256") -> bytes:
    return hashlib.new(name, text.encode()).digest()


SALT = {"value": "abc123"}
SUFFIX = {"value": base64.b64encode(b"tail").decode(), "encoding": "base64", "position": "suffix"}
SCRYPT = hashlib.scrypt(PASSWORD.encode(), salt=b"abc123", n=4096, r=8, p=1, dklen=32)
PBKDF2 = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), b"saltsalt", 1000, 64)
KEY = {"value": "736868", "encoding": "hex"}

GOOD = {
    "md5": custom("md5", hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest().upper(), "hex"),
    "sha1": custom("sha1", b64(sha(PASSWORD, "sha1")), "base64"),
    "sha256 salt in front": custom("sha256", sha("abc123" + PASSWORD).hex(), "hex", salt=SALT),
    "sha512 salt behind": custom("sha512", b64(sha(PASSWORD + "tail", "sha512")), "base64", salt=SUFFIX),
    "sha256 url-safe base64": custom("sha256", base64.urlsafe_b64encode(sha(PASSWORD)).rstrip(b"=").decode(), "base64"),
    "sha1 of utf16le": custom(
        "sha1",
        hashlib.sha1(PASSWORD.encode("utf-16-le"), usedforsecurity=False).hexdigest(),
        "hex",
        password={"encoding": "ucs2"},
    ),
    "hmac": custom(
        "hmac",
        b64(hmac.digest(b"shh", PASSWORD.encode(), "sha1")),
        "base64",
        hash={"digest": "sha1", "key": KEY},
    ),
    "ldap salted": custom("ldap", "{SSHA384}" + b64(sha(PASSWORD + "pepper", "sha384") + b"pepper"), "utf8"),
    "ldap plain": custom("ldap", "{MD5}" + b64(hashlib.md5(PASSWORD.encode(), usedforsecurity=False).digest())),
    "ldap sha": custom("ldap", "{sha}" + b64(sha(PASSWORD, "sha1"))),
    "pbkdf2": custom("pbkdf2", f"$pbkdf2-sha512$i=1000,l=64${phc(b'saltsalt')}${phc(PBKDF2)}", "utf8"),
    "pbkdf2 of OpenSSL's name": custom("pbkdf2", f"$pbkdf2-RSA-SHA512$i=1000,l=64${phc(b'saltsalt')}${phc(PBKDF2)}"),
    "scrypt": custom("scrypt", SCRYPT.hex(), "hex", salt=SALT, keylen=32, cost=4096),
    "argon2": custom("argon2", argon2.PasswordHasher(1, 8, 1).hash(PASSWORD)),
    "bcrypt": custom("bcrypt", bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()),
    "bcrypt $2y$": custom(
        "bcrypt", bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")
    ),
    "bcrypt salted": custom(
        "bcrypt", bcrypt.hashpw(b"abc123" + PASSWORD.encode(), bcrypt.gensalt(4)).decode(), salt=SALT
    ),
}


@pytest.mark.parametrize("imported", GOOD.values(), ids=GOOD.keys())
def test_a_hash_of_every_kind_is_taken_and_matches_its_password_alone(imported):
    assert hash_problem(imported) is None
    assert matches(imported, PASSWORD) is True
    assert matches(imported, PASSWORD + "x") is False
    assert matches(imported, "") is False


def test_the_examples_of_the_documentation_match_the_password_they_were_made_of():
    published = [
        custom("bcrypt", "$2b$10$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K"),
        custom("hmac", "cg7f42jH39/2EaAU4wNd4s2lKIk=", "base64", hash={"digest": "sha1", "key": KEY}),
    ]
    assert [hash_problem(each) for each in published] == [None, None]
    assert matches(published[0], "hello")


def test_a_bcrypt_salt_counts_towards_the_72_bytes():
    known = bcrypt.hashpw(b"abc123" + b"p" * 66, bcrypt.gensalt(4)).decode()
    assert matches(custom("bcrypt", known, salt=SALT), "p" * 80)


@pytest.mark.parametrize(
    ("imported", "code", "path"),
    [
        (custom("sha256", "00", "hex"), "FORMAT", "hash.value"),
        (custom("sha256", "zz" * 32, "hex"), "FORMAT", "hash.value"),
        (custom("sha256", "x"), "ENUM_MISMATCH", "hash.encoding"),
        (custom("bcrypt", "$2x$10$" + "a" * 53), "PATTERN", "hash.value"),
        (custom("bcrypt", "$2b$10$" + "a" * 53, "hex"), "ENUM_MISMATCH", "hash.encoding"),
        (custom("argon2", "$argon2id$v=19$m=65536"), "FORMAT", "hash.value"),
        (custom("argon2", "x", salt=SALT), "NOT_PASSED", "salt"),
        (custom("pbkdf2", "$pbkdf2-sha512$i=1,l=9$c2FsdA$c2FsdA"), "FORMAT", "hash.value"),
        (custom("ldap", "{CRYPT}abc"), "FORMAT", "hash.value"),
        (custom("ldap", "{SHA}" + b64(b"short")), "FORMAT", "hash.value"),
        (custom("hmac", "00", "hex"), "OBJECT_REQUIRED", "hash.digest"),
        (custom("scrypt", "00", "hex"), "OBJECT_REQUIRED", "keylen"),
        (custom("scrypt", "00", "hex", keylen=1, cost=3), "FORMAT", "cost"),
        (custom("scrypt", "00", "hex", keylen=1, cost=2**24), "MAXIMUM", "cost"),
        (custom("md5", "00" * 16, "hex", salt={"value": "x", "encoding": "hex"}), "FORMAT", "salt.value"),
    ],
)
def test_a_hash_that_cannot_be_one_is_refused_where_it_is_wrong(imported, code, path):
    problem = hash_problem(imported)
    assert problem is not None
    assert (problem.code, problem.path) == (code, f"custom_password_hash.{path}")
    assert imported["hash"]["value"] not in problem.message or len(imported["hash"]["value"]) < 3


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("RSA-SHA256", "sha256"),
        ("sha224WithRSAEncryption", "sha224"),
        ("RSA-SHA1-2", "sha1"),
        ("ssl3-md5", "md5"),
        ("ripemd160WithRSA", "ripemd160"),
        ("rmd160", "ripemd160"),
        ("whirlpool", "whirlpool"),
    ],
)
def test_openssl_aliases_of_a_digest(name, plain):
    assert digest_name(name) == plain


def test_a_digest_that_openssl_lacks_is_named():
    known = {name for name in ("md4", "whirlpool", "mdc2") if name not in hashlib.algorithms_available}
    assert {name for name in known if unsupported_digest(custom("md4", "00")) == name} <= {"md4"}
    for name in known & {"md4"}:
        assert unsupported_digest(custom(name, "00", "hex")) == name
    for name in known:
        assert unsupported_digest(custom("pbkdf2", f"$pbkdf2-{name}$i=1,l=1$c2FsdA$AA")) == name
    assert unsupported_digest(custom("sha256", "00", "hex")) is None
    assert unsupported_digest({"algorithm": "rot13", "hash": {}}) is None


def test_passwords_are_encoded_as_node_encodes_them():
    assert encoded("é€", "latin1") == b"\xe9\xac"
    assert encoded("é", "ascii") == b"\xe9"
    assert encoded("é", "utf8") == b"\xc3\xa9"
    assert encoded("é", "ucs2") == b"\xe9\x00"
