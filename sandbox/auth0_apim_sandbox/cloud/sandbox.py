"""A sandbox for tests and programs: a process of its own, on free ports, in a folder that is thrown away."""

import shutil
import ssl
import tempfile
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from auth0_apim_sandbox.cloud import process
from auth0_apim_sandbox.cloud.environment import environment, service_variables
from auth0_apim_sandbox.cloud.folder import StateFolder
from auth0_apim_sandbox.cloud.ports import Ports
from auth0_apim_sandbox.engine.engine import Engine


class Sandbox:
    """A running sandbox, from entering the context to leaving it; it ends with the process that entered it.

    Args:
        folder: its state folder, which is kept; a temporary one, removed at the end, when absent.
        base_port: first port of the map; 0 takes free ports.
        in_memory: keep nothing of what the services hold over a restart.
    """

    def __init__(self, folder: Path | None = None, *, base_port: int | None = 0, in_memory: bool = False) -> None:
        self._temporary = None if folder else Path(tempfile.mkdtemp(prefix="auth0-apim-"))
        self.folder = StateFolder(folder or self._temporary or Path())
        self._options = process.Options(base_port=base_port, in_memory=in_memory, with_parent=True)
        self._ports = Ports()

    def __enter__(self) -> Self:
        self._ports = process.start(self.folder, self._options).ports
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop it and remove a temporary folder."""
        process.stop(self.folder)
        if self._temporary:
            shutil.rmtree(self._temporary)

    def restart(self) -> None:
        """Stop it and start it again on the same ports and state."""
        process.stop(self.folder)
        self._options = process.Options(None, self._options.in_memory, self._options.with_parent)
        self._ports = process.start(self.folder, self._options).ports

    @property
    def ports(self) -> Ports:
        """Where everything listens."""
        return self._ports

    @property
    def auth0_domain(self) -> str:
        """`host:port` of the tenant."""
        return f"localhost:{self._ports.tenant}"

    @property
    def issuer(self) -> str:
        """The tenant's issuer, with its trailing slash."""
        return f"https://{self.auth0_domain}/"

    @property
    def manager_url(self) -> str:
        """The resource manager, without a trailing slash."""
        return f"https://localhost:{self._ports.manager}"

    @property
    def calculator_url(self) -> str:
        """The backend, without a trailing slash."""
        return f"http://localhost:{self._ports.calculator}"

    @property
    def control_url(self) -> str:
        """Health and control (`/healthz`, `/faults`), without a trailing slash."""
        return f"http://localhost:{self._ports.control}"

    @property
    def control_headers(self) -> dict[str, str]:
        """What requests to `/faults` and `/telemetry` must carry; another one after each start."""
        return self.folder.control_headers

    @property
    def vault_url(self) -> str:
        """The Key Vault, without a trailing slash."""
        return f"https://localhost:{self._ports.vault}"

    @property
    def insights_url(self) -> str:
        """The ingestion endpoint of Application Insights (and `/telemetry`), without a trailing slash."""
        return f"https://localhost:{self._ports.insights}"

    @property
    def ca_file(self) -> Path:
        """Certificate of the local authority."""
        return self.folder.certificate_authority

    @property
    def trust(self) -> ssl.SSLContext:
        """A context that trusts the sandbox's certificates and no others, for HTTP clients."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    @property
    def credentials(self) -> dict[str, str]:
        """Addresses and credentials of both services as environment variables (AUTH0_*, ARM_*, SSL_CERT_FILE)."""
        return service_variables(self.folder)

    def environment(self, engine: Engine, *, official_providers: bool = False) -> dict[str, str]:
        """Variables for the engine and its program, PATH included; for `LocalWorkspaceOptions(env_vars=…)`."""
        return environment(self.folder, engine, official_providers=official_providers)
