"""The project's own program, run with the engine's mocks: what it asks for, and what depends on what."""

import asyncio
import json
import os
import runpy
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import set_all_config, set_mocks
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.stack import run_pulumi_func

TENANT = "tenant.eu.auth0.com"
BACKEND = "http://localhost:14302/api"
_STACK = "pulumi:pulumi:Stack"
_ARM_NAMES = ("apiId", "authsid", "namedValueId", "productId", "serviceName")


@dataclass(frozen=True)
class Recorded:
    """A resource that the program asked for.

    Attributes:
        urn: its URN.
        kind: its type token.
        name: its name in the program.
        parent: URN of its component; the stack's where it has none.
        inputs: its inputs in Pulumi's spelling.
        sources: URNs of the resources that its inputs come from.
    """

    urn: str
    kind: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    sources: frozenset[str]


def recorded_program(root: Path, stack: str = "local") -> list[Recorded]:
    """Every resource of the program in `root` with the settings of `stack`, sorted by URN."""
    settings = yaml.safe_load((root / "stacks" / f"{stack}.settings.yaml").read_text(encoding="utf-8"))["config"]
    os.environ["AUTH0_APIM_USER_PASSWORD"] = secrets.token_urlsafe() + "-Aa1"
    os.environ["AUTH0_APIM_SERVICE_URL"] = BACKEND
    os.chdir(root)  # documents are named by paths relative to the project
    mocks = _Answers()
    monitor = _RecordingMonitor(mocks)

    def program() -> None:
        runpy.run_path(str(root / "__main__.py"))

    async def run() -> None:
        set_mocks(mocks, project="auth0-apim", stack=stack, preview=False, monitor=monitor)
        set_all_config({key: value if isinstance(value, str) else json.dumps(value) for key, value in settings.items()})
        await run_pulumi_func(program)

    asyncio.run(run())
    for loop in mocks.loops:
        loop.close()
    return sorted(monitor.recorded, key=lambda each: each.urn)


def noun(kind: str) -> str:
    """The last part of a type token: `Client` of `auth0:index/client:Client`."""
    return kind.rpartition(":")[2]


class _Answers(Mocks):
    """Answers each resource with its inputs, and with the outputs that the program goes on with."""

    def __init__(self) -> None:
        self.loops: set[asyncio.AbstractEventLoop] = set()
        """The event loops that the SDK's mocks open, one a thread, and leave open."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.loops.add(asyncio.get_event_loop())
        outputs = dict(args.inputs)
        for name in _ARM_NAMES:
            if name in args.inputs and args.typ.startswith("azure-native:"):
                outputs["name"] = args.inputs[name]
        if args.typ.endswith(":ApiManagementService"):
            service = args.inputs["serviceName"]
            outputs["gatewayUrl"] = f"https://{service}.azure-api.net"
            outputs["developerPortalUrl"] = f"https://{service}.developer.azure-api.net"
        if args.typ == "auth0:index/client:Client":
            outputs["clientId"] = f"{args.name}-id"
        if args.typ == "auth0:index/clientCredentials:ClientCredentials":
            outputs["clientSecret"] = "no secret of anything"
        return f"{args.name}-id", outputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        self.loops.add(asyncio.get_event_loop())
        if args.token.endswith(":getTenant"):
            return {"domain": TENANT, "managementApiIdentifier": f"https://{TENANT}/api/v2/"}, []
        raise AssertionError(f"the program asked for {args.token}, which has no answer here")


class _RecordingMonitor(MockMonitor):
    """The engine's mock, which also keeps what each resource's inputs come from."""

    def __init__(self, mocks: Mocks) -> None:
        super().__init__(mocks)
        self.recorded: list[Recorded] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != _STACK:
            inputs = pulumi.runtime.rpc.deserialize_properties(request.object)
            sources = frozenset(urn for each in request.propertyDependencies.values() for urn in each.urns)
            self.recorded.append(
                Recorded(
                    answer.urn, request.type, request.name, request.parent, inputs, sources | {*request.dependencies}
                )
            )
        return answer
