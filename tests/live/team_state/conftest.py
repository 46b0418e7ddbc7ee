"""A small project whose state is a team's: in S3 with secrets under a KMS key (moto's server), or in Azure Blob (azurite)."""

import contextlib
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine.engine import Engine
from azure.storage.blob import ContainerClient
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
BUCKET = "contoso-state"
CANARY = "canary-7f3a91c2"


class InterruptibleLink:
    """Listens on a port of its own and passes every byte on to `target`, until it is cut."""

    def __init__(self, target: int) -> None:
        self._target = ("127.0.0.1", target)
        self._pairs: set[socket.socket] = set()
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def cut(self) -> None:
        """Refuse new connections and break those there are."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in list(self._pairs):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Take connections again, on the same port."""
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was closed: the link is cut
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        self._pairs.add(source)
        with source, contextlib.suppress(OSError):  # either end may go away
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        self._pairs.discard(source)


class Amazon:
    """S3 and KMS of one account, through a link that can be cut."""

    name = "amazon"
    seal = "awskms://alias/team?region=us-east-1"
    """The secrets provider."""

    def __init__(self, port: int) -> None:
        self.link = InterruptibleLink(port)
        self._endpoint = f"http://127.0.0.1:{port}"
        self.s3 = self._client("s3")
        kms = self._client("kms")
        self.s3.create_bucket(Bucket=BUCKET)
        identifier = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/team", TargetKeyId=identifier)

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._endpoint,
            region_name=REGION,
            aws_access_key_id="of-nobody",
            aws_secret_access_key="of-nobody",
        )

    @property
    def variables(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self.link.port}"
        return {
            "PULUMI_BACKEND_URL": f"s3://{BUCKET}?endpoint={address}&use_path_style=true&region={REGION}",
            "AWS_ACCESS_KEY_ID": "of-nobody",
            "AWS_SECRET_ACCESS_KEY": "of-nobody",
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL_KMS": address,
        }

    def objects(self) -> dict[str, bytes]:
        """Every object of the bucket, by its key."""
        listing = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        keys = [item["Key"] for page in listing for item in page.get("Contents", ())]
        return {name: self.s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in keys}


class Azure:
    """Blob Storage of one account, through a link that can be cut."""

    name = "azure"
    seal = "passphrase"  # azurite has no Key Vault

    def __init__(self, azurite: Any) -> None:
        self.link = InterruptibleLink(azurite.port)
        self._account = azurite
        credential = {"account_name": azurite.account, "account_key": azurite.key}
        self._container = ContainerClient(f"http://127.0.0.1:{azurite.port}/{azurite.account}", BUCKET, credential)
        self._container.create_container()

    @property
    def variables(self) -> dict[str, str]:
        return {
            "PULUMI_BACKEND_URL": f"azblob://{BUCKET}",
            "AZURE_STORAGE_ACCOUNT": self._account.account,
            "AZURE_STORAGE_KEY": self._account.key,
            "AZURE_STORAGE_DOMAIN": f"127.0.0.1:{self.link.port}",
            "AZURE_STORAGE_PROTOCOL": "http",
            "AZURE_STORAGE_IS_LOCAL_EMULATOR": "true",
        }

    def objects(self) -> dict[str, bytes]:
        """Every blob of the container, by its name."""
        names = list(self._container.list_blob_names())
        return {name: self._container.download_blob(name).readall() for name in names}

    def close(self) -> None:
        """Delete the container, which the next module's tests make anew."""
        self._container.delete_container()
        self._container.close()


class Team:
    """One member's copy of the project."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}

    def copy(self, folder: Path) -> "Team":
        """Another member's copy."""
        shutil.copytree(self.folder, folder)
        return Team(folder, self.environment)

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Start pulumi; both streams in one."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def pulumi(self, *arguments: str, status: int = 0, **variables: str) -> str:
        with self.start(*arguments, **variables) as process:
            output = process.communicate(timeout=120)[0]
        assert process.returncode == status, output
        return output

    def up(self, stack: str, **variables: str) -> str:
        return self.pulumi("up", "--stack", stack, "--yes", "--skip-preview", **variables)

    def start_and_hold(self, stack: str) -> "subprocess.Popen[str]":
        """Start `pulumi up` and return when it waits between its two objects."""
        (self.folder / "reached").unlink(missing_ok=True)
        (self.folder / "hold").touch()
        process = self.start("up", "--stack", stack, "--yes", "--skip-preview")
        deadline = time.monotonic() + 60
        while not (self.folder / "reached").exists():
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        return process

    def let_go(self, process: "subprocess.Popen[str]") -> str:
        """Let a held `pulumi up` run to its end; its output."""
        (self.folder / "hold").unlink()
        with process:
            return process.communicate(timeout=120)[0]


@pytest.fixture(scope="module")
def amazon() -> Iterator[Amazon]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    # moto keeps its accounts for the whole process, whatever server made them
    httpx.post(f"http://127.0.0.1:{port}/moto-api/reset", trust_env=False).raise_for_status()
    yield Amazon(port)
    server.stop()


@pytest.fixture(scope="module")
def azure(azurite: Any) -> Iterator[Azure]:
    with contextlib.closing(Azure(azurite)) as cloud:
        yield cloud


@pytest.fixture(scope="module", params=["amazon", "azure"])
def cloud(request: pytest.FixtureRequest) -> Amazon | Azure:
    """Each place that a team's state may be in."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def team(cloud: Amazon | Azure, sandbox: Sandbox, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Team:
    folder = tmp_path_factory.mktemp("team")
    (folder / "Pulumi.yaml").write_text(
        f"name: shelf\nruntime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
    )
    shutil.copy(Path(__file__).with_name("program.py"), folder / "__main__.py")
    return Team(folder, {**sandbox.environment(engine), **cloud.variables})


@pytest.fixture(scope="module")
def new_stack(team: Team, cloud: Amazon | Azure) -> Callable[[str], str]:
    """Makes a stack whose secrets are sealed as the team does it; its name, which no other cloud's stack has."""

    def make(name: str) -> str:
        stack = f"{name}-{cloud.name}"
        team.pulumi("stack", "init", stack, "--secrets-provider", cloud.seal)
        team.pulumi("config", "set", "--secret", "--stack", stack, "canary", CANARY)
        return stack

    return make


@pytest.fixture(scope="module")
def canary() -> str:
    """The secret in each stack."""
    return CANARY


@pytest.fixture(scope="module")
def dev(team: Team, new_stack: Callable[[str], str]) -> str:
    stack = new_stack("dev")
    team.up(stack)
    return stack
