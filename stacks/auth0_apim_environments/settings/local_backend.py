"""An API's backend on this machine: that somebody listens there, before an environment is deployed that nobody answers."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

from auth0_apim_environments.errors import StackError
from auth0_apim_environments.settings.problems import NAMESPACE
from auth0_apim_environments.settings.stack_file import read_stack_file


def require_local_backend(settings: Path) -> None:
    """Make sure that a backend on this machine that the file `settings` names can be reached; one elsewhere is not asked.

    Raises:
        StackFileError: the file cannot be read.
        StackError: nobody listens at `publication.serviceUrl`.
    """
    document = read_stack_file(settings)
    try:
        url = document["config"][f"{NAMESPACE}:publication"]["serviceUrl"]
        address = urlsplit(url)
        host, port = address.hostname, address.port
    except (KeyError, TypeError, AttributeError, ValueError):
        return  # the settings' own check tells what is wrong with them
    if host in {"localhost", "127.0.0.1"} and not _is_listening(port or (443 if address.scheme == "https" else 80)):
        raise StackError(
            f"nobody listens at {url}, the publication.serviceUrl of {settings}: start your backend, or remove "
            f"`serviceUrl` there, below {NAMESPACE}:publication, for the sandbox's own"
        )


def _is_listening(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False
