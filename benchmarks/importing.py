"""How long the import of a large API document takes, and how long whoever calls the sandbox meanwhile waits.

The sandbox runs as it always does, in a process of its own. One process imports; another one asks the tenant for its OpenID
document again and again, over one connection.
"""

import contextlib
import http.client
import json
import multiprocessing
import ssl
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml
from auth0_apim_sandbox.cloud import Sandbox
from figures import Figure, median_figure

OPERATIONS = 1300
SERVICE = {
    "location": "westeurope",
    "sku": {"name": "Developer", "capacity": 1},
    "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
}


def measure(rounds: int = 5) -> Iterator[Figure]:
    """Seconds of an import of 1.5 MB, and the longest wait of another caller, in YAML and in JSON."""
    document = large_document(OPERATIONS)
    texts = {
        "openapi": yaml.dump(document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False),
        "openapi+json": json.dumps(document, indent=1),
    }
    with Sandbox() as sandbox, manager(sandbox) as client:
        idle = [longest_wait(sandbox, lambda: time.sleep(1)) for _ in range(rounds)]
        yield median_figure("longest wait of a caller, nothing imported", idle, "ms")
        for format_, text in texts.items():
            name = f"{format_}, {len(text) / 1e6:.1f} MB, {OPERATIONS} operations"
            seconds, waits = imports(sandbox, client, {"path": "big", "format": format_, "value": text}, rounds)
            yield median_figure(f"import of {name}", seconds, "s", 2)
            yield median_figure(f"longest wait of a caller during the import of {name}", waits, "ms", 50)


def imports(
    sandbox: Sandbox, client: httpx.Client, properties: dict[str, Any], rounds: int
) -> tuple[list[float], list[float]]:
    """The seconds of each import of a new API, and the longest wait meanwhile in milliseconds."""
    seconds: list[float] = []

    def run() -> None:
        start = time.perf_counter()
        begun = client.put("apis/big", json={"properties": properties}).raise_for_status()
        client.get(begun.headers["Location"]).raise_for_status()
        seconds.append(time.perf_counter() - start)

    waits = []
    for _ in range(rounds):
        waits.append(longest_wait(sandbox, run))
        client.delete("apis/big").raise_for_status()
    return seconds, waits


def longest_wait(sandbox: Sandbox, action: Callable[[], None]) -> float:
    """The longest that a caller of the tenant waits for an answer while `action` runs, in milliseconds."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    ended = context.Event()
    prober = context.Process(target=_probe, args=(sandbox.issuer, sandbox.trust, ended, theirs), daemon=True)
    prober.start()
    ours.recv()
    action()
    ended.set()
    wait: float = ours.recv()
    prober.join()
    return wait


def _probe(url: str, trust: ssl.SSLContext, ended: Event, results: Connection) -> None:
    connection = http.client.HTTPSConnection(urlsplit(url).netloc, context=trust)
    longest = 0.0
    for count in range(10_000_000):
        if ended.is_set():
            break
        start = time.perf_counter()
        connection.request("GET", "/.well-known/openid-configuration")
        connection.getresponse().read()
        if count == 0:
            results.send("begun")  # the handshake is not counted
        else:
            longest = max(longest, time.perf_counter() - start)
        time.sleep(0.001)
    results.send(longest * 1000)


@contextlib.contextmanager
def manager(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A client of a new service's resources, by paths below it."""
    given = sandbox.credentials
    subscription = f"{sandbox.manager_url}/subscriptions/{given['ARM_SUBSCRIPTION_ID']}"
    service = f"{subscription}/resourceGroups/local/providers/Microsoft.ApiManagement/service/bench/"
    form = {
        "grant_type": "client_credentials",
        "client_id": given["ARM_CLIENT_ID"],
        "client_secret": given["ARM_CLIENT_SECRET"],
        "scope": "https://management.azure.com/.default",
    }
    version = {"api-version": "2024-05-01"}
    with httpx.Client(base_url=service, verify=sandbox.trust, params=version, timeout=60) as client:
        answer = client.post(f"{sandbox.manager_url}/{given['ARM_TENANT_ID']}/oauth2/v2.0/token", data=form)
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        client.put(service.rstrip("/"), json=SERVICE).raise_for_status()
        yield client


def large_document(operations: int) -> dict[str, Any]:
    """An OpenAPI document with that many operations and schemas."""
    numbers = range(operations)
    schemas = {f"Thing{number}": _schema() for number in numbers}
    paths = {f"/areas/{{area}}/things-{number}/{{id}}": {"get": _operation(number)} for number in numbers}
    info = {"title": "Large", "version": "1"}
    return {"openapi": "3.0.1", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _operation(number: int) -> dict[str, Any]:
    text = {"type": "string", "format": "uuid"}
    names = [
        {"name": name, "in": "path", "required": True, "description": "Its name.", "schema": dict(text)}
        for name in ("area", "id")
    ]
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{number}"}}}
    return {
        "operationId": f"getThing{number}",
        "summary": f"Thing {number}",
        "description": "Reads one thing. " * 10,
        "parameters": [*names, {"name": "page", "in": "query", "schema": {"type": "integer", "default": 1}}],
        "responses": {"200": {"description": "The thing", "content": content}, "404": {"description": "None"}},
    }


def _schema() -> dict[str, Any]:
    name = {"type": "string", "description": "What people call it."}
    return {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": name}}
