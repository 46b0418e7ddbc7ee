"""Ephemeral environments: create, list, extend and destroy them, and find what is left of them."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from getpass import getuser
from typing import Any

from auth0_apim_sandbox.engine.engine import Engine

from auth0_apim_environments.engine.errors import StackNotFoundError
from auth0_apim_environments.engine.stacks import OnOutput, Stacks
from auth0_apim_environments.ephemeral.destruction import Destruction, destroy_resources, purge_marked_resources
from auth0_apim_environments.ephemeral.environment import (
    Environment,
    EnvironmentSpec,
    EphemeralEnvironmentError,
    environment_from,
)
from auth0_apim_environments.ephemeral.settings_file import EnvironmentFile
from auth0_apim_environments.marks import Marker, MarkerError, environment_name_problem, owner_problem
from auth0_apim_environments.project import Project
from auth0_apim_environments.recovery.audit import Audit, open_audit
from auth0_apim_environments.recovery.by_marks import recover, release_locks_and_retry, retry
from auth0_apim_environments.recovery.orphans import OrphanedResource
from auth0_apim_environments.settings.stack_file import keep_secrets_provider
from auth0_apim_environments.verify.deployed_api import DeployedApi, parse_outputs

_MOST_PROCESSES = 8
_DEFAULT_SPEC = EnvironmentSpec()


@dataclass(frozen=True)
class Deployed:
    """A deployed environment.

    Attributes:
        name: its name.
        outputs: of its stack, with secrets in plain text; left out of `repr`.
    """

    name: str
    outputs: Mapping[str, Any] = field(repr=False)

    @property
    def api(self) -> DeployedApi:
        """The outputs that `verify` needs, typed.

        Raises:
            StackError: the settings have no probe, or an output is missing.
        """
        return parse_outputs(self.name, self.outputs)


class Environments:
    """The ephemeral environments of a project on one backend.

    Args:
        project: whose program is deployed.
        engine: the Pulumi command.
        variables: laid over this process's environment: backend, passphrase, the providers' credentials.
        now: returns the present time.
    """

    def __init__(
        self,
        project: Project,
        engine: Engine,
        variables: Mapping[str, str],
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.stacks = Stacks(project, engine, variables)
        self._project = project
        self._variables = {**os.environ, **variables}
        self._now = now

    def create(self, name: str, spec: EnvironmentSpec = _DEFAULT_SPEC, on_output: OnOutput | None = None) -> Deployed:
        """Deploy an environment, or continue a creation that was interrupted.

        Args:
            name: of the environment and of its stack.
            spec: its specification; an environment that exists keeps its owner and, until it has expired, its expiry.
            on_output: receives each line of the engine's output.

        Raises:
            EphemeralEnvironmentError: the name or the owner is invalid, or the name belongs to another stack or to resources of a
                lost environment.
            SettingsError: the template or an assignment is invalid.
            EngineFailureError: the engine failed; creating the environment again continues.
        """
        problem = environment_name_problem(name)
        if problem is not None:
            raise EphemeralEnvironmentError(f"the environment's name {problem}; example: pr-42")
        owner = spec.owner if spec.owner is not None else getuser()
        problem = owner_problem(owner)
        if problem is not None:
            raise EphemeralEnvironmentError(f"the environment's owner {problem}; example: jane")
        exists = name in self.stacks.names()
        requested = Marker.begin(name, owner, self._now(), spec.ttl, protected=spec.protected)
        found = self._marker_of_existing(name) if exists else None
        if not exists:
            self._require_no_resources(name)
        marker = self._resulting_marker(found, requested)
        self._write_file(spec, marker, exists=exists)
        if exists:
            keep_secrets_provider(self._project.stack_file(name), self.stacks.state(name))
        else:
            self.stacks.create(name)
        if marker != found:
            self.stacks.mark(marker)
        return self._deploy(name, on_output, resumed=exists)

    def overview(self, markers: Sequence[Marker] | None = None) -> list[Environment]:
        """The environments of `markers`, or all whose marker can be read, in the order of their expiry."""
        markers = self.markers()[0] if markers is None else markers
        with ThreadPoolExecutor(_MOST_PROCESSES) as pool:
            found = pool.map(lambda marker: environment_from(self.stacks, marker, self._now()), markers)
            return sorted(filter(None, found), key=lambda each: (each.marker.expires, each.name))

    def markers(self) -> tuple[list[Marker], list[MarkerError]]:
        """The markers of all environments, and the errors of those that cannot be read.

        Raises:
            EngineFailureError: the stacks cannot be listed.
        """
        with ThreadPoolExecutor(_MOST_PROCESSES) as pool:
            found = list(pool.map(self._marker_or_error, self.stacks.names()))
        return [each for each in found if isinstance(each, Marker)], [
            each for each in found if isinstance(each, MarkerError)
        ]

    def extend(
        self, name: str, ttl: timedelta, *, protected: bool = False, on_output: OnOutput | None = None
    ) -> Marker:
        """Let an environment expire `ttl` from now on; if its settings file exists here, its resources are marked anew too.

        Raises:
            EphemeralEnvironmentError: it is no ephemeral environment.
            EngineFailureError: the resources' marks could not be changed; the stack's marker was.
        """
        self._require_ephemeral_name(name)
        old = self._marker(name)
        marker = Marker(name, old.owner, old.created, old.extended(self._now(), ttl).expires, protected)
        self.stacks.mark(marker)
        file = EnvironmentFile(self._project, name)
        if file.is_there:
            file.update_marks(marker)
            self._deploy(name, on_output, resumed=True)
        return marker

    def destroy(self, name: str, *, sweep: bool = False, on_output: OnOutput | None = None) -> Destruction:
        """Destroy an environment; remove its stack only if both services have nothing of it left.

        Args:
            name: the environment's.
            sweep: if the stack or its state is lost, delete the resources that carry the environment's marks.
            on_output: receives each line of the engine's output.

        Raises:
            EphemeralEnvironmentError: it is no ephemeral environment, it is protected, or its state is lost and `sweep` is
                false.
            LockedError: another process works on it.
            EngineFailureError: a resource could not be deleted; the state still has it.
            AuditError: a service could not be read.
        """
        self._require_ephemeral_name(name)
        exists = name in self.stacks.names()
        if exists:
            self._require_unprotected(name)
        with self._open_audit() as audit:
            if exists:
                destroy_resources(self.stacks, audit, name, on_output, sweep=sweep)
            else:
                self._require_sweep(name, audit, sweep=sweep)
            left = purge_marked_resources(self.stacks, audit, name)
        if not left:
            if exists:
                self.stacks.remove(name)
            EnvironmentFile(self._project, name).remove()
        return Destruction(name, tuple(left))

    def audit(self, name: str | None = None) -> list[OrphanedResource]:
        """The resources with the marks of one environment, or of every environment of which the backend has no stack.

        Raises:
            AuditError: a service could not be read.
        """
        with self._open_audit() as audit:
            found = audit.marked_resources(name)
        if name is not None:
            return found
        known = {*self.stacks.names(), *self.stacks.of_other_projects()}
        return [resource for resource in found if resource.environment not in known]

    def _deploy(self, name: str, on_output: OnOutput | None, *, resumed: bool) -> Deployed:
        interrupted = resumed and self._recover(name)
        outputs = retry(
            lambda: release_locks_and_retry(
                self.stacks, name, lambda: self.stacks.deploy(name, on_output, refresh=interrupted)
            )
        )
        return Deployed(name, outputs)

    def _recover(self, name: str) -> bool:
        with self._open_audit() as audit:
            return recover(self.stacks, audit, name)

    def _open_audit(self) -> AbstractContextManager[Audit]:
        return open_audit(self._variables, lambda name: EnvironmentFile(self._project, name).service_name())

    def _require_sweep(self, name: str, audit: Audit, *, sweep: bool) -> None:
        """Check that resources may be deleted by their marks alone: `sweep` is true, and no other project has the environment."""
        project = self.stacks.of_other_projects().get(name)
        if project is not None:
            raise EphemeralEnvironmentError(
                f"environment '{name}' belongs to project '{project}': destroy it in that project"
            )
        found = audit.marked_resources(name)
        if not found and not EnvironmentFile(self._project, name).is_there:
            raise EphemeralEnvironmentError(
                f"there is no environment '{name}', and no resource in the services has its marks"
            )
        if found and not sweep:
            raise EphemeralEnvironmentError(
                f"there is no stack '{name}', but {len(found)} resources have its marks: "
                f"`auth0-apim env audit {name}` lists them, `auth0-apim env destroy {name} --sweep` deletes them"
            )

    def _require_ephemeral_name(self, name: str) -> None:
        """Check the name, because a marker can be written by hand, and must not make any other stack ephemeral."""
        problem = environment_name_problem(name)
        if problem is not None:
            raise EphemeralEnvironmentError(f"'{name}' is no ephemeral environment: its name {problem}")

    def _require_no_resources(self, name: str) -> None:
        found = self.audit(name)
        if found:
            raise EphemeralEnvironmentError(
                f"{len(found)} resources have the marks of an environment '{name}' of which this backend has no stack: "
                f"choose another name, or delete them with `auth0-apim env destroy {name} --sweep`"
            )

    def _marker(self, name: str) -> Marker:
        marker = self.stacks.marker(name)
        if marker is None:
            raise _no_environment(name)
        return marker

    def _require_unprotected(self, name: str) -> None:
        marker = self._marker_of_existing(name)
        if marker is None and (self.stacks.state(name).get("deployment") or {}).get("resources"):
            raise _no_environment(name)
        if marker is not None and marker.protected:
            raise EphemeralEnvironmentError(
                f"environment '{name}' is protected: `auth0-apim env extend {name}` removes the protection"
            )

    def _marker_of_existing(self, name: str) -> Marker | None:
        """The marker; None when the process that created the stack was killed before it wrote the marker."""
        marker = self.stacks.marker(name)
        if marker is None and not EnvironmentFile(self._project, name).is_there:
            raise _no_environment(name)
        return marker

    def _resulting_marker(self, found: Marker | None, requested: Marker) -> Marker:
        """An environment that exists keeps its owner, and its expiry until it has expired."""
        if found is None:
            return requested
        return replace(found, expires=requested.expires) if found.is_expired(self._now()) else found

    def _marker_or_error(self, name: str) -> Marker | MarkerError | None:
        try:
            return self.stacks.marker(name)
        except MarkerError as error:
            return error
        except StackNotFoundError:  # removed after it was listed
            return None

    def _write_file(self, spec: EnvironmentSpec, marker: Marker, *, exists: bool) -> None:
        """Write the settings file; if it exists and the specification has no settings, only its marks are updated."""
        file = EnvironmentFile(self._project, marker.environment)
        if exists and file.is_there and not spec.assignments and spec.template is None:
            file.update_marks(marker)
        else:
            file.write(spec, marker)


def _no_environment(name: str) -> EphemeralEnvironmentError:
    return EphemeralEnvironmentError(f"stack '{name}' is no ephemeral environment: the `env` commands do not change it")
