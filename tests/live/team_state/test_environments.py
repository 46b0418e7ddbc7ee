"""Ephemeral environments with a team's state: made, brought up to date and destroyed, each time from a fresh checkout."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.live


@pytest.fixture
def run(deployed, amazon, tmp_path):
    """Runs auth0-apim as a CI job does: in a checkout that no other job has touched."""
    variables = {key: value for key, value in deployed.environment.items() if key != "PULUMI_CONFIG_PASSPHRASE_FILE"}
    provider = "awskms://alias/team?region=us-east-1"

    def run(job, *arguments):
        checkout = tmp_path / job
        ignored = shutil.ignore_patterns("Pulumi.pr-*.yaml")
        shutil.copytree(deployed.folder, checkout, symlinks=True, ignore=ignored)
        return subprocess.run(
            [str(Path(sys.executable).with_name("auth0-apim")), *arguments],
            cwd=checkout,
            env={**os.environ, **variables, **amazon.variables, "AUTH0_APIM_SECRETS_PROVIDER": provider},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_every_job_of_a_pull_request_works_from_the_bucket_alone(run, amazon, sandbox):
    create = ("env", "create", "pr-7", "--ttl", "3d", "--json")
    backend = f"publication.serviceUrl={sandbox.calculator_url}/api"
    created = run("opened", *create, "--set", backend)
    assert created.returncode == 0, created.stderr
    url = json.loads(created.stdout)["apiUrl"]
    again = run("pushed", *create, "--set", backend)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["apiUrl"] == url
    proven = run("verified", "verify", "--stack", "pr-7", "--json")
    assert proven.returncode == 0, proven.stdout + proven.stderr
    assert b"awskms" in amazon.objects()[".pulumi/stacks/auth0-apim/pr-7.json"]
    destroyed = run("closed", "env", "destroy", "pr-7")
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    assert ".pulumi/stacks/auth0-apim/pr-7.json" not in amazon.objects()
    audited = run("audited", "env", "audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr
