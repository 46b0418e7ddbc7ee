"""The tenant: scopes that the token lacks, and names that others have."""

import base64
import json
from collections.abc import Iterator, Sequence

import httpx
from auth0_apim.auth0_api import UserAccess

from auth0_apim_environments.clients.services import Tenant, asks_for_grants, without_user_grant
from auth0_apim_environments.doctor.finding import Finding, right, unknown, wrong
from auth0_apim_environments.doctor.needed_scopes import needed_scopes
from auth0_apim_environments.settings.settings import Settings

_HOW_TO_ASK_FOR_GRANTS = (
    "give those that need one a grant of subject type user; then set the API's access policy for users to "
    "require_client_grant in the tenant, or take its line out of keep"
)


def scope_findings(settings: Settings, client: httpx.Client) -> Iterator[Finding]:
    """One row for each purpose whose scopes the Management API's token lacks, or one that says it has all."""
    subject, granted = "Management API scopes", _granted(client)
    needed = needed_scopes(settings)
    if granted is None:
        remedy = "compare the application's scopes with " + " ".join(sorted(needed))
        yield unknown(subject, "the token does not say which scopes it has", remedy)
        return
    missing = [scope for scope in needed if scope not in granted]
    if not missing:
        yield right(subject, f"all {len(needed)} that this stack needs")
    for purpose in dict.fromkeys(needed[scope] for scope in missing):
        lacking = " ".join(scope for scope in missing if needed[scope] == purpose)
        remedy = (
            "Auth0 dashboard: Applications, APIs, Auth0 Management API, Machine to Machine Applications: grant them"
        )
        yield wrong(subject, f"{purpose} needs {lacking}", remedy)


def name_findings(settings: Settings, tenant: Tenant, own: set[str]) -> Iterator[Finding]:
    """Objects of the tenant that are in the way of the stack's, or missing where the stack expects them.

    Args:
        settings: the stack's.
        tenant: what there is.
        own: ids of the stack's own objects, in lower case.
    """
    yield _api(settings, tenant, own)
    yield from _access(settings, tenant, own)
    yield from _clients(settings, tenant, own)
    if settings.database is not None:
        yield _database(settings.database.connection_name, tenant, own, existing=settings.database.existing)


def _api(settings: Settings, tenant: Tenant, own: set[str]) -> Finding:
    identifier, subject = settings.api.identifier, "API identifier"
    found = [api for api in tenant.resource_servers() if api["identifier"] == identifier]
    if settings.api.existing:
        if found:
            return right(subject, f"{identifier} exists")
        return wrong(subject, f"{identifier} does not exist", "correct api.identifier, or leave api.existing out")
    if found and found[0]["id"].lower() not in own:
        remedy = "choose another api.identifier; or api.existing: true; or `auth0-apim adopt`"
        return wrong(subject, f"{identifier} belongs to {found[0].get('name')!r}, which is not this stack's", remedy)
    return right(subject, f"{identifier} is {_whose(found)}")


def _access(settings: Settings, tenant: Tenant, own: set[str]) -> Iterator[Finding]:
    """What an API that lets every application in means for those that have no grant."""
    subject, identifier = "tokens of the API's users", settings.api.identifier
    for api in tenant.resource_servers():
        is_meant = settings.api.existing or api["id"].lower() in own
        if api["identifier"] != identifier or not is_meant or asks_for_grants(api):
            continue
        others = [client for client in tenant.clients() if client["client_id"].lower() not in own]
        without = ", ".join(without_user_grant(others, tenant.client_grants(), identifier))
        if settings.api.existing or _keeps_access(settings):
            observed = "any application gets them, with every scope (access policy allow_all); without a grant: "
            yield unknown(subject, observed + (without or "none"), _HOW_TO_ASK_FOR_GRANTS)
        elif without and settings.api.user_access is UserAccess.REQUIRE_CLIENT_GRANT:
            remedy = "give them a grant of subject type user first; or api.userAccess: allow_all until they have one"
            yield wrong(subject, f"an up asks applications for a grant, and these have none: {without}", remedy)


def _keeps_access(settings: Settings) -> bool:
    return any(name.startswith("subjectTypeAuthorization") for name in settings.keep.get("api-resource-server", ()))


def _clients(settings: Settings, tenant: Tenant, own: set[str]) -> Iterator[Finding]:
    clients = tenant.clients()
    for key, section in (("client", settings.client), ("interactiveClient", settings.interactive_client)):
        if section is None:
            continue
        subject = f"client of {key}"
        if section.existing_client_id is not None:
            if any(each["client_id"] == section.existing_client_id for each in clients):
                yield right(subject, f"{section.existing_client_id} exists")
            else:
                remedy = f"correct {key}.existingClientId; the dashboard shows a client's id"
                yield wrong(subject, f"{section.existing_client_id} does not exist", remedy)
            continue
        others = [
            each for each in clients if each["name"] == section.display_name and each["client_id"].lower() not in own
        ]
        if others:
            remedy = f"another {key}.displayName, or {key}.existingClientId: {others[0]['client_id']}"
            yield wrong(subject, f"{section.display_name!r} is another client's name, too", remedy)
        else:
            yield right(subject, f"{section.display_name!r} is nobody else's name")


def _database(name: str, tenant: Tenant, own: set[str], *, existing: bool) -> Finding:
    subject = "database connection"
    found = [each for each in tenant.databases() if each["name"] == name]
    if existing:
        if found:
            return right(subject, f"{name} exists")
        return wrong(
            subject, f"{name} does not exist", "correct database.connectionName, or leave database.existing out"
        )
    if found and found[0]["id"].lower() not in own:
        remedy = "choose another database.connectionName; or database.existing: true; or `auth0-apim adopt`"
        return wrong(subject, f"{name} exists already and is not this stack's", remedy)
    return right(subject, f"{name} is {_whose(found)}")


def _whose(found: Sequence[object]) -> str:
    return "this stack's" if found else "free"


def _granted(client: httpx.Client) -> set[str] | None:
    """The scopes in the Management API's token, which is a JWT; nothing is decided by it but a row of the table."""
    parts = client.headers["Authorization"].removeprefix("Bearer ").split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return set(str(claims["scope"]).split())
    except (IndexError, ValueError, KeyError):
        return None
