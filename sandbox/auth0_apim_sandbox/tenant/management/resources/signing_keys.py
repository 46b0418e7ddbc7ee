"""/keys/signing: the keys that sign the tenant's tokens."""

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError


async def list_all(call: Call) -> Response:
    """Every key with its certificate: current, next, previous and revoked ones."""
    return json_answer([_public(key) for key in call.tenant.signing_keys.documents()])


async def get(call: Call) -> Response:
    """One key."""
    return json_answer(_public(_find(call)))


async def rotate(call: Call) -> Response:
    """Sign with the next key from now on; the former one stays valid until it is revoked."""
    current = call.tenant.signing_keys.rotate()
    document = call.tenant.signing_keys.document(current.kid)
    return json_answer({"cert": document["cert"], "kid": document["kid"]}, 201)


async def revoke(call: Call) -> Response:
    """Stop trusting a previous key."""
    key = _find(call)
    if key["revoked"]:
        raise ManagementError(400, f"The signing key {key['kid']} is already revoked.", "operation_not_supported")
    if key["current"] or key["next"]:
        raise ManagementError(
            400, "Only a previous signing key can be revoked; rotate the keys first.", "operation_not_supported"
        )
    call.tenant.signing_keys.revoke(key["kid"])
    return json_answer({"cert": key["cert"], "kid": key["kid"]}, 201)


def _find(call: Call) -> Document:
    key = call.tenant.signing_keys.document(call.path["kid"])
    if not key:
        raise ManagementError(404, "The signing key does not exist.", "inexistent_signing_key")
    return key


def _public(key: Document) -> Document:
    return {name: value for name, value in key.items() if name != "private_key"}


ENDPOINTS = [
    Endpoint("GET", "/keys/signing", ("read:signing_keys",), list_all),
    Endpoint("GET", "/keys/signing/{kid}", ("read:signing_keys",), get),
    Endpoint("POST", "/keys/signing/rotate", ("create:signing_keys", "update:signing_keys"), rotate),
    Endpoint("PUT", "/keys/signing/{kid}/revoke", ("update:signing_keys",), revoke),
]
