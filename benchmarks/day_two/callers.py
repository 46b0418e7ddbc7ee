"""Who calls while something changes: a client with good tokens, and a prober that never has one."""

import base64
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import httpx
from auth0_apim_sandbox.cloud import Sandbox
from program import LESSER

PROBE = "X-Probe"
_PAUSE = 0.02


class Backend:
    """A backend that answers 200 to every call, and keeps the probes that reached it."""

    def __init__(self) -> None:
        self.probes: list[str] = []
        probes = self.probes

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if probe := self.headers.get(PROBE):
                    probes.append(probe)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


class Callers:
    """Both callers, from `start` to `stop`.

    Attributes:
        good: the good client's calls by status; 0 where it got no token or no answer.
        refused_for: the longest time without a 200, in seconds.
        opened: what the prober got through: `what it had: status`.
    """

    def __init__(self, sandbox: Sandbox, outputs: Mapping[str, Any], foreign: str) -> None:
        self.good: Counter[int] = Counter()
        self.refused_for = 0.0
        self.opened: set[str] = set()
        self.probed = 0
        self._trust = sandbox.trust
        self._outputs = dict(outputs)
        self._bad = {"no token": None, "a foreign token": foreign, "an unsigned token": _unsigned(foreign)}
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=run) for run in (self._call, self._probe)]

    def start(self) -> None:
        """Begin to call."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; what was counted is whole after it."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        # A client keeps its token, and asks for a new one where the gateway refuses it.
        token, answered = None, time.monotonic()
        with httpx.Client(verify=self._trust, trust_env=False) as client:
            while not self._stopped.wait(_PAUSE):
                status = self._status(client, token) if token else 0
                if status != 200:
                    token = self._token(client, None)
                    status = self._status(client, token) if token else 0
                self.good[status] += 1
                now = time.monotonic()
                if status == 200:
                    answered = now
                self.refused_for = max(self.refused_for, now - answered)

    def _probe(self) -> None:
        with httpx.Client(verify=self._trust, trust_env=False) as client:
            lesser = self._token(client, LESSER)
            bad = self._bad | ({"a token without the scope": lesser} if lesser else {})
            while not self._stopped.wait(_PAUSE):
                for name, token in bad.items():
                    status = self._status(client, token, probe=name)
                    self.probed += 1
                    if 0 < status < 400:
                        self.opened.add(f"{name}: {status}")

    def _status(self, client: httpx.Client, token: str | None, probe: str | None = None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            url = f"{self._outputs['url']}/add"
            return client.get(url, headers=headers | ({PROBE: probe} if probe else {})).status_code
        except httpx.TransportError:
            return 0

    def _token(self, client: httpx.Client, scope: str | None) -> str | None:
        form = {name: self._outputs[name] for name in ("audience", "client_id", "client_secret")}
        form |= {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        try:
            answer = client.post(self._outputs["token_endpoint"], data=form)
        except httpx.TransportError:
            return None
        return cast("str", answer.json()["access_token"]) if answer.status_code == 200 else None


def foreign_token(sandbox: Sandbox) -> str:
    """A good token of the tenant for another API: the tenant's own."""
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.credentials["AUTH0_CLIENT_ID"],
        "client_secret": sandbox.credentials["AUTH0_CLIENT_SECRET"],
        "audience": f"{sandbox.issuer}api/v2/",
    }
    with httpx.Client(verify=sandbox.trust, trust_env=False) as client:
        answer = client.post(f"{sandbox.issuer}oauth/token", data=form).raise_for_status()
    return cast("str", answer.json()["access_token"])


def _unsigned(token: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."
