"""How the values of a connection's `options.configuration` are kept and shown: encrypted, as Auth0 shows them.

A value looks like `2.0$<IV>$<ciphertext>$<MAC>`, in hex: AES-256-CBC, then HMAC-SHA256 over IV and ciphertext.
The key is made once per store. Only what runs a connection's scripts needs `decrypt`.
"""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from auth0_apim_sandbox.store import Store

_VERSION = "2.0"


class ConfigurationCipher:
    """Encrypts and decrypts with the key of one store."""

    def __init__(self, store: Store) -> None:
        settings = store.collection("auth0.tenant")
        if "configuration_key" not in settings:
            settings.put("configuration_key", {"key": secrets.token_hex(32)})
        key = bytes.fromhex(settings["configuration_key"]["key"])
        self._encryption_key = hmac.digest(key, b"encryption", hashlib.sha256)
        self._authentication_key = hmac.digest(key, b"authentication", hashlib.sha256)

    def encrypt(self, value: str) -> str:
        """`value`, encrypted under a fresh IV."""
        iv = secrets.token_bytes(16)
        padder = padding.PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(self._encryption_key), modes.CBC(iv)).encryptor()
        ciphertext = encryptor.update(padder.update(value.encode()) + padder.finalize()) + encryptor.finalize()
        return "$".join((_VERSION, iv.hex(), ciphertext.hex(), self._mac(iv + ciphertext).hex()))

    def decrypt(self, encrypted: str) -> str:
        """The value that `encrypt` was given.

        Raises:
            ValueError: the text does not come from `encrypt` with this store's key.
        """
        version, iv_hex, ciphertext_hex, mac_hex = encrypted.split("$")
        iv, ciphertext = bytes.fromhex(iv_hex), bytes.fromhex(ciphertext_hex)
        if version != _VERSION or not hmac.compare_digest(self._mac(iv + ciphertext), bytes.fromhex(mac_hex)):
            raise ValueError("not a configuration value of this tenant")
        decryptor = Cipher(algorithms.AES(self._encryption_key), modes.CBC(iv)).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        return (unpadder.update(padded) + unpadder.finalize()).decode()

    def _mac(self, data: bytes) -> bytes:
        return hmac.digest(self._authentication_key, data, hashlib.sha256)
