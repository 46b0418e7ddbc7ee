"""The module `crypto`: bytes come and go as Base64 texts."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes as signature_hashes
from cryptography.hazmat.primitives import padding as block_padding
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from auth0_apim_sandbox.scripts.errors import ModuleError

_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-256", "sha3-256", "sha3-384", "sha3-512")
_MOST_RANDOM = 1024 * 1024
_PSS = 6
_SIGNATURE_HASHES: dict[str, signature_hashes.HashAlgorithm] = {
    "md5": signature_hashes.MD5(),  # noqa: S303 - what a script asks for
    "sha1": signature_hashes.SHA1(),  # noqa: S303 - as above
    "sha224": signature_hashes.SHA224(),
    "sha256": signature_hashes.SHA256(),
    "sha384": signature_hashes.SHA384(),
    "sha512": signature_hashes.SHA512(),
}


def hash_named(name: Any) -> str:
    """Node's name of a hash, such as `RSA-SHA256`, in its short form.

    Raises:
        ModuleError: there is no such hash here.
    """
    short = str(name).lower().removeprefix("rsa-").replace("sha-", "sha")
    if short not in _HASHES:
        raise ModuleError("Digest method not supported", code="ERR_CRYPTO_INVALID_DIGEST")
    return short


def hashes() -> list[str]:
    """`getHashes()`."""
    return list(_HASHES)


def digest(name: str, data: str) -> str:
    """`createHash(name).update(data).digest()`."""
    return _text(hashlib.new(_library_name(name), b64decode(data)).digest())


def keyed_digest(name: str, key: str, data: str) -> str:
    """`createHmac(name, key).update(data).digest()`."""
    return _text(hmac.new(b64decode(key), b64decode(data), _library_name(name)).digest())


def pbkdf2(password: str, salt: str, rounds: int, length: int, name: str) -> str:
    """`pbkdf2Sync(password, salt, iterations, keylen, digest)`."""
    library_name = _library_name(hash_named(name))
    return _text(hashlib.pbkdf2_hmac(library_name, b64decode(password), b64decode(salt), rounds, length))


def scrypt(password: str, salt: str, length: int, costs: dict[str, int]) -> str:
    """`scryptSync(password, salt, keylen, {N, r, p})`, with at most the 32 MiB that Node allows."""
    if 128 * costs["n"] * costs["r"] > 32 * 1024 * 1024:
        message = "Invalid scrypt params: memory limit exceeded"
        raise ModuleError(message, "RangeError", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS")
    given = {"n": costs["n"], "r": costs["r"], "p": costs["p"], "maxmem": 64 * 1024 * 1024, "dklen": length}
    return _text(hashlib.scrypt(b64decode(password), salt=b64decode(salt), **given))


def hkdf(name: str, key: str, salt: str, info: str, length: int) -> str:
    """`hkdfSync(digest, ikm, salt, info, keylen)`."""
    derivation = HKDF(_signature_hash(name), length, b64decode(salt), b64decode(info))
    return _text(derivation.derive(b64decode(key)))


def random_bytes(size: int) -> str:
    """`randomBytes(size)`."""
    if not 0 <= size <= _MOST_RANDOM:
        raise ModuleError('The value of "size" is out of range.', "RangeError", "ERR_OUT_OF_RANGE")
    return _text(secrets.token_bytes(size))


def random_integer(low: int, high: int) -> int:
    """`randomInt(low, high)`: from `low` to below `high`."""
    if high <= low:
        raise ModuleError('The value of "max" is out of range.', "RangeError", "ERR_OUT_OF_RANGE")
    return low + secrets.randbelow(high - low)


def encrypt(cipher_of: list[str | None], data: str, aad: str | None) -> dict[str, str | None]:
    """All that a cipher of a name, key and vector gives, and the tag of an authenticated one."""
    cipher, block = _cipher(cipher_of)
    encryptor: Any = cipher.encryptor()
    if aad:
        encryptor.authenticate_additional_data(b64decode(aad))
    given = b64decode(data)
    if block:
        padder = block_padding.PKCS7(block).padder()
        given = padder.update(given) + padder.finalize()
    done = encryptor.update(given) + encryptor.finalize()
    return {"data": _text(done), "tag": _text(encryptor.tag) if isinstance(cipher.mode, modes.GCM) else None}


def decrypt(cipher_of: list[str | None], data: str, aad: str | None, tag: str | None) -> dict[str, str | None]:
    """What was encrypted.

    Raises:
        ModuleError: the key, the tag or the padding is not the right one.
    """
    cipher, block = _cipher(cipher_of, b64decode(tag) if tag else None)
    decryptor: Any = cipher.decryptor()
    if aad:
        decryptor.authenticate_additional_data(b64decode(aad))
    try:
        done = decryptor.update(b64decode(data)) + decryptor.finalize()
        if block:
            unpadder = block_padding.PKCS7(block).unpadder()
            done = unpadder.update(done) + unpadder.finalize()
    except (InvalidTag, ValueError) as error:
        raise ModuleError("Unsupported state or unable to authenticate data, or bad decrypt") from error
    return {"data": _text(done), "tag": None}


def sign(name: str, data: str, key: dict[str, Any]) -> str:
    """`createSign(name).update(data).sign(key)`."""
    private = _private_key(key)
    if isinstance(private, rsa.RSAPrivateKey):
        return _text(private.sign(b64decode(data), _padding(key), _signature_hash(name)))
    if isinstance(private, ec.EllipticCurvePrivateKey):
        signature = private.sign(b64decode(data), ec.ECDSA(_signature_hash(name)))
        return _text(_plain(signature, private.key_size) if key["dsaEncoding"] == "ieee-p1363" else signature)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return _text(private.sign(b64decode(data)))
    raise ModuleError("this sandbox signs with keys of RSA, EC and Ed25519 only")


def verify(name: str, data: str, key: dict[str, Any], signature: str) -> bool:
    """`createVerify(name).update(data).verify(key, signature)`."""
    public, given = _public_key(key), b64decode(signature)
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(given, b64decode(data), _padding(key), _signature_hash(name))
        elif isinstance(public, ec.EllipticCurvePublicKey):
            der = _der(given) if key["dsaEncoding"] == "ieee-p1363" else given
            public.verify(der, b64decode(data), ec.ECDSA(_signature_hash(name)))
        elif isinstance(public, ed25519.Ed25519PublicKey):
            public.verify(given, b64decode(data))
        else:
            raise ModuleError("this sandbox verifies with keys of RSA, EC and Ed25519 only")
    except InvalidSignature:
        return False
    return True


def _library_name(name: str) -> str:
    return {"sha512-256": "sha512_256"}.get(name, name.replace("-", "_"))


def _signature_hash(name: str) -> signature_hashes.HashAlgorithm:
    found = _SIGNATURE_HASHES.get(hash_named(name))
    if found is None:
        raise ModuleError(f"Invalid digest: {name}", code="ERR_CRYPTO_INVALID_DIGEST")
    return found


def _cipher(cipher_of: list[str | None], tag: bytes | None = None) -> tuple[Cipher[Any], int]:
    """The cipher, and the size of its blocks in bits where it pads."""
    name, key, iv = cipher_of
    family, size, mode = (*str(name).lower().split("-"), "", "")[:3]
    supported = {"cbc": modes.CBC, "ctr": modes.CTR}
    given = b64decode(key or "")
    if family != "aes" or mode not in (*supported, "gcm", "ecb"):
        raise ModuleError(
            f"Unknown cipher: {name}; this sandbox has aes in cbc, ctr, ecb and gcm", code="ERR_CRYPTO_UNKNOWN_CIPHER"
        )
    if size != str(len(given) * 8):
        raise ModuleError("Invalid key length", "RangeError", "ERR_CRYPTO_INVALID_KEYLEN")
    vector = b64decode(iv or "")
    if mode in supported and len(vector) != algorithms.AES.block_size // 8:
        raise ModuleError("Invalid initialization vector", "TypeError", "ERR_CRYPTO_INVALID_IV")
    if mode == "gcm":
        return Cipher(algorithms.AES(given), modes.GCM(vector, tag)), 0
    chosen: Any = modes.ECB() if mode == "ecb" else supported[mode](vector)  # noqa: S305 - what a script asks for
    return Cipher(algorithms.AES(given), chosen), 0 if mode == "ctr" else algorithms.AES.block_size


def _padding(key: dict[str, Any]) -> Any:
    if key["padding"] != _PSS:
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(signature_hashes.SHA256()), padding.PSS.AUTO)


def _private_key(key: dict[str, Any]) -> Any:
    password = key["passphrase"].encode() if key["passphrase"] else None
    try:
        return load_pem_private_key(key["key"].encode(), password)
    except (TypeError, ValueError) as error:
        raise ModuleError("the key is no private key as PEM, or its passphrase is not the right one") from error


def _public_key(key: dict[str, Any]) -> Any:
    text = key["key"].encode()
    try:
        if b"PRIVATE KEY" in text:
            return _private_key(key).public_key()
        return load_pem_x509_certificate(text).public_key() if b"CERTIFICATE" in text else load_pem_public_key(text)
    except ValueError as error:
        raise ModuleError("the key is no public key or certificate as PEM") from error


def _plain(signature: bytes, bits: int) -> bytes:
    size = (bits + 7) // 8
    return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(signature))


def _der(signature: bytes) -> bytes:
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))


def _text(data: bytes) -> str:
    return b64encode(data).decode()
