"""Signing in to both services with what the providers are given, to look at what is there."""

import ssl
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from auth0_apim_environments.clients.persistence import PersistentTransport
from auth0_apim_environments.clients.unanswered import unanswered
from auth0_apim_environments.errors import StackError

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_AUDIENCE = "api://AzureADTokenExchange"
_AZURE = ("https://login.microsoftonline.com", "https://management.azure.com")


class CredentialsError(StackError):
    """Credentials are missing, expired or refused; the message says which, never a secret."""


class ServiceAwayError(StackError):
    """A service, or what signs in to it, cannot be reached."""


def open_tenant(variables: Mapping[str, str]) -> httpx.Client:
    """A client of the Management API of `AUTH0_DOMAIN`, by `AUTH0_CLIENT_ID` and `_SECRET` or `AUTH0_API_TOKEN`.

    Raises:
        CredentialsError: they are missing or refused.
        ServiceAwayError: the tenant cannot be reached.
    """
    [domain] = _required(variables, "AUTH0_DOMAIN")
    client = _client(variables, f"https://{domain}/api/v2/")
    if given := variables.get("AUTH0_API_TOKEN"):
        client.headers["Authorization"] = f"Bearer {given}"  # there is no other one to follow it
        return client
    return _signed_in(client, lambda: tenant_token(variables, client))


def tenant_token(variables: Mapping[str, str], client: httpx.Client) -> str:
    """A token for the Management API of `AUTH0_DOMAIN`.

    Args:
        variables: as `open_tenant` takes them.
        client: asks for it; trusts the authority of the tenant's certificate.

    Raises:
        CredentialsError: they are missing or refused.
        ServiceAwayError: the tenant cannot be reached.
    """
    if variables.get("AUTH0_API_TOKEN"):
        _required(variables, "AUTH0_DOMAIN")
        return variables["AUTH0_API_TOKEN"]
    domain, client_id, secret = _required(variables, "AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET")
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
        "audience": f"https://{domain}/api/v2/",
    }
    return _token(client, f"https://{domain}/oauth/token", form, "the tenant")


def open_manager(variables: Mapping[str, str]) -> httpx.Client:
    """A client of Azure's resource manager by the service principal of `ARM_CLIENT_ID`, or else by whom `az login` knows.

    The principal's secret is `ARM_CLIENT_SECRET`; without one, the token of a workload identity federation in
    `ARM_OIDC_TOKEN`, in the file `ARM_OIDC_TOKEN_FILE_PATH`, or asked of GitHub Actions, whose jobs have
    `ACTIONS_ID_TOKEN_REQUEST_URL`. `ARM_METADATA_HOSTNAME` names a sandbox instead of Azure. The URLs of requests are
    relative to the subscription of `ARM_SUBSCRIPTION_ID`.

    Raises:
        CredentialsError: they are missing or refused.
        ServiceAwayError: Azure cannot be reached.
    """
    host = variables.get("ARM_METADATA_HOSTNAME")
    authority, endpoint = (f"https://{host}",) * 2 if host else _AZURE
    [subscription] = _required(variables, "ARM_SUBSCRIPTION_ID")
    client = _client(variables, f"{endpoint}/subscriptions/{subscription}/")
    if host or variables.get("ARM_CLIENT_ID"):
        return _signed_in(client, lambda: _principals_token(client, variables, authority, endpoint))
    return _signed_in(client, lambda: _token_of_az_login(endpoint))


class _SignsInAgain(httpx.Auth):
    """A client's token, taken anew when the service no longer accepts it: destroying a service takes most of an hour."""

    def __init__(self, client: httpx.Client, sign_in: Callable[[], str]) -> None:
        self._client = client
        self._sign_in = sign_in
        self.take_token()

    def take_token(self) -> str:
        authorization = f"Bearer {self._sign_in()}"
        self._client.headers["Authorization"] = authorization
        return authorization

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        answer = yield request
        if answer.status_code == 401:
            # Even where it reads the same: tokens of one second are equal to the letter.
            request.headers["Authorization"] = self.take_token()
            yield request


def _signed_in(client: httpx.Client, sign_in: Callable[[], str]) -> httpx.Client:
    with _closed_on_failure(client):
        client.auth = _SignsInAgain(client, sign_in)
    return client


@contextmanager
def _closed_on_failure(client: httpx.Client) -> Iterator[None]:
    try:
        yield
    except BaseException:
        client.close()
        raise


def _principals_token(client: httpx.Client, variables: Mapping[str, str], authority: str, endpoint: str) -> str:
    client_id, tenant = _required(variables, "ARM_CLIENT_ID", "ARM_TENANT_ID")
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "scope": f"{endpoint}/.default",
        **_proof(client, variables),
    }
    return _token(client, f"{authority}/{tenant}/oauth2/v2.0/token", form, "Azure")


def _token_of_az_login(endpoint: str) -> str:
    try:
        from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415 - only people at a keyboard need it
        from azure.identity import AzureCliCredential  # noqa: PLC0415
    except ImportError:
        raise CredentialsError(
            "ARM_CLIENT_ID must be set; using `az login` instead needs the package azure-identity"
        ) from None
    try:
        return str(AzureCliCredential().get_token(f"{endpoint}/.default").token)
    except ClientAuthenticationError as error:
        raise CredentialsError(f"ARM_CLIENT_ID is not set, and `az login` does not help: {error.message}") from None


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
    url = httpx.URL(variables["ACTIONS_ID_TOKEN_REQUEST_URL"]).copy_merge_params({"audience": _AUDIENCE})
    [token] = _required(variables, "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    request = client.build_request("GET", url, headers={"Authorization": f"Bearer {token}"})
    document = _answered(client, request, "GitHub Actions gave no ID token")
    return str(document["value"])


def _client(variables: Mapping[str, str], base_url: str) -> httpx.Client:
    trusted = ssl.create_default_context(cafile=variables.get("SSL_CERT_FILE"))
    transport = PersistentTransport(httpx.HTTPTransport(verify=trusted, trust_env=False))
    return httpx.Client(base_url=base_url, transport=transport, timeout=60)


def _token(client: httpx.Client, address: str, form: Mapping[str, str], service: str) -> str:
    request = client.build_request("POST", address, data=dict(form))
    request.headers.pop("Authorization", None)  # a token that is over proves nothing
    return str(_answered(client, request, f"{service} refused the credentials")["access_token"])


def _answered(client: httpx.Client, request: httpx.Request, refusal: str) -> dict[str, Any]:
    try:
        answer = client.send(request, auth=None)
    except httpx.TransportError as error:
        raise ServiceAwayError(unanswered(error)) from None
    if answer.status_code != 200:
        raise CredentialsError(f"{refusal}: {answer.status_code} {_reason(answer)}")
    document: dict[str, Any] = answer.json()
    return document


def _reason(answer: httpx.Response) -> str:
    try:
        document: dict[str, Any] = answer.json()
    except ValueError:
        return answer.reason_phrase
    return str(document.get("error_description") or document.get("error") or answer.reason_phrase)


def _required(variables: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if not variables.get(name)]
    if missing:
        raise CredentialsError(f"{', '.join(missing)} must be set")
    return [variables[name] for name in names]
