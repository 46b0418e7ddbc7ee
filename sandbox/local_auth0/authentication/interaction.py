"""What the pages of a login share."""

from dataclasses import dataclass

from local_auth0.authentication.consent import Consents
from local_auth0.authentication.pages import Pages
from local_auth0.authentication.sessions import Sessions
from local_auth0.authentication.transactions import Transactions


@dataclass(frozen=True)
class Interaction:
    """Everything that stands between a user's browser and the answer to an application."""

    pages: Pages
    sessions: Sessions
    transactions: Transactions
    consents: Consents
