"""Environments that come and go: created from a template, marked on every object, destroyed for certain."""

from auth0_apim_environments.ephemeral.destruction import Destruction, RevivedError
from auth0_apim_environments.ephemeral.environments import Deployed, Environments
from auth0_apim_environments.ephemeral.order import LifeError, Order
from auth0_apim_environments.ephemeral.overview import Environment, EnvironmentState
from auth0_apim_environments.ephemeral.reaper import Fate, Reaped, Reaper, UnconfirmedError
from auth0_apim_environments.marks.marker import Marker
from auth0_apim_environments.recovery.remains import AuditError, Remnant
from auth0_apim_environments.state.lease import Lease, LeaseError, lease_on

__all__ = [
    "AuditError",
    "Deployed",
    "Destruction",
    "Environment",
    "EnvironmentState",
    "Environments",
    "Fate",
    "Lease",
    "LeaseError",
    "LifeError",
    "Marker",
    "Order",
    "Reaped",
    "Reaper",
    "Remnant",
    "RevivedError",
    "UnconfirmedError",
    "lease_on",
]
