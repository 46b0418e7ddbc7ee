"""What is left when a service refuses in the middle of a deployment, and that the next one goes on from there."""

import json

import httpx
import pytest
from auth0_apim_environments.clients.manager import manager_of
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.proof import verify

pytestmark = pytest.mark.live

REFUSED = {"error": {"code": "ValidationError", "message": "The service had a bad day.", "details": None}}


@pytest.fixture
def order_fault(sandbox):
    """Order a failure of the next matching request."""
    control = httpx.Client(base_url=sandbox.control_url, headers=sandbox.control_headers, trust_env=False)
    yield lambda **fault: control.post("/faults", json={"status": 400, "times": 1, **fault}).raise_for_status()
    control.delete("/faults").raise_for_status()
    control.close()


def state_of(project):
    deployment = json.loads(project.pulumi("stack", "export", "--stack", "local"))["deployment"]
    assert deployment.get("pending_operations") in (None, [])
    return {resource["urn"].rpartition("::")[2] for resource in deployment["resources"] if resource["custom"]}


@pytest.mark.parametrize(
    ("service", "method", "path", "body", "told", "missing"),
    [
        ("manager", "PUT", "/products/starter", REFUSED, "The service had a bad day.", "protected-publication-product"),
        (
            "tenant",
            "POST",
            "/api/v2/client-grants",
            {"statusCode": 400, "error": "Bad Request", "message": "No grants today.", "errorCode": "invalid_body"},
            "No grants today.",
            "protected-client-grant",
        ),
    ],
)
def test_up_goes_on_where_a_refused_call_ended_it(
    project, sandbox, http, order_fault, all_objects, service, method, path, body, told, missing
):
    before = all_objects()
    order_fault(service=service, method=method, path=path, body=body)
    output = project.up(status=1)
    assert told in output
    assert "Traceback" not in output
    assert missing not in state_of(project)
    project.up()
    assert missing in state_of(project)
    assert [check for check in verify(parse_outputs("local", project.outputs()), http) if check.right is not True] == []
    project.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")
    with manager_of(sandbox.credentials) as manager:
        for deleted in manager.deleted_services():
            manager.delete(deleted["id"])
    assert all_objects() == before
