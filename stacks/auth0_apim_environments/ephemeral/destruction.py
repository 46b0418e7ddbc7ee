"""Destroying an environment for certain: what its stack knows, then what has its marks, then both services asked again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auth0_apim_environments.engine.errors import LockedError, StackGoneError, UnreadableStateError
from auth0_apim_environments.engine.stacks import Say, Stacks
from auth0_apim_environments.ephemeral.order import LifeError
from auth0_apim_environments.recovery.interrupted import make_way, persistently, settle, unlocked
from auth0_apim_environments.recovery.remains import Audit, Remnant

_ROUNDS = 4


class RevivedError(LifeError):
    """Somebody deployed the environment again while it was being destroyed; what they made is left alone."""


@dataclass(frozen=True)
class Destruction:
    """What came of destroying one environment.

    Attributes:
        environment: its name.
        left: the objects that are still there; the stack was then kept.
    """

    environment: str
    left: tuple[Remnant, ...] = field(default=())


def destroy_resources(stacks: Stacks, audit: Audit, name: str, say: Say | None, *, sweep: bool) -> None:
    """Delete what an interrupted deployment left and every resource of the stack's state.

    Args:
        stacks: of the project.
        audit: of both services.
        name: the environment's.
        say: receives what the engine says.
        sweep: give up a state that cannot be read.

    Raises:
        LifeError: the state cannot be read, and no sweep was asked for.
        EngineFailureError: a resource could not be destroyed, or another process works on the stack.
        AuditError: a service could not be asked.
    """
    try:
        settle(stacks, audit, name)
    except UnreadableStateError as error:
        if not sweep:
            raise LifeError(f"{error}; `auth0-apim env destroy {name} --sweep` goes by the marks instead") from None
        unlocked(stacks, name, lambda: stacks.forget(name))
        settle(stacks, audit, name)
    deployment = stacks.state(name).get("deployment") or {}
    if deployment.get("resources"):
        make_way(audit, name, deployment)
        persistently(lambda: unlocked(stacks, name, lambda: stacks.destroy(name, say)))


def emptied(stacks: Stacks, audit: Audit, name: str) -> Sequence[Remnant]:
    """What is left with the environment's marks after sweeping, which may free what could not go before.

    Raises:
        LockedError: somebody deploys it again.
        RevivedError: somebody has.
        AuditError: a service could not be asked, or did not delete.
    """
    left = audit.remnants(name)
    for _ in range(_ROUNDS):
        if not left:
            break
        # After the listing: whatever of it somebody made anew was made under a lock, which is there or was followed by a state.
        _refuse_revived(stacks, name)
        audit.sweep(left)
        left = audit.remnants(name)
    return left


def _refuse_revived(stacks: Stacks, name: str) -> None:
    locks = stacks.locks(name)
    if locks:
        raise LockedError(name, locks)
    try:
        deployment = stacks.state(name).get("deployment") or {}
    except StackGoneError:  # another process destroyed it, or the stack was lost: the marks are all there is
        return
    if deployment.get("resources"):
        raise RevivedError(f"environment '{name}' was deployed again while it was being destroyed: it is left as it is")
