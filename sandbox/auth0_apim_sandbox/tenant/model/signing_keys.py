"""The tenant's RSA signing keys: the current one, the next, and those that were current before.

One key pair serves RS256, RS512 and PS256. Keys are made once per store and rotated or revoked on demand, as
https://auth0.com/docs/get-started/tenant-settings/signing-keys describes.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp

_LIFETIME = timedelta(days=365 * 13 + 246)


@dataclass(frozen=True)
class SigningKey:
    """One key pair with its self-signed certificate."""

    kid: str
    private_key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        """The half that verifies."""
        return self.private_key.public_key()

    def jwk(self) -> dict[str, Any]:
        """The public JSON Web Key as the tenant's JWKS shows it (RFC 7517; x5t is the certificate's SHA-1)."""
        numbers = self.public_key.public_numbers()
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        return {
            "kty": "RSA",
            "use": "sig",
            "n": _base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": _base64url(numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")),
            "kid": self.kid,
            "x5t": _base64url(hashlib.sha1(der, usedforsecurity=False).digest()),
            "x5c": [base64.b64encode(der).decode()],
            "alg": "RS256",
        }


class SigningKeys:
    """The signing keys of one store; a store without keys gets a current and a next one."""

    def __init__(self, store: Store, domain: str, clock: Callable[[], float]) -> None:
        self._store = store
        self._collection = store.collection("auth0.signing_keys")
        self._domain = domain
        self._clock = clock
        self._loaded: dict[str, SigningKey] = {}
        if not self._collection:
            with store.transaction():
                self._add(current=True)
                self._add(next=True)

    def document(self, kid: str) -> Document:
        """The stored key named `kid` as /keys/signing shows it, and its private key; empty if there is none."""
        return self._collection.get(kid, {})

    def documents(self) -> list[Document]:
        """Every stored key, current, next, previous, revoked, in this order."""
        return sorted(self._collection.values(), key=_publication_order)

    def current(self) -> SigningKey:
        """The key that signs new tokens."""
        return self._load(self._only("current"))

    def find(self, kid: str) -> SigningKey | None:
        """The key named `kid`, if the tenant has it and has not revoked it."""
        document = self._collection.get(kid)
        return None if document is None or document["revoked"] else self._load(document)

    def jwks(self) -> dict[str, Any]:
        """The JSON Web Key Set: current, next and previous keys, without revoked ones."""
        return {"keys": [self._load(document).jwk() for document in self.documents() if not document["revoked"]]}

    def rotate(self) -> SigningKey:
        """Make the next key current, the current one previous, and a new next key; the new current key is returned."""
        now = iso_timestamp(self._clock())
        current, following = self._only("current"), self._only("next")
        with self._store.transaction():
            self._put({**current, "current": False, "previous": True, "current_until": now})
            self._put({**following, "next": False, "current": True, "current_since": now})
            self._add(next=True)
        return self.current()

    def revoke(self, kid: str) -> None:
        """Take a previous key out of use: its tokens no longer verify and the JWKS no longer shows it."""
        document = self._collection[kid]
        self._put({**document, "revoked": True, "revoked_at": iso_timestamp(self._clock())})

    def _add(self, **state: bool) -> None:
        kid = ids.key_id()
        private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = self._clock()
        certificate = _self_signed(private_key, self._domain, now)
        fingerprint = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - the format Auth0 publishes, not a protection
        document: Document = {
            "kid": kid,
            "cert": certificate.public_bytes(serialization.Encoding.PEM).decode().replace("\n", "\r\n"),
            "pkcs7": pkcs7.serialize_certificates([certificate], serialization.Encoding.PEM).decode(),
            "fingerprint": fingerprint.hex(":").upper(),
            "thumbprint": fingerprint.hex().upper(),
            "current": False,
            "next": False,
            "previous": False,
            "revoked": False,
            **state,
            "private_key": private_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode(),
        }
        if state.get("current"):
            document["current_since"] = iso_timestamp(now)
        self._put(document)

    def _put(self, document: Document) -> None:
        self._collection.put(document["kid"], document)

    def _only(self, state: str) -> Document:
        return next(document for document in self._collection.values() if document[state])

    def _load(self, document: Document) -> SigningKey:
        kid = document["kid"]
        if kid not in self._loaded:
            # The check takes 40 ms, and would be of a key that this process or an earlier one of this sandbox made.
            private_key = serialization.load_pem_private_key(
                document["private_key"].encode(), password=None, unsafe_skip_rsa_key_validation=True
            )
            if not isinstance(private_key, rsa.RSAPrivateKey):
                raise TypeError(f"signing key {kid} is not an RSA key")
            certificate = x509.load_pem_x509_certificate(document["cert"].encode())
            self._loaded[kid] = SigningKey(kid, private_key, certificate)
        return self._loaded[kid]


def _self_signed(private_key: rsa.RSAPrivateKey, domain: str, now: float) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain[:64])])
    since = datetime.fromtimestamp(now, timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + _LIFETIME)
        .sign(private_key, hashes.SHA256())
    )


def _publication_order(document: Document) -> int:
    return 0 if document["current"] else 1 if document["next"] else 3 if document["revoked"] else 2


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
