"""Policies at every scope, roles, products, subscriptions, backends, revisions, soft delete: deployed, and asked by requests.

The tests build on each other, top to bottom.
"""

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from auth0_apim_environments.clients.manager import manager_of

pytestmark = pytest.mark.live
HERE = Path(__file__).parent
PASSWORD = "Three quiet Words 4 me"
BACKEND_KEY = "a key <of> the & backend {x}"
INSTRUMENTATION_KEY = "00000000-0000-0000-0000-000000000001"


class Echo(BaseHTTPRequestHandler):
    """A backend that answers with the headers it got."""

    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Powered-By", "secrets of the house")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def depth(project_of, echo, sandbox):
    """The program beside this file, deployed."""
    made = project_of(HERE / "program")
    for key, value in {"backendUrl": echo}.items():
        made.pulumi("config", "set", "--stack", "local", key, value)
    secrets = {
        "userPassword": PASSWORD,
        "backendKey": BACKEND_KEY,
        "team": "calculators",
        "connectionString": f"InstrumentationKey={INSTRUMENTATION_KEY};IngestionEndpoint={sandbox.insights_url}/",
    }
    for key, value in secrets.items():
        made.pulumi("config", "set", "--stack", "local", "--secret", key, value)
    made.up()
    return made


@pytest.fixture(scope="module")
def outputs(depth):
    return depth.outputs()


@pytest.fixture(scope="module")
def machine_token(outputs, http):
    form = {
        "grant_type": "client_credentials",
        "client_id": outputs["machineId"],
        "client_secret": outputs["machineSecret"],
        "audience": outputs["audience"],
    }
    return http.post(outputs["tokenEndpoint"], data=form).raise_for_status().json()["access_token"]


@pytest.fixture(scope="module")
def user_token(outputs, http):
    form = {
        "grant_type": "http://auth0.com/oauth/grant-type/password-realm",
        "realm": outputs["connection"],
        "client_id": outputs["loginId"],
        "client_secret": outputs["loginSecret"],
        "username": outputs["email"],
        "password": PASSWORD,
        "audience": outputs["audience"],
    }
    return http.post(outputs["tokenEndpoint"], data=form).raise_for_status().json()["access_token"]


@pytest.fixture(scope="module")
def ask(outputs, http):
    def send(path: str, token: str | None, *, key: bool = True, base: str = "url") -> httpx.Response:
        headers = {"User-Agent": "test"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Ocp-Apim-Subscription-Key"] = outputs["key"]
        return http.get(outputs[base] + path, headers=headers)

    return send


def test_a_role_opens_its_operation_and_no_other(ask, user_token, machine_token):
    assert ask("/read", user_token).status_code == 200
    refused = ask("/write", user_token)
    assert (refused.status_code, refused.json()["message"]) == (403, "The access token does not allow this call.")
    assert ask("/write", machine_token).status_code == 200
    assert ask("/read", None).status_code == 401


def test_an_operation_that_takes_any_token_still_wants_one(ask, user_token):
    assert ask("/health", user_token).status_code == 200
    assert ask("/health", None).status_code == 401


def test_a_claim_of_ones_own_is_demanded_at_a_single_operation(ask, user_token, machine_token):
    assert ask("/machine", machine_token).status_code == 200
    assert ask("/machine", user_token).status_code == 403


def test_values_that_look_like_something_to_evaluate_stay_values(outputs, ask, user_token):
    assert outputs["audience"] == "https://echo.example/{{team}}?a<b&c='@(d)'"  # which every policy checks
    refused = ask("/machine", user_token).json()
    assert refused["message"] == 'For "machines" alone, not for {{team}} & @(context.User)'


def test_the_key_of_the_subscription_is_needed_besides_the_token(ask, machine_token):
    assert ask("/read", machine_token, key=False).status_code == 401


def test_no_scope_loses_what_the_wider_ones_say(ask, machine_token):
    answer = ask("/machine", machine_token)
    marks = [
        name for name in ("Global", "Product", "Api", "Operation") if answer.headers.get(f"X-{name}-Policy") == "ran"
    ]
    assert marks == ["Global", "Product", "Api", "Operation"]


def test_the_backend_gets_its_own_secret_and_neither_key_nor_token_of_the_caller(ask, machine_token):
    got = ask("/machine", machine_token).json()
    assert got["x-backend-key"] == BACKEND_KEY
    assert got["x-team"] == "calculators"
    assert "authorization" not in got
    assert "ocp-apim-subscription-key" not in got


def test_the_caller_does_not_learn_what_answers(ask, machine_token):
    headers = ask("/read", machine_token).headers
    assert "x-powered-by" not in headers
    assert "server" not in headers


def test_calls_are_counted_by_client(ask, machine_token, user_token):
    assert [ask("/limited", machine_token).status_code for _ in range(3)] == [200, 200, 429]
    assert ask("/limited", user_token).status_code == 200


def test_a_revision_is_called_by_its_own_url_and_guarded_by_its_own_policy(ask, machine_token):
    assert ask("/read", machine_token, base="revisionUrl").status_code == 200
    assert ask("/added", machine_token, base="revisionUrl").status_code == 200
    assert ask("/added", None, base="revisionUrl").status_code == 401
    assert ask("/added", machine_token).status_code == 404


def test_a_revision_without_a_policy_of_its_own_reaches_no_backend(ask, machine_token):
    assert ask("/read", machine_token, base="unguardedUrl").json()["statusCode"] == 500
    # The service's own policy refuses it before.
    assert ask("/read", None, base="unguardedUrl").json()["statusCode"] == 401


def test_a_version_is_called_by_its_header(outputs, http, machine_token):
    def mark(version):
        headers = {"Authorization": f"Bearer {machine_token}", **({"Api-Version": version} if version else {})}
        answer = http.get(outputs["versionedUrl"] + "/read", headers=headers)
        return answer.status_code, "X-First-Policy" in answer.headers, "X-Second-Policy" in answer.headers

    assert mark("v1") == (200, True, False)
    assert mark("v2") == (200, False, True)
    assert mark(None)[0] == 404


def test_calls_are_written_down_with_status_and_operation_and_neither_token_nor_key_nor_body(
    outputs, http, sandbox, ask, machine_token, user_token
):
    since = now()
    assert ask("/read?subscription-key=another-secret", machine_token).status_code == 200
    assert ask("/write", user_token).status_code == 403
    assert ask("/read", machine_token + "x").status_code == 401
    items = telemetry(http, sandbox, since, 6)
    written = [
        (item["tags"]["ai.operation.name"], item["data"]["baseData"]["responseCode"])
        for item in items
        if item["data"]["baseType"] == "RequestData"
    ]
    assert written == [("echo;rev=1 - read", "200"), ("echo;rev=1 - write", "403"), ("echo;rev=1 - read", "401")]
    assert [item["data"]["baseType"] for item in items].count("ExceptionData") == 2
    first, dependency = items[:2]
    assert first["data"]["baseData"]["properties"]["Request-User-Agent"] == "test"
    assert first["data"]["baseData"]["url"] == outputs["url"] + "/read"
    assert first["data"]["baseData"]["properties"]["Product Name"] == "partners"
    assert dependency["data"]["baseData"]["resultCode"] == "200"
    text = json.dumps(items)
    signatures = [token.split(".")[2] for token in (machine_token, user_token)]
    for secret in (
        *signatures,
        "Bearer",
        outputs["key"],
        "another-secret",
        BACKEND_KEY,
        "calculators",
        "x-backend-key",
    ):
        assert secret not in text
    assert all(item["iKey"] == INSTRUMENTATION_KEY for item in items)


def now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def telemetry(http, sandbox, since, count):
    """The items of calls made after `since`, by their time, once there are `count`.

    They arrive behind the answers, and those of one call may arrive after those of a later one.
    """
    deadline = time.monotonic() + 10
    items = []
    while len(items) < count and time.monotonic() < deadline:
        taken = (
            http.get(f"{sandbox.insights_url}/telemetry", headers=sandbox.control_headers)
            .raise_for_status()
            .json()["value"]
        )
        items = sorted((item for item in taken if item["time"] > since), key=lambda item: item["time"])
        time.sleep(0.05)
    return items


def test_the_backend_is_told_which_operation_a_call_belongs_to(http, sandbox, ask, machine_token):
    since = now()
    traceparent = ask("/read", machine_token).json()["traceparent"]
    _, dependency = telemetry(http, sandbox, since, 2)
    operation, call = dependency["tags"]["ai.operation.id"], dependency["data"]["baseData"]["id"]
    assert traceparent == f"00-{operation}-{call}-01"


def test_what_the_service_has_is_what_was_asked_for(manager, depth):
    product = manager.product.get("local", "depth", "partners")
    assert (product.state, product.approval_required, product.subscriptions_limit) == ("published", True, 2)
    diagnostic = manager.api_diagnostic.get("local", "depth", "echo", "applicationinsights")
    assert diagnostic.frontend.request.headers == ["User-Agent"]
    assert diagnostic.frontend.request.body.bytes == 0
    masked = {entity.value: entity.mode for entity in diagnostic.frontend.request.data_masking.headers}
    assert masked["Authorization"] == "Hide"
    backend = manager.backend.get("local", "depth", "echo-backend")
    assert backend.credentials.header == {"X-Backend-Key": ["{{echo-backend-header-x-backend-key}}"]}
    assert BACKEND_KEY not in depth.pulumi("stack", "export", "--stack", "local")


def test_a_second_up_changes_nothing(depth):
    depth.up("--expect-no-changes")


def test_what_was_tried_is_put_into_the_api_by_an_edit_of_the_program(depth, ask, machine_token, manager):
    depth.pulumi("config", "set", "--stack", "local", "takeOver", "true")
    depth.up()
    assert ask("/added", machine_token).status_code == 200
    assert ask("/added", None).status_code == 401
    assert [each.api_revision for each in manager.api_revision.list_by_service("local", "depth", "echo")] == ["1"]
    depth.up("--refresh", "--expect-no-changes")
    depth.pulumi("config", "set", "--stack", "local", "takeOver", "false")
    depth.up()
    assert ask("/added", machine_token).status_code == 404
    assert ask("/read", machine_token).status_code == 200
    depth.up("--refresh", "--expect-no-changes")


def test_a_products_quota_is_used_up_by_its_subscription_as_a_whole(ask, machine_token, user_token):
    statuses = [ask("/read", machine_token).status_code for _ in range(40)]
    assert statuses[0] == 200
    assert statuses[-1] == 403
    assert "Out of call volume quota" in ask("/read", user_token).json()["message"]


def test_destroy_takes_the_product_with_its_own_subscription_along(depth, manager, http):
    depth.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")
    assert [service.name for service in manager.api_management_service.list()] == []


def test_a_soft_deleted_service_is_told_of_restored_or_purged_on_purpose(depth, manager, sandbox, engine):
    depth.pulumi("config", "set", "--stack", "local", "gatewayOnly", "true")
    assert "ServiceAlreadyExistsInSoftDeletedState" in depth.up(status=1)
    depth.pulumi("config", "set", "--stack", "local", "restore", "true")
    depth.up()
    assert manager.product.get("local", "depth", "partners").display_name == "Partners"
    depth.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")
    with manager_of(sandbox.environment(engine)) as client:
        assert [each["name"] for each in client.deleted_services()] == ["depth"]
