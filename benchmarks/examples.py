"""Which examples of a specification of Microsoft.ApiManagement the sandbox answers as they say: `python benchmarks/examples.py FOLDER`.

FOLDER holds OpenAPI 2.0 documents that name their examples (`x-ms-examples`), as a version's folder in Azure's repository of REST
specifications does. Each example is called on a service of its own, in which stands what the example speaks of: the resources on its path, those
that its bodies refer to, and for a call that writes nothing the resource itself. An answer agrees when its status is one of the
example's and it has every member that the example's body has.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from auth0_apim_sandbox.apim.manager import create_resource_manager, manager_client
from auth0_apim_sandbox.store import Store

ENDPOINT = "https://localhost:14301"
SERVICE = {
    "location": "westeurope",
    "sku": {"name": "Developer", "capacity": 1},
    "identity": {"type": "SystemAssigned"},
    "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
}
KEY = "00000000-0000-0000-0000-000000000001"
"""The instrumentation key that stands for those that examples have blanked out."""
VERDICTS = ("agrees", "refused by name", "another status", "members missing", "not prepared")

_ID = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ApiManagement/service/[^/]+/(.+)", re.IGNORECASE
)
_SHORT = re.compile(r"/((?:apis|products|loggers|apiVersionSets|users)/[^/]+)")
_NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")
_LINKS = ("products/apis", "products/groups")
_NAMED = {"authorizationServerId": "authorizationServers", "openidProviderId": "openidConnectProviders"}
_KEY = re.compile(r"[0-9a-z]{2}\.{8,}[0-9a-z]{2}")
_SUBSCRIPTION = re.compile(r"/subscriptions/[^/\"]+(?=/resourceGroups/)", re.IGNORECASE)
_HEADERS = ("if-match", "if-none-match")


@dataclass(frozen=True)
class Example:
    """An example: how it is called, and what it says of the answer; `template` is its path with the parameters' names."""

    name: str
    operation: str
    method: str
    template: str
    parameters: dict[str, Any]
    responses: dict[str, Any]

    @property
    def below(self) -> list[str]:
        """The segments of the path below the service, none when it is not below one."""
        place = self.template.find("/service/{serviceName}/")
        if place < 0:
            return []
        given = self.template[place + len("/service/{serviceName}/") :].split("/")
        return [str(self.parameters.get(part[1:-1], part)) if part[0] == "{" else part for part in given]

    @property
    def body(self) -> Any:
        """The body that is sent, None when there is none."""
        return next((value for name, value in self.parameters.items() if isinstance(value, dict)), None)

    @property
    def expected(self) -> dict[str, Any]:
        """The body of the answer."""
        bodies = [answer.get("body") for answer in self.responses.values()]
        return next((body for body in bodies if isinstance(body, dict)), {})


@dataclass
class World:
    """One service, and what could not be made in it."""

    client: httpx.AsyncClient
    bodies: dict[str, dict[str, Any]]
    version: str
    service: str = ""
    refused: list[str] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)
    made: set[str] = field(default_factory=set)

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call; an operation's answer is the resource at its end."""
        query = {"api-version": self.version, **options.pop("params", {})}
        answer = await self.client.request(method, path, params=query, **options)
        if method not in ("PUT", "PATCH") or "location" not in answer.headers or answer.is_error:
            return answer
        ended = await self.client.get(answer.headers["location"])
        if ended.is_success and "asyncId" not in answer.headers["location"]:
            ended = await self.client.get(path, params=query)
        return ended if ended.is_error or ended.content else answer

    async def make(self, path: str, given: dict[str, Any] | None = None) -> None:
        """Make the resource at `path` below the service, and first what is above it and what its body refers to.

        Its properties are those of the example that creates one, and over them `given`, as far as a resource can have them.
        """
        segments = path.split("/")
        types = "/".join(segments[0::2]).lower()
        if path.lower() in self.made or len(segments) % 2:
            return
        self.made.add(path.lower())
        if len(segments) > 2:
            await self.make("/".join(segments[:-2]))
        if types in _LINKS:
            await self.make("/".join(segments[-2:]))
        properties = dict(self.bodies.get(types, {}).get("properties", {}))
        if types == "apis":
            properties["path"] = segments[-1].partition(";")[0]
        for wanted in ({**properties, **(given or {})}, properties):
            await self.make_references(wanted)
            answer = await self.call("PUT", f"{self.service}/{quote(path)}", json={"properties": wanted})
            if answer.is_success:
                return
        if _is_refusal(answer):
            self.unsupported.append(_message(answer))
        else:
            self.refused.append(f"{path}: {answer.status_code} {answer.text[:300]}")

    async def make_references(self, value: Any, name: str = "") -> None:
        """Make whatever the texts in `value` refer to."""
        if isinstance(value, dict):
            for key, item in value.items():
                for named in _NAMED_VALUE.findall(item) if key == "value" and isinstance(item, str) else ():
                    await self.make(f"namedValues/{named}", {"displayName": named, "value": "10", "secret": False})
                if key not in ("id", "name", "document", "value"):
                    await self.make_references(item, key)
        elif isinstance(value, list):
            for item in value:
                await self.make_references(item, name)
        elif isinstance(value, str):
            found = _ID.fullmatch(value) or _SHORT.fullmatch(value)
            path = found[1] if found else f"{_NAMED[name]}/{value}" if name in _NAMED else ""
            if path.count("/") % 2:
                await self.make(path)


def examples(folder: Path, subscription: str) -> Iterator[Example]:
    """Every example of the documents in `folder`, as if it were of `subscription`."""
    for file in sorted(folder.glob("*.json")):
        paths: dict[str, Any] = json.loads(file.read_text("utf-8-sig")).get("paths", {})
        for template, item in paths.items():
            for method, operation in item.items():
                for reference in (operation.get("x-ms-examples") or {}).values() if isinstance(operation, dict) else ():
                    source = file.parent / reference["$ref"]
                    text = source.read_text("utf-8-sig")
                    given = json.loads(_SUBSCRIPTION.sub(f"/subscriptions/{subscription}", _KEY.sub(KEY, text)))
                    name, answers = operation["operationId"], given["responses"]
                    yield Example(source.stem, name, method.upper(), template, given["parameters"], answers)


def bodies_of(found: list[Example]) -> dict[str, dict[str, Any]]:
    """A body for each type below a service, by the types on the way to it: that of the first example that creates one."""
    bodies: dict[str, dict[str, Any]] = {}
    for example in found:
        if example.method == "PUT" and example.below and isinstance(example.body, dict):
            bodies.setdefault("/".join(example.below[0::2]).lower(), example.body)
    return bodies


async def judge(example: Example, bodies: dict[str, dict[str, Any]], store: Store) -> tuple[str, str]:
    """The verdict about an example, and what it rests on."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(_linked)) as fetch:
        app = create_resource_manager(store, ENDPOINT, _Host(), fetch)
        who = manager_client(store)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ENDPOINT) as client:
            token = await client.post(
                f"/{who.tenant_id}/oauth2/v2.0/token", data=_form(who.client_id, who.client_secret)
            )
            client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            world = World(client, bodies, str(example.parameters.get("api-version", "2024-05-01")))
            await _prepare(world, example, who.subscription_id)
            answer = await _called(world, example, who.subscription_id)
    if _is_refusal(answer):
        return "refused by name", _message(answer) if answer.content else example.template
    if answer.is_error and world.unsupported:
        return "refused by name", world.unsupported[0]
    if world.refused:
        return "not prepared", "; ".join(world.refused)
    if str(answer.status_code) not in example.responses:
        return "another status", f"{answer.status_code} in place of {', '.join(example.responses)}: {answer.text[:300]}"
    missing = list(_missing(example.expected, answer.json())) if answer.content and answer.is_success else []
    return ("members missing", ", ".join(missing)) if missing else ("agrees", "")


async def _prepare(world: World, example: Example, subscription: str) -> None:
    group = f"/subscriptions/{subscription}/resourceGroups/{example.parameters.get('resourceGroupName', 'rg1')}"
    await world.client.put(group, params={"api-version": "2021-04-01"}, json={"location": "westeurope"})
    name = example.parameters.get("serviceName", "apimService1")
    world.service = f"{group}/providers/Microsoft.ApiManagement/service/{name}"
    segments, expected = example.below, example.expected
    if segments or example.method != "PUT":
        settings: dict[str, Any] = dict(SERVICE)
        if not segments:
            settings |= {name: expected[name] for name in ("tags", "sku") if name in expected}
        await world.call("PUT", world.service, json=settings)
    own = segments[: len(segments) - len(segments) % 2]
    if example.method == "PUT":
        await world.make("/".join(own[:-2]))
        if "/".join(own[0::2]).lower() in _LINKS:
            await world.make("/".join(own[-2:]))
    elif own:
        is_read = example.method == "GET" and len(own) == len(segments)
        await world.make("/".join(own), expected.get("properties") if is_read else None)
    await world.make_references(example.body)
    for item in expected.get("value") or [] if example.method == "GET" else []:
        found = _ID.fullmatch(str(item.get("id"))) if isinstance(item, dict) else None
        if found and found[1].count("/") % 2:
            await world.make(found[1], item.get("properties"))


async def _called(world: World, example: Example, subscription: str) -> httpx.Response:
    given = {**example.parameters, "subscriptionId": subscription}
    path = re.sub(r"\{(\w+)\}", lambda part: quote(str(given.pop(part[1], part[1]))), example.template)
    texts = {name: str(value) for name, value in given.items() if not isinstance(value, dict | list)}
    headers = {name: value for name, value in texts.items() if name.lower() in _HEADERS and value == "*"}
    query = {name: value for name, value in texts.items() if name.lower() not in _HEADERS}
    body = {} if example.body is None else {"json": example.body}
    return await world.call(example.method, path, params=query, headers=headers, **body)


def _is_refusal(answer: httpx.Response) -> bool:
    """Whether the sandbox says by name that it does not support something: policies do so with 400, when they are saved."""
    return answer.status_code == 501 or "not supported by this gateway" in answer.text


def _message(answer: httpx.Response) -> str:
    error = answer.json()["error"]
    return str(next((detail["message"] for detail in error.get("details") or []), error["message"]))


def _missing(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """The members of `expected` that `actual` does not have."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            if value is None:
                continue
            if name not in actual:
                yield f"{path}{name}"
            elif actual[name] is not None:
                yield from _missing(value, actual[name], f"{path}{name}.")
    elif isinstance(expected, list) and isinstance(actual, list) and expected and actual:
        yield from _missing(expected[0], actual[0], path)


def _form(client_id: str, secret: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
        "scope": "https://management.azure.com/.default",
    }


def _linked(request: httpx.Request) -> httpx.Response:
    """What is behind every link: an API document of the family that its address names."""
    info = {"info": {"title": "Linked", "version": "1"}, "paths": {"/things": {"get": {"responses": {"200": {}}}}}}
    is_swagger = "openapi" not in str(request.url).lower() and "3.0" not in str(request.url)
    return httpx.Response(200, json={"swagger": "2.0", **info} if is_swagger else {"openapi": "3.0.1", **info})


class _Host:
    """Opens no gateway."""

    async def open(self, service_id: str) -> str:
        """The address that there would be."""
        del service_id
        return "https://localhost:14310"

    async def close(self, service_id: str) -> None:
        """Nothing is open."""


async def run(folder: Path) -> Counter[str]:
    """Judge every example, print what does not agree, and count the verdicts."""
    first = Store()
    async with httpx.AsyncClient() as fetch:
        create_resource_manager(first, ENDPOINT, _Host(), fetch)
    found = list(examples(folder, manager_client(first).subscription_id))
    bodies, counts = bodies_of(found), Counter[str]()
    for example in found:
        store = Store()
        for key, document in first.collection("arm.credentials").items():
            store.collection("arm.credentials").put(key, document)
        verdict, reason = await judge(example, bodies, store)
        store.close()
        counts[verdict] += 1
        if verdict != "agrees":
            sys.stdout.write(f"{verdict}: {example.operation} ({example.name}): {reason}\n")
    first.close()
    return counts


def main() -> None:
    """Count, print, and say how many there are."""
    parser = argparse.ArgumentParser(prog="examples.py", description=__doc__)
    parser.add_argument("folder", type=Path, help="OpenAPI 2.0 documents with x-ms-examples")
    folder = parser.parse_args().folder
    counts = asyncio.run(run(folder))
    if not counts:
        raise SystemExit(f"examples.py: no document in {folder} names an example (x-ms-examples)")
    for verdict in VERDICTS:
        sys.stdout.write(f"{counts[verdict]:5} {verdict}\n")
    sys.stdout.write(f"{counts.total():5} examples\n")


if __name__ == "__main__":
    main()
