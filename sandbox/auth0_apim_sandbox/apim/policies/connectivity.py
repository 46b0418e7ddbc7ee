"""The check that makes saving a policy depend on the tenant: every OpenID document must be reachable."""

import httpx

from auth0_apim_sandbox.apim.policies.document import PolicyDocument
from auth0_apim_sandbox.apim.policies.errors import PolicyError
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.openid import fetch_openid


async def check_connectivity(document: PolicyDocument, fetch: httpx.AsyncClient) -> None:
    """Fetch the OpenID document and the keys of every `openid-config` that does not say `validate-connectivity="false"`.

    Raises:
        PolicyError: they cannot be fetched or are not what they should be; the message has Azure's shape.
    """
    for policy in document.root.walk():
        if policy.name == "validate-jwt":
            for child in policy.children:
                if child.name == "openid-config" and child.attributes.get("validate-connectivity") != "false":
                    await _fetch(policy, child.attributes["url"], fetch)


async def _fetch(policy: Node, url: str, fetch: httpx.AsyncClient) -> None:
    try:
        await fetch_openid(url, fetch)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # httpx adds a second line, an address to read more at
        cause = (str(error) or type(error).__name__).splitlines()[0]
        raise PolicyError(_unreachable(url, cause), policy.line, policy.column, policy.name) from None


def _unreachable(url: str, cause: str) -> str:
    return (
        f" Unable to obtain configuration from: '{url}'. Will retry at '1/1/0001 12:00:00 AM +00:00'. "
        f"Exception: 'System.IO.IOException: IDX20804: Unable to retrieve document from: '{url}'. {cause}'."
    )
