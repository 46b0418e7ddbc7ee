"""A service that was there before, a backend that remembers its callers, and somebody without a good token who asks all the time."""

import base64
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from auth0_apim import Auth0Api, MachineClient
from azure.mgmt.apimanagement import models
from pulumi import automation, export

GROUP, SERVICE = "local", "guarded"
PROBE = "X-Probe"


class Backend:
    """A backend that answers 200 to everything, or with a document, and keeps who came: the probe's name, or nothing."""

    def __init__(self) -> None:
        self.callers: list[str | None] = []
        self.documents: dict[str, str] = {}
        backend = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                backend.callers.append(self.headers.get(PROBE))
                body = backend.documents.get(self.path, "{}").encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def running_backend() -> Iterator[Backend]:
    """A backend that answers until the context ends."""
    made = Backend()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def backend() -> Iterator[Backend]:
    with running_backend() as made:
        yield made


@pytest.fixture(scope="module")
def stack(sandbox, engine, tmp_path_factory) -> Iterator[Callable[[Callable[[], object]], automation.Stack]]:
    """A stack of an inline program, one for each, which the whole module uses; all are destroyed at its end."""
    folder = tmp_path_factory.mktemp("state")
    own = {"PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "passphrase"}
    variables = {name: text for name, text in sandbox.environment(engine).items() if "PASSPHRASE" not in name} | own
    options = automation.LocalWorkspaceOptions(env_vars=variables, work_dir=str(folder))
    made: list[automation.Stack] = []

    def of(program: Callable[[], object]) -> automation.Stack:
        name = f"stack-{len(made)}"
        made.append(automation.create_or_select_stack(name, "guarded", program=program, opts=options))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", variables["PATH"])
        yield of
        for each in reversed(made):
            each.destroy()


@pytest.fixture(scope="module")
def gateway_url(manager) -> str:
    """The gateway of a service that nobody's program made."""
    service = models.ApiManagementServiceResource(
        location="westeurope",
        sku=models.ApiManagementServiceSkuProperties(name="Developer", capacity=1),
        publisher_email="admin@example.com",
        publisher_name="Contoso",
    )
    manager.api_management_service.begin_create_or_update(GROUP, SERVICE, service).result(1)
    return manager.api_management_service.get(GROUP, SERVICE).gateway_url


@pytest.fixture(scope="module")
def foreign_token(sandbox, http) -> str:
    """A good token of the tenant, for another API: its own Management API."""
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.credentials["AUTH0_CLIENT_ID"],
        "client_secret": sandbox.credentials["AUTH0_CLIENT_SECRET"],
        "audience": f"{sandbox.issuer}api/v2/",
    }
    return http.post(f"{sandbox.issuer}oauth/token", data=form).raise_for_status().json()["access_token"]


@pytest.fixture(scope="module")
def bad_tokens(foreign_token) -> dict[str, str | None]:
    """Tokens that open nothing, by name."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return {"no token": None, "foreign": foreign_token, "unsigned": f"{head}.{foreign_token.split('.')[1]}."}


def export_client(api: Auth0Api, client: MachineClient) -> None:
    """Export what a token is asked for with."""
    export("audience", api.audience)
    export("token_endpoint", api.token_endpoint)
    export("client_id", client.client_id)
    export("client_secret", client.client_secret)


def client_token(http: httpx.Client, outputs: automation.OutputMap, scopes: str | None = None) -> str:
    """A token for the client that a program exports, with all its scopes or those that are named."""
    values = {name: outputs[name].value for name in ("audience", "client_id", "client_secret")}
    form = {"grant_type": "client_credentials", **values, **({"scope": scopes} if scopes else {})}
    return http.post(outputs["token_endpoint"].value, data=form).raise_for_status().json()["access_token"]


class Prober:
    """Asks addresses with every bad token, again and again, until it is told to stop."""

    def __init__(self, trust, tokens: dict[str, str | None]) -> None:
        self.answers: Counter[int] = Counter()
        self._trust = trust
        self._tokens = tokens
        self._stopped = threading.Event()

    def run(self, urls: list[str]) -> None:
        with httpx.Client(verify=self._trust, trust_env=False) as client:
            while not self._stopped.wait(0.02):  # what is asked shares a process with what answers
                for url in urls:
                    for name, token in self._tokens.items():
                        self.answers[ask(client, url, token, probe=name)] += 1

    def stop(self) -> None:
        self._stopped.set()


def ask(client: httpx.Client, url: str, token: str | None, probe: str | None = None, method: str = "GET") -> int:
    """The status of the answer to a call; `probe` names one that no backend may see."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.request(method, url, headers=headers | ({PROBE: probe} if probe else {})).status_code


@pytest.fixture
def probing(sandbox, bad_tokens, backend) -> Iterator[Callable[[list[str]], Prober]]:
    """Start probing; at the end the backend has seen none of it, and no answer was a success."""
    started: list[tuple[Prober, threading.Thread]] = []
    backend.callers.clear()

    def start(urls: list[str]) -> Prober:
        prober = Prober(sandbox.trust, bad_tokens)
        thread = threading.Thread(target=prober.run, args=(urls,))
        started.append((prober, thread))
        thread.start()
        return prober

    yield start
    for prober, thread in started:
        prober.stop()
        thread.join()
    asked = sum((prober.answers for prober, _ in started), Counter())
    assert asked.total() > 30
    assert {status for status in asked if status < 400} == set()
    assert [caller for caller in backend.callers if caller] == []
