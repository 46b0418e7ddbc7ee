"""Mocks of the engine: what a component asks for is recorded, nothing is deployed.

What these tests cannot prove: that a provider accepts the inputs, that a replacement is planned where one is
needed, or that a token is refused. The live tests do.
"""

from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"


class RecordingMocks(Mocks):
    """Answers every resource with its inputs, and keeps what was asked for by type and name."""

    def __init__(self) -> None:
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources[(args.typ, args.name)] = args.inputs
        outputs = dict(args.inputs)
        if args.typ == "auth0:index/client:Client":
            outputs["clientId"] = f"{args.name}-client-id"
        if args.typ == "auth0:index/resourceServer:ResourceServer":
            outputs.setdefault("signingSecret", "a-signing-secret-of-the-tenant")
        if args.typ == "auth0:index/clientCredentials:ClientCredentials":
            outputs["clientSecret"] = secret(f"{args.name}-client-secret")
        return f"{args.name}-id", outputs

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        if args.token == "auth0:index/getTenant:getTenant":
            return {"domain": "tenant.example", "managementApiIdentifier": "https://tenant.example:8443/api/v2/"}
        raise AssertionError(f"an unexpected call: {args.token}")

    def inputs_of(self, kind: str, name: str) -> dict[str, Any]:
        return self.resources[(kind, name)]

    def children(self) -> set[tuple[str, str]]:
        """Type and name of every custom resource that was asked for."""
        return {(kind, name) for kind, name in self.resources if kind.count("/") or kind.startswith("azure-native:")}


def secret(value: Any) -> dict[str, Any]:
    """How a secret travels to the engine: in an envelope that marks it."""
    return {_SIGNATURE_KEY: _SECRET_SIGNATURE, "value": value}


@pytest.fixture
def mocks() -> RecordingMocks:
    recording = RecordingMocks()
    pulumi.runtime.set_mocks(recording, preview=False)
    return recording
