"""The file for `pulumi import --file`: the program's own resources, with the ids of what was found."""

from collections.abc import Mapping
from typing import Any

from auth0_apim_environments.adopt.belonging import Belongings

PLACEHOLDER = "<PLACEHOLDER>"
"""What the engine writes where an id belongs."""


def resource_ids(found: Belongings) -> dict[str, str]:
    """The id of every object that was found, by the name of its resource in the program."""
    service, api = found.service["id"], found.published_api["id"]
    client_id = found.client["client_id"]
    ids = {
        "api-resource-server": found.api["id"],
        "api-scopes": found.api["identifier"],
        "client-client": client_id,
        "client-credentials": client_id,
        "client-grant": found.grant["id"],
        "gateway-service": service,
        "published-api-api": api,
    }
    if found.login is not None:
        ids |= {"login-client": found.login["client_id"], "login-credentials": found.login["client_id"]}
        if found.login_grant is not None:
            ids["login-grant"] = found.login_grant["id"]
    if found.user_grant is not None:
        ids["client-user-grant"] = found.user_grant["id"]
    if found.connection is not None:
        ids |= {"database-connection": found.connection["id"], "database-clients": found.connection["id"]}
    if found.user is not None:
        ids["user-user"] = found.user["user_id"]
    if found.authorization_server is not None:
        ids["portal-authorization-server"] = found.authorization_server["id"]
    if found.product is not None:
        ids["published-api-product"] = found.product["id"]
        ids["published-api-product-api"] = f"{found.product['id']}/apis/{found.published_api['name']}"
    if found.policy is not None:
        ids["policy-policy"] = found.policy["id"]
    return ids


def import_file(planned: Mapping[str, Any], ids: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The import file, and the names of the program's resources that were not found and would be made.

    Args:
        planned: what `pulumi preview --import-file` wrote: resources with their parents, without ids.
        ids: of what was found, by the resource's name.
    """
    resources, missing = [], []
    for resource in planned["resources"]:
        if resource.get("id") != PLACEHOLDER:
            resources.append(resource)
        elif resource["name"] in ids:
            resources.append(resource | {"id": ids[resource["name"]]})
        else:
            missing.append(resource["name"])
    return {**planned, "resources": resources}, missing
