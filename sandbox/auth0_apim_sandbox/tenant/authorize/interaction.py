"""What the pages of a login share."""

from dataclasses import dataclass

from auth0_apim_sandbox.tenant.authorize.consent import Consents
from auth0_apim_sandbox.tenant.authorize.transactions import Transactions
from auth0_apim_sandbox.tenant.login.pages import Pages
from auth0_apim_sandbox.tenant.login.sessions import Sessions


@dataclass(frozen=True)
class Interaction:
    """Everything that stands between a user's browser and the answer to an application."""

    pages: Pages
    sessions: Sessions
    transactions: Transactions
    consents: Consents
