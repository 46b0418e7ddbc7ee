"""/clients/{client_id}/credentials: public keys that a client proves itself with.

Credentials live in the client's own document under `credentials`, which no answer about a client shows; `pem`
there is always a plain public key, whatever was sent.
"""

import base64
import hashlib
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.resources import clients_schema as schemas
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp, parse_timestamp
from auth0_apim_sandbox.tenant.model.tenant import Tenant

_MAX_CREDENTIALS = 4
_MIN_KEY_BITS = 2048


async def list_all(call: Call) -> Response:
    """A client's credentials, always as a bare list."""
    return json_answer([public_credential(credential) for credential in find_client(call).get("credentials", [])])


async def create(call: Call) -> Response:
    """Store a public key on a client; a client has at most four."""
    client = find_client(call)
    credential = new_credential(call.tenant, call.body)
    stored = [*client.get("credentials", []), credential]
    if len(stored) > _MAX_CREDENTIALS:
        raise ManagementError(
            400, f"A client can have at most {_MAX_CREDENTIALS} credentials.", "max_credentials_reached"
        )
    if len({each["kid"] for each in stored}) < len(stored):
        raise ManagementError(409, "A credential with the same key already exists.", "credential_conflict")
    call.tenant.clients.put(client["client_id"], {**client, "credentials": stored})
    return json_answer(public_credential(credential), 201)


async def get(call: Call) -> Response:
    """One credential."""
    return json_answer(public_credential(_find(call)))


async def update(call: Call) -> Response:
    """Change when a credential expires; null means never."""
    credential = {**_find(call), "updated_at": iso_timestamp(call.tenant.clock())}
    if "expires_at" in call.body:
        credential.pop("expires_at", None)
        if call.body["expires_at"] is not None:
            credential["expires_at"] = _normalised(call.body["expires_at"])
    _replace(call, credential)
    return json_answer(public_credential(credential))


async def delete(call: Call) -> Response:
    """Remove a credential that no authentication method of the client uses; fine when there is none."""
    if call.path["id"] in _used(find_client(call)):
        raise ManagementError(
            400,
            "The credential is in use by client_authentication_methods and cannot be deleted.",
            "operation_not_supported",
        )
    _replace(call, None)
    return no_content()


def find_client(call: Call) -> Document:
    """The client that the path names.

    Raises:
        ManagementError: 404 `inexistent_client`.
    """
    client = call.tenant.clients.get(call.path["client_id"])
    if client is None:
        raise ManagementError(404, "The client does not exist", "inexistent_client")
    return client


def new_credential(tenant: Tenant, body: dict[str, Any]) -> Document:
    """A credential of the public key, or of the certificate, in `body`.

    Raises:
        ManagementError: 400 for a text that is no such key, 501 for credentials of mutual TLS.
    """
    if body["credential_type"] != "public_key":
        raise not_supported(f"credentials of type {body['credential_type']}, which are for mutual TLS")
    if "pem" not in body:
        raise invalid_body("Payload validation error: 'Missing required property: pem'.")
    key, expires_at = _parse(body["pem"])
    now = iso_timestamp(tenant.clock())
    credential: Document = {
        "id": ids.credential_id(),
        "credential_type": "public_key",
        "kid": body.get("kid", _thumbprint(key)),
        "alg": body.get("alg", "RS256"),
        **({"name": body["name"]} if "name" in body else {}),
        "created_at": now,
        "updated_at": now,
        "pem": key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode(),
    }
    if "expires_at" in body:
        credential["expires_at"] = _normalised(body["expires_at"])
    elif body.get("parse_expiry_from_cert") and expires_at is not None:
        credential["expires_at"] = iso_timestamp(expires_at)
    return credential


def _parse(pem: str) -> tuple[rsa.RSAPublicKey, float | None]:
    expires_at = None
    try:
        if "BEGIN CERTIFICATE" in pem:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            key: object = certificate.public_key()
            expires_at = certificate.not_valid_after_utc.timestamp()
        else:
            key = serialization.load_pem_public_key(pem.encode())
    except ValueError as error:
        raise invalid_body("The pem is neither a public key nor a certificate in PEM format.") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _MIN_KEY_BITS:
        raise invalid_body(f"The pem must hold an RSA key of at least {_MIN_KEY_BITS} bits.")
    return key, expires_at


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    # RFC 7638: the required members in lexicographic order, no white space, SHA-256.
    members = RSAAlgorithm.to_jwk(key, as_dict=True)
    text = json.dumps({name: members[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _normalised(expires_at: str) -> str:
    try:
        return iso_timestamp(parse_timestamp(expires_at))
    except ValueError as error:
        raise invalid_body(
            "Payload validation error: 'Object didn't pass validation for format date-time: "
            f"{expires_at}' on property expires_at."
        ) from error


def _find(call: Call) -> Document:
    for credential in find_client(call).get("credentials", []):
        if credential["id"] == call.path["id"]:
            return dict(credential)
    raise ManagementError(404, "The credential does not exist.", "inexistent_credential")


def _replace(call: Call, credential: Document | None) -> None:
    client = find_client(call)
    stored = [credential if each["id"] == call.path["id"] else each for each in client.get("credentials", [])]
    call.tenant.clients.put(
        client["client_id"], {**client, "credentials": [each for each in stored if each is not None]}
    )


def _used(client: Document) -> set[str]:
    methods = client.get("client_authentication_methods") or {}
    return {reference["id"] for method in methods.values() for reference in method["credentials"]}


def public_credential(credential: Document) -> Document:
    """A credential as answers show it, without its key."""
    return {name: value for name, value in credential.items() if name != "pem"}


_LIST = "/clients/{client_id}/credentials"
_ONE = "/clients/{client_id}/credentials/{id}"
ENDPOINTS = [
    Endpoint("GET", _LIST, ("read:client_credentials",), list_all, query=schemas.CREDENTIALS_QUERY),
    Endpoint("POST", _LIST, ("create:client_credentials",), create, schemas.CREATE_CREDENTIAL),
    Endpoint("GET", _ONE, ("read:client_credentials",), get),
    Endpoint("PATCH", _ONE, ("update:client_credentials",), update, schemas.UPDATE_CREDENTIAL),
    Endpoint("DELETE", _ONE, ("delete:client_credentials",), delete),
]
