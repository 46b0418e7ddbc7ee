"""Signing in to Azure as a job of GitHub Actions, without a stored secret."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from auth0_apim_environments.ephemeral import credentials
from auth0_apim_environments.ephemeral.credentials import CredentialsError, open_manager

AZURE = {"ARM_SUBSCRIPTION_ID": "sub", "ARM_CLIENT_ID": "client", "ARM_TENANT_ID": "tenant"}


@pytest.fixture
def clouds(monkeypatch):
    """GitHub's and Azure's token endpoints; what they were asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Authorization"]))
            self.answer(200, {"value": "a-job's-token"})

        def do_POST(self):
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append((self.path, form))
            self.answer(200, {"access_token": "an-access-token"})

        def answer(self, status, document):
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(credentials, "_AZURE", (url, url))
        yield url, asked
        server.shutdown()
        thread.join()


def test_a_job_signs_in_with_its_own_token(clouds):
    url, asked = clouds
    github = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/id?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the-runner's",
    }
    with contextlib.closing(open_manager({**AZURE, **github})) as client:
        assert client.headers["Authorization"] == "Bearer an-access-token"
    (path, authorization), (token_path, form) = asked
    assert path == "/id?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange"
    assert authorization == "Bearer the-runner's"
    assert token_path == "/tenant/oauth2/v2.0/token"
    assert "client_assertion=a-job%27s-token" in form
    assert "client_secret" not in form


def test_without_any_proof_the_ways_are_named():
    with pytest.raises(CredentialsError, match="id-token: write"):
        open_manager(AZURE)
