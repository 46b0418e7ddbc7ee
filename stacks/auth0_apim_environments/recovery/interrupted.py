"""Making good what a process that was killed left half done, before a stack is deployed or destroyed again.

A create that was under way may have made an object that the state never heard of: the next deployment would make a
second one, or be refused because there is one already, and a destroy would leave it. So what carries the environment's
marks and is not in its state is deleted first.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from auth0_apim_environments.engine.errors import EngineFailureError, LockedError
from auth0_apim_environments.engine.stacks import Stacks
from auth0_apim_environments.recovery.remains import Audit, Remnant

T = TypeVar("T")

_PASSES_BY = re.compile(
    r"\b(409|412|423|429|50[0234])\b|too many requests|conflict|timed? ?out|connection (reset|refused)|unavailable",
    re.IGNORECASE,
)
_PATIENCE = (1.0, 4.0)


def settle(stacks: Stacks, audit: Audit, stack: str) -> bool:
    """Clear pending operations and delete what the state does not know; whether there was any of either.

    Raises:
        LockedError: another process works on the stack.
        UnreadableStateError: the state cannot be read.
        AuditError: a service could not be asked, or did not delete.
    """
    # Listed first: what another process makes meanwhile it makes under a lock, or it is in the state that is read then.
    found = [*audit.remnants(stack), *audit.details(stack)]
    locks = stacks.locks(stack)
    if locks:
        stacks.release_abandoned_locks(LockedError(stack, locks), stack)
    document = stacks.state(stack)
    deployment = document.get("deployment") or {}
    pending = deployment.pop("pending_operations", None) or []
    if deployment and (pending or locks is None):
        # Where locks cannot be seen it is written even without a change: that needs the lock, so nobody is at work.
        unlocked(stacks, stack, lambda: stacks.restore(stack, document))
    orphans = unknown_to(deployment, found)
    audit.sweep(orphans)
    return bool(pending or orphans)


def make_way(audit: Audit, stack: str, deployment: Mapping[str, Any]) -> None:
    """Delete what keeps a state's objects from being deleted and is not in the state itself.

    The engine deletes a product as if it had no subscriptions, which Azure refuses; and Azure makes one by itself.
    https://github.com/pulumi/pulumi-azure-native/issues/846

    Raises:
        AuditError: a service could not be asked, or did not delete.
    """
    ids = [str(resource["id"]) for resource in deployment.get("resources") or () if resource.get("id")]
    audit.sweep(unknown_to(deployment, audit.hindrances(stack, ids)))


def unknown_to(deployment: Mapping[str, Any], remnants: list[Remnant]) -> list[Remnant]:
    """The objects that a state does not have."""
    known = {str(resource.get("id", "")).lower() for resource in deployment.get("resources") or ()}
    # A client grant's id in the state is the service's; ARM ids differ in case by who wrote them.
    return [remnant for remnant in remnants if remnant.id.lower() not in known]


def unlocked(stacks: Stacks, stack: str, work: Callable[[], T]) -> T:
    """What `work` gives, once more after abandoned locks were released.

    Raises:
        LockedError: a lock's process may still run.
    """
    try:
        return work()
    except LockedError as error:
        stacks.release_abandoned_locks(error, stack)
        return work()


def persistently(work: Callable[[], T]) -> T:
    """What `work` gives, tried again after a failure that passes by itself: a rate limit, a conflict, a lost line.

    Raises:
        EngineFailureError: it failed for another reason, or as often as that.
    """
    for wait in _PATIENCE:
        try:
            return work()
        except EngineFailureError as error:  # noqa: PERF203 - each try is a deployment
            if type(error) is not EngineFailureError or not _PASSES_BY.search(str(error)):
                raise
            time.sleep(wait)
    return work()
