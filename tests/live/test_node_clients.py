"""Node's clients, unmodified from their registry, against what the real engine deployed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

FOLDER = Path(__file__).parent / "node_clients"


@pytest.fixture(scope="module")
def node_clients(npm_folder, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("node") / "node_clients"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(npm_folder(FOLDER) / "node_modules")
    return folder


def test_openid_client_gets_a_token_that_express_oauth2_jwt_bearer_accepts(node_clients, deployed, sandbox):
    outputs = deployed.outputs()
    question = {name: outputs[name] for name in ("issuer", "audience", "clientId", "clientSecret")}
    result = subprocess.run(
        ["node", "witness.mjs"],
        cwd=node_clients,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(sandbox.ca_file)},
        input=json.dumps({**question, "scope": "calc:add"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)
    assert (seen["issuer"], seen["tokenType"], seen["scope"], seen["expiresIn"]) == (
        outputs["issuer"],
        "bearer",
        "calc:add",
        86400,
    )
    answers = seen["answers"]
    assert {name: answer["status"] for name, answer in answers.items()} == {
        "noToken": 401,
        "altered": 401,
        "granted": 200,
        "notGranted": 403,
    }
    assert answers["granted"]["body"]["aud"] == outputs["audience"]
    assert answers["granted"]["body"]["sub"] == f"{outputs['clientId']}@clients"
    assert answers["notGranted"]["body"] == {"code": "insufficient_scope"}
