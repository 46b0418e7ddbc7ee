"""Checks of the tenant: its OpenID document (OpenID Connect Discovery 1.0, sections 3 and 4), which the gateway reads, the scopes
that the Management API's token lacks, and names that are taken.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from auth0_apim.auth0.auth0_api import UserAccess

from auth0_apim_environments.clients.tenant import Tenant, clients_without_user_grant, requires_user_grants
from auth0_apim_environments.doctor.finding import Finding, right, unknown, wrong
from auth0_apim_environments.settings.settings import COMPONENT, Settings

_REQUIRE_GRANTS = (
    "give the applications that need one a grant of subject type user; then set the API's access policy for users to "
    "require_client_grant in the tenant, or remove its line from keep"
)


def scope_findings(settings: Settings, client: httpx.Client) -> Iterator[Finding]:
    """One finding for each purpose whose scopes the token lacks, or one that it has all scopes."""
    subject, granted = "Management API scopes", _granted(client)
    needed = needed_scopes(settings)
    if granted is None:
        remedy = "compare the application's scopes with " + " ".join(sorted(needed))
        yield unknown(subject, "the token does not contain its scopes", remedy)
        return
    missing = [scope for scope in needed if scope not in granted]
    if not missing:
        yield right(subject, f"the token has all {len(needed)} that this stack needs")
    for purpose in dict.fromkeys(needed[scope] for scope in missing):
        lacking = " ".join(scope for scope in missing if needed[scope] == purpose)
        remedy = "grant them in the Auth0 dashboard: Applications, APIs, Auth0 Management API, Machine to Machine Applications"
        yield wrong(subject, f"{purpose} needs {lacking}", remedy)


def name_findings(settings: Settings, tenant: Tenant, own: set[str]) -> Iterator[Finding]:
    """The findings on names that are taken in the tenant, and on objects that do not exist.

    Args:
        settings: of the stack.
        tenant: the tenant.
        own: ids of the stack's own resources, in lower case.
    """
    yield _api(settings, tenant, own)
    yield from _access(settings, tenant, own)
    yield from _clients(settings, tenant, own)
    if settings.database is not None:
        yield _database(
            settings.get("database.connection_name"), tenant, own, existing=settings.get("database.existing")
        )


def _api(settings: Settings, tenant: Tenant, own: set[str]) -> Finding:
    identifier, subject = settings.get("api.identifier"), "API identifier"
    found = [api for api in tenant.resource_servers() if api["identifier"] == identifier]
    if settings.get("api.existing"):
        if found:
            return right(subject, f"{identifier} exists")
        return wrong(subject, f"{identifier} does not exist", "correct api.identifier, or remove api.existing")
    if found and found[0]["id"].lower() not in own:
        remedy = "choose another api.identifier, set api.existing: true, or adopt it with `auth0-apim adopt`"
        return wrong(subject, f"{identifier} belongs to {found[0].get('name')!r}, which is not this stack's", remedy)
    return right(subject, f"{identifier} is {_whose(found)}")


def _access(settings: Settings, tenant: Tenant, own: set[str]) -> Iterator[Finding]:
    """The findings on an API whose access policy requires no grants, and on the applications without a grant."""
    subject, identifier = "tokens of the API's users", settings.get("api.identifier")
    for api in tenant.resource_servers():
        is_meant = settings.get("api.existing") or api["id"].lower() in own
        if api["identifier"] != identifier or not is_meant or requires_user_grants(api):
            continue
        others = [client for client in tenant.clients() if client["client_id"].lower() not in own]
        without = ", ".join(clients_without_user_grant(others, tenant.client_grants(), identifier))
        if settings.get("api.existing") or _keeps_access(settings):
            observed = "every application gets them, with every scope (access policy allow_all); applications without a grant: "
            yield unknown(subject, observed + (without or "none"), _REQUIRE_GRANTS)
        elif without and settings.get("api.user_access") == UserAccess.REQUIRE_CLIENT_GRANT.value:
            remedy = (
                "give them a grant of subject type user first, or set api.userAccess: allow_all until they have one"
            )
            yield wrong(subject, f"an up makes a grant necessary, and these applications have none: {without}", remedy)


def _keeps_access(settings: Settings) -> bool:
    return any(
        name.startswith("subjectTypeAuthorization")
        for name in settings.keep.get(f"{COMPONENT}-api-resource-server", ())
    )


def _clients(settings: Settings, tenant: Tenant, own: set[str]) -> Iterator[Finding]:
    clients = tenant.clients()
    for key, name in (("client", "client"), ("interactiveClient", "interactive_client")):
        if name not in settings.sections:
            continue
        existing_id, display_name = (settings.get(f"{name}.{each}") for each in ("existing_client_id", "display_name"))
        subject = f"client of {key}"
        if existing_id is not None:
            if any(each["client_id"] == existing_id for each in clients):
                yield right(subject, f"{existing_id} exists")
            else:
                remedy = f"correct {key}.existingClientId; the dashboard shows a client's id"
                yield wrong(subject, f"{existing_id} does not exist", remedy)
            continue
        others = [each for each in clients if each["name"] == display_name and each["client_id"].lower() not in own]
        if others:
            remedy = f"choose another {key}.displayName, or set {key}.existingClientId: {others[0]['client_id']}"
            yield wrong(subject, f"{display_name!r} is also the name of another client", remedy)
        else:
            yield right(subject, f"{display_name!r} is available")


def _database(name: str, tenant: Tenant, own: set[str], *, existing: bool) -> Finding:
    subject = "database connection"
    found = [each for each in tenant.databases() if each["name"] == name]
    if existing:
        if found:
            return right(subject, f"{name} exists")
        return wrong(subject, f"{name} does not exist", "correct database.connectionName, or remove database.existing")
    if found and found[0]["id"].lower() not in own:
        remedy = (
            "choose another database.connectionName, set database.existing: true, or adopt it with `auth0-apim adopt`"
        )
        return wrong(subject, f"{name} exists already and is not this stack's", remedy)
    return right(subject, f"{name} is {_whose(found)}")


def _whose(found: Sequence[object]) -> str:
    return "this stack's" if found else "available"


def _granted(client: httpx.Client) -> set[str] | None:
    """The scopes in the Management API's token, which is a JWT; its signature does not matter for a finding."""
    parts = client.headers["Authorization"].removeprefix("Bearer ").split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return set(str(claims["scope"]).split())
    except (IndexError, ValueError, KeyError):
        return None


_ALL = ("create", "read", "update", "delete")


def needed_scopes(settings: Settings) -> dict[str, str]:
    """The purpose of each needed scope."""
    return {scope: purpose for purpose, scopes in _needs(settings) for scope in scopes}


def _needs(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    if settings.get("api.domain") is None:
        yield "the issuer", ["read:tenant_settings"]
    yield "the API", ["read:resource_servers"] if settings.get("api.existing") else _every("resource_servers")
    clients = [settings.sections[each] for each in ("client", "interactive_client") if each in settings.sections]
    if any(each.get("existing_client_id") for each in clients):
        yield "existing clients", ["read:clients", "read:client_keys"]
    if not all(each.get("existing_client_id") for each in clients):
        yield "clients", [*_every("clients"), *_every("client_credentials"), "read:client_keys", "update:client_keys"]
    has_own = any(not each.get("existing_grant") for each in clients)
    yield "the client's grant", _every("client_grants") if has_own else ["read:client_grants"]
    if settings.database is not None:
        yield (
            "the database",
            ["read:connections", "update:connections"] if settings.get("database.existing") else _every("connections"),
        )
    if settings.user is not None:
        yield "the user", _every("users")
    if settings.roles:
        yield "roles", _every("roles")


def _every(kind: str) -> list[str]:
    return [f"{verb}:{kind}" for verb in _ALL]


_REQUIRED = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
)
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def openid_findings(domain: str, client: httpx.Client) -> Iterator[Finding]:
    """The findings on the document and the signing keys.

    Args:
        domain: the domain of the token endpoint: the tenant's, or its custom domain.
        client: trusts the authorities that the gateway trusts.
    """
    issuer, subject = f"https://{domain}/", "OpenID document"
    url = f"{issuer}.well-known/openid-configuration"
    document = _fetched(url, client)
    if isinstance(document, str):
        yield wrong(
            subject, f"{url}: {document}", "correct AUTH0_DOMAIN or api.domain, which API Management must reach too"
        )
        return
    problem = document_problem(document, issuer)
    if problem is not None:
        yield wrong(subject, f"{url} {problem}", "check that the domain is an Auth0 tenant's, and its spelling")
        return
    yield right(subject, url)
    keys = _fetched(document["jwks_uri"], client)
    found = [key for key in keys.get("keys", []) if is_signing_key(key)] if isinstance(keys, dict) else []
    if found:
        yield right("signing keys", f"{len(found)} for RS256 at {document['jwks_uri']}")
    else:
        reason = keys if isinstance(keys, str) else "has no RSA key for signatures (RFC 7517)"
        yield wrong(
            "signing keys", f"{document['jwks_uri']} {reason}", "rotate the tenant's signing key in its dashboard"
        )


def document_problem(document: dict[str, Any], issuer: str) -> str | None:
    """The problem of a document, as the end of a sentence that begins with its URL."""
    missing = [name for name in _REQUIRED if name not in document]
    if missing:
        return f"lacks {', '.join(missing)}"
    if document["issuer"] != issuer:
        return f"says the issuer is {document['issuer']!r}, not {issuer!r}"
    insecure = [name for name in _ADDRESSES if not str(document[name]).startswith("https://")]
    if insecure:
        return f"has no https address in {', '.join(insecure)}"
    if "RS256" not in document["id_token_signing_alg_values_supported"]:
        return "does not offer RS256"
    return None


def is_signing_key(key: dict[str, Any]) -> bool:
    """Whether RS256 signatures can be verified with the key (RFC 7517; RFC 7518, section 6.3)."""
    return key.get("kty") == "RSA" and key.get("use", "sig") == "sig" and bool(key.get("n") and key.get("e"))


def _fetched(url: str, client: httpx.Client) -> dict[str, Any] | str:
    try:
        answer = client.get(url)
        document = answer.json() if answer.status_code == 200 else None
    except httpx.HTTPError as error:
        return f"cannot be reached ({error})"
    except ValueError:
        return "is no JSON"
    if not isinstance(document, dict):
        return f"was answered with {answer.status_code}" if document is None else "is no JSON object"
    return document
