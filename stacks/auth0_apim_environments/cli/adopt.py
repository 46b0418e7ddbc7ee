"""`auth0-apim adopt`: what somebody made by hand becomes a stack, without a change."""

import dataclasses
import json
import os
from collections.abc import Mapping
from contextlib import closing
from typing import Annotated, Any

import typer
from auth0_apim.openapi_source import read_openapi
from auth0_apim.openapi_text import OpenApiError
from rich.console import Console
from rich.table import Table

from auth0_apim_environments.adopt.adopting import Adoption, take_over, write_files
from auth0_apim_environments.adopt.belonging import AmbiguousError, Answers, Belongings, belongings
from auth0_apim_environments.adopt.custom_database import script_paths
from auth0_apim_environments.adopt.engine import Engine
from auth0_apim_environments.adopt.settings_file import adopted_settings
from auth0_apim_environments.cli.cloud_variables import cloud_variables
from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.clients.services import Manager, Tenant
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.project import Project, find_project
from auth0_apim_environments.settings.problems import SettingsError
from auth0_apim_environments.settings.settings import PASSWORD_VARIABLE

_EFFECTS = {"add": "would be set", "update": "would be changed", "delete": "would be taken away"}


def adopt(  # noqa: PLR0913, PLR0917 - one parameter an option
    stack: Annotated[
        str, typer.Option("--stack", "-s", help="The environment to be made: stacks/Pulumi.<stack>.yaml.")
    ],
    openapi: Annotated[str, typer.Option(help="The document that the API was imported from: a path or an https URL.")],
    api: Annotated[str | None, typer.Option(help="Identifier of the API in Auth0.")] = None,
    service: Annotated[str | None, typer.Option(help="Name of the API Management service.")] = None,
    published_api: Annotated[str | None, typer.Option(help="Id of the API in API Management.")] = None,
    client: Annotated[str | None, typer.Option(help="Id of the client that calls the API.")] = None,
    connection: Annotated[str | None, typer.Option(help="Name of the users' database.")] = None,
    user: Annotated[str | None, typer.Option(help="E-mail address of a user to take over.")] = None,
    product: Annotated[str | None, typer.Option(help="Id of the API's product.")] = None,
    take: Annotated[bool, typer.Option("--import", help="Also import into the stack's state.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite settings that are there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find an API's objects in a tenant and in API Management, and write a stack's settings and import file for them.

    Nothing in either service is changed. With --import the objects are taken into the stack's state as well, and
    whatever a component would have otherwise is named in the setting `keep`, so that the next preview shows no change.
    """
    answers = Answers(api, service, published_api, client, connection, user, product)
    project = find_project()
    if project.stack_file(stack).exists() and not force:
        raise StackError(
            f"{project.stack_file(stack)} exists: choose another stack, or --force overwrites its settings"
        )
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
        raise StackError(f"what was found cannot be adopted: {error}") from error
    if as_json:
        Console().print_json(json.dumps(_document(stack, found, done)))
    else:
        _show(stack, found, done, taken=take)


def _found(variables: Mapping[str, str], answers: Answers) -> Belongings:
    with closing(open_tenant(variables)) as tenant, closing(open_manager(variables)) as manager:
        return belongings(Tenant(tenant), Manager(manager), answers)


def _check_document(openapi: str, service_url: str | None) -> None:
    try:
        read_openapi(openapi, service_url=service_url)
    except OpenApiError as error:
        raise StackError(f"--openapi {error}") from None


def _adopted(  # noqa: PLR0913 - everything that an adoption is of
    project: Project,
    stack: str,
    variables: Mapping[str, str],
    found: Belongings,
    settings: Mapping[str, Any],
    *,
    take: bool,
) -> Adoption:
    if found.user is not None and not variables.get(PASSWORD_VARIABLE):
        raise StackError(
            f"set {PASSWORD_VARIABLE} to {found.user['email']}'s password, which cannot be read; it is not changed"
        )
    engine = Engine(project, stack, variables)
    written = write_files(project, stack, engine, found, settings)
    return take_over(engine, written, settings) if take else written


def _document(stack: str, found: Belongings, done: Adoption) -> dict[str, Any]:
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
        "keep": done.held_back,
        "changes": [dataclasses.asdict(change) for change in done.changes],
    }


def _names(found: Belongings) -> dict[str, str]:
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


def _show(stack: str, found: Belongings, done: Adoption, *, taken: bool) -> None:
    console = Console()
    table = Table("object", "found", box=None, title="These belong together", title_justify="left")
    for kind, name in _names(found).items():
        table.add_row(kind, name)
    console.print(table)
    for note in found.notes:
        console.print(f"Note: {note}.", highlight=False, markup=False)
    if done.held_back:
        kept = Table("resource", "property", "without its line in keep", title="Left as it is", title_justify="left")
        for resource, properties in sorted(done.held_back.items()):
            for name, kind in sorted(properties.items()):
                kept.add_row(resource, name, _EFFECTS.get(kind, kind))
        console.print(kept)
    if done.keeps_service_url:
        _say(
            console,
            "The API keeps its backend as service URL, so that no good call is refused: deploy the policy first, then "
            "remove publication.keepServiceUrl and deploy again.",
        )
    for name in done.missing:
        console.print(f"Not found, so the first up makes it: {name}.", highlight=False, markup=False)
    for key in done.unreadable:
        _say(
            console,
            f"The value of {key} cannot be read from the tenant, and the database's options cannot be changed without it: "
            f"pulumi config set --stack {stack} --secret --path {key}",
        )
    command = f"pulumi preview --stack {stack}" if taken else f"pulumi import --stack {stack} --file {done.import_file}"
    files = ", ".join(map(str, (done.settings_file, done.import_file, *done.scripts)))
    _say(console, f"Written: {files}. Next: {command}")


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
