"""An API whose tokens are signed with a key that stands in a Key Vault and nowhere else."""

import json
from typing import Any

import pulumi
from auth0_apim import ApiGateway, NamedSecret, PublishedApi
from pulumi_azure_native import apimanagement

config = pulumi.Config()
document = {
    "openapi": "3.0.3",
    "info": {"title": "Vaulted", "version": "1"},
    "paths": {"/read": {"get": {"operationId": "read", "responses": {"200": {"description": "Read"}}}}},
}

gateway = ApiGateway(
    "gateway",
    {
        "resource_group_name": "local",
        "service_name": "vaulted",
        "publisher_name": "Contoso",
        "publisher_email": "apis@contoso.example",
        "system_identity": config.get_bool("identity") is not False,
        "user_identity_ids": [config.require("readerId")],
    },
)
service: Any = {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}
key = NamedSecret("signing-key", {**service, "key_vault_secret": config.require("signingKey")})
reader: Any = {"key_vault_client_id": config.require("readerClient")}
pinned = NamedSecret("pinned-key", {**service, **reader, "key_vault_secret": config.require("pinnedKey")})


def published(path: str, secret: NamedSecret) -> PublishedApi:
    """An API at `path` that takes tokens signed with `secret`, and answers for itself."""
    api = PublishedApi(
        path,
        {
            **service,
            "path": path,
            "openapi": json.dumps(document),
            "service_url": "https://backend.example",
            "gateway_url": gateway.gateway_url,
        },
    )
    check = (
        '<validate-jwt header-name="Authorization" require-scheme="Bearer"><issuer-signing-keys><key>',
        secret.reference,
        "</key></issuer-signing-keys><audiences><audience>vaulted</audience></audiences></validate-jwt>",
    )
    answer = '<return-response><set-status code="200" /></return-response>'
    apimanagement.ApiPolicy(
        f"{path}-policy",
        **service,
        api_id=api.api_id,
        policy_id="policy",
        format="rawxml",
        value=pulumi.Output.concat("<policies><inbound>", *check, answer, "</inbound></policies>"),
    )
    return api


pulumi.export("url", published("followed", key).url)
pulumi.export("pinnedUrl", published("pinned", pinned).url)
pulumi.export("principal", gateway.principal_id)
