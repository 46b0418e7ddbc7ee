"""Signing in to both services: as a program, as a job of GitHub Actions, as a person, and again when a token is over."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from auth0_apim_environments.clients import credentials
from auth0_apim_environments.clients.credentials import (
    CredentialsError,
    ServiceUnavailableError,
    open_manager,
    open_tenant,
)
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AzureCliCredential

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


def test_without_credentials_the_error_names_the_possible_ones():
    with pytest.raises(CredentialsError, match="id-token: write"):
        open_manager(AZURE)


def test_an_expired_token_is_renewed(sandbox):
    for open_service, path, query in (
        (open_tenant, "clients", {}),
        (open_manager, "providers/Microsoft.ApiManagement/service", {"api-version": "2024-05-01"}),
    ):
        with contextlib.closing(open_service(sandbox.credentials)) as client:
            client.headers["Authorization"] = over = client.headers["Authorization"][:-4] + "AAAA"
            assert client.get(path, params=query).status_code == 200
            assert client.headers["Authorization"] != over


def test_a_given_token_that_is_refused_is_not_renewed(sandbox):
    with httpx.Client(verify=sandbox.trust) as http:
        over = credentials.tenant_token(sandbox.credentials, http)[:-4] + "AAAA"
    variables = {**sandbox.credentials, "AUTH0_API_TOKEN": over}
    with contextlib.closing(open_tenant(variables)) as client:
        answer = client.get("clients")
        assert (answer.status_code, answer.history) == (401, [])


def test_every_missing_variable_is_named():
    with pytest.raises(CredentialsError, match="^AUTH0_DOMAIN, AUTH0_CLIENT_SECRET must be set$"):
        credentials.tenant_token({"AUTH0_CLIENT_ID": "client"}, httpx.Client())


def test_a_tenant_that_cannot_be_reached_is_an_error(monkeypatch):
    monkeypatch.setattr("auth0_apim_environments.clients.http.time.sleep", lambda _: None)
    away = {"AUTH0_DOMAIN": "localhost:1", "AUTH0_CLIENT_ID": "client", "AUTH0_CLIENT_SECRET": "hush"}
    with pytest.raises(ServiceUnavailableError, match=r"^POST https://localhost:\d+/\S+ was not answered \(") as caught:
        open_tenant(away)
    assert "hush" not in str(caught.value)


def test_without_a_service_principal_az_login_is_used(monkeypatch):
    def get_token(_, scope):
        assert scope == "https://management.azure.com/.default"
        return AccessToken("of-a-person", 0)

    monkeypatch.setattr(AzureCliCredential, "get_token", get_token)
    with contextlib.closing(open_manager({"ARM_SUBSCRIPTION_ID": "sub"})) as client:
        assert client.headers["Authorization"] == "Bearer of-a-person"
        assert client.base_url == "https://management.azure.com/subscriptions/sub/"


def test_a_missing_az_login_is_an_error(monkeypatch):
    def get_token(_, scope):
        raise ClientAuthenticationError("Please run 'az login' to set up an account")

    monkeypatch.setattr(AzureCliCredential, "get_token", get_token)
    with pytest.raises(CredentialsError, match="ARM_CLIENT_ID is not set, and `az login` gave no token: Please run"):
        open_manager({"ARM_SUBSCRIPTION_ID": "sub"})
