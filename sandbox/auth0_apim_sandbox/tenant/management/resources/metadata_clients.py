"""/clients/cimd: clients that are imported from their metadata documents, and known by the documents' URLs.

Auth0 fetches from any public host and refuses localhost. The sandbox is the other way round: it reaches this machine
alone, so it fetches from `https://localhost:PORT/…`, none of its own closed ports, without following redirects. A few
public documents it knows by heart; every other host is refused by name.
"""

import json
import ssl
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.responses import Response

from auth0_apim_sandbox.scripts import MachineAccess
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, not_supported
from auth0_apim_sandbox.tenant.management.resources.client_credentials import new_credential
from auth0_apim_sandbox.tenant.management.resources.client_defaults import default_client
from auth0_apim_sandbox.tenant.model.client_metadata import Mapping, mapped, url_violations
from auth0_apim_sandbox.tenant.model.json_input import document

_HOSTS = ("localhost", "127.0.0.1", "::1")
_MOST_DOCUMENT, _MOST_KEYS = 5 * 1024, 12 * 1024
_SECONDS = 5.0
_BODY = document({"external_client_id": {"type": "string", "minLength": 1}}, required=["external_client_id"])
_KNOWN: dict[str, Document] = {
    "https://vscode.dev/oauth/client-metadata.json": {
        "client_id": "https://vscode.dev/oauth/client-metadata.json",
        "client_name": "Visual Studio Code",
        "application_type": "native",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": ["http://127.0.0.1:33418/", "https://vscode.dev/redirect"],
        "token_endpoint_auth_method": "none",
    }
}
"""As public repositories repeat them; the sandbox cannot ask their hosts, which may have changed them."""


async def preview(call: Call) -> Response:
    """What a document would become, and what is wrong with it."""
    mapping = await _read(call)
    return json_answer({"mapped_fields": mapping.fields, "validation": mapping.validation()})


async def register(call: Call) -> Response:
    """Import a client, or bring one that was imported up to date."""
    mapping, url = await _read(call), call.body["external_client_id"]
    if mapping.violations:
        raise ManagementError(400, "; ".join(mapping.violations), "invalid_client_metadata")
    known = call.tenant.client_of_document(url)
    keys = await _keys(call, mapping, (known or {}).get("credentials", []))
    client = {**(known or _new_client(url, keys)), **mapping.client, **keys}
    call.tenant.clients.put(client["client_id"], client)
    answer = {"client_id": client["client_id"], "mapped_fields": mapping.fields, "validation": mapping.validation()}
    response = json_answer(answer, 200 if known else 201)
    response.headers["location"] = f"/api/v2/clients/{client['client_id']}"
    return response


def _new_client(url: str, keys: Document) -> Document:
    method = {} if keys else {"token_endpoint_auth_method": "none"}
    given = {"is_first_party": False, **method}
    client = {**default_client(given), **given, "external_client_id": url, "external_metadata_type": "cimd"}
    client["refresh_token"] = {**client["refresh_token"], "rotation_type": "rotating"}
    return {**client, "external_metadata_created_by": "admin"}


async def _read(call: Call) -> Mapping:
    url = call.body["external_client_id"]
    if violations := url_violations(url):
        return Mapping(fields={"external_client_id": url}, violations=violations)
    if url in _KNOWN:
        return mapped(url, _KNOWN[url])
    return mapped(url, await _fetch(call.tenant.access, url, _MOST_DOCUMENT))


async def _keys(call: Call, mapping: Mapping, stored: list[Document]) -> Document:
    """The credentials of a client that signs assertions; a `kid` keeps the key that it came with."""
    if "jwks_uri" not in mapping.client:
        return {}
    content = await _fetch(call.tenant.access, mapping.client["jwks_uri"], _MOST_KEYS)
    found = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise _invalid("jwks_uri has no JSON Web Key Set")
    by_kid = {each["kid"]: each for each in stored}
    made = [_credential(call, each) for each in found]
    credentials = [by_kid.get(each["kid"], each) for each in made]
    references = [{"id": each["id"]} for each in credentials]
    methods = {"private_key_jwt": {"credentials": references}}
    return {"client_authentication_methods": methods, "credentials": credentials}


def _credential(call: Call, key: Document) -> Document:
    if "d" in key:
        raise _invalid("jwks_uri shows a private key")
    try:
        public = jwt.PyJWK(key, "RS256").key
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise _invalid("jwks_uri has a key that cannot be read") from error
    if not isinstance(public, rsa.RSAPublicKey) or not isinstance(key.get("kid"), str):
        raise not_supported("keys of a metadata document that are not RSA keys with a kid")
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    body = {"credential_type": "public_key", "pem": pem, "kid": key["kid"], "alg": key.get("alg", "RS256")}
    return new_credential(call.tenant, body)


async def _fetch(access: MachineAccess, url: str, most: int) -> Any:
    """The JSON document at a URL of this machine.

    Raises:
        ManagementError: 501 for another host, 400 for no answer, a redirect, too much, or no JSON.
    """
    parts = urlsplit(url)
    if parts.hostname not in _HOSTS:
        raise not_supported(f"metadata documents at {parts.hostname}; it fetches from https://localhost:PORT only")
    if (parts.port or 443) in access.closed_ports:
        raise _invalid(f"port {parts.port} is the sandbox's own")
    body = b""
    try:
        async with (
            httpx.AsyncClient(verify=_trust(str(access.authority or "")), trust_env=False, timeout=_SECONDS) as http,
            http.stream("GET", url, headers={"accept": "application/json"}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise _invalid(f"{url} answers {answer.status_code}; redirects are not followed")
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > most:
                    raise _invalid(f"{url} has more than {most} bytes")
        return json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _invalid(f"{url} cannot be fetched: {type(error).__name__}") from error
    except ValueError as error:
        raise _invalid(f"{url} is no JSON document") from error


@cache
def _trust(authority: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority or None)


def _invalid(message: str) -> ManagementError:
    return ManagementError(400, message, "invalid_client_metadata")


_SCOPES = ("create:clients", "update:clients")
ENDPOINTS = [
    Endpoint("POST", "/clients/cimd/preview", _SCOPES, preview, _BODY),
    Endpoint("POST", "/clients/cimd/register", _SCOPES, register, _BODY),
]
