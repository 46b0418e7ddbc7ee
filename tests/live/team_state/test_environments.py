"""Ephemeral environments with a team's state: made, brought up to date and destroyed, each time from a fresh checkout."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from auth0_apim_environments.ephemeral import lease_on
from auth0_apim_environments.state.backend_documents import documents_of

pytestmark = pytest.mark.live


@pytest.fixture
def run(deployed, cloud, tmp_path):
    """Runs auth0-apim as a CI job does: in a checkout that no other job has touched."""
    without = () if cloud.seal == "passphrase" else ("PULUMI_CONFIG_PASSPHRASE_FILE",)
    variables = {key: value for key, value in deployed.environment.items() if key not in without}

    def run(job, *arguments):
        checkout = tmp_path / job
        ignored = shutil.ignore_patterns("Pulumi.pr-*.yaml")
        shutil.copytree(deployed.folder, checkout, symlinks=True, ignore=ignored)
        return subprocess.run(
            [str(Path(sys.executable).with_name("auth0-apim")), *arguments],
            cwd=checkout,
            env={**os.environ, **variables, **cloud.variables, "AUTH0_APIM_SECRETS_PROVIDER": cloud.seal},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_every_job_of_a_pull_request_works_from_the_bucket_alone(run, cloud, sandbox):
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
    assert cloud.seal.partition(":")[0].encode() in cloud.objects()[".pulumi/stacks/auth0-apim/pr-7.json"]
    destroyed = run("closed", "env", "destroy", "pr-7")
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    assert ".pulumi/stacks/auth0-apim/pr-7.json" not in cloud.objects()
    audited = run("audited", "env", "audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr


def test_of_two_reapers_one_is_told_that_the_other_is_at_work(run, cloud, monkeypatch):
    for name, value in cloud.variables.items():
        monkeypatch.setenv(name, value)
    with lease_on(cloud.variables["PULUMI_BACKEND_URL"], "reaper"):
        refused = run("second", "env", "reap", "--no-dry-run")
    assert refused.returncode == 1
    assert f"another reaper is at work: {socket.gethostname()} (process {os.getpid()})" in refused.stderr
    reaped = run("third", "env", "reap", "--no-dry-run", "--json")
    assert (reaped.returncode, json.loads(reaped.stdout)) == (0, []), reaped.stderr


def test_the_lock_of_a_dead_process_is_released_and_another_machines_is_not(run, cloud, sandbox, monkeypatch):
    for name, value in cloud.variables.items():
        monkeypatch.setenv(name, value)
    backend = f"publication.serviceUrl={sandbox.calculator_url}/api"
    created = run("opened", "env", "create", "pr-8", "--set", backend, "--json")
    assert created.returncode == 0, created.stderr
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    folder = ".pulumi/locks/organization/auth0-apim/pr-8"
    documents = documents_of(cloud.variables["PULUMI_BACKEND_URL"], folder)
    about = {"username": "jane", "timestamp": "2026-03-01T12:00:00Z"}
    documents.create("1.json", json.dumps({"pid": 1, "hostname": "another-machine", **about}))
    refused = run("refused", "env", "destroy", "pr-8")
    assert "is locked by jane@another-machine (process 1)" in refused.stderr
    documents.delete("1.json")
    documents.create("2.json", json.dumps({"pid": dead.pid, "hostname": socket.gethostname(), **about}))
    destroyed = run("closed", "env", "destroy", "pr-8", "--json")
    assert (destroyed.returncode, json.loads(destroyed.stdout)) == (0, []), destroyed.stderr
    assert not [name for name in cloud.objects() if name.startswith(folder)]
