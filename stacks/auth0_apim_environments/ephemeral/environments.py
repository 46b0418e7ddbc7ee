"""The life of ephemeral environments: created, listed, extended, and destroyed for certain."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from getpass import getuser
from pathlib import Path
from typing import Any

from local_pulumi.engine import Engine

from auth0_apim_environments.deployed_api import DeployedApi, StackError, parse_outputs
from auth0_apim_environments.ephemeral.audit import open_audit
from auth0_apim_environments.ephemeral.engine_errors import StackGoneError, UnreadableStateError
from auth0_apim_environments.ephemeral.marker import Marker, MarkerError
from auth0_apim_environments.ephemeral.names import environment_name_problem
from auth0_apim_environments.ephemeral.overview import Environment, environment_from
from auth0_apim_environments.ephemeral.recovery import make_way, persistently, settle, unlocked
from auth0_apim_environments.ephemeral.remains import Audit, Remnant
from auth0_apim_environments.ephemeral.stacks import Say, Stacks
from auth0_apim_environments.ephemeral.template import environment_file, is_environment_file, remark
from auth0_apim_environments.project import Project
from auth0_apim_environments.secrets_provider import keep_seal
from auth0_apim_environments.settings import Settings

DEFAULT_TTL = timedelta(hours=4)
_AT_ONCE = 8
_ROUNDS = 4


class LifeError(StackError):
    """An environment cannot be created, extended or destroyed as asked; the message says why and what works."""


@dataclass(frozen=True)
class Order:
    """How an environment is to be.

    Attributes:
        template: the settings it is made from; the project's `Pulumi.ephemeral.yaml` when absent.
        assignments: `key=value`, laid over those.
        ttl: how long it is to live.
        owner: whose it is; this process's user when absent.
        protected: never reaped or destroyed until it is extended without.
    """

    template: Path | None = None
    assignments: Sequence[str] = ()
    ttl: timedelta = DEFAULT_TTL
    owner: str | None = None
    protected: bool = False


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


@dataclass(frozen=True)
class Destruction:
    """What came of destroying one environment.

    Attributes:
        environment: its name.
        left: the objects that are still there; the stack was then kept.
    """

    environment: str
    left: tuple[Remnant, ...] = field(default=())


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
            order: how it is to be; one that exists already keeps its owner and its time.
            say: receives what the engine says, line by line.

        Raises:
            LifeError: the name is bad or taken, or objects of a lost environment have it.
            SettingsError: the template or an assignment is not usable.
            EngineFailureError: the engine failed; the environment stays, creating it again goes on.
        """
        problem = environment_name_problem(name)
        if problem is not None:
            raise LifeError(f"the environment's name {problem}; an example that works: pr-42")
        exists = name in self.stacks.names()
        asked = Marker.begin(name, order.owner or getuser(), self._now(), order.ttl, protected=order.protected)
        marker = self._marker_of_existing(name) if exists else None
        if not exists:
            self._refuse_remnants(name)
        self._write_file(name, order, marker or asked)
        if exists:
            keep_seal(self._project.stack_file(name), self.stacks.state(name))
        else:
            self.stacks.create(name)
        if marker is None:
            self.stacks.mark(asked)
        return self._deploy(name, say, resumed=exists)

    def overview(self, markers: Sequence[Marker] | None = None) -> list[Environment]:
        """The environments of `markers`, or all whose marker can be read; those that end first first."""
        markers = self.markers()[0] if markers is None else markers
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(lambda marker: environment_from(self.stacks, marker, self._now()), markers)
            return sorted(found, key=lambda each: (each.marker.expires, each.name))

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
        file = self._project.stack_file(name)
        if is_environment_file(file):
            file.write_text(remark(file.read_text(encoding="utf-8"), marker), encoding="utf-8")
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
        if exists and self._marker(name).protected:
            raise LifeError(f"environment '{name}' is protected: `auth0-apim env extend {name}` lifts that")
        with open_audit(self._variables) as audit:
            if not exists:
                return self._destroy_lost(name, audit, sweep=sweep)
            self._destroy_resources(name, audit, say, sweep=sweep)
            left = self._emptied(name, audit)
        if not left:
            self.stacks.remove(name)
            self._remove_file(name)
        return Destruction(name, tuple(left))

    def audit(self, name: str | None = None) -> list[Remnant]:
        """What is in both services with the marks of one environment, or of any that has no stack.

        Raises:
            AuditError: a service could not be asked.
        """
        with open_audit(self._variables) as audit:
            found = audit.remnants(name)
        if name is not None:
            return found
        known = set(self.stacks.names())
        return [remnant for remnant in found if remnant.environment not in known]

    def _deploy(self, name: str, say: Say | None, *, resumed: bool) -> Deployed:
        interrupted = resumed and self._settle(name)
        outputs = persistently(
            lambda: unlocked(self.stacks, name, lambda: self.stacks.deploy(name, say, refresh=interrupted))
        )
        return Deployed(name, outputs)

    def _settle(self, name: str) -> bool:
        with open_audit(self._variables) as audit:
            return settle(self.stacks, audit, name)

    def _destroy_resources(self, name: str, audit: Audit, say: Say | None, *, sweep: bool) -> None:
        try:
            settle(self.stacks, audit, name)
        except UnreadableStateError as error:
            if not sweep:
                raise LifeError(f"{error}; `auth0-apim env destroy {name} --sweep` goes by the marks instead") from None
            unlocked(self.stacks, name, lambda: self.stacks.forget(name))
            settle(self.stacks, audit, name)
        deployment = self.stacks.state(name).get("deployment") or {}
        if deployment.get("resources"):
            make_way(audit, name, deployment)
            persistently(lambda: unlocked(self.stacks, name, lambda: self.stacks.destroy(name, say)))

    def _destroy_lost(self, name: str, audit: Audit, *, sweep: bool) -> Destruction:
        found = audit.remnants(name)
        if not found:
            raise LifeError(f"there is no environment '{name}', and nothing in the services has its marks")
        if not sweep:
            raise LifeError(
                f"there is no stack '{name}', but {len(found)} objects have its marks: "
                f"`auth0-apim env audit {name}` lists them, `auth0-apim env destroy {name} --sweep` deletes them"
            )
        left = self._emptied(name, audit)
        if not left:
            self._remove_file(name)
        return Destruction(name, tuple(left))

    def _emptied(self, name: str, audit: Audit) -> Sequence[Remnant]:
        """What is left with the environment's marks after sweeping, which may free what could not go before."""
        left = audit.remnants(name)
        for _ in range(_ROUNDS):
            if not left:
                break
            audit.sweep(left)
            left = audit.remnants(name)
        return left

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
            raise LifeError(f"stack '{name}' is no ephemeral environment: `env` leaves it alone")
        return marker

    def _marker_of_existing(self, name: str) -> Marker | None:
        """The marker; None where the process that created the stack was killed before it could mark it."""
        marker = self.stacks.marker(name)
        if marker is None and not is_environment_file(self._project.stack_file(name)):
            raise LifeError(f"there is a stack '{name}' already, which is no ephemeral environment")
        return marker

    def _marker_or_error(self, name: str) -> Marker | MarkerError | None:
        try:
            return self.stacks.marker(name)
        except MarkerError as error:
            return error
        except StackGoneError:  # between the listing and the question
            return None

    def _write_file(self, name: str, order: Order, marker: Marker) -> None:
        file = self._project.stack_file(name)
        if is_environment_file(file) and not order.assignments:
            return
        if file.exists() and not is_environment_file(file):
            raise LifeError(f"{file} is the settings of an environment that stays: choose another name")
        template = order.template or self._project.stack_file("ephemeral")
        file.write_text(environment_file(template, order.assignments, marker), encoding="utf-8")
        try:
            Settings.from_file(file)
        except Exception:
            file.unlink()
            raise

    def _remove_file(self, name: str) -> None:
        file = self._project.stack_file(name)
        if is_environment_file(file):
            file.unlink()
