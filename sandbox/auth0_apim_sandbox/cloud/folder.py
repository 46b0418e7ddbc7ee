"""A sandbox's state folder: which file is what, and the secrets that are made in it once."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from auth0_apim_sandbox.cloud.ports import Ports


@dataclass(frozen=True)
class Record:
    """What a sandbox process writes down about itself when it is ready; it stays when the process has ended.

    Attributes:
        pid: the process.
        version: of this distribution.
        ports: where everything listens.
    """

    pid: int
    version: str
    ports: Ports


@dataclass(frozen=True)
class StateFolder:
    """The files of one sandbox. Everything in `path` can be deleted when no sandbox runs in it."""

    path: Path

    @property
    def database(self) -> Path:
        """What the tenant and the resource manager hold."""
        return self.path / "state.sqlite"

    @property
    def log(self) -> Path:
        """One line a request, and what the process says."""
        return self.path / "log"

    @property
    def lock(self) -> Path:
        """Locked by the sandbox process for as long as it lives."""
        return self.path / "lock"

    @property
    def certificate_authority(self) -> Path:
        """The local authority's certificate, for `curl --cacert`."""
        return self.path / "tls" / "ca.pem"

    @property
    def server_certificate(self) -> Path:
        """The listeners' key and certificate chain; only the owner reads it."""
        return self.path / "tls" / "localhost.pem"

    @property
    def trust_bundle(self) -> Path:
        """The machine's authorities and the local one, for SSL_CERT_FILE."""
        return self.path / "tls" / "bundle.pem"

    @property
    def passphrase(self) -> Path:
        """Encrypts the secrets of stacks whose state is in this folder."""
        return self.path / "passphrase"

    @property
    def warm_python(self) -> Path:
        """The socket at which programs get a Python that has imported their SDKs."""
        return self.path / "python.socket"

    @property
    def databases(self) -> Path:
        """SQLite files for the scripts of custom databases, which find them here by name."""
        return self.path / "databases"

    @property
    def portals(self) -> Path:
        """Static pages that take the place of the sandbox's own in a developer portal, in a folder named as the service."""
        return self.path / "portals"

    @property
    def backend(self) -> Path:
        """Where the engine keeps the state of stacks."""
        return self.path / "backend"

    @property
    def pulumi_home(self) -> Path:
        """The engine's own folder, in place of the person's ~/.pulumi."""
        return self.path / "pulumi-home"

    def prepare(self) -> None:
        """Make the folder and the secrets that are not there yet, and close what is there to everybody but its owner."""
        for folder in (self.path, self.path / "tls", self.backend, self.pulumi_home, self.databases, self.portals):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.touch(mode=0o600)
        for path in (self.path, *self.path.iterdir()):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)
        if not self.passphrase.exists():
            write_secret(self.passphrase, secrets.token_urlsafe(32))
        if not self._user_password.exists():
            # Letters of both cases, digits and a special character, whatever the random part has.
            write_secret(self._user_password, f"{secrets.token_urlsafe(24)}-aA1")

    @property
    def user_password(self) -> str:
        """The password of the user that the local stack creates."""
        return self._user_password.read_text()

    @property
    def credentials(self) -> dict[str, str]:
        """Environment variables with the credentials of both services' management clients."""
        credentials: dict[str, str] = json.loads(self._credentials.read_text())
        return credentials

    def keep_credentials(self, variables: dict[str, str]) -> None:
        """Write down the credentials that this sandbox accepts."""
        write_secret(self._credentials, json.dumps(variables))

    @property
    def control_headers(self) -> dict[str, str]:
        """The HTTP header that the control port and `/telemetry` of the sandbox that runs ask for."""
        name, _, value = self._control_header.read_text().partition(": ")
        return {name: value}

    def keep_control_token(self, token: str) -> None:
        """Write down the token of the sandbox that starts, as a header for `curl -H @FILE`: arguments are shown to everybody."""
        write_secret(self._control_header, f"Authorization: Bearer {token}")

    def read_record(self) -> Record | None:
        """What the last sandbox process in this folder wrote down; None before the first."""
        if not self._record.exists():
            return None
        record: dict[str, Any] = json.loads(self._record.read_text())
        return Record(record["pid"], record["version"], Ports(**record["ports"]))

    def write_record(self, record: Record) -> None:
        """Write down the process that runs now."""
        write_secret(self._record, json.dumps(asdict(record)))

    @property
    def _user_password(self) -> Path:
        return self.path / "user-password"

    @property
    def _credentials(self) -> Path:
        return self.path / "credentials.json"

    @property
    def _control_header(self) -> Path:
        return self.path / "control-header"

    @property
    def _record(self) -> Path:
        return self.path / "process.json"


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads, complete or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
