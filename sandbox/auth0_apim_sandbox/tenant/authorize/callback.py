"""Sending the user's browser back to the application, with an answer or an error.

OAuth 2.0 Multiple Response Type Encoding Practices, OAuth 2.0 Form Post Response Mode, and the draft OAuth 2.0 Web
Message Response Mode.
"""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.responses import RedirectResponse, Response

from auth0_apim_sandbox.tenant.authorize.request import WEB_MESSAGE, Callback
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError
from auth0_apim_sandbox.tenant.oauth.origins import origin_of


def answer(pages: Pages, callback: Callback, parameters: Mapping[str, str]) -> Response:
    """Deliver `parameters` and the request's state in the response mode that was asked for."""
    sent = dict(parameters)
    if callback.state is not None:
        sent["state"] = callback.state
    if callback.response_mode == "form_post":
        return pages.render("form_post", leads_to=callback.redirect_uri, action=callback.redirect_uri, parameters=sent)
    if callback.response_mode == WEB_MESSAGE:
        origin = origin_of(callback.redirect_uri)
        return pages.render("web_message", framed_by=origin, origin=origin, parameters=sent)
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return RedirectResponse(_with(callback, sent), 302, headers)


def refuse(pages: Pages, callback: Callback, error: OAuthError) -> Response:
    """Deliver an error."""
    return answer(pages, callback, error.body())


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """`url` with `parameters` behind those that its query has already."""
    parts = urlsplit(url)
    encoded = urlencode(parameters)
    return urlunsplit(parts._replace(query=f"{parts.query}&{encoded}" if parts.query else encoded))


def _with(callback: Callback, parameters: Mapping[str, str]) -> str:
    if callback.response_mode == "fragment":
        return urlunsplit(urlsplit(callback.redirect_uri)._replace(fragment=urlencode(parameters)))
    return with_query(callback.redirect_uri, parameters)
