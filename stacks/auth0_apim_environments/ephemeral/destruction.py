"""Destruction of an environment: the resources in its state, then those with its marks, until both services have none left."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auth0_apim_environments.engine.errors import LockedError, StackNotFoundError, UnreadableStateError
from auth0_apim_environments.engine.stacks import OnOutput, Stacks
from auth0_apim_environments.ephemeral.environment import EphemeralEnvironmentError
from auth0_apim_environments.recovery.audit import Audit
from auth0_apim_environments.recovery.by_marks import purge_blocking_resources, recover, release_locks_and_retry, retry
from auth0_apim_environments.recovery.orphans import OrphanedResource

_ROUNDS = 4


class RedeployedError(EphemeralEnvironmentError):
    """The environment was deployed again while it was being destroyed; the new resources are not deleted."""


@dataclass(frozen=True)
class Destruction:
    """The result of destroying one environment.

    Attributes:
        environment: its name.
        left: the resources that still exist; if there are any, the stack was kept.
    """

    environment: str
    left: tuple[OrphanedResource, ...] = field(default=())


def destroy_resources(stacks: Stacks, audit: Audit, name: str, on_output: OnOutput | None, *, sweep: bool) -> None:
    """Delete the resources that an interrupted deployment left, and every resource of the stack's state.

    Args:
        stacks: of the project.
        audit: of both services.
        name: the environment's.
        on_output: receives each line of the engine's output.
        sweep: replace a state that cannot be read by an empty one.

    Raises:
        EphemeralEnvironmentError: the state cannot be read, and `sweep` is false.
        EngineFailureError: a resource could not be destroyed, or another process works on the stack.
        AuditError: a service could not be read, or did not delete a resource.
    """
    try:
        recover(stacks, audit, name)
    except UnreadableStateError as error:
        if not sweep:
            raise EphemeralEnvironmentError(
                f"{error}; `auth0-apim env destroy {name} --sweep` deletes the resources with its marks instead"
            ) from None
        release_locks_and_retry(stacks, name, lambda: stacks.reset(name))
        recover(stacks, audit, name)
    deployment = stacks.state(name).get("deployment") or {}
    if deployment.get("resources"):
        purge_blocking_resources(audit, name, deployment)
        retry(lambda: release_locks_and_retry(stacks, name, lambda: stacks.destroy(name, on_output)))


def purge_marked_resources(stacks: Stacks, audit: Audit, name: str) -> Sequence[OrphanedResource]:
    """Delete the resources with the environment's marks, several times because some depend on others.

    Returns:
        The resources that are left.

    Raises:
        LockedError: another process deploys the environment again.
        RedeployedError: another process has deployed it again.
        AuditError: a service could not be read, or did not delete a resource.
    """
    left = audit.marked_resources(name)
    for _ in range(_ROUNDS):
        if not left:
            break
        # Checked after the listing: a listed resource that another process has created again was created under a lock, which
        # either still exists or has ended with resources in the state.
        _require_not_redeployed(stacks, name)
        audit.purge(left)
        left = audit.marked_resources(name)
    return left


def _require_not_redeployed(stacks: Stacks, name: str) -> None:
    locks = stacks.locks(name)
    if locks:
        raise LockedError(name, locks)
    try:
        deployment = stacks.state(name).get("deployment") or {}
    except StackNotFoundError:  # another process has removed it, or it was lost: the marks alone count
        return
    if deployment.get("resources"):
        raise RedeployedError(
            f"environment '{name}' was deployed again while it was being destroyed: its resources are not deleted"
        )
