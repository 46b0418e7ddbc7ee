"""The life of ephemeral environments: created, listed, extended, and destroyed for certain."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from getpass import getuser
from typing import Any

from auth0_apim_sandbox.engine.engine import Engine

from auth0_apim_environments.engine.errors import StackGoneError
from auth0_apim_environments.engine.stacks import Say, Stacks
from auth0_apim_environments.ephemeral.destruction import Destruction, destroy_resources, emptied
from auth0_apim_environments.ephemeral.order import LifeError, Order
from auth0_apim_environments.ephemeral.overview import Environment, environment_from
from auth0_apim_environments.ephemeral.settings_file import EnvironmentFile
from auth0_apim_environments.marks.marker import Marker, MarkerError, owner_problem
from auth0_apim_environments.marks.names import environment_name_problem
from auth0_apim_environments.project import Project
from auth0_apim_environments.recovery.audit import open_audit
from auth0_apim_environments.recovery.interrupted import persistently, settle, unlocked
from auth0_apim_environments.recovery.remains import Audit, Remnant
from auth0_apim_environments.state.secrets_provider import keep_seal
from auth0_apim_environments.verify.deployed_api import DeployedApi, parse_outputs

_AT_ONCE = 8
_AS_USUAL = Order()


@dataclass(frozen=True)
class Deployed:
    """An environment that is there.

    Attributes:
        name: its name.
        outputs: what its program tells, secrets readable; kept out of `repr`.
    """

    name: str
    outputs: Mapping[str, Any] = field(repr=False)

    @property
    def api(self) -> DeployedApi:
        """The outputs that `verify` needs, typed.

        Raises:
            StackError: the settings have no probe, or the program does not tell all of them.
        """
        return parse_outputs(self.name, self.outputs)


class Environments:
    """The ephemeral environments of a project on one backend.

    Args:
        project: whose program is deployed.
        engine: the Pulumi command.
        variables: laid over this process's environment: backend, passphrase, the providers' credentials.
        now: the time, for tests.
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

    def create(self, name: str, order: Order = _AS_USUAL, say: Say | None = None) -> Deployed:
        """Deploy an environment, or go on with one whose creation was interrupted.

        Args:
            name: the environment's and its stack's.
            order: how it is to be; one that exists already keeps its owner and, if it is not over, its time.
            say: receives what the engine says, line by line.

        Raises:
            LifeError: the name or the owner is bad, the name is taken, or objects of a lost environment have it.
            SettingsError: the template or an assignment is not usable.
            EngineFailureError: the engine failed; the environment stays, creating it again goes on.
        """
        problem = environment_name_problem(name)
        if problem is not None:
            raise LifeError(f"the environment's name {problem}; an example that works: pr-42")
        owner = order.owner if order.owner is not None else getuser()
        problem = owner_problem(owner)
        if problem is not None:
            raise LifeError(f"the environment's owner {problem}; an example that works: jane")
        exists = name in self.stacks.names()
        asked = Marker.begin(name, owner, self._now(), order.ttl, protected=order.protected)
        found = self._marker_of_existing(name) if exists else None
        if not exists:
            self._refuse_remnants(name)
        marker = self._gone_on_with(found, asked)
        self._write_file(order, marker, exists=exists)
        if exists:
            keep_seal(self._project.stack_file(name), self.stacks.state(name))
        else:
            self.stacks.create(name)
        if marker != found:
            self.stacks.mark(marker)
        return self._deploy(name, say, resumed=exists)

    def overview(self, markers: Sequence[Marker] | None = None) -> list[Environment]:
        """The environments of `markers`, or all whose marker can be read; those that end first first."""
        markers = self.markers()[0] if markers is None else markers
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(lambda marker: environment_from(self.stacks, marker, self._now()), markers)
            return sorted(filter(None, found), key=lambda each: (each.marker.expires, each.name))

    def markers(self) -> tuple[list[Marker], list[MarkerError]]:
        """The markers of all environments, and what is wrong with those that cannot be read.

        Raises:
            EngineFailureError: the backend cannot be asked.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(self._marker_or_error, self.stacks.names()))
        return [each for each in found if isinstance(each, Marker)], [
            each for each in found if isinstance(each, MarkerError)
        ]

    def extend(self, name: str, ttl: timedelta, *, protected: bool = False, say: Say | None = None) -> Marker:
        """Let an environment live `ttl` from now on, and write that on its objects where its settings are here.

        Raises:
            LifeError: it is no ephemeral environment.
            EngineFailureError: the objects' marks could not be changed; the environment's own are.
        """
        self._refuse_staying(name)
        old = self._marker(name)
        marker = Marker(name, old.owner, old.created, old.extended(self._now(), ttl).expires, protected)
        self.stacks.mark(marker)
        file = EnvironmentFile(self._project, name)
        if file.is_there:
            file.remark(marker)
            self._deploy(name, say, resumed=True)
        return marker

    def destroy(self, name: str, *, sweep: bool = False, say: Say | None = None) -> Destruction:
        """Destroy an environment and prove that nothing of it is left; only then remove its stack.

        Args:
            name: the environment's.
            sweep: go by the objects' marks alone where the stack, or its state, is lost.
            say: receives what the engine says, line by line.

        Raises:
            LifeError: it is none, or protected, or its state is lost and no sweep was asked for.
            LockedError: another process works on it.
            EngineFailureError: a resource could not be destroyed; nothing was removed behind the engine's back.
            AuditError: a service could not be asked what is left.
        """
        self._refuse_staying(name)
        exists = name in self.stacks.names()
        if exists:
            self._refuse_protected(name)
        with self._open_audit() as audit:
            if exists:
                destroy_resources(self.stacks, audit, name, say, sweep=sweep)
            else:
                self._refuse_lost(name, audit, sweep=sweep)
            left = emptied(self.stacks, audit, name)
        if not left:
            if exists:
                self.stacks.remove(name)
            EnvironmentFile(self._project, name).remove()
        return Destruction(name, tuple(left))

    def audit(self, name: str | None = None) -> list[Remnant]:
        """What is in both services with the marks of one environment, or of any that no project of the backend has.

        Raises:
            AuditError: a service could not be asked.
        """
        with self._open_audit() as audit:
            found = audit.remnants(name)
        if name is not None:
            return found
        known = {*self.stacks.names(), *self.stacks.elsewhere()}
        return [remnant for remnant in found if remnant.environment not in known]

    def _deploy(self, name: str, say: Say | None, *, resumed: bool) -> Deployed:
        interrupted = resumed and self._settle(name)
        outputs = persistently(
            lambda: unlocked(self.stacks, name, lambda: self.stacks.deploy(name, say, refresh=interrupted))
        )
        return Deployed(name, outputs)

    def _settle(self, name: str) -> bool:
        with self._open_audit() as audit:
            return settle(self.stacks, audit, name)

    def _open_audit(self) -> AbstractContextManager[Audit]:
        return open_audit(self._variables, lambda name: EnvironmentFile(self._project, name).service_name())

    def _refuse_lost(self, name: str, audit: Audit, *, sweep: bool) -> None:
        """Refuse to go by the marks alone where nobody asked for it, or where they are another project's."""
        project = self.stacks.elsewhere().get(name)
        if project is not None:
            raise LifeError(f"environment '{name}' is one of project '{project}': destroy it from there")
        found = audit.remnants(name)
        if not found and not EnvironmentFile(self._project, name).is_there:
            raise LifeError(f"there is no environment '{name}', and nothing in the services has its marks")
        if found and not sweep:
            raise LifeError(
                f"there is no stack '{name}', but {len(found)} objects have its marks: "
                f"`auth0-apim env audit {name}` lists them, `auth0-apim env destroy {name} --sweep` deletes them"
            )

    def _refuse_staying(self, name: str) -> None:
        """An environment that stays has no marker; one that somebody wrote by hand does not change what it is."""
        problem = environment_name_problem(name)
        if problem is not None:
            raise LifeError(f"'{name}' is no ephemeral environment: its name {problem}")

    def _refuse_remnants(self, name: str) -> None:
        found = self.audit(name)
        if found:
            raise LifeError(
                f"{len(found)} objects have the marks of an environment '{name}' that this backend does not know: "
                f"choose another name, or delete them with `auth0-apim env destroy {name} --sweep`"
            )

    def _marker(self, name: str) -> Marker:
        marker = self.stacks.marker(name)
        if marker is None:
            raise _no_environment(name)
        return marker

    def _refuse_protected(self, name: str) -> None:
        marker = self._marker_of_existing(name)
        if marker is None and (self.stacks.state(name).get("deployment") or {}).get("resources"):
            raise _no_environment(name)
        if marker is not None and marker.protected:
            raise LifeError(f"environment '{name}' is protected: `auth0-apim env extend {name}` lifts that")

    def _marker_of_existing(self, name: str) -> Marker | None:
        """The marker; None where the process that created the stack was killed before it could mark it."""
        marker = self.stacks.marker(name)
        if marker is None and not EnvironmentFile(self._project, name).is_there:
            raise _no_environment(name)
        return marker

    def _gone_on_with(self, found: Marker | None, asked: Marker) -> Marker:
        """An environment that exists keeps its owner and its time; one whose time is over gets the time asked for."""
        if found is None:
            return asked
        return replace(found, expires=asked.expires) if found.is_expired(self._now()) else found

    def _marker_or_error(self, name: str) -> Marker | MarkerError | None:
        try:
            return self.stacks.marker(name)
        except MarkerError as error:
            return error
        except StackGoneError:  # between the listing and the question
            return None

    def _write_file(self, order: Order, marker: Marker, *, exists: bool) -> None:
        """Write the settings; those of an environment that exists are only remarked where nothing else is asked for."""
        file = EnvironmentFile(self._project, marker.environment)
        if exists and file.is_there and not order.assignments and order.template is None:
            file.remark(marker)
        else:
            file.write(order, marker)


def _no_environment(name: str) -> LifeError:
    return LifeError(f"stack '{name}' is no ephemeral environment: `env` leaves it alone")
