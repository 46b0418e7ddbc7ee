"""The proof that a deployed API is guarded: real tokens, real requests, and whether each answer is right."""

import base64
import json
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx

from auth0_apim_environments.verify.deployed_api import DeployedApi
from auth0_apim_environments.verify.tokens import TokenError, machine_token, user_tokens

_DAY = 86400
_BEYOND_GRANT = "the user's login, to the tenant, for scopes that the application is not granted"


@dataclass(frozen=True)
class Check:
    """One row of the proof.

    Attributes:
        sent: what was sent, in words; never a token.
        expected: the right answer.
        received: the answer that came back, or why nothing could be sent.
        right: whether they agree; None where the environment does not allow the check.
    """

    sent: str
    expected: str
    received: str
    right: bool | None


def open_client(environment: Mapping[str, str]) -> httpx.Client:
    """An HTTP client that trusts the system's authorities, or those of `SSL_CERT_FILE` in `environment`."""
    trusted = ssl.create_default_context(cafile=environment.get("SSL_CERT_FILE"))
    return httpx.Client(verify=trusted, timeout=30, follow_redirects=False, trust_env=False)


def verify(api: DeployedApi, client: httpx.Client) -> Iterator[Check]:
    """Every check of the API, one after another as its answer arrives.

    The API is asked with no token and with bad ones (401), with a token that lacks the operation's scope (403),
    and with good ones of the machine client and of the user (200 with the right answer). The tenant is asked for tokens
    that no grant allows.
    """
    ask = _Asker(api, client)
    yield ask.refused("no token", 401, lambda: None)
    yield ask.refused("a token that is garbage", 401, lambda: "garbage")
    yield ask.refused("a token that nobody signed (alg none)", 401, lambda: _unsigned(api))
    good = _machine_token_or_error(api, client)
    yield ask.refused("a good token, its signature altered", 401, lambda: _altered_signature(_token(good)))
    yield ask.refused("a good token, its expiry moved into the future", 401, lambda: _moved_expiry(_token(good), _DAY))
    yield ask.refused(
        "a good token, its expiry moved into the past", 401, lambda: _moved_expiry(_token(good), -1000 * _DAY)
    )
    yield _without_scope(api, client, ask)
    yield _without_grant(api, client)
    yield ask.answered("the machine client's token", lambda: _token(good))
    yield from _user_checks(api, client, ask)


class _Asker:
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


def _without_scope(api: DeployedApi, client: httpx.Client, ask: _Asker) -> Check:
    sent = "a good token without the operation's scope"
    others = sorted(set(api.granted_scopes) - set(api.probe.scopes))
    if not api.probe.scopes:
        return Check(sent, "403", "not checked: the operation requires no scope", right=None)
    if not others:
        return Check(sent, "403", "not checked: the machine client has no other scope to ask for", right=None)
    return ask.refused(sent, 403, lambda: machine_token(client, api, scope=others[0]))


def _without_grant(api: DeployedApi, client: httpx.Client) -> Check:
    """Every tenant has the Management API, and no machine client of an API has business there."""
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
    """Where a grant did not decide, an application would get every scope that it asks for."""
    beyond = api.scopes_beyond_grant
    expected = f"a token without {' '.join(beyond) or 'them'}"
    reason = _beyond_grant_is_not_told(api)
    if reason is not None:
        return Check(_BEYOND_GRANT, expected, f"not checked: {reason}", right=None)
    try:
        scopes = str(_claims(_token(tokens)).get("scope", "")).split()
    except TokenError as error:
        return Check(_BEYOND_GRANT, expected, str(error), right=False)
    had = [scope for scope in scopes if scope in api.scopes]
    return Check(_BEYOND_GRANT, expected, f"a token with {' '.join(had) or 'none'}", right=not set(had) & set(beyond))


def _beyond_grant_is_not_told(api: DeployedApi) -> str | None:
    if api.user_access == "allow_all":
        return "the API's access policy is allow_all, so that every application gets every scope"
    if api.interactive_granted_scopes is None or not api.scopes:
        return "the stack does not say what the application is granted"
    return None if api.scopes_beyond_grant else "the application is granted every scope of the API"


def _user_checks(api: DeployedApi, client: httpx.Client, ask: _Asker) -> Iterator[Check]:
    another, user = "a token for another audience (the user's ID token)", "the user's token by the code flow"
    if not (api.interactive_client_id and api.user_email and api.user_password and api.redirect_uris):
        reason = "not checked: the stack has no user who can log in"
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
    yield ask.refused(another, 401, lambda: _token(tokens, "id_token"))
    granted = None if api.user_access == "allow_all" else api.interactive_granted_scopes
    if granted is None or set(api.probe.scopes) <= set(granted):
        yield ask.answered(user, lambda: _token(tokens))
    else:
        yield ask.refused(f"{user}, which is not granted the operation's scope", 403, lambda: _token(tokens))


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
