"""Token requests that a portal's server makes for its visitors: it alone has the clients' secrets."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import httpx

from auth0_apim_sandbox.apim.arm.inventory import Document

_TIMEOUT = 30.0


class SignInError(Exception):
    """No token: an error of RFC 6749, section 5.2, or `server_error` where no answer came.

    Attributes:
        status: HTTP status for a visitor's script.
        error: the code.
        description: a sentence; it may be the authorization server's own.
    """

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.status = status
        self.error = error
        self.description = description


async def request_token(fetch: httpx.AsyncClient, server: Document, form: Mapping[str, str]) -> dict[str, str]:
    """The token that the authorization server answers to `form`, as the portal's pages read it.

    The server's `tokenBodyParameters` and the client's credentials are added: `Basic` in a header, else in the body.

    Raises:
        SignInError: there is no token.
    """
    properties = server["properties"]
    added = {parameter["name"]: parameter["value"] for parameter in properties["tokenBodyParameters"] or []}
    credentials, headers = _credentials(server)
    body = {**added, **form, **credentials}
    try:
        answer = await fetch.post(properties["tokenEndpoint"], data=body, headers=headers, timeout=_TIMEOUT)
        document: Any = answer.json()
    except httpx.HTTPError as error:
        raise SignInError(502, "server_error", f"no answer from the token endpoint ({type(error).__name__})") from None
    except ValueError:
        raise SignInError(502, "server_error", "the token endpoint's answer is not JSON") from None
    if not isinstance(document, dict):
        raise SignInError(502, "server_error", "the token endpoint's answer is not a JSON object")
    if answer.status_code != 200 or "access_token" not in document:
        status = 401 if answer.status_code in (401, 403) else 400
        raise SignInError(status, str(document.get("error")), str(document.get("error_description", "")))
    return {"accessToken": document["access_token"], "accessTokenType": document.get("token_type", "Bearer")}


def _credentials(server: Document) -> tuple[dict[str, str], dict[str, str]]:
    """What the client shows in the body, and in headers (RFC 6749, section 2.3.1)."""
    properties, secret = server["properties"], server["secrets"].get("clientSecret")
    if not secret:
        return {"client_id": properties["clientId"]}, {}
    if "Body" in properties["clientAuthenticationMethod"]:
        return {"client_id": properties["clientId"], "client_secret": secret}, {}
    basic = httpx.BasicAuth(quote_plus(properties["clientId"]), quote_plus(secret))
    request = next(basic.auth_flow(httpx.Request("POST", properties["tokenEndpoint"])))
    return {}, {"Authorization": request.headers["Authorization"]}
