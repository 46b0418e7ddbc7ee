"""Settings that are good one by one and cannot be together."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from auth0_apim.api_gateway import GatewaySku
from auth0_apim.interactive_client import Application
from auth0_apim.jwt_settings import tier_rule
from auth0_apim.openapi_security import scopes_document_problem
from auth0_apim.user_rules import DATABASE_SCRIPTS, database_scripts_problem

from auth0_apim_environments.settings.auth0_sections import CALLBACK
from auth0_apim_environments.settings.problems import Problem

if TYPE_CHECKING:
    from auth0_apim_environments.settings.settings import Settings


def contradictions(settings: "Settings") -> Iterator[Problem]:
    """Every setting that another one contradicts."""
    yield from _scopes(settings)
    yield from _grants(settings)
    yield from _names(settings)
    yield from _users(settings)
    yield from _gateway(settings)
    yield from _logins(settings)
    yield from _operations(settings)
    yield from _roles(settings)


def _scopes(settings: "Settings") -> Iterator[Problem]:
    login = settings.interactive_client
    uses: list[tuple[str, Iterable[str]]] = [("client.scopes", settings.client.scopes or ())]
    if login is not None:
        uses.append(("interactiveClient.scopes", login.scopes or ()))
    if settings.portal is not None:
        uses.append(("portal.defaultScopes", settings.portal.default_scopes))
    for operation, required in settings.publication.operation_scopes.items():
        uses.append((f"publication.operationScopes.{operation}", required))
    uses.append(("publication.defaultScopes", settings.publication.default_scopes or ()))
    for name, role in settings.roles.items():
        uses.append((f"roles.{name}.permissions", role.permissions))
    known = settings.api.scopes
    for key, scopes in uses:
        for scope in scopes:
            if scope not in known:
                problem = f"has {scope!r}, which is not one of api.scopes ({', '.join(known) or 'none'})"
                yield Problem(key, problem, f'["{next(iter(known))}"]' if known else "[]")
    if settings.portal is not None and login is not None and login.scopes is not None:
        for scope in settings.portal.default_scopes:
            if scope in known and scope not in login.scopes:
                problem = f"has {scope!r}, which is not one of interactiveClient.scopes"
                yield Problem("portal.defaultScopes", problem, json.dumps(sorted(login.scopes)))


def _grants(settings: "Settings") -> Iterator[Problem]:
    for key, client in (("client", settings.client), ("interactiveClient", settings.interactive_client)):
        if client is not None and client.existing_grant and client.existing_client_id is None:
            yield Problem(f"{key}.existingGrant", "needs existingClientId, as a new client has no grant yet", "false")
    login = settings.interactive_client
    if login is not None and login.without_grant and (login.scopes is not None or login.existing_grant):
        yield Problem("interactiveClient.withoutGrant", "excludes scopes and existingGrant", "leave it out")


def _operations(settings: "Settings") -> Iterator[Problem]:
    publication, probe = settings.publication, settings.probe
    if publication.scopes_from_document:
        named = sorted({*publication.operation_scopes, *publication.public_operations})
        source = {"document": publication.openapi, "named": named}
        problem = scopes_document_problem(source)
        if problem is not None:
            yield Problem("publication.openapi", problem, "examples/basic-calculator/openapi.json")
            return
    elif publication.default_scopes is None and not (publication.operation_scopes or publication.public_operations):
        problem = "names no operation, so that all are denied; give it, defaultScopes or scopesFromDocument"
        yield Problem("publication.operationScopes", problem, "{add: ['calc:add']}")
    if probe is not None and publication.scopes_of(probe.operation) is None:
        known = sorted(publication.operation_scopes)
        yield Problem("probe.operation", "is denied, so that no call is answered with 200", ", ".join(known) or "add")


def _roles(settings: "Settings") -> Iterator[Problem]:
    if settings.roles and not settings.api.permissions_in_token:
        yield Problem("api.permissionsInToken", "must be true where there are roles, or they count for nothing", "true")
    for name in settings.user.roles if settings.user is not None else ():
        if name not in settings.roles:
            known = ", ".join(settings.roles) or "none"
            yield Problem("user.roles", f"has {name!r}, which is not one of roles ({known})", "[operator]")


def _names(settings: "Settings") -> Iterator[Problem]:
    """What is new has a name."""
    login = settings.interactive_client
    if settings.api.display_name is None and not settings.api.existing:
        yield Problem("api.displayName", "is required for a new API", "Basic Calculator")
    if settings.client.display_name is None and settings.client.existing_client_id is None:
        yield Problem("client.displayName", "is required for a new client", "Basic Calculator Client")
    if login is not None and login.display_name is None and login.existing_client_id is None:
        yield Problem("interactiveClient.displayName", "is required for a new client", "Basic Calculator Portal")
    publication = settings.publication
    if publication.product_id is not None and publication.product_name is not None:
        yield Problem("publication.productId", "excludes product", "leave one of them out")
    if publication.product_subscription_required is not None and publication.product_name is None:
        yield Problem("publication.productSubscriptionRequired", "needs product", "Starter")


def _users(settings: "Settings") -> Iterator[Problem]:
    database, user = settings.database, settings.user
    if user is not None and database is None:
        yield Problem("database", "is required where there is a user", "{connectionName: BasicCalculator}")
    if user is None and settings.user_password is not None:
        yield Problem("user", "is required where there is a userPassword", "{email: jane@example.com}")
    if user is not None and database is not None and database.requires_username != (user.username is not None):
        problem = "is required by" if database.requires_username else "is not allowed without"
        yield Problem("user.username", f"{problem} database.requiresUsername", "jane")
    if database is None or not (database.scripts or database.import_mode or settings.database_configuration):
        return
    both = {
        "scripts": {name: str(path) for name, path in database.scripts.items()},
        "import_mode": database.import_mode,
    }
    problem_of_scripts = database_scripts_problem(both)
    if problem_of_scripts is not None:
        yield Problem("database.scripts", problem_of_scripts, f"{{{DATABASE_SCRIPTS[0]}: database/login.js}}")


def _gateway(settings: "Settings") -> Iterator[Problem]:
    gateway = settings.gateway
    publisher = {"publisherName": gateway.publisher_name, "publisherEmail": gateway.publisher_email}
    if not gateway.existing:
        rule, sku = tier_rule(settings.policy.args()), gateway.sku or GatewaySku.CONSUMPTION
        problem = rule(sku.value) if rule is not None else None
        if problem is not None:
            yield Problem("gateway.sku", f"{problem}, which the policy has", "Developer")
        examples = {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"}
        for key, value in publisher.items():
            if value is None:
                yield Problem(f"gateway.{key}", "is required for a new service", examples[key])
        return
    alone = {"sku", "capacity", "location", "restore", "publisher_name", "publisher_email"}
    alone |= {"system_identity", "user_identity_ids"}
    given = gateway.model_dump(by_alias=True, include=alone, exclude_none=True)
    for key in given:
        yield Problem(f"gateway.{key}", "describes a new service and excludes 'existing'", "leave it out")


def _logins(settings: "Settings") -> Iterator[Problem]:
    portal, client = settings.portal, settings.interactive_client
    if portal is not None and client is None:
        yield Problem("interactiveClient", "is required where there is a portal", "{displayName: Calculator Portal}")
    if client is not None and portal is None and not (client.callbacks or client.existing_client_id):
        yield Problem("interactiveClient.callbacks", "must have at least one address without a portal", CALLBACK)
    if client is not None and client.allow_password_grant and client.application is Application.SINGLE_PAGE:
        yield Problem("interactiveClient.allowPasswordGrant", "must be false for a single page application", "false")
    if portal is not None:
        yield from _portal(settings)


def _portal(settings: "Settings") -> Iterator[Problem]:
    portal, client, gateway = settings.portal, settings.interactive_client, settings.gateway
    if portal is None or client is None:
        return
    if not gateway.existing and gateway.sku in (None, GatewaySku.CONSUMPTION):
        yield Problem("gateway.sku", "is Consumption, which has no developer portal", "Developer")
    if client.application is Application.SINGLE_PAGE:
        yield Problem("interactiveClient.application", "must be regular_web where there is a portal", "regular_web")
    for grant in portal.grant_types:
        if grant not in ("authorization_code", "password"):
            yield Problem("portal.grantTypes", f"has {grant!r}, which the interactive client never has", '["password"]')
    if "password" in portal.grant_types and not (client.allow_password_grant and settings.user is not None):
        problem = "has 'password', which needs a user and interactiveClient.allowPasswordGrant"
        yield Problem("portal.grantTypes", problem, '["authorization_code"]')
