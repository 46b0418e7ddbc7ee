"""Mocks of the engine: what a component asks for is recorded, nothing is deployed.

What these tests cannot prove: that a provider accepts the inputs, that a replacement is planned where one is
needed, or that a token is refused. The live tests do.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.settings import SETTINGS, get_monitor

_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"

_ARM_NAMES = {
    "azure-native:apimanagement:ApiManagementService": "serviceName",
    "azure-native:apimanagement:Api": "apiId",
    "azure-native:apimanagement:AuthorizationServer": "authsid",
    "azure-native:apimanagement:Product": "productId",
    "azure-native:apimanagement:Backend": "backendId",
    "azure-native:apimanagement:Logger": "loggerId",
    "azure-native:apimanagement:PolicyFragment": "id",
    "azure-native:apimanagement:Subscription": "sid",
}
"""The input that becomes the name of a resource in Azure."""


class RecordingMocks(Mocks):
    """Answers every resource with its inputs, and keeps what was asked for by type and name."""

    def __init__(self) -> None:
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        """By type: outputs that take the place of the usual ones."""
        self.calls: list[tuple[str, str]] = []
        """Functions that were asked, with the provider's reference."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources[(args.typ, args.name)] = args.inputs
        outputs = dict(args.inputs)
        if args.typ == "auth0:index/client:Client":
            outputs["clientId"] = f"{args.name}-client-id"
        if args.typ == "auth0:index/resourceServer:ResourceServer":
            outputs.setdefault("signingSecret", "a-signing-secret-of-the-tenant")
        if args.typ == "auth0:index/clientCredentials:ClientCredentials":
            outputs["clientSecret"] = envelope(f"{args.name}-client-secret")
        if args.typ == "azure-native:apimanagement:ApiManagementService":
            host = args.inputs["serviceName"]
            outputs["gatewayUrl"] = f"https://{host}.azure-api.net"
            outputs["developerPortalUrl"] = f"https://{host}.developer.azure-api.net"
            if "identity" in args.inputs:
                outputs["identity"] = {**args.inputs["identity"], "principalId": f"{host}-principal", "tenantId": "t"}
        if args.typ in _ARM_NAMES:
            outputs["name"] = args.inputs[_ARM_NAMES[args.typ]]
        return f"{args.name}-id", outputs | self.answers.get(args.typ, {})

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        self.calls.append((args.token, args.provider))
        if args.token == "auth0:index/getTenant:getTenant":
            return {"domain": "tenant.example", "managementApiIdentifier": "https://tenant.example:8443/api/v2/"}
        if args.token == "azure-native:apimanagement:getApiManagementService":
            return {
                "name": args.args["serviceName"],
                "gatewayUrl": "https://found.azure-api.net/",
                "developerPortalUrl": "https://found.developer.azure-api.net/",
                "sku": {"name": "Developer", "capacity": 1},
                "identity": {"type": "SystemAssigned", "principalId": "found-principal", "tenantId": "t"},
            }
        if args.token == "azure-native:apimanagement:listSubscriptionSecrets":
            sid = args.args["sid"]
            return {"primaryKey": f"{sid}-primary", "secondaryKey": f"{sid}-secondary"}
        raise AssertionError(f"an unexpected call: {args.token}")

    def inputs_of(self, kind: str, name: str) -> dict[str, Any]:
        return self.resources[(kind, name)]

    def child_types(self) -> set[str]:
        """Type of every component's child, behind its component's: `component$child`."""
        types = {urn.split("::")[2] for urn in get_monitor().get_registered_resources()}
        return {kind for kind in types if not kind.startswith("pulumi:pulumi:Stack")}

    def children(self) -> set[tuple[str, str]]:
        """Type and name of every custom resource that was asked for."""
        return {(kind, name) for kind, name in self.resources if kind.count("/") or kind.startswith("azure-native:")}


def envelope(value: Any) -> dict[str, Any]:
    """How a secret travels to the engine: in an envelope that marks it."""
    return {_SIGNATURE_KEY: _SECRET_SIGNATURE, "value": value}


@pytest.fixture
def secret() -> Callable[[Any], dict[str, Any]]:
    """What a child is passed where it is passed a secret."""
    return envelope


@pytest.fixture(scope="session")
def program_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop of the programs, as asynchronous tests leave none; each of its threads has one for the SDK's mocks."""
    loops = [asyncio.new_event_loop()]

    def give_a_loop() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    with ThreadPoolExecutor(initializer=give_a_loop) as threads:
        loops[0].set_default_executor(threads)
        yield loops[0]
    for loop in loops:
        loop.close()


@pytest.fixture
def mocks(program_loop: asyncio.AbstractEventLoop) -> RecordingMocks:
    asyncio.set_event_loop(program_loop)
    recording = RecordingMocks()
    pulumi.runtime.set_mocks(recording, preview=False)
    return recording


@pytest.fixture
def deploy(mocks: RecordingMocks) -> Callable[[Callable[[], object]], None]:
    """Run a program to its end, when every child has been asked for."""

    def run(program: Callable[[], object]) -> None:
        @pulumi.runtime.test
        def whole_program() -> None:
            program()

        whole_program()

    return run


@pytest.fixture
def refused(
    deploy: Callable[[Callable[[], object]], None], program_loop: asyncio.AbstractEventLoop
) -> Iterator[Callable[[Callable[[], object]], str]]:
    """Run a program that must fail once its values are known; the answer is how."""

    def message_of(program: Callable[[], object]) -> str:
        with pytest.raises(Exception) as failure:  # noqa: PT011 - the SDK wraps a refusal in errors of its own
            deploy(program)
        return str(failure.value)

    yield message_of
    # What the program had still to do when it failed.
    left = asyncio.all_tasks(program_loop)
    for task in left:
        task.cancel()
    program_loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    SETTINGS.rpc_manager.clear()
    SETTINGS.outputs.clear()


@pytest.fixture(scope="session", autouse=True)
def quiet_futures() -> None:
    """The outputs of a program that failed are awaited by nobody: Pulumi's own hosts keep asyncio quiet about them."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
