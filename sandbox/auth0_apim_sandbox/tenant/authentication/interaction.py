"""What the pages of a login share."""

from dataclasses import dataclass

from auth0_apim_sandbox.tenant.authentication.consent import Consents
from auth0_apim_sandbox.tenant.authentication.pages import Pages
from auth0_apim_sandbox.tenant.authentication.sessions import Sessions
from auth0_apim_sandbox.tenant.authentication.transactions import Transactions


@dataclass(frozen=True)
class Interaction:
    """Everything that stands between a user's browser and the answer to an application."""

    pages: Pages
    sessions: Sessions
    transactions: Transactions
    consents: Consents
