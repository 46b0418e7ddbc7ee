"""Hashes, keyed hashes, and AES by `Encrypt` and `Decrypt`."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import ClassVar

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare

_NAMESPACE = "System.Security.Cryptography"


class HashAlgorithm:
    """A hash function, with a key or without."""

    csharp_type: ClassVar[str] = "HashAlgorithm"

    def __init__(self, name: str, key: bytearray | None = None) -> None:
        self.name = name
        self.key = key
        self.csharp_type = f"{'HMAC' if key is not None else ''}{name}"  # type: ignore[misc]

    def hash(self, data: bytearray) -> bytearray:
        """The hash of `data`."""
        digest = self.name.lower()
        if self.key is None:
            return bytearray(hashlib.new(digest, data, usedforsecurity=False).digest())
        return bytearray(hmac.new(bytes(self.key), bytes(data), digest).digest())


declare(
    "HashAlgorithm",
    {"byte[] ComputeHash(byte[] buffer!!)": HashAlgorithm.hash, "void Dispose()": lambda _: None},
    _NAMESPACE,
)
declare("KeyedHashAlgorithm", {"byte[] Key": lambda algorithm: algorithm.key}, _NAMESPACE)
for _name in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512"):
    declare(
        _name,
        {
            f"static {_name} Create()": lambda name=_name: HashAlgorithm(name),
            "static byte[] HashData(byte[] source!!)": lambda data, name=_name: HashAlgorithm(name).hash(data),
        },
        _NAMESPACE,
    )
    declare(
        f"HMAC{_name}",
        {
            "new(byte[] key!!)": lambda key, name=_name: HashAlgorithm(name, key),
            "new()": lambda name=_name: HashAlgorithm(name, bytearray(secrets.token_bytes(64))),
        },
        _NAMESPACE,
    )


def _cipher(name: str, key: bytearray, iv: bytearray) -> Cipher[modes.CBC]:
    if name.lower() not in ("aes", "aesmanaged", "rijndael", "system.security.cryptography.aes"):
        raise EvaluationError(f"The algorithm '{name[:40]}' is not supported; 'Aes' is.", "CryptographicException")
    if len(key) not in (16, 24, 32) or len(iv) != 16:
        raise EvaluationError("Specified key or initialization vector is not a valid size.", "CryptographicException")
    return Cipher(algorithms.AES(bytes(key)), modes.CBC(bytes(iv)))


def _encrypted(data: bytearray, name: str, key: bytearray, iv: bytearray) -> bytearray:
    padder, encryptor = PKCS7(128).padder(), _cipher(name, key, iv).encryptor()
    padded = padder.update(bytes(data)) + padder.finalize()
    return bytearray(encryptor.update(padded) + encryptor.finalize())


def _decrypted(data: bytearray, name: str, key: bytearray, iv: bytearray) -> bytearray:
    unpadder, decryptor = PKCS7(128).unpadder(), _cipher(name, key, iv).decryptor()
    try:
        padded = decryptor.update(bytes(data)) + decryptor.finalize()
        return bytearray(unpadder.update(padded) + unpadder.finalize())
    except ValueError:
        raise EvaluationError("Padding is invalid and cannot be removed.", "CryptographicException") from None


declare(
    "SymmetricCryptography",
    {
        "byte[] Encrypt(this byte[] input!!, string alg!!, byte[] key!!, byte[] iv!!)": _encrypted,
        "byte[] Decrypt(this byte[] input!!, string alg!!, byte[] key!!, byte[] iv!!)": _decrypted,
    },
    _NAMESPACE,
)
