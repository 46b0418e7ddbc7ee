"""The verification of a deployed API: real tokens, real requests, and whether each response is the expected one."""

import base64
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx

from auth0_apim_environments.clients.http import open_client
from auth0_apim_environments.verify.deployed_api import DeployedApi
from auth0_apim_environments.verify.tokens import TokenError, machine_token, user_tokens

_DAY = 86400
_BEYOND_GRANT = "the user's login, to the tenant, for scopes that the application is not granted"


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        sent: what was sent, for people; never a token.
        expected: the expected response.
        received: the response, or why nothing was sent.
        right: whether it is the expected one; None when the environment does not allow the check.
    """

    sent: str
    expected: str
    received: str
    right: bool | None


def verify(api: DeployedApi, client: httpx.Client) -> Iterator[Check]:
    """Every check of the API, one after another.

    The API gets calls without a token and with invalid tokens (401), with a token without the operation's scope (403), and
    with valid tokens of the machine client and of the user (200 and the expected document). The tenant gets requests for
    tokens that no grant allows.
    """
    caller = _Caller(api, client)
    yield caller.refused("no token", 401, lambda: None)
    yield caller.refused("a token that is garbage", 401, lambda: "garbage")
    yield caller.refused("a token that nobody signed (alg none)", 401, lambda: _unsigned(api))
    good = _machine_token_or_error(api, client)
    yield caller.refused("a good token, its signature altered", 401, lambda: _altered_signature(_token(good)))
    yield caller.refused(
        "a good token, its expiry moved into the future", 401, lambda: _moved_expiry(_token(good), _DAY)
    )
    yield caller.refused(
        "a good token, its expiry moved into the past", 401, lambda: _moved_expiry(_token(good), -1000 * _DAY)
    )
    yield _without_scope(api, client, caller)
    yield _without_grant(api, client)
    yield caller.answered("the machine client's token", lambda: _token(good))
    yield from _user_checks(api, client, caller)


class _Caller:
    def __init__(self, api: DeployedApi, client: httpx.Client) -> None:
        self._api = api
        self._client = client

    def refused(self, sent: str, status: int, token: Callable[[], str | None]) -> Check:
        return self._check(sent, str(status), token, lambda response: response.status_code == status)

    def answered(self, sent: str, token: Callable[[], str | None]) -> Check:
        expected = self._api.probe.expected
        return self._check(
            sent,
            f"200 {json.dumps(expected)}",
            token,
            lambda response: response.status_code == 200 and _document(response) == expected,
        )

    def _check(
        self,
        sent: str,
        expected: str,
        token: Callable[[], str | None],
        is_right: Callable[[httpx.Response], bool],
    ) -> Check:
        try:
            bearer = token()
            headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
            response = self._client.get(self._api.api_url.rstrip("/") + self._api.probe.path, headers=headers)
        except (TokenError, httpx.TransportError) as error:
            return Check(sent, expected, str(error), right=False)
        return Check(sent, expected, f"{response.status_code} {response.text[:200].strip()}", is_right(response))


def _without_scope(api: DeployedApi, client: httpx.Client, caller: _Caller) -> Check:
    sent = "a good token without the operation's scope"
    others = sorted(set(api.granted_scopes) - set(api.probe.scopes))
    if not api.probe.scopes:
        return Check(sent, "403", "not checked: the operation requires no scope", right=None)
    if not others:
        return Check(sent, "403", "not checked: the machine client has no other scope to ask for", right=None)
    return caller.refused(sent, 403, lambda: machine_token(client, api, scope=others[0]))


def _without_grant(api: DeployedApi, client: httpx.Client) -> Check:
    """The Management API exists in every tenant, and no machine client of an API has a grant for it."""
    sent, expected = "the machine client, to the tenant, for an API that it has no grant for", "no token"
    try:
        machine_token(client, api, audience=urljoin(api.issuer, "api/v2/"))
    except httpx.TransportError as error:
        return Check(sent, expected, str(error), right=False)
    except TokenError as error:
        if "Service not found" in str(error):
            return Check(sent, expected, "not checked: the issuer is not the Management API's domain", right=None)
        if error.code != "access_denied":
            return Check(sent, expected, str(error), right=False)
        return Check(sent, expected, "no token: access_denied", right=True)
    return Check(sent, expected, "a token for the Management API", right=False)


def _beyond_grant(api: DeployedApi, tokens: dict[str, str] | TokenError) -> Check:
    """Check that the tenant leaves out scopes that the application is not granted."""
    beyond = api.scopes_beyond_grant
    expected = f"a token without {' '.join(beyond) or 'them'}"
    reason = _why_not_beyond_grant(api)
    if reason is not None:
        return Check(_BEYOND_GRANT, expected, f"not checked: {reason}", right=None)
    try:
        scopes = str(_claims(_token(tokens)).get("scope", "")).split()
    except TokenError as error:
        return Check(_BEYOND_GRANT, expected, str(error), right=False)
    had = [scope for scope in scopes if scope in api.scopes]
    return Check(_BEYOND_GRANT, expected, f"a token with {' '.join(had) or 'none'}", right=not set(had) & set(beyond))


def _why_not_beyond_grant(api: DeployedApi) -> str | None:
    if api.user_access == "allow_all":
        return "the API's access policy is allow_all, so that every application gets every scope"
    if api.interactive_granted_scopes is None or not api.scopes:
        return "the stack has no output with the scopes that the application is granted"
    return None if api.scopes_beyond_grant else "the application is granted every scope of the API"


def _user_checks(api: DeployedApi, client: httpx.Client, caller: _Caller) -> Iterator[Check]:
    another, user = "a token for another audience (the user's ID token)", "the user's token by the code flow"
    missing = _missing_for_login(api)
    if missing is not None:
        reason = f"not checked: {missing}"
        yield Check(_BEYOND_GRANT, "a token without them", reason, right=None)
        yield Check(another, "401", reason, right=None)
        yield Check(user, "200", reason, right=None)
        return
    tokens: dict[str, str] | TokenError
    try:
        tokens = user_tokens(client, api)
    except TokenError as error:
        tokens = error
    yield _beyond_grant(api, tokens)
    yield caller.refused(another, 401, lambda: _token(tokens, "id_token"))
    granted = None if api.user_access == "allow_all" else api.interactive_granted_scopes
    if granted is None or set(api.probe.scopes) <= set(granted):
        yield caller.answered(user, lambda: _token(tokens))
    else:
        yield caller.refused(f"{user}, which is not granted the operation's scope", 403, lambda: _token(tokens))


def _missing_for_login(api: DeployedApi) -> str | None:
    """What the stack lacks for a login of a user; None when it has everything."""
    if not (api.user_email and api.user_password):
        return "the stack has no user (settings user and userPassword)"
    if not api.interactive_client_id:
        return "the stack has no application in which its user can log in (setting interactiveClient)"
    if not api.redirect_uris:
        return "no address takes the user back after the login (setting interactiveClient.callbacks, or portal)"
    return None


def _machine_token_or_error(api: DeployedApi, client: httpx.Client) -> dict[str, str] | TokenError:
    try:
        return {"access_token": machine_token(client, api)}
    except TokenError as error:
        return error


def _token(tokens: dict[str, str] | TokenError, kind: str = "access_token") -> str:
    if isinstance(tokens, TokenError):
        raise tokens
    return tokens[kind]


def _document(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None


def _unsigned(api: DeployedApi) -> str:
    header = {"alg": "none", "typ": "JWT"}
    claims = {
        "iss": api.issuer,
        "aud": api.audience,
        "exp": int(time.time()) + _DAY,
        "scope": " ".join(api.probe.scopes),
    }
    return f"{_encoded(header)}.{_encoded(claims)}."


def _altered_signature(token: str) -> str:
    head, payload, _ = _segments(token)
    return f"{head}.{payload}.{_base64url(secrets.token_bytes(256))}"


def _moved_expiry(token: str, seconds: int) -> str:
    head, _, signature = _segments(token)
    claims = _claims(token)
    return f"{head}.{_encoded({**claims, 'exp': claims['exp'] + seconds})}.{signature}"


def _claims(token: str) -> dict[str, Any]:
    payload = _segments(token)[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def _segments(token: str) -> list[str]:
    segments = token.split(".")
    if len(segments) != 3:
        raise TokenError("the tenant gave an opaque or encrypted access token, which no gateway can check")
    return segments


def _encoded(document: Mapping[str, object]) -> str:
    return _base64url(json.dumps(document, separators=(",", ":")).encode())


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def failed_checks(api: DeployedApi, variables: Mapping[str, str]) -> list[Check]:
    """The checks of `verify` that failed.

    Args:
        api: the API.
        variables: laid over this process's environment, for `SSL_CERT_FILE`.
    """
    with open_client({**os.environ, **variables}) as client:
        return [check for check in verify(api, client) if check.right is False]
