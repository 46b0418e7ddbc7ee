"""Recovery of an ephemeral environment, whose resources carry its marks, before it is deployed or destroyed again.

A deployment that was interrupted may have created a resource that is not in the state. The next deployment would create it a
second time, or fail because it exists; a destroy would leave it. So every resource that carries the environment's marks and
is not in its state is deleted first.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from auth0_apim_environments.engine.errors import EngineFailureError, LockedError
from auth0_apim_environments.engine.stacks import Stacks
from auth0_apim_environments.recovery.audit import Audit
from auth0_apim_environments.recovery.orphans import missing_from_state

T = TypeVar("T")

_TEMPORARY = re.compile(
    r"\b(409|412|423|429|50[0234])\b|too many requests|conflict|timed? ?out|connection (reset|refused)|unavailable",
    re.IGNORECASE,
)
_RETRY_WAITS = (1.0, 4.0)
"""Seconds to wait before each further try."""


def recover(stacks: Stacks, audit: Audit, stack: str) -> bool:
    """Clear pending operations and delete orphaned resources; whether there was any of either.

    Raises:
        LockedError: another process works on the stack.
        UnreadableStateError: the state cannot be read.
        AuditError: a service could not be read, or did not delete a resource.
    """
    # Listed before the state is read: a resource that another process creates later is protected by its lock, or is in
    # the state by then.
    found = [*audit.marked_resources(stack), *audit.child_resources(stack)]
    locks = stacks.locks(stack)
    if locks:
        stacks.release_abandoned_locks(LockedError(stack, locks), stack)
    document = stacks.state(stack)
    deployment = document.get("deployment") or {}
    pending = deployment.pop("pending_operations", None) or []
    if deployment and (pending or locks is None):
        # Where locks cannot be listed, the state is written even when it is unchanged: that takes the lock, and so fails
        # while another process works on the stack.
        release_locks_and_retry(stacks, stack, lambda: stacks.restore(stack, document))
    orphans = missing_from_state(deployment, found)
    audit.purge(orphans)
    return bool(pending or orphans)


def purge_blocking_resources(audit: Audit, stack: str, deployment: Mapping[str, Any]) -> None:
    """Delete the resources that block the deletion of a state's resources and are not in the state.

    The provider deletes a product without its subscriptions, which Azure refuses; and Azure creates one subscription itself.
    https://github.com/pulumi/pulumi-azure-native/issues/846

    Raises:
        AuditError: a service could not be read, or did not delete a resource.
    """
    ids = [str(resource["id"]) for resource in deployment.get("resources") or () if resource.get("id")]
    audit.purge(missing_from_state(deployment, audit.blocking_resources(stack, ids)))


def release_locks_and_retry(stacks: Stacks, stack: str, work: Callable[[], T]) -> T:
    """The result of `work`, which is called again after abandoned locks were released.

    Raises:
        LockedError: the process that holds a lock may still run.
    """
    try:
        return work()
    except LockedError as error:
        stacks.release_abandoned_locks(error, stack)
        return work()


def retry(work: Callable[[], T]) -> T:
    """The result of `work`, which is called again after a temporary failure: a rate limit, a conflict, a lost connection.

    Raises:
        EngineFailureError: the failure is not temporary, or the last try failed too.
    """
    for wait in _RETRY_WAITS:
        try:
            return work()
        except EngineFailureError as error:  # noqa: PERF203 - each try is a deployment
            if type(error) is not EngineFailureError or not _TEMPORARY.search(str(error)):
                raise
            time.sleep(wait)
    return work()
