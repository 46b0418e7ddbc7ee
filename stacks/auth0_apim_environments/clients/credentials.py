"""HTTP clients of both services, signed in with the credentials that the providers use."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from auth0_apim_environments.clients.http import RetryTransport, describe_http_error, trusted_authorities
from auth0_apim_environments.errors import StackError

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_AUDIENCE = "api://AzureADTokenExchange"
_AZURE = ("https://login.microsoftonline.com", "https://management.azure.com")


class CredentialsError(StackError):
    """Credentials are missing, expired or refused; the message has their names, never a secret."""


class ServiceUnavailableError(StackError):
    """A service, or its token endpoint, cannot be reached."""


def open_tenant(variables: Mapping[str, str]) -> httpx.Client:
    """A client of the Management API of `AUTH0_DOMAIN`, signed in with `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`, or with
    `AUTH0_API_TOKEN`.

    Raises:
        CredentialsError: they are missing or refused.
        ServiceUnavailableError: the tenant cannot be reached.
    """
    [domain] = _required(variables, "AUTH0_DOMAIN")
    client = _client(variables, f"https://{domain}/api/v2/")
    if given := variables.get("AUTH0_API_TOKEN"):
        client.headers["Authorization"] = f"Bearer {given}"  # it cannot be renewed
        return client
    return _signed_in(client, lambda: tenant_token(variables, client))


def tenant_token(variables: Mapping[str, str], client: httpx.Client) -> str:
    """A token for the Management API of `AUTH0_DOMAIN`.

    Args:
        variables: as `open_tenant` takes them.
        client: sends the request; must trust the authority of the tenant's certificate.

    Raises:
        CredentialsError: they are missing or refused.
        ServiceUnavailableError: the tenant cannot be reached.
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
    """A client of Azure's resource manager, signed in as the service principal `ARM_CLIENT_ID`, otherwise by `az login`.

    The principal's credential is `ARM_CLIENT_SECRET`, or the token of a workload identity federation: `ARM_OIDC_TOKEN`, the
    file `ARM_OIDC_TOKEN_FILE_PATH`, or the ID token of a GitHub Actions job (`ACTIONS_ID_TOKEN_REQUEST_URL`).
    `ARM_METADATA_HOSTNAME` is the host of a sandbox instead of Azure. The URLs of requests are relative to the subscription
    `ARM_SUBSCRIPTION_ID`.

    Raises:
        CredentialsError: they are missing or refused.
        ServiceUnavailableError: Azure cannot be reached.
    """
    host = variables.get("ARM_METADATA_HOSTNAME")
    authority, endpoint = (f"https://{host}",) * 2 if host else _AZURE
    [subscription] = _required(variables, "ARM_SUBSCRIPTION_ID")
    client = _client(variables, f"{endpoint}/subscriptions/{subscription}/")
    if host or variables.get("ARM_CLIENT_ID"):
        return _signed_in(client, lambda: _principal_token(client, variables, authority, endpoint))
    return _signed_in(client, lambda: _az_login_token(endpoint))


class _RenewedToken(httpx.Auth):
    """Adds a token to requests, and renews it when the service answers 401: destroying a service takes most of an hour."""

    def __init__(self, client: httpx.Client, sign_in: Callable[[], str]) -> None:
        self._client = client
        self._sign_in = sign_in
        self.renew()

    def renew(self) -> str:
        authorization = f"Bearer {self._sign_in()}"
        self._client.headers["Authorization"] = authorization
        return authorization

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        response = yield request
        if response.status_code == 401:
            # Sent again even if the new token is equal to the old one, as tokens issued in the same second are.
            request.headers["Authorization"] = self.renew()
            yield request


def _signed_in(client: httpx.Client, sign_in: Callable[[], str]) -> httpx.Client:
    with _closed_on_failure(client):
        client.auth = _RenewedToken(client, sign_in)
    return client


@contextmanager
def _closed_on_failure(client: httpx.Client) -> Iterator[None]:
    try:
        yield
    except BaseException:
        client.close()
        raise


def _principal_token(client: httpx.Client, variables: Mapping[str, str], authority: str, endpoint: str) -> str:
    client_id, tenant = _required(variables, "ARM_CLIENT_ID", "ARM_TENANT_ID")
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "scope": f"{endpoint}/.default",
        **_client_authentication(client, variables),
    }
    return _token(client, f"{authority}/{tenant}/oauth2/v2.0/token", form, "Azure")


def _az_login_token(endpoint: str) -> str:
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
        raise CredentialsError(f"ARM_CLIENT_ID is not set, and `az login` gave no token: {error.message}") from None


def _client_authentication(client: httpx.Client, variables: Mapping[str, str]) -> dict[str, str]:
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
    """The ID token of the GitHub Actions job. It expires within minutes, so that each sign-in requests a new one.

    https://docs.github.com/actions/reference/security/oidc
    """
    url = httpx.URL(variables["ACTIONS_ID_TOKEN_REQUEST_URL"]).copy_merge_params({"audience": _AUDIENCE})
    [token] = _required(variables, "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    request = client.build_request("GET", url, headers={"Authorization": f"Bearer {token}"})
    document = _send(client, request, "GitHub Actions gave no ID token")
    return str(document["value"])


def _client(variables: Mapping[str, str], base_url: str) -> httpx.Client:
    transport = RetryTransport(httpx.HTTPTransport(verify=trusted_authorities(variables), trust_env=False))
    return httpx.Client(base_url=base_url, transport=transport, timeout=60)


def _token(client: httpx.Client, address: str, form: Mapping[str, str], service: str) -> str:
    request = client.build_request("POST", address, data=dict(form))
    request.headers.pop("Authorization", None)  # of the expired token
    return str(_send(client, request, f"{service} refused the credentials")["access_token"])


def _send(client: httpx.Client, request: httpx.Request, refusal: str) -> dict[str, Any]:
    try:
        response = client.send(request, auth=None)
    except httpx.TransportError as error:
        raise ServiceUnavailableError(describe_http_error(error)) from None
    if response.status_code != 200:
        raise CredentialsError(f"{refusal}: {response.status_code} {_reason(response)}")
    document: dict[str, Any] = response.json()
    return document


def _reason(response: httpx.Response) -> str:
    try:
        document: dict[str, Any] = response.json()
    except ValueError:
        return response.reason_phrase
    return str(document.get("error_description") or document.get("error") or response.reason_phrase)


def _required(variables: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if not variables.get(name)]
    if missing:
        raise CredentialsError(f"{', '.join(missing)} must be set")
    return [variables[name] for name in names]
