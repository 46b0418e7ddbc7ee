"""A tenant and a resource manager of a few lines, which answer as the real ones were recorded, and a stub to each provider."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import grpc.aio
import httpx
import pytest
from auth0_apim_sandbox.providers.auth0.provider import Auth0Package
from auth0_apim_sandbox.providers.azure_native.provider import AzureNativePackage
from auth0_apim_sandbox.providers.plugin.provider import Services
from auth0_apim_sandbox.providers.plugin.servicer import Servicer
from auth0_apim_sandbox.providers.plugin.values import marshal, unmarshal
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

SERVICES = Services(
    auth0_domain="localhost:14300",
    auth0_client_id="sandbox",
    auth0_client_secret="sandbox-secret",
    arm_endpoint="https://localhost:14301",
    arm_tenant_id="tenant-1",
    arm_client_id="principal-1",
    arm_client_secret="principal-secret",
    arm_subscription_id="sub-1",
)
ID_FIELDS = {"clients": "client_id", "users": "user_id"}


@dataclass
class FakeTenant:
    """Collections of documents behind the Management API's routes; `requests` are the ones that it got."""

    documents: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    enabled: dict[str, list[str]] = field(default_factory=dict)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)
    """Answers to give before any of its own."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = [unquote(part) for part in request.url.raw_path.decode().partition("?")[0].split("/")[1:]]
        body = json.loads(request.content) if request.content else None
        self.requests.append((request.method, "/".join(path), body))
        if self.answers:
            return self.answers.pop(0)
        if path == ["oauth", "token"]:
            return httpx.Response(200, json={"access_token": "t", "expires_in": 86400})
        if request.headers["Authorization"] != "Bearer t":
            return httpx.Response(401, json={"message": "Missing authentication"})
        return self.answer(request, path[2:], body)

    def answer(self, request: httpx.Request, path: list[str], body: Any) -> httpx.Response:
        if path[0] == "connections" and path[2:] == ["clients"]:
            return self.connection_clients(request.method, path[1], body)
        if path == ["tenants", "settings"]:
            return httpx.Response(200, json={"default_audience": "", "friendly_name": "Sandbox"})
        documents = self.documents.setdefault(path[0], {})
        if len(path) == 1:
            return self.collection(request, path[0], documents, body)
        document = documents.get(path[1]) or next(
            (item for item in documents.values() if item.get("identifier") == path[1]), None
        )
        if document is None:
            return httpx.Response(404, json={"statusCode": 404, "message": f"The {path[0]} does not exist"})
        if request.method == "DELETE":
            documents.pop(path[1])
            return httpx.Response(204)
        if request.method == "PATCH":
            document.update(body)
        return httpx.Response(200, json=document)

    def collection(self, request: httpx.Request, name: str, documents: dict[str, Any], body: Any) -> httpx.Response:
        if request.method == "POST":
            return self.created(name, documents, body)
        query = {key: value for key, value in request.url.params.items() if key in {"client_id", "audience"}}
        found = [item for item in documents.values() if query.items() <= item.items()]
        return httpx.Response(200, json={"total": len(found), name.replace("-", "_"): found})

    def created(self, collection: str, documents: dict[str, Any], body: Any) -> httpx.Response:
        id_field = ID_FIELDS.get(collection, "id")
        new_id = f"{collection}-{len(documents) + 1}"
        documents[new_id] = {id_field: new_id, **body}
        if collection == "clients":
            documents[new_id]["client_secret"] = "the-client-secret"
        if collection == "users":
            documents[new_id].pop("password", None)
            documents[new_id]["identities"] = [{"connection": documents[new_id].pop("connection")}]
        return httpx.Response(201, json=documents[new_id])

    def connection_clients(self, method: str, connection: str, body: Any) -> httpx.Response:
        enabled = self.enabled.setdefault(connection, [])
        if method == "GET":
            return httpx.Response(200, json={"clients": [{"client_id": client} for client in enabled]})
        for change in body:
            if change["status"] and change["client_id"] not in enabled:
                enabled.append(change["client_id"])
            elif not change["status"] and change["client_id"] in enabled:
                enabled.remove(change["client_id"])
        return httpx.Response(204)

    def sent(self, method: str) -> list[tuple[str, Any]]:
        """Paths below /api/v2/ and bodies of the requests with that method."""
        return [
            (path.removeprefix("api/v2/"), body)
            for got, path, body in self.requests
            if got == method and "api/v2" in path
        ]


@dataclass
class FakeResourceManager:
    """ARM documents by id."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    refusal: httpx.Response | None = None
    """The answer to the next PUT."""

    @property
    def last_put(self) -> tuple[str, Any]:
        """Path and body of the last PUT."""
        return [(path, body) for method, path, body in self.requests if method == "PUT"][-1]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content and request.method == "PUT" else None
        self.requests.append((request.method, request.url.path, body))
        if request.url.path == "/metadata/endpoints":
            login = {"loginEndpoint": "https://localhost:14301", "audiences": ["https://management.azure.com/"]}
            return httpx.Response(200, json={"authentication": login, "resourceManager": "https://localhost:14301"})
        if request.url.path.endswith("/oauth2/v2.0/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        assert request.headers["Authorization"] == "Bearer t"
        if request.url.path.endswith("/listSecrets"):
            return httpx.Response(200, json={"primaryKey": "p", "secondaryKey": "s"})
        return self.answer(request, body)

    def answer(self, request: httpx.Request, body: Any) -> httpx.Response:
        path = request.url.path
        if request.method == "PUT":
            if self.refusal is not None:
                answer, self.refusal = self.refusal, None
                return answer
            self.documents[path] = body | {
                "id": path,
                "name": path.rpartition("/")[2],
                "type": "Microsoft.ApiManagement/x",
            }
        document = self.documents.get(path)
        if document is None:
            return httpx.Response(
                404, json={"error": {"code": "ResourceNotFound", "message": "not found", "details": None}}
            )
        if request.method == "DELETE":
            self.documents.pop(path)
            return httpx.Response(200)
        return httpx.Response(204) if request.method == "HEAD" else httpx.Response(200, json=document)


class Engine:
    """Calls a provider through its gRPC stub, as the engine does."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub = stub

    async def check(self, token: str, news: dict[str, Any], olds: dict[str, Any] | None = None, **options: Any) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn(token), olds=marshal(olds or {}), news=marshal(news), randomSeed=b"seed", **options
        )
        return await self.stub.Check(request)

    async def checked(self, token: str, news: dict[str, Any]) -> dict[str, Any]:
        answer = await self.check(token, news)
        assert not answer.failures
        return unmarshal(answer.inputs)

    async def diff(
        self, token: str, old: dict[str, Any], new: dict[str, Any], state: dict[str, Any] | None = None
    ) -> Any:
        return await self.stub.Diff(
            provider_pb2.DiffRequest(
                id="1", urn=urn(token), olds=marshal(state or old), old_inputs=marshal(old), news=marshal(new)
            )
        )

    async def create(self, token: str, inputs: dict[str, Any], preview: bool = False) -> tuple[str, dict[str, Any]]:
        answer = await self.stub.Create(
            provider_pb2.CreateRequest(urn=urn(token), properties=marshal(inputs), preview=preview)
        )
        return answer.id, unmarshal(answer.properties)

    async def read(
        self, token: str, resource_id: str, inputs: dict[str, Any] | None = None, state: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        answer = await self.stub.Read(
            provider_pb2.ReadRequest(
                id=resource_id, urn=urn(token), inputs=marshal(inputs or {}), properties=marshal(state or {})
            )
        )
        return answer.id, unmarshal(answer.inputs), unmarshal(answer.properties)

    async def update(
        self, token: str, resource_id: str, old: dict[str, Any], new: dict[str, Any], state: dict[str, Any]
    ) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=resource_id, urn=urn(token), olds=marshal(state), old_inputs=marshal(old), news=marshal(new)
        )
        return unmarshal((await self.stub.Update(request)).properties)

    async def delete(self, token: str, resource_id: str, inputs: dict[str, Any] | None = None) -> None:
        await self.stub.Delete(
            provider_pb2.DeleteRequest(id=resource_id, urn=urn(token), old_inputs=marshal(inputs or {}))
        )

    async def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = await self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=marshal(arguments)))
        assert not answer.failures
        return unmarshal(getattr(answer, "return"))


def urn(token: str) -> str:
    return f"urn:pulumi:local::calculator::auth0-apim:index:Parent${token}::thing"


@pytest.fixture
def tenant() -> FakeTenant:
    return FakeTenant()


@pytest.fixture
def resource_manager() -> FakeResourceManager:
    return FakeResourceManager()


@pytest.fixture
def served() -> type["ServedPackage"]:
    return ServedPackage


@pytest.fixture
async def auth0(tenant: FakeTenant) -> AsyncIterator[Engine]:
    async with ServedPackage(Auth0Package(SERVICES, httpx.MockTransport(tenant))) as engine:
        yield engine


@pytest.fixture
async def azure(resource_manager: FakeResourceManager) -> AsyncIterator[Engine]:
    async with ServedPackage(AzureNativePackage(SERVICES, httpx.MockTransport(resource_manager))) as engine:
        yield engine


class ServedPackage:
    """A provider behind a gRPC server of the test's own loop."""

    def __init__(self, package: Any) -> None:
        self.package = package

    async def __aenter__(self) -> Engine:
        self.server = grpc.aio.server()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(self.package), self.server)
        port = self.server.add_insecure_port("127.0.0.1:0")
        await self.server.start()
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        return Engine(provider_pb2_grpc.ResourceProviderStub(self.channel))

    async def __aexit__(self, *error: object) -> None:
        await self.channel.close()
        await self.server.stop(0)
        await self.package.close()


@pytest.fixture
def reset_in_a_moment() -> str:
    return str(int(time.time()))


@pytest.fixture
def services() -> Services:
    return SERVICES
