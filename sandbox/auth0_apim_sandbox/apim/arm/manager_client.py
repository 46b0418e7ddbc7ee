"""The one service principal that may manage the local subscription, and the key its tokens are signed with."""

import secrets
import uuid
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from auth0_apim_sandbox.store import Store

_COLLECTION = "arm.credentials"


@dataclass(frozen=True)
class ManagerClient:
    """Credentials of the service principal; the secret is not shown by `repr`.

    Attributes:
        tenant_id: the directory (a GUID).
        client_id: the application (a GUID).
        client_secret: its secret.
        subscription_id: the subscription that it owns (a GUID).
    """

    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)
    subscription_id: str


def manager_client(store: Store) -> ManagerClient:
    """The service principal of `store`, made at the first call and kept."""
    collection = store.collection(_COLLECTION)
    if "client" not in collection:
        identifiers = {name: str(uuid.uuid4()) for name in ("tenant_id", "client_id", "subscription_id")}
        collection.put("client", {**identifiers, "client_secret": secrets.token_urlsafe(30)})
    return ManagerClient(**collection["client"])


def signing_key(store: Store) -> rsa.RSAPrivateKey:
    """The RSA key of the local directory's tokens, made at the first call and kept."""
    collection = store.collection(_COLLECTION)
    if "signing_key" not in collection:
        pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        collection.put("signing_key", {"pem": pem.decode("ascii")})
    # The check takes 40 ms, and would be of a key that this process or an earlier one of this sandbox made.
    key = serialization.load_pem_private_key(
        collection["signing_key"]["pem"].encode("ascii"), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the stored signing key of the local directory is not an RSA key")
    return key
