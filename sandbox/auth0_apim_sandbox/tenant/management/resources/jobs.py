"""/jobs: imports of users and mails to them, which go on after their request was answered."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.responses import Response

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError
from auth0_apim_sandbox.tenant.management.resources.tickets import VERIFICATION_JOB, ticket_user
from auth0_apim_sandbox.tenant.model import ids
from auth0_apim_sandbox.tenant.model.clock import iso_timestamp, parse_timestamp
from auth0_apim_sandbox.tenant.model.json_input import document, parse_json
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.users.user_import import UserImport

_FORM = document(
    {
        "connection_id": {"type": "string", "pattern": "^con_[A-Za-z0-9]{16}$", "description": "connection_id"},
        "upsert": {"type": "boolean"},
        "external_id": {"type": "string", "maxLength": 255},
        "send_completion_email": {"type": "boolean"},
    },
    required=["connection_id"],
)
"""The fields besides the file `users`."""
MAX_FILE_BYTES = 500 * 1024
_MAX_ACTIVE = 2
_ACTIVE = ("pending", "processing")
_KEPT_SECONDS = 24 * 3600
_HIDDEN = ("errors",)
_NOT_JSON = "Failed to parse users file JSON when importing users. Make sure it is valid JSON."


async def import_users(call: Call) -> Response:
    """Begin a job that imports the users of a file into a connection."""
    connection = _connection(call)
    active = sum(job["type"] == "users_import" and job["status"] in _ACTIVE for job in call.tenant.jobs.values())
    if active >= _MAX_ACTIVE:
        message = (
            f"There are {active} active import users jobs, please wait until some of them are finished and try again"
        )
        raise ManagementError(429, message)
    users = _users(call.files.get("users"))
    job = {
        "type": "users_import",
        "status": "pending",
        "created_at": iso_timestamp(call.tenant.clock()),
        "id": ids.job_id(),
        "connection_id": connection["id"],
        "connection": connection["name"],
        **({"external_id": call.body["external_id"]} if call.body.get("external_id") else {}),
    }
    work = UserImport(call.tenant, connection, upsert=call.body.get("upsert", False))
    _begin(call.tenant, job, _run(call.tenant, job, work, users))
    return json_answer(job, 202)


async def send_verification_email(call: Call) -> Response:
    """Begin the job that sends a user the link to confirm their address.

    No mail leaves the sandbox: make the link by POST /tickets/email-verification.
    """
    ticket_user(call)
    job = {
        "type": "verification_email",
        "status": "pending",
        "created_at": iso_timestamp(call.tenant.clock()),
        "id": ids.job_id(),
    }
    _begin(call.tenant, job, _complete(call.tenant, job))
    return json_answer(job, 201)


async def get(call: Call) -> Response:
    """One job, for a day."""
    return json_answer({name: value for name, value in _find(call).items() if name not in _HIDDEN})


async def get_errors(call: Call) -> Response:
    """The users that could not be imported, each with the reasons; the job itself when all of it failed."""
    job = _find(call)
    if job["status"] == "failed":
        return json_answer({name: value for name, value in job.items() if name not in _HIDDEN})
    return json_answer(job["errors"]) if job.get("errors") else Response(status_code=204)


def fail_interrupted_jobs(tenant: Tenant) -> None:
    """Mark the jobs as failed that were under way when the tenant was stopped."""
    for job in list(tenant.jobs.values()):
        if job["status"] in _ACTIVE:
            tenant.jobs.put(job["id"], {**job, "status": "failed", "status_details": "The import was interrupted."})


def _begin(tenant: Tenant, job: Document, work: Coroutine[Any, Any, None]) -> None:
    tenant.jobs.put(job["id"], job)
    task = asyncio.create_task(work)
    tenant.background.add(task)
    task.add_done_callback(tenant.background.discard)


async def _complete(tenant: Tenant, job: Document) -> None:
    await asyncio.sleep(0)
    tenant.jobs.put(job["id"], {**job, "status": "completed"})


async def _run(tenant: Tenant, job: Document, work: UserImport, users: list[Any] | None) -> None:
    await asyncio.sleep(0)
    if users is None:
        tenant.jobs.put(job["id"], {**job, "status": "failed", "status_details": _NOT_JSON})
        return
    tenant.jobs.put(job["id"], {**job, "status": "processing", "percentage_done": 0})
    for user in users:
        await asyncio.sleep(0)
        if job["connection_id"] not in tenant.connections:
            tenant.jobs.put(job["id"], {**job, "status": "failed", "status_details": "The connection is gone."})
            return
        work.import_user(user)
    tenant.jobs.put(job["id"], {**job, "status": "completed", "summary": work.summary, "errors": work.errors})


def _connection(call: Call) -> Document:
    connection = call.tenant.connections.get(call.body["connection_id"])
    if connection is None:
        raise ManagementError(400, "The connection does not exist.", "inexistent_connection")
    options = connection["options"]
    if options.get("enabledDatabaseCustomization") and not options.get("import_mode"):
        message = "Users cannot be imported into a custom database connection unless it imports users (import_mode)."
        raise ManagementError(400, message, "invalid_body")
    return connection


def _users(content: bytes | None) -> list[Any] | None:
    if content is None:
        raise ManagementError(400, "Payload validation error: 'Missing required property: users'.", "invalid_body")
    if len(content) > MAX_FILE_BYTES:
        message = f"Payload content length greater than maximum allowed: {MAX_FILE_BYTES}"
        raise ManagementError(413, message, "payload_too_large")
    try:
        users = parse_json(content)
    except ValueError:
        return None
    return users if isinstance(users, list) else None


def _find(call: Call) -> Document:
    job = call.tenant.jobs.get(call.path["id"])
    if job is None or parse_timestamp(job["created_at"]) + _KEPT_SECONDS <= call.tenant.clock():
        raise ManagementError(404, "The job does not exist.", "inexistent_job")
    return job


ENDPOINTS = [
    Endpoint("POST", "/jobs/users-imports", ("create:users",), import_users, _FORM, is_form=True),
    Endpoint("POST", "/jobs/verification-email", ("update:users",), send_verification_email, VERIFICATION_JOB),
    Endpoint("GET", "/jobs/{id}", ("create:users", "read:users"), get),
    Endpoint("GET", "/jobs/{id}/errors", ("create:users", "read:users"), get_errors),
]
