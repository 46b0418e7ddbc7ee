"""`auth0-apim adopt`: objects that were created by hand become a stack, without a change to them."""

import dataclasses
import json
import os
from collections.abc import Mapping
from contextlib import closing
from typing import Annotated, Any

import typer
from auth0_apim.openapi.source import read_openapi
from auth0_apim.openapi.text import OpenApiError
from rich.console import Console
from rich.table import Table

from auth0_apim_environments.adopt.adopting import Adoption, script_paths, take_over, write_files
from auth0_apim_environments.adopt.engine import Engine
from auth0_apim_environments.adopt.found_objects import AmbiguousError, Answers, FoundObjects, find_objects
from auth0_apim_environments.adopt.settings_file import adopted_settings
from auth0_apim_environments.cli.target import Json, cloud_variables
from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project, find_project
from auth0_apim_environments.settings.problems import SettingsError
from auth0_apim_environments.settings.settings import PASSWORD_VARIABLE

_EFFECTS = {"add": "would be set", "update": "would be changed", "delete": "would be removed"}


def adopt(  # noqa: PLR0913, PLR0917 - one parameter an option
    stack: Annotated[str, typer.Option("--stack", "-s", help="The environment to create: stacks/Pulumi.<stack>.yaml.")],
    openapi: Annotated[str, typer.Option(help="The document that the API was imported from: a path or an https URL.")],
    api: Annotated[str | None, typer.Option(help="Identifier of the API in Auth0.")] = None,
    service: Annotated[str | None, typer.Option(help="Name of the API Management service.")] = None,
    published_api: Annotated[str | None, typer.Option(help="Id of the API in API Management.")] = None,
    client: Annotated[str | None, typer.Option(help="Id of the client that calls the API.")] = None,
    connection: Annotated[str | None, typer.Option(help="Name of the users' database.")] = None,
    user: Annotated[str | None, typer.Option(help="E-mail address of a user to adopt.")] = None,
    product: Annotated[str | None, typer.Option(help="Id of the API's product.")] = None,
    take: Annotated[bool, typer.Option("--import", help="Also import the objects into the stack's state.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing settings file.")] = False,
    as_json: Json = False,
) -> None:
    """Find an API's objects in a tenant and in API Management, and write a stack's settings and import file for them.

    Both services are only read. With --import the objects are also imported into the stack's state, and every property that
    a component would change is added to the setting `keep`, so that the next preview shows no change.
    """
    answers = Answers(api, service, published_api, client, connection, user, product)
    project = find_project()
    if project.stack_file(stack).exists() and not force:
        raise StackError(f"{project.stack_file(stack)} exists: choose another stack, or overwrite it with --force")
    variables = {**os.environ, **cloud_variables(project)}
    try:
        found = _found(variables, answers)
        settings = adopted_settings(found, openapi, script_paths(project, stack, found))
        _check_document(openapi, settings["publication"].get("serviceUrl"))
        done = _adopted(project, stack, variables, found, settings, take=take)
    except AmbiguousError as error:
        if not as_json:
            raise
        Console().print_json(json.dumps({"stack": stack, "ambiguous": dataclasses.asdict(error.choice)}))
        raise typer.Exit(1) from None
    except SettingsError as error:
        raise StackError(f"the objects cannot be adopted: {error}") from error
    if as_json:
        Console().print_json(json.dumps(_document(stack, found, done)))
    else:
        _show(stack, found, done, taken=take)


def _found(variables: Mapping[str, str], answers: Answers) -> FoundObjects:
    with closing(open_tenant(variables)) as tenant, closing(open_manager(variables)) as manager:
        return find_objects(Tenant(tenant), Manager(manager), answers)


def _check_document(openapi: str, service_url: str | None) -> None:
    try:
        read_openapi(openapi, service_url=service_url)
    except OpenApiError as error:
        raise StackError(f"--openapi {error}") from None


def _adopted(  # noqa: PLR0913 - an adoption needs all of them
    project: Project,
    stack: str,
    variables: Mapping[str, str],
    found: FoundObjects,
    settings: Mapping[str, Any],
    *,
    take: bool,
) -> Adoption:
    if found.user is not None and not variables.get(PASSWORD_VARIABLE):
        raise StackError(
            f"set {PASSWORD_VARIABLE} to {found.user['email']}'s password, which cannot be read and is not changed"
        )
    engine = Engine(project, stack, variables)
    written = write_files(project, stack, engine, found, settings)
    return take_over(engine, written, settings) if take else written


def _document(stack: str, found: FoundObjects, done: Adoption) -> dict[str, Any]:
    return {
        "stack": stack,
        "found": _names(found),
        "notes": found.notes,
        "settingsFile": str(done.settings_file),
        "importFile": str(done.import_file),
        "scriptFiles": [str(file) for file in done.scripts],
        "toBeSet": list(done.unreadable),
        "missing": list(done.missing),
        "keepsServiceUrl": done.keeps_service_url,
        "keep": done.kept,
        "changes": [dataclasses.asdict(change) for change in done.changes],
    }


def _names(found: FoundObjects) -> dict[str, str]:
    names = {
        "API in Auth0": found.api["identifier"],
        "machine client": f"{found.client['name']} ({found.client['client_id']})",
        "client grant": found.grant["id"],
        "login client": found.login and f"{found.login['name']} ({found.login['client_id']})",
        "database": found.connection and found.connection["name"],
        "user": found.user and found.user["email"],
        "service": found.service["name"],
        "API in API Management": found.published_api["name"],
        "product": found.product and found.product["name"],
        "authorization server": found.authorization_server and found.authorization_server["name"],
        "policy": found.policy and found.policy["id"].partition("/service/")[2],
    }
    return {kind: name for kind, name in names.items() if name}


def _show(stack: str, found: FoundObjects, done: Adoption, *, taken: bool) -> None:
    console = Console()
    table = Table("object", "found", box=None, title="Objects that belong together", title_justify="left")
    for kind, name in _names(found).items():
        table.add_row(kind, name)
    console.print(table)
    for note in found.notes:
        console.print(f"Note: {note}.", highlight=False, markup=False)
    if done.kept:
        table = Table("resource", "property", "without its line in keep", title="Not changed", title_justify="left")
        for resource, properties in sorted(done.kept.items()):
            for name, kind in sorted(properties.items()):
                table.add_row(resource, name, _EFFECTS.get(kind, kind))
        console.print(table)
    if done.keeps_service_url:
        _print(
            console,
            "The API keeps its service URL, so that calls succeed until the policy is deployed: deploy the policy, then remove "
            "publication.keepServiceUrl and deploy again.",
        )
    for name in done.missing:
        console.print(f"Not found, so that the first up creates it: {name}.", highlight=False, markup=False)
    for key in done.unreadable:
        _print(
            console,
            f"The value of {key} cannot be read from the tenant, and without it the database's options cannot be changed: "
            f"pulumi config set --stack {stack} --secret --path {key}",
        )
    command = f"pulumi preview --stack {stack}" if taken else f"pulumi import --stack {stack} --file {done.import_file}"
    files = ", ".join(map(str, (done.settings_file, done.import_file, *done.scripts)))
    _print(console, f"Written: {files}. Next: {command}")


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
