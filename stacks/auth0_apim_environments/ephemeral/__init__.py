"""Ephemeral environments: created from a template, with marks on every resource, and destroyed completely."""

from auth0_apim_environments.ephemeral.destruction import Destruction, RedeployedError
from auth0_apim_environments.ephemeral.environment import (
    Environment,
    EnvironmentSpec,
    EnvironmentState,
    EphemeralEnvironmentError,
)
from auth0_apim_environments.ephemeral.environments import Deployed, Environments
from auth0_apim_environments.ephemeral.reaper import Reaped, Reaper, ReapStatus, UnconfirmedError
from auth0_apim_environments.marks import Marker
from auth0_apim_environments.recovery.audit import AuditError
from auth0_apim_environments.recovery.orphans import OrphanedResource
from auth0_apim_environments.state.lease import Lease, LeaseError, lease_on

__all__ = [
    "AuditError",
    "Deployed",
    "Destruction",
    "Environment",
    "EnvironmentSpec",
    "EnvironmentState",
    "Environments",
    "EphemeralEnvironmentError",
    "Lease",
    "LeaseError",
    "Marker",
    "OrphanedResource",
    "ReapStatus",
    "Reaped",
    "Reaper",
    "RedeployedError",
    "UnconfirmedError",
    "lease_on",
]
