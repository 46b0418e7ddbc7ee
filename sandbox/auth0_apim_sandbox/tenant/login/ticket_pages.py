"""/u/email-verification and /u/reset-password: where the links of tickets lead.

What the page behind `result_url` is told: https://auth0.com/docs/customize/email/email-templates
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError, invalid_request, not_supported
from auth0_apim_sandbox.tenant.oauth.parameters import Call, read_call
from auth0_apim_sandbox.tenant.oauth.urls import with_query
from auth0_apim_sandbox.tenant.users.accounts import password_document
from auth0_apim_sandbox.tenant.users.custom_database import (
    CustomDatabase,
    DatabaseScriptError,
    UnsupportedDatabaseError,
    imports_users,
    is_custom,
)
from auth0_apim_sandbox.tenant.users.passwords import PasswordError, check_password
from auth0_apim_sandbox.tenant.users.tickets import EMAIL_VERIFICATION, PASSWORD_CHANGE, Tickets

_FAILED = "The operation cannot be completed. Please try again."
_VERIFIED = "Your email was verified. You can continue using the application."
_SUPPORTED = {"supportSignUp": "true", "supportForgotPassword": "true"}
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
_CHANGED = "You can now login to the application with the new password."


class _TicketError(Exception):
    """What a ticket is for cannot be done; the message says why."""


class TicketPages:
    """Carries out what a ticket is for, and sends the browser on."""

    def __init__(self, tenant: Tenant, pages: Pages) -> None:
        self._tenant = tenant
        self._pages = pages
        self._tickets = Tickets(tenant)
        self._custom = CustomDatabase(tenant)

    async def verify_email(self, http: Request) -> Response:
        """Confirm the e-mail address of a ticket; a custom database hears of it by its script `verify`.

        A HEAD request, with which mail filters look at links, confirms nothing.
        """
        if http.method == "HEAD":
            return Response(headers=_HEADERS)
        try:
            ticket, content = self._found(Call(http.query_params, http.scope), EMAIL_VERIFICATION)
            try:
                await self._verify(ticket, content)
            except (DatabaseScriptError, _TicketError) as error:
                return self._outcome(content, "Email Verification", str(error) or _FAILED)
        except OAuthError as error:
            return self._pages.error(error)
        return self._outcome(content, "Email Verification", None, message=_VERIFIED, **_SUPPORTED)

    async def reset_password(self, http: Request) -> Response:
        """GET shows the form for a new password, POST takes it."""
        try:
            posted = http.method == "POST"
            call = await read_call(http.scope, http.receive) if posted else Call(http.query_params, http.scope)
            ticket, content = self._found(call, PASSWORD_CHANGE)
            try:
                self._refuse_used(ticket, PASSWORD_CHANGE)
                if not posted:
                    return self._form(ticket, content, "")
                await self._change(ticket, content, _chosen_password(call))
            except PasswordError as error:
                return self._form(ticket, content, error.message)
            except (DatabaseScriptError, _TicketError) as error:
                return self._outcome(content, "Password Change", str(error) or _FAILED)
        except OAuthError as error:
            return self._pages.error(error)
        return self._outcome(content, "Password Change", None, message=_CHANGED)

    def _found(self, call: Call, kind: str) -> tuple[str, Document]:
        ticket = call.require("ticket")
        content = self._tickets.find(kind, ticket)
        if content is None:
            raise invalid_request("Invalid ticket")
        return ticket, content

    def _refuse_used(self, ticket: str, kind: str) -> None:
        content = self._tickets.find(kind, ticket)
        problem = "Access expired." if content is None else self._tickets.problem(content)
        if problem is not None:
            raise _TicketError(problem)

    async def _verify(self, ticket: str, content: Document) -> None:
        self._refuse_used(ticket, EMAIL_VERIFICATION)
        connection = self._connection(content)
        if is_custom(connection) and not imports_users(connection):
            with _unsupported_refused():
                if not await self._custom.verify(connection, content["email"]):
                    raise _TicketError(_FAILED)
            self._refuse_used(ticket, EMAIL_VERIFICATION)
        with self._tenant.store.transaction():
            self._tickets.use(ticket)
            self._update(self._tenant.users[content["user_id"]], {"email_verified": True})

    async def _change(self, ticket: str, content: Document, password: str) -> None:
        connection = self._connection(content)
        user = self._tenant.users.get(content["user_id"]) or self._custom.record(connection, content["profile"])
        stored = None
        if is_custom(connection) and not imports_users(connection):
            check_password(connection["options"], password, user)
            with _unsupported_refused():
                if not await self._custom.change_password(connection, content["email"], password):
                    raise _TicketError(_FAILED)
        else:
            stored = await password_document(self._tenant, connection, user, password)
        self._refuse_used(ticket, PASSWORD_CHANGE)
        with self._tenant.store.transaction():
            self._tickets.use(ticket)
            changes: dict[str, Any] = {"email_verified": True} if content.get("mark_email_as_verified") else {}
            if stored is not None:
                changes["last_password_reset"] = iso_timestamp(self._tenant.clock())
            self._update(self._tenant.users.get(user["user_id"], user), changes)
            if stored is not None:
                self._tenant.passwords.put(user["user_id"], stored)
            self._tenant.delete_tokens("user_id", user["user_id"])

    def _connection(self, content: Document) -> Document:
        connection = self._tenant.connections.get(content["connection_id"])
        if connection is None:
            raise invalid_request("the connection was not found")
        return connection

    def _update(self, user: Document, changes: dict[str, Any]) -> None:
        now = iso_timestamp(self._tenant.clock())
        self._tenant.users.put(user["user_id"], {**user, **changes, "updated_at": now})

    def _form(self, ticket: str, content: Document, error: str) -> Response:
        leads_to = content.get("result_url")
        return self._pages.render(
            "reset_password", 400 if error else 200, leads_to, ticket=ticket, email=content["email"], error=error
        )

    def _outcome(self, content: Document, heading: str, problem: str | None, **told: str) -> Response:
        """A redirect to the ticket's `result_url` with the outcome, else a page that tells it."""
        outcome = (
            {"success": "true", "code": "success"} if problem is None else {"message": problem, "success": "false"}
        )
        if "result_url" in content:
            email = {"email": content["email"]} if content["include_email"] else {}
            return RedirectResponse(with_query(content["result_url"], {**told, **email, **outcome}), 302, _HEADERS)
        client = self._tenant.clients.get(content.get("client_id", ""), {})
        return self._pages.render(
            "message",
            200 if problem is None else 400,
            heading=heading,
            message=problem or told["message"],
            application=client.get("name"),
            link=client.get("initiate_login_uri"),
        )


def _chosen_password(call: Call) -> str:
    password = call.get("password-reset")
    if password is None:
        raise PasswordError("PasswordStrengthError", "Password is required")
    if password != call.get("re-enter-password"):
        raise PasswordError("PasswordStrengthError", "The passwords do not match")
    return password


@contextmanager
def _unsupported_refused() -> Iterator[None]:
    """Refuse by name what the sandbox does not do for custom databases."""
    try:
        yield
    except UnsupportedDatabaseError as error:
        raise not_supported(str(error)) from error
