"""Parts that others refer to by id, renamed: with an alias alone they get the new name, and what refers to them follows."""

import pulumi
import pytest
from auth0_apim import (
    ApiBackend,
    ApiDiagnostics,
    ApiGateway,
    JwtPolicy,
    NamedSecret,
    PolicyFragment,
    PortalLogin,
    PublishedApi,
)

from tests.live.test_subscribed_product import GROUP, OPENAPI

pytestmark = pytest.mark.live

# Of the secrets one is the program's, the others belong to the backend, the diagnostics and the policy.
COUNTS = {"secrets": 4, "backends": 1, "fragments": 1, "logins": 1, "loggers": 1}


def program(prefix, before=None):
    """One API whose policy refers to a backend, a fragment and a secret, all named with `prefix`; `before` was the prefix."""

    def opts(name):
        aliases = [pulumi.Alias(name=f"{before}-{name}")] if before else []
        return pulumi.ResourceOptions(aliases=aliases)

    def run():
        described = {"publisher_name": "Contoso", "publisher_email": "apis@contoso.example", "sku": "Developer"}
        gateway = ApiGateway("gateway", {"resource_group_name": GROUP, "service_name": "renamed", **described})
        service = {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}
        secret = NamedSecret(f"{prefix}-secret", {**service, "value": "s3cret-value"}, opts("secret"))
        backend = ApiBackend(
            f"{prefix}-backend",
            {**service, "url": "https://backend.example", "header_credentials": {"X-Key": "a-key"}},
            opts("backend"),
        )
        policies = pulumi.Output.concat("<set-header name='X'><value>", secret.reference, "</value></set-header>")
        fragment = PolicyFragment(f"{prefix}-fragment", {**service, "policies": policies}, opts("fragment"))
        login = PortalLogin(
            f"{prefix}-login",
            {
                **service,
                "audience": "sums",
                "authorization_endpoint": "https://tenant.example/authorize",
                "token_endpoint": "https://tenant.example/oauth/token",
                "client_id": "client",
                "client_secret": "client-secret",
                "portal_url": gateway.portal_url,
            },
            opts("login"),
        )
        api = PublishedApi(
            "sums",
            {
                **service,
                "openapi": OPENAPI,
                "path": "sums",
                "authorization_server_id": login.authorization_server_id,
            },
        )
        key = "InstrumentationKey=11111111-2222-3333-4444-555555555555;IngestionEndpoint=https://localhost/"
        ApiDiagnostics(
            f"{prefix}-insights", {**service, "api_id": api.api_id, "connection_string": key}, opts("insights")
        )
        JwtPolicy(
            f"{prefix}-policy",
            {
                **service,
                "api_id": api.api_id,
                "operations": api.operations,
                "issuer": "https://tenant.example/",
                "audience": "sums",
                "signing_algorithm": "HS256",
                "signing_secret": "a-signing-secret-of-32-characters",
                "default_scopes": [],
                "backend_id": backend.backend_id,
                "included_fragments": [fragment.fragment_id],
            },
            opts("policy"),
        )

    return run


def names(manager):
    here = (GROUP, "renamed")
    listed = {
        "secrets": manager.named_value.list_by_service(*here),
        "backends": manager.backend.list_by_service(*here),
        "fragments": manager.policy_fragment.list_by_service(*here),
        "logins": manager.authorization_server.list_by_service(*here),
        "loggers": manager.logger.list_by_service(*here),
    }
    return {kind: sorted(each.name for each in entities) for kind, entities in listed.items()}


def test_a_part_in_use_that_is_renamed_is_made_anew_before_the_old_one_goes(stack_of, manager):
    stack = stack_of(program("old"))
    stack.up()
    before = names(manager)
    assert {kind: len(there) for kind, there in before.items()} == COUNTS
    stack.workspace.program = program("new", before="old")
    stack.up()
    after = {kind: [each.replace("old-", "new-", 1) for each in there] for kind, there in before.items()}
    assert names(manager) == after
    policy = manager.api_policy.get(GROUP, "renamed", "sums", "policy").value
    assert "old-" not in policy
    assert 'fragment-id="new-fragment"' in policy
    assert set(stack.preview().change_summary) == {"same"}
    stack.destroy()
    assert stack.export_stack().deployment.get("resources", []) == []
