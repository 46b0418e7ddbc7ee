"""An API that was set up by hand, as the tutorial leaves it, is guarded and then closed, while a good caller never stops asking."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from tests.live.adopting.conftest import GROUP, OPENAPI, SERVICE, auth0_part, azure_part
from tests.live.guard.conftest import Prober, ask, running_backend

pytestmark = pytest.mark.live

COMMAND = str(Path(sys.executable).with_name("auth0-apim"))
API = "basic-calculator"


@pytest.fixture(scope="module")
def backend():
    with running_backend() as made:
        yield made


@pytest.fixture(scope="module")
def good_token(sandbox, tenant, manager, http, backend):
    """The token of a client that somebody granted by hand; the API's policy is still missing."""
    client_id, client_secret, _ = auth0_part(tenant, sandbox)
    azure_part(manager, sandbox, client_id, client_secret, backend.url, is_guarded=False)
    portal = manager.api_management_service.get(GROUP, SERVICE).developer_portal_url
    tenant.clients.update(client_id, callbacks=[f"{portal}/signin-oauth/code/callback/auth0"])
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
        "audience": API,
    }
    return http.post(f"{sandbox.issuer}oauth/token", data=form).raise_for_status().json()["access_token"]


@pytest.fixture
def asking(sandbox, manager, good_token):
    """The good caller, who asks until the test ends; what it was answered."""
    prober = Prober(sandbox.trust, {"good": good_token})
    url = f"{manager.api_management_service.get(GROUP, SERVICE).gateway_url}/calc/add?a=20&b=22"
    thread = threading.Thread(target=prober.run, args=([url],))
    thread.start()
    yield url, prober
    prober.stop()
    thread.join()


def change_publication(project, change):
    path = project.folder / "stacks" / "Pulumi.taken.yaml"
    document = yaml.safe_load(path.read_text())
    change(document["config"]["auth0-apim:publication"])
    path.write_text(yaml.safe_dump(document))


def test_an_api_is_closed_by_two_deployments_and_no_good_call_is_refused(project, manager, http, backend, asking):
    url, prober = asking
    assert ask(http, url, None) == 200
    openapi = str(OPENAPI)
    command = [COMMAND, "adopt", "--stack", "taken", "--openapi", openapi, "--import", "--json"]
    done = subprocess.run(
        command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    adopted = json.loads(done.stdout)
    assert (adopted["missing"], adopted["keepsServiceUrl"]) == (["protected-policy-policy"], True)
    assert [change["resource"] for change in adopted["changes"]] == ["protected-policy-policy"]

    project.pulumi("up", "--stack", "taken", "--yes", "--skip-preview")
    assert manager.api.get(GROUP, SERVICE, API).service_url == backend.url
    assert ask(http, url, None) == 401
    manager.api_policy.delete(GROUP, SERVICE, API, "policy", if_match="*")
    assert ask(http, url, None) == 200, "until the service URL goes, the policy alone keeps callers out"
    project.pulumi("up", "--stack", "taken", "--yes", "--skip-preview", "--refresh")

    change_publication(project, lambda publication: publication.pop("keepServiceUrl"))
    project.pulumi("up", "--stack", "taken", "--yes", "--skip-preview")
    assert manager.api.get(GROUP, SERVICE, API).service_url == "https://closed.invalid"
    project.pulumi("preview", "--stack", "taken", "--refresh", "--expect-no-changes")
    prober.stop()
    assert prober.answers.total() > 30
    assert set(prober.answers) == {200}

    backend.callers.clear()
    assert ask(http, url, None, probe="after") == 401
    manager.api_policy.delete(GROUP, SERVICE, API, "policy", if_match="*")
    assert ask(http, url, None, probe="after") == 500
    assert "after" not in backend.callers
