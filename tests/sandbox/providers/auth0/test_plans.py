"""The endpoint's plans are those of the official provider.

`plans.json` is what pulumi-resource-auth0, whose versions it names, planned over the sandbox's own tenant for the cases of
`plan_cases.json`: the first inputs again, then with the changes, then the changed inputs again after the update. It is written by
`python tests/sandbox/providers/auth0/test_plans.py PLUGIN VERSIONS`, where PLUGIN is the plugin's executable. Plans are compared by
property: which ones change, and which need a new resource; the paths inside a property are not.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import trustme
import uvicorn
from auth0_apim_sandbox.providers.auth0.provider import Auth0Package
from auth0_apim_sandbox.providers.plugin.differences import top_level
from auth0_apim_sandbox.providers.plugin.provider import Services
from auth0_apim_sandbox.providers.plugin.servicer import Servicer
from auth0_apim_sandbox.providers.plugin.values import marshal, unmarshal
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant import create_tenant, management_client
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

HERE = Path(__file__).parent
CASES: dict[str, Any] = json.loads(HERE.joinpath("plan_cases.json").read_text(encoding="utf-8"))
PLANS = HERE / "plans.json"
SCOPES = [{"name": "add:numbers", "description": "Add"}, {"name": "divide:numbers", "description": "Divide"}]
PREPARED: dict[str, tuple[str, dict[str, Any]]] = {
    "bare": ("ResourceServer", {"identifier": "bare", "name": "Bare"}),
    "calc": ("ResourceServer", {"identifier": "calc", "name": "Calc"}),
    "scopes": ("ResourceServerScopes", {"resourceServerIdentifier": "calc", "scopes": SCOPES}),
    "client": ("Client", {"name": "machine", "appType": "regular_web"}),
    "other": ("Client", {"name": "other", "appType": "regular_web"}),
    "connection": ("Connection", {"name": "users", "strategy": "auth0"}),
    "user": ("User", {"connectionName": "users", "email": "grace@example.com", "password": "Sup3r-secret!"}),
    "role": ("Role", {"name": "adder"}),
    "second_role": ("Role", {"name": "divider"}),
}
"""What the cases refer to, by the names they use."""


class Provider:
    """A provider as the engine drives it: check, diff, create, update."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    async def check(self, kind: str, inputs: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in inputs.items() if value is not None}
        request = provider_pb2.CheckRequest(urn=urn(kind), olds=marshal(old), news=marshal(given), randomSeed=b"0" * 32)
        answer = await self._stub.Check(request)
        assert not answer.failures, answer.failures
        return unmarshal(answer.inputs)

    async def create(self, kind: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        answer = await self._stub.Create(provider_pb2.CreateRequest(urn=urn(kind), properties=marshal(inputs)))
        return answer.id, unmarshal(answer.properties)

    async def plan(self, made: tuple[str, Any], kind: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
        """The changed properties, and whether one needs a new resource."""
        request = provider_pb2.DiffRequest(
            id=made[0], urn=urn(kind), olds=marshal(made[1]), old_inputs=marshal(old), news=marshal(new)
        )
        answer = await self._stub.Diff(request)
        changed = answer.changes == provider_pb2.DiffResponse.DIFF_SOME
        if not changed:
            return {}
        plan = {top_level(path): "update" for path in answer.detailedDiff}
        return plan | {top_level(path): "replace" for path in answer.replaces}

    async def update(
        self, made: tuple[str, Any], kind: str, old: dict[str, Any], new: dict[str, Any]
    ) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=made[0], urn=urn(kind), olds=marshal(made[1]), old_inputs=marshal(old), news=marshal(new)
        )
        return unmarshal((await self._stub.Update(request)).properties)


def urn(kind: str) -> str:
    return f"urn:pulumi:local::calculator::auth0:index/{kind[0].lower()}{kind[1:]}:{kind}::thing"


async def prepared(provider: Provider) -> dict[str, str]:
    return {
        name: (await provider.create(kind, await provider.check(kind, inputs, {})))[0]
        for name, (kind, inputs) in PREPARED.items()
    }


async def planned(provider: Provider, name: str, ids: dict[str, str]) -> dict[str, Any]:
    """The plans of one case: nothing changed, changed, and nothing changed after the update."""
    text = json.dumps(CASES[name])
    for reference, value in ids.items():
        text = text.replace(f"{{{reference}}}", value)
    kind, first, changes = json.loads(text)
    old = await provider.check(kind, first, {})
    made = await provider.create(kind, old)
    plans: dict[str, Any] = {"again": await provider.plan(made, kind, old, await provider.check(kind, first, old))}
    new = await provider.check(kind, first | changes, old)
    plans["changed"] = await provider.plan(made, kind, old, new)
    if plans["changed"] and not any(each == "replace" for each in plans["changed"].values()):
        try:
            made = made[0], await provider.update(made, kind, old, new)
        except grpc.aio.AioRpcError as error:
            return plans | {"refused": str(error.details()).splitlines()[-1].strip()}
        plans["settled"] = await provider.plan(made, kind, new, await provider.check(kind, first | changes, new))
    return plans


@asynccontextmanager
async def served_tenant() -> AsyncIterator[Services]:
    """A new tenant of the sandbox over TLS."""
    authority = trustme.CA()
    listening = socket.create_server(("127.0.0.1", 0))
    domain = f"localhost:{listening.getsockname()[1]}"
    store = Store(":memory:")
    app = create_tenant(store, domain)
    client = management_client(store)
    with tempfile.TemporaryDirectory() as folder:
        certificate = Path(folder) / "server.pem"
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
        authority.cert_pem.write_to_path(Path(folder) / "ca.pem")
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ssl_certfile=certificate, lifespan="off"))
        running = asyncio.ensure_future(server.serve([listening]))
        yield Services(
            domain, client.client_id, client.client_secret, "https://localhost:1", "t", "c", "s", "s",
            ca_file=Path(folder) / "ca.pem",
        )  # fmt: skip
        server.should_exit = True
        await running
    store.close()


@asynccontextmanager
async def endpoint(services: Services) -> AsyncIterator[Provider]:
    package = Auth0Package(services)
    server = grpc.aio.server()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(package), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Provider(provider_pb2_grpc.ResourceProviderStub(channel))
    await server.stop(0)
    await package.close()


@asynccontextmanager
async def official(plugin: str, services: Services) -> AsyncIterator[Provider]:
    environment = {**os.environ, "SSL_CERT_FILE": str(services.ca_file)}
    process = await asyncio.create_subprocess_exec(plugin, "127.0.0.1:1", stdout=-1, stderr=-3, env=environment)
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    config = {
        "domain": services.auth0_domain,
        "clientId": services.auth0_client_id,
        "clientSecret": services.auth0_client_secret,
    }
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        await stub.Configure(
            provider_pb2.ConfigureRequest(
                args=marshal(config), variables={f"auth0:config:{name}": value for name, value in config.items()}
            )
        )
        yield Provider(stub)
    process.terminate()
    await process.wait()


async def record(plugin: str, versions: str) -> None:
    """Writes what the official provider plans, of the cases that are not recorded yet. Each has a tenant of its own."""
    recorded = json.loads(PLANS.read_text(encoding="utf-8")) if PLANS.exists() else {}
    plans = recorded["plans"] if recorded.get("versions") == versions else {}
    for name in CASES.keys() - plans.keys():
        async with served_tenant() as services, official(plugin, services) as provider:
            try:
                plans[name] = await planned(provider, name, await prepared(provider))
            except (grpc.aio.AioRpcError, AssertionError) as error:
                sys.stderr.write(f"{name}: {error}\n")
    document = {"versions": versions, "plans": plans}
    PLANS.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with served_tenant() as services, endpoint(services) as served:
        yield served


@pytest.mark.parametrize("name", CASES)
async def test_a_plan_is_the_official_provider_s(provider, name):
    expected = json.loads(PLANS.read_text(encoding="utf-8"))["plans"]
    assert await planned(provider, name, await prepared(provider)) == expected[name]


if __name__ == "__main__":
    asyncio.run(record(*sys.argv[1:]))
