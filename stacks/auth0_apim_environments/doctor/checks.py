"""All checks of a stack, one finding after another."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from auth0_apim_environments.clients.credentials import (
    CredentialsError,
    ServiceUnavailableError,
    open_manager,
    open_tenant,
)
from auth0_apim_environments.clients.http import ServiceError, describe_http_error, open_client
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.doctor.azure_checks import azure_findings
from auth0_apim_environments.doctor.engine_checks import EngineChecks, no_stack
from auth0_apim_environments.doctor.finding import Finding, right, unknown, wrong
from auth0_apim_environments.doctor.tenant_checks import name_findings, openid_findings, scope_findings
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.problems import SettingsError
from auth0_apim_environments.settings.settings import PASSWORD_VARIABLE, Settings
from auth0_apim_environments.settings.stack_file import StackFileError, read_stack_file

_PROVIDER_SETTINGS = {
    "auth0:domain": "AUTH0_DOMAIN",
    "auth0:clientId": "AUTH0_CLIENT_ID",
    "azure-native:subscriptionId": "ARM_SUBSCRIPTION_ID",
    "azure-native:tenantId": "ARM_TENANT_ID",
    "azure-native:clientId": "ARM_CLIENT_ID",
    "azure-native:metadataHost": "ARM_METADATA_HOSTNAME",
}
"""Settings of the providers, each of which replaces an environment variable."""


def run_checks(project: Project, stack: str, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Every check that is possible before an `up`.

    Args:
        project: the stack's project.
        stack: its name.
        environment: all environment variables that the `up` would have.
    """
    file = project.stack_file(stack)
    try:
        settings = Settings.from_file(file)
    except StackFileError as error:
        yield wrong("settings", str(error), "correct the file, or name another stack")
        return
    except SettingsError as error:
        yield from (wrong("settings", f"{each.key} {each.problem}", each.remedy) for each in error.problems)
        return
    yield right("settings", f"{file.name} is complete")
    variables, config = _variables(file, environment)
    yield from _password(settings, config, variables)
    engine = EngineChecks(project.root, variables)
    engine_findings = list(engine.findings())
    yield from engine_findings
    own = engine.resource_ids(stack) if engine_findings[0].right else None
    if own is None:
        yield no_stack(stack)
    yield from _tenant(settings, variables, own or set())
    yield from _azure(settings, variables, own or set())


def _variables(file: Path, environment: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    config: dict[str, Any] = read_stack_file(file)["config"]
    given = {name: config[key] for key, name in _PROVIDER_SETTINGS.items() if isinstance(config.get(key), str)}
    return {**environment, **given}, config


def _password(settings: Settings, config: Mapping[str, Any], variables: Mapping[str, str]) -> Iterator[Finding]:
    if settings.user is None:
        return
    if "auth0-apim:userPassword" in config or variables.get(PASSWORD_VARIABLE):
        yield right("user's password", "is set")
    else:
        remedy = f"pulumi config set --secret auth0-apim:userPassword; or export {PASSWORD_VARIABLE}"
        yield wrong("user's password", "is not set", remedy)


def _tenant(settings: Settings, variables: Mapping[str, str], own: set[str]) -> Iterator[Finding]:
    subject = "Auth0 credentials"
    domain = settings.get("api.domain") or variables.get("AUTH0_DOMAIN")
    if domain:
        with open_client(variables) as client:
            yield from openid_findings(domain, client)
    try:
        with closing(open_tenant(variables)) as client:
            yield right(subject, f"{variables['AUTH0_DOMAIN']} issued a token")
            yield from scope_findings(settings, client)
            yield from name_findings(settings, Tenant(client), own)
    except CredentialsError as error:
        remedy = "export AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine application"
        yield wrong(subject, str(error), remedy)
    except ServiceError as error:
        yield unknown("names in the tenant", str(error), "grant the scopes that are missing above")
    except (ServiceUnavailableError, httpx.HTTPError) as error:
        yield wrong(subject, describe_http_error(error), "correct AUTH0_DOMAIN")


def _azure(settings: Settings, variables: Mapping[str, str], own: set[str]) -> Iterator[Finding]:
    subject = "Azure credentials"
    if not variables.get("ARM_CLIENT_ID") and shutil.which("az", path=variables.get("PATH")):
        yield unknown(
            subject,
            "ARM_CLIENT_ID is not set, so the engine uses `az login`",
            "export ARM_* of a service principal to check it",
        )
        return
    try:
        with closing(open_manager(variables)) as client:
            yield right(subject, f"Azure issued a token for subscription {variables['ARM_SUBSCRIPTION_ID']}")
            yield from azure_findings(settings, Manager(client), own)
    except CredentialsError as error:
        remedy = "export ARM_TENANT_ID, ARM_SUBSCRIPTION_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET of a service principal"
        yield wrong(subject, str(error), remedy)
    except ServiceError as error:
        yield wrong(
            "subscription", str(error), "assign the service principal the role API Management Service Contributor there"
        )
    except (ServiceUnavailableError, httpx.HTTPError) as error:
        yield wrong(subject, describe_http_error(error), "correct ARM_METADATA_HOSTNAME, or leave it out")
