"""Import of users into a deployed environment's database by Auth0's import jobs, with Auth0's own SDK.

https://auth0.com/docs/manage-users/user-migration/bulk-user-imports
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
from auth0.management import Auth0
from auth0.management.core.api_error import ApiError
from auth0.management.errors import TooManyRequestsError
from auth0.management.types import GetJobResponseContent

from auth0_apim_environments.clients.credentials import tenant_token
from auth0_apim_environments.users.users_file import FileUser, pieces

_POLL_SECONDS = 0.5
_JOB_SECONDS = 2 * 3600
"""Auth0's limit on the duration of a job."""
_SAME_USER = "DUPLICATED_USER"
"""Auth0's error code for a user who exists, when a job does not upsert. A file never has a user twice."""


class UserImportError(Exception):
    """An import failed; the message has Auth0's words and the next step, never a secret."""


@dataclass(frozen=True)
class RefusedUser:
    """A user that Auth0 refused, and one reason.

    Attributes:
        line: of the user in the file.
        email: of the user.
        code: Auth0's error code, such as `FORMAT`.
        message: Auth0's message.
        path: the invalid attribute; empty when the user as a whole is refused.
    """

    line: int
    email: str
    code: str
    message: str
    path: str


@dataclass
class ImportResult:
    """The result of an import; `unchanged` users existed before."""

    total: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    errors: list[RefusedUser] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return asdict(self)


def management_client(variables: Mapping[str, str], http: httpx.Client) -> Auth0:
    """The Management API of the tenant that the AUTH0_* variables name.

    Args:
        variables: AUTH0_DOMAIN with AUTH0_API_TOKEN, or with AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET.
        http: must trust the authority that signed the tenant's certificate, and must not retry, because an import must not
            be sent twice.

    Raises:
        CredentialsError: variables are missing, or the tenant refuses them.
        ServiceUnavailableError: the tenant cannot be reached.
    """
    token = tenant_token(variables, http)
    return Auth0(base_url=f"https://{variables['AUTH0_DOMAIN']}/api/v2", token=token, httpx_client=http)


class UserImporter:
    """Imports users into one connection.

    Args:
        api: the Management API.
        connection_id: the database's.
        upsert: update users who exist instead of skipping them.
        wait: waits for seconds.
    """

    def __init__(
        self, api: Auth0, connection_id: str, *, upsert: bool, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._api = api
        self._connection_id = connection_id
        self._upsert = upsert
        self._wait = wait
        self.result = ImportResult()

    def run(self, users: Sequence[FileUser]) -> Iterator[int]:
        """Import the users, one job after another; yields the number of users that are done whenever it changes.

        Raises:
            UserImportError: Auth0 refused or aborted a job; `result` has the jobs before it.
        """
        try:
            for piece in pieces(users):
                done = self.result.total
                for percent in self._job(piece):
                    yield done + len(piece) * percent // 100
        except ApiError as error:
            raise UserImportError(_message_of(error)) from None
        except httpx.TransportError as error:
            raise UserImportError(f"the tenant cannot be reached: {error}") from None

    def _job(self, piece: Sequence[FileUser]) -> Iterator[int]:
        deadline = time.monotonic() + _JOB_SECONDS
        content = ("[" + ",".join(user.text for user in piece) + "]").encode()
        job_id = self._begin(content, deadline)
        job = self._api.jobs.get(job_id)
        while job.status in ("pending", "processing"):
            if time.monotonic() > deadline:
                raise UserImportError(f"job {job_id} did not end in {_JOB_SECONDS // 3600} hours")
            yield job.percentage_done or 0
            self._wait(_POLL_SECONDS)
            job = self._api.jobs.get(job_id)
        if job.status != "completed":
            raise UserImportError(f"job {job_id} has {job.status}: {job.status_details or 'no details'}")
        self._add_result(job, piece)
        yield 100

    def _begin(self, content: bytes, deadline: float) -> str:
        job_id = None
        while job_id is None:
            job_id = self._try_to_begin(content, has_time=time.monotonic() < deadline)
        return job_id

    def _try_to_begin(self, content: bytes, *, has_time: bool) -> str | None:
        """The new job's id; None, after a wait, when the tenant has as many jobs as it may have."""
        try:
            job = self._api.jobs.users_imports.create(
                users=("users.json", content, "application/json"),
                connection_id=self._connection_id,
                upsert=self._upsert,
                send_completion_email=False,
            )
        except TooManyRequestsError:
            if not has_time:
                raise
            self._wait(_POLL_SECONDS)
            return None
        return str(job.id)

    def _add_result(self, job: GetJobResponseContent, piece: Sequence[FileUser]) -> None:
        summary, result = job.summary, self.result
        result.total += len(piece)
        result.inserted += (summary and summary.inserted) or 0
        result.updated += (summary and summary.updated) or 0
        if not (summary and summary.failed):
            return
        lines = {user.content["email"].lower(): user.line for user in piece}
        refused = self._api.jobs.errors.get(job.id)
        for each in refused if isinstance(refused, list) else []:
            user, errors = dict(each.user or {}), each.errors or []
            if not self._upsert and {error.code for error in errors} == {_SAME_USER}:
                result.unchanged += 1
                continue
            result.failed += 1
            email = str(user.get("email", ""))
            result.errors += [
                RefusedUser(lines.get(email.lower(), 0), email, error.code or "", error.message or "", error.path or "")
                for error in errors
            ]


def _message_of(error: ApiError) -> str:
    message = error.body.get("message") if isinstance(error.body, dict) else error.body
    hint = "; the client needs the Management API's scope create:users" if error.status_code == 403 else ""
    return f"Auth0 answered {error.status_code}: {message}{hint}"
