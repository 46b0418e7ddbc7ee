"""Tokens as clients request them: by client credentials, and by a user's login with the authorization code flow."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from lxml import html

from auth0_apim_environments.verify.deployed_api import DeployedApi

MAX_LOGIN_PAGES = 8
"""The number of pages and redirects that a login may have: identifier, password and consent, each with a redirect."""


class TokenError(Exception):
    """A token request failed; the message has the authorization server's own words, never a secret.

    Attributes:
        code: the error code (RFC 6749, section 5.2); None if the response has none.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


def machine_token(client: httpx.Client, api: DeployedApi, scope: str | None = None, audience: str | None = None) -> str:
    """An access token by the client credentials grant (RFC 6749, section 4.4).

    Args:
        client: must trust the authority that signed the tenant's certificate.
        api: the API with its token endpoint and client.
        scope: the requested scopes, separated by spaces; None requests all that are granted.
        audience: another API's identifier.

    Raises:
        TokenError: the authorization server refused.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": api.client_id,
        "client_secret": api.client_secret.get_secret_value(),
        "audience": audience or api.audience,
    }
    if scope is not None:
        form["scope"] = scope
    return _tokens(client, api, form)["access_token"]


def user_tokens(client: httpx.Client, api: DeployedApi) -> dict[str, str]:
    """The user's access token and ID token by the authorization code flow with PKCE (RFC 7636).

    The login forms are filled in and sent as a browser does. The request has scopes that the application is not granted too,
    which the tenant must leave out.

    Returns:
        The token endpoint's response, with `access_token` and `id_token`.

    Raises:
        TokenError: the login or the token request failed.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    redirect_uri = api.redirect_uris[0]
    request = {
        "response_type": "code",
        "client_id": api.interactive_client_id or "",
        "redirect_uri": redirect_uri,
        "audience": api.audience,
        "scope": " ".join(dict.fromkeys(["openid", *api.probe.scopes, *api.scopes_beyond_grant])),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    first = client.get(api.authorization_endpoint, params=request)
    parameters = _redirect_parameters(client, api, first, redirect_uri)
    if parameters.get("state") != state:
        raise TokenError("the login returned another state than the one that was sent")
    if "code" not in parameters:
        reason = f"{parameters.get('error')}: {parameters.get('error_description')}"
        raise TokenError(f"the login ended without a code: {reason}", parameters.get("error"))
    form = {
        "grant_type": "authorization_code",
        "client_id": api.interactive_client_id or "",
        "code": parameters["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    if api.interactive_client_secret is not None:
        form["client_secret"] = api.interactive_client_secret.get_secret_value()
    return _tokens(client, api, form)


def _tokens(client: httpx.Client, api: DeployedApi, form: dict[str, str]) -> dict[str, str]:
    response = client.post(api.token_endpoint, data=form)
    if response.status_code != 200:
        message = f"{api.token_endpoint} answered {response.status_code}: {response.text}"
        raise TokenError(message, _error_code(response))
    tokens: dict[str, str] = response.json()
    return tokens


def _error_code(response: httpx.Response) -> str | None:
    try:
        document = response.json()
    except ValueError:
        return None
    return str(document["error"]) if isinstance(document, dict) and "error" in document else None


def _redirect_parameters(
    client: httpx.Client, api: DeployedApi, response: httpx.Response, redirect_uri: str
) -> dict[str, str]:
    for _ in range(MAX_LOGIN_PAGES):
        if response.is_redirect:
            target = urljoin(str(response.url), response.headers["location"])
            if target.split("?")[0] == redirect_uri:
                return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
            response = client.get(target)
        else:
            response = _submit(client, api, response)
    raise TokenError(f"the login did not end after {MAX_LOGIN_PAGES} pages; the last was {_page(response)}")


def _submit(client: httpx.Client, api: DeployedApi, response: httpx.Response) -> httpx.Response:
    if _origin(str(response.url)) != _origin(api.authorization_endpoint):
        raise TokenError(f"the login left the tenant for {_page(response)}; no password is typed there")
    forms = _forms(response)
    if response.status_code != 200 or not forms:
        raise TokenError(f"the login stopped at {_page(response)} with status {response.status_code}")
    form = forms[0]
    fields = {name: value for name, value in form.form_values() if isinstance(value, str)}
    if "username" in form.fields:
        fields["username"] = api.user_email or ""
    if "password" in form.fields and api.user_password is not None:
        fields["password"] = api.user_password.get_secret_value()
    for button in form.xpath(".//button[@name and @value]")[:1]:
        fields[button.get("name")] = button.get("value")
    return client.post(urljoin(str(response.url), form.action or ""), data=fields)


def _forms(response: httpx.Response) -> list[html.FormElement]:
    if not response.headers.get("content-type", "").startswith("text/html"):
        return []
    document: Any = html.document_fromstring(response.text)  # the stubs take it for a plain element, which has no forms
    return list(document.forms)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _page(response: httpx.Response) -> str:
    return str(response.url.copy_with(query=None))
