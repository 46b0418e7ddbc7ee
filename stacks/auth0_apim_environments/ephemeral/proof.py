"""The proof of a deployed environment, for callers that want only what is wrong."""

import os
from collections.abc import Mapping

from auth0_apim_environments.verify.deployed_api import DeployedApi
from auth0_apim_environments.verify.proof import Check, open_client, verify


def wrong_checks(api: DeployedApi, variables: Mapping[str, str]) -> list[Check]:
    """The checks of `verify` that are wrong; none of an API that is guarded.

    Args:
        api: what to check.
        variables: laid over this process's environment, for `SSL_CERT_FILE`.
    """
    with open_client({**os.environ, **variables}) as client:
        return [check for check in verify(api, client) if check.right is False]
