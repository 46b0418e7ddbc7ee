"""Secrets stay secret: not in the state, its backups or history, not in what the commands print or the sandbox logs."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.live


def test_no_secret_is_readable_outside_what_keeps_it(deployed, sandbox):
    outputs = deployed.outputs()
    secrets = {
        "machine client": outputs["clientSecret"],
        "interactive client": outputs["interactiveClientSecret"],
        "user's password": outputs["userPassword"],
        "auth0 credentials": sandbox.credentials["AUTH0_CLIENT_SECRET"],
        "azure credentials": sandbox.credentials["ARM_CLIENT_SECRET"],
    }
    printed = {
        "state": deployed.pulumi("stack", "export", "--stack", "local"),
        "outputs": deployed.pulumi("stack", "output", "--stack", "local", "--json"),
        "preview": deployed.pulumi("preview", "--stack", "local", "--diff", "--refresh"),
        "up": deployed.up("--diff"),
        "history": deployed.pulumi("stack", "history", "--stack", "local", "--json"),
    }
    backend = Path(deployed.environment["PULUMI_BACKEND_URL"].removeprefix("file://").partition("?")[0])
    files = [path for path in (*backend.rglob("*"), *sandbox.folder.path.rglob("*.log")) if path.is_file()]
    assert any(path.suffix == ".log" for path in files)
    for path in files:
        printed[path.name] = path.read_bytes().decode(errors="replace")
    found = [
        (name, place)
        for name, secret in secrets.items()
        for place, text in printed.items()
        if any(form in text for form in forms_of(secret))
    ]
    assert found == []


def forms_of(secret: str) -> set[str]:
    """A secret as it is, and as Base64, URLs and JSON would write it."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, encoded, quote(secret, safe=""), json.dumps(secret)[1:-1]}
