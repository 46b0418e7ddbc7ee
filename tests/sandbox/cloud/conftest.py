"""Signing in to the services of a running sandbox."""

import httpx


def arm_token(sandbox, audience="https://management.azure.com"):
    """A token of the sandbox's principal for the resource manager, or another audience: an absolute URL without trailing slash."""
    given = sandbox.credentials
    form = {
        "grant_type": "client_credentials",
        "client_id": given["ARM_CLIENT_ID"],
        "client_secret": given["ARM_CLIENT_SECRET"],
        "scope": f"{audience}/.default",
    }
    url = f"{sandbox.manager_url}/{given['ARM_TENANT_ID']}/oauth2/v2.0/token"
    return httpx.post(url, data=form, verify=sandbox.trust).raise_for_status().json()["access_token"]
