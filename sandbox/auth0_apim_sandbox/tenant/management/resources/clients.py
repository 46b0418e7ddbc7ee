"""/clients: the applications that ask for tokens."""

from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.authorization import require_any
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError, invalid_body, not_supported
from auth0_apim_sandbox.tenant.management.requests.paging import paginate_or_checkpoint, select_fields
from auth0_apim_sandbox.tenant.management.requests.validation import refuse_unsupported
from auth0_apim_sandbox.tenant.management.resources import clients_schema as schemas
from auth0_apim_sandbox.tenant.management.resources import connections_schema as connections
from auth0_apim_sandbox.tenant.management.resources.client_credentials import (
    find_client,
    new_credential,
    public_credential,
)
from auth0_apim_sandbox.tenant.management.resources.client_defaults import (
    default_client,
    logout_settings,
    session_transfer_settings,
)
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.tenant import THIRD_PARTY_GRANT_TYPES, is_third_party

_HIDDEN = ("credentials",)
_NEEDS_CLIENT_KEYS = ("client_secret", "encryption_key", "signing_keys")
_OF_A_DOCUMENTS_CLIENT = {
    "allowed_origins",
    "app_type",
    "client_metadata",
    "description",
    "grant_types",
    "jwt_configuration",
    "oidc_conformant",
    "organization_usage",
    "refresh_token",
    "web_origins",
}
"""What may be changed of a client that was imported from its metadata document."""
_NO_LOGIN_URI = ("initiate_login_uri", "")
_MERGED = ("client_metadata", "jwt_configuration", "mobile", "native_social_login", "refresh_token", "session_transfer")


async def list_all(call: Call) -> Response:
    """The clients, all or those that match the query's filters."""
    refuse_unsupported(("q",), call.query, "the parameter {} in a list of clients")
    found = [client for client in call.tenant.clients.values() if _matches(client, call.query)]
    page = paginate_or_checkpoint(found, "clients", call.query, lambda client: _listed(call, client), key="client_id")
    return json_answer(page)


async def create(call: Call) -> Response:
    """Add a client; keys given with its authentication methods become credentials."""
    _check_methods(call.body)
    client = {**default_client(call.body), **call.body, **logout_settings(call.body)}
    if "jwt_configuration" in call.body:
        client["jwt_configuration"] = {"secret_encoded": False, **call.body["jwt_configuration"]}
    if call.body.get("refresh_token") is not None:
        client["refresh_token"] = {**default_client(call.body)["refresh_token"], **call.body["refresh_token"]}
    client |= session_transfer_settings(client)
    if "client_authentication_methods" in call.body:
        client |= _store_keys(call)
    client = _checked(_present(client))
    call.tenant.clients.put(client["client_id"], client)
    shown = _shown(call, client)
    if "credentials" in client:
        # Only this answer shows more of the keys than their ids.
        keys = [public_credential(credential) for credential in client["credentials"]]
        methods = {name: {"credentials": keys} for name in client["client_authentication_methods"]}
        shown = {**shown, "client_authentication_methods": methods}
    return json_answer(shown, 201)


async def get(call: Call) -> Response:
    """One client; its secret only for a caller with read:client_keys."""
    return json_answer(_shown(call, find_client(call)))


async def list_connections(call: Call) -> Response:
    """The connections that a client is enabled for."""
    strategies = call.query.get("strategy")
    found = [
        {name: value for name, value in connection.items() if name != "enabled_clients"}
        for connection in call.tenant.connections_of(find_client(call)["client_id"])
        if strategies is None or connection["strategy"] in strategies
    ]
    query = {"take": 50, **call.query}
    return json_answer(paginate_or_checkpoint(found, "connections", query))


async def update(call: Call) -> Response:
    """Change what the body names; null takes a property away, metadata and token settings are merged."""
    require_any(call.scopes, ("update:clients",) if set(call.body) - {"client_secret"} else ("update:client_keys",))
    if "client_secret" in call.body:
        require_any(call.scopes, ("update:client_keys",))
    _check_methods(call.body)
    before = find_client(call)
    if call.body.get("is_first_party", before["is_first_party"]) != before["is_first_party"]:
        raise invalid_body("is_first_party cannot be changed")
    if "external_client_id" in before and (others := set(call.body) - _OF_A_DOCUMENTS_CLIENT):
        raise invalid_body(f"A client of a metadata document has these by its document: {', '.join(sorted(others))}")
    changes = {
        name: {**before.get(name, {}), **value} if name in _MERGED and value is not None else value
        for name, value in call.body.items()
    }
    changes |= logout_settings(changes)
    changes |= session_transfer_settings(changes)
    if changes.get("client_metadata"):
        changes["client_metadata"] = {k: v for k, v in changes["client_metadata"].items() if v is not None}
    client = _checked(_present({**before, **changes}))
    call.tenant.clients.put(client["client_id"], client)
    return json_answer(_shown(call, client))


async def rotate_secret(call: Call) -> Response:
    """Give a client a new secret; the old one stops working at once."""
    client = {**find_client(call), "client_secret": ids.client_secret()}
    call.tenant.clients.put(client["client_id"], client)
    return json_answer(_shown(call, client))


async def delete(call: Call) -> Response:
    """Remove a client and everything that was given to it; fine when there is none."""
    call.tenant.delete_client(call.path["client_id"])
    return no_content()


def _matches(client: Document, query: dict[str, Any]) -> bool:
    types = query["app_type"].split(",") if "app_type" in query else None
    return (
        (types is None or client.get("app_type") in types)
        and query.get("is_first_party", client["is_first_party"]) == client["is_first_party"]
        and not query.get("is_global", False)
        and query.get("external_client_id") in (None, client.get("external_client_id"))
    )


def _listed(call: Call, client: Document) -> Document:
    # Only lists name the tenant, and they do whichever fields are asked for.
    everything = _visible(call, {"tenant": call.tenant.name, "global": False, **client})
    return select_fields(everything, call.query, ("tenant",))


def _shown(call: Call, client: Document) -> Document:
    return select_fields(_visible(call, client), call.query, ("signing_keys",))


def _visible(call: Call, client: Document) -> Document:
    key = call.tenant.signing_keys.document(call.tenant.signing_keys.current().kid)
    signing_keys = [{"cert": key["cert"], "pkcs7": key["pkcs7"], "subject": f"/CN={call.tenant.domain}"}]
    hidden = _HIDDEN if "read:client_keys" in call.scopes else (*_HIDDEN, *_NEEDS_CLIENT_KEYS)
    if "client_authentication_methods" in client:
        hidden = (*hidden, "client_secret")
    shown = {**client, "signing_keys": signing_keys}
    return {name: value for name, value in shown.items() if name not in hidden}


def _store_keys(call: Call) -> Document:
    [(method, slot)] = call.body["client_authentication_methods"].items()
    credentials = [new_credential(call.tenant, key) for key in slot["credentials"]]
    references = [{"id": credential["id"]} for credential in credentials]
    return {"client_authentication_methods": {method: {"credentials": references}}, "credentials": credentials}


def _check_methods(body: dict[str, Any]) -> None:
    methods = body.get("client_authentication_methods") or {}
    if methods and body.get("token_endpoint_auth_method") is not None:
        raise invalid_body("client_authentication_methods cannot be set when token_endpoint_auth_method has a value.")
    for name in methods:
        if name != "private_key_jwt":
            raise not_supported(f"the client authentication method {name}")
    refuse_unsupported(schemas.UNSUPPORTED, body, "the property {} of a client")
    if body.get("third_party_security_mode") == "permissive":
        raise not_supported("third_party_security_mode permissive of a client")
    for name in ("oidc_backchannel_logout", "oidc_logout"):
        if (body.get(name) or {}).get("backchannel_logout_urls"):
            raise not_supported(f"back-channel logout: {name}.backchannel_logout_urls of a client")
    if (body.get("refresh_token") or {}).get("policies"):
        raise not_supported("refresh_token.policies of a client: refresh tokens for several APIs")
    if body.get("organization_usage") == "require":
        raise not_supported("organizations: organization_usage of a client can only be deny or allow")


def _present(client: Document) -> Document:
    """What a client has: null, and an empty `initiate_login_uri`, take a property away."""
    return {name: value for name, value in client.items() if value is not None and (name, value) != _NO_LOGIN_URI}


def _checked(client: Document) -> Document:
    if is_third_party(client):
        if others := [name for name in client["grant_types"] if name not in THIRD_PARTY_GRANT_TYPES]:
            raise invalid_body(f"Invalid grant types: {', '.join(others)}")
        for name in ("callbacks", "allowed_origins", "web_origins"):
            if patterns := [url for url in client.get(name) or [] if "*" in url]:
                raise invalid_body(f"Wildcards are not supported in {name} of third-party clients: {patterns[0]}")
    elif "third_party_security_mode" in client:
        raise invalid_body("third_party_security_mode can only be set for third-party clients")
    if client.get("token_endpoint_auth_method") == "none" and "client_credentials" in client["grant_types"]:
        raise invalid_body("Invalid grant types: client_credentials")
    methods = client.get("client_authentication_methods")
    if methods:
        if client.get("token_endpoint_auth_method"):
            raise invalid_body(
                "client_authentication_methods cannot be set when token_endpoint_auth_method has a value."
            )
        known = {credential["id"] for credential in client.get("credentials", [])}
        for reference in methods["private_key_jwt"]["credentials"]:
            if reference["id"] not in known:
                raise ManagementError(400, f"The credential {reference['id']} does not exist.", "inexistent_credential")
    return client


_LIST = "/clients"
_ONE = "/clients/{client_id}"
_READ = ("read:clients", "read:client_keys")
_UPDATE = ("update:clients", "update:client_keys")
ENDPOINTS = [
    Endpoint("GET", _LIST, _READ, list_all, query=schemas.LIST_QUERY),
    Endpoint("POST", _LIST, ("create:clients",), create, schemas.CREATE),
    Endpoint("GET", _ONE, _READ, get, query=schemas.GET_QUERY),
    Endpoint("PATCH", _ONE, _UPDATE, update, schemas.UPDATE),
    Endpoint("DELETE", _ONE, ("delete:clients",), delete),
    Endpoint(
        "GET",
        "/clients/{client_id}/connections",
        ("read:connections",),
        list_connections,
        query=connections.OF_CLIENT_QUERY,
    ),
    Endpoint("POST", "/clients/{client_id}/rotate-secret", ("update:client_keys",), rotate_secret),
]
