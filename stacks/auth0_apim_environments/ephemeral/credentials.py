"""Signing in to both services with what the providers are given, to look at what is there."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from auth0_apim_environments.deployed_api import StackError
from auth0_apim_environments.ephemeral.persistence import PersistentTransport

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_AUDIENCE = "api://AzureADTokenExchange"
_AZURE = ("https://login.microsoftonline.com", "https://management.azure.com")


class CredentialsError(StackError):
    """Credentials are missing, expired or refused; the message says which, never a secret."""


def open_tenant(variables: Mapping[str, str]) -> httpx.Client:
    """A client of the Management API of `AUTH0_DOMAIN`, by `AUTH0_CLIENT_ID` and `_SECRET` or `AUTH0_API_TOKEN`.

    Raises:
        CredentialsError: they are missing or refused.
    """
    domain = _required(variables, "AUTH0_DOMAIN")
    base = f"https://{domain}/api/v2/"
    client = _client(variables, base)
    with _closed_on_failure(client):
        token = variables.get("AUTH0_API_TOKEN")
        if not token:
            form = {
                "grant_type": "client_credentials",
                "client_id": _required(variables, "AUTH0_CLIENT_ID"),
                "client_secret": _required(variables, "AUTH0_CLIENT_SECRET"),
                "audience": base,
            }
            token = _token(client, f"https://{domain}/oauth/token", form, "the tenant")
        client.headers["Authorization"] = f"Bearer {token}"
    return client


def open_manager(variables: Mapping[str, str]) -> httpx.Client:
    """A client of Azure's resource manager by the service principal of `ARM_CLIENT_ID`.

    Its secret is `ARM_CLIENT_SECRET`; without one, the token of a workload identity federation in `ARM_OIDC_TOKEN`, in
    the file `ARM_OIDC_TOKEN_FILE_PATH`, or asked of GitHub Actions, whose jobs have `ACTIONS_ID_TOKEN_REQUEST_URL`. The URLs of requests are relative to the subscription of `ARM_SUBSCRIPTION_ID`.

    Raises:
        CredentialsError: they are missing or refused.
    """
    host = variables.get("ARM_METADATA_HOSTNAME")
    authority, endpoint = (f"https://{host}",) * 2 if host else _AZURE
    client = _client(variables, f"{endpoint}/subscriptions/{_required(variables, 'ARM_SUBSCRIPTION_ID')}/")
    with _closed_on_failure(client):
        form = {
            "grant_type": "client_credentials",
            "client_id": _required(variables, "ARM_CLIENT_ID"),
            "scope": f"{endpoint}/.default",
            **_proof(client, variables),
        }
        address = f"{authority}/{_required(variables, 'ARM_TENANT_ID')}/oauth2/v2.0/token"
        client.headers["Authorization"] = f"Bearer {_token(client, address, form, 'Azure')}"
    return client


@contextmanager
def _closed_on_failure(client: httpx.Client) -> Iterator[None]:
    try:
        yield
    except BaseException:
        client.close()
        raise


def _proof(client: httpx.Client, variables: Mapping[str, str]) -> dict[str, str]:
    if variables.get("ARM_CLIENT_SECRET"):
        return {"client_secret": variables["ARM_CLIENT_SECRET"]}
    assertion = variables.get("ARM_OIDC_TOKEN", "")
    if not assertion and variables.get("ARM_OIDC_TOKEN_FILE_PATH"):
        assertion = Path(variables["ARM_OIDC_TOKEN_FILE_PATH"]).read_text(encoding="utf-8").strip()
    if not assertion and variables.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        assertion = _github_token(client, variables)
    if not assertion:
        raise CredentialsError(
            "ARM_CLIENT_SECRET, ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH must be set, or in GitHub Actions the "
            "permission id-token: write"
        )
    return {"client_assertion_type": _ASSERTION, "client_assertion": assertion}


def _github_token(client: httpx.Client, variables: Mapping[str, str]) -> str:
    """The job's own ID token, which lives for minutes, so that it is asked for anew at each sign-in.

    https://docs.github.com/actions/reference/security/oidc
    """
    answer = client.get(
        httpx.URL(variables["ACTIONS_ID_TOKEN_REQUEST_URL"]).copy_merge_params({"audience": _AUDIENCE}),
        headers={"Authorization": f"Bearer {_required(variables, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN')}"},
    )
    if answer.status_code != 200:
        raise CredentialsError(f"GitHub Actions gave no ID token: {answer.status_code} {_reason(answer)}")
    token: str = answer.json()["value"]
    return token


def _client(variables: Mapping[str, str], base_url: str) -> httpx.Client:
    trusted = ssl.create_default_context(cafile=variables.get("SSL_CERT_FILE"))
    transport = PersistentTransport(httpx.HTTPTransport(verify=trusted, trust_env=False))
    return httpx.Client(base_url=base_url, transport=transport, timeout=60)


def _token(client: httpx.Client, address: str, form: Mapping[str, str], service: str) -> str:
    answer = client.post(address, data=dict(form))
    if answer.status_code != 200:
        raise CredentialsError(f"{service} refused the credentials: {answer.status_code} {_reason(answer)}")
    token: str = answer.json()["access_token"]
    return token


def _reason(answer: httpx.Response) -> str:
    try:
        document: dict[str, Any] = answer.json()
    except ValueError:
        return answer.reason_phrase
    return str(document.get("error_description") or document.get("error") or answer.reason_phrase)


def _required(variables: Mapping[str, str], name: str) -> str:
    if not variables.get(name):
        raise CredentialsError(f"{name} must be set")
    return variables[name]
