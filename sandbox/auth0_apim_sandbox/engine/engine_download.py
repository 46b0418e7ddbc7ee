"""The official Pulumi CLI, downloaded by the Automation API's own installer."""

import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from auth0_apim_sandbox.engine.engine_error import EngineError

_HOST = "https://get.pulumi.com"
_PATIENCE = 4.0


def version() -> str:
    """The CLI's version that belongs to the installed SDK."""
    return metadata.version("pulumi")


def install(folder: Path, progress: Callable[[str], None]) -> None:
    """Download the CLI with its language hosts into `folder`, which appears only when it is complete.

    Raises:
        EngineError: the download's host cannot be reached (told within seconds), or the installer failed.
    """
    _check_host()
    # Loading it costs as much as a whole command of this project, and it is needed once in a machine's life.
    from pulumi.automation import PulumiCommand  # noqa: PLC0415

    progress(f"Downloading Pulumi {version()}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    incomplete = Path(tempfile.mkdtemp(prefix="download-", dir=folder.parent))
    try:
        PulumiCommand.install(root=str(incomplete))
        incomplete.rename(folder)
    except subprocess.CalledProcessError as error:
        output = (error.output or b"").decode(errors="replace").strip().splitlines()
        raise EngineError(f"the installer of {_HOST} failed: {' '.join(output[-3:])}") from error
    except OSError as error:
        raise EngineError(f"{_HOST} could not be downloaded from: {error}") from error
    finally:
        shutil.rmtree(incomplete, ignore_errors=True)


def _check_host() -> None:
    """Find out in seconds, where the installer would take minutes."""
    request = urllib.request.Request(_HOST, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        raise EngineError(f"{_HOST} answered {error.code}") from error
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise EngineError(f"no network for the engine: {_HOST} cannot be reached ({reason})") from error
