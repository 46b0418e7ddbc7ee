"""The tenant's web pages: escaped, never framed, never cached, running no script but their own."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from auth0_apim_sandbox.tenant.oauth.errors import OAuthError


class Pages:
    """Renders the templates of this package."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("auth0_apim_sandbox.tenant.login"), autoescape=True, undefined=StrictUndefined
        )

    def render(
        self, name: str, status: int = 200, leads_to: str | None = None, framed_by: str | None = None, **values: Any
    ) -> HTMLResponse:
        """The page `name`.

        Args:
            name: a template without its `.html`.
            status: HTTP status.
            leads_to: the URL a form on the page ends up at after redirects, which browsers must be told beforehand.
            framed_by: the one origin whose pages may frame the page; nobody's by default.
            values: what the template shows.
        """
        nonce = secrets.token_urlsafe(16)
        html = self._templates.get_template(f"{name}.html").render(nonce=nonce, **values)
        return HTMLResponse(html, status, _headers(nonce, leads_to, framed_by))

    def error(self, error: OAuthError) -> HTMLResponse:
        """The page that says what went wrong where no application can be told."""
        return self.render("error", error.status, error=error.error, description=error.description)


def _headers(nonce: str, leads_to: str | None, framed_by: str | None) -> dict[str, str]:
    targets = " ".join(["'self'", *([] if leads_to is None else [_source(leads_to)])])
    frames = "'none'" if framed_by is None else _source(framed_by)
    return {
        "cache-control": "no-store",
        "content-security-policy": (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
            f"form-action {targets}; frame-ancestors {frames}; base-uri 'none'"
        ),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        **({"x-frame-options": "DENY"} if framed_by is None else {}),
    }


def _source(url: str) -> str:
    """The Content-Security-Policy source that allows `url`."""
    parts = urlsplit(url)
    # A host with a character that ends a source or a directive would change the policy.
    plain_host = parts.netloc and not set(parts.netloc) & set(" ;,'\"")
    return (
        f"{parts.scheme}://{parts.netloc}" if plain_host and parts.scheme in ("http", "https") else f"{parts.scheme}:"
    )
