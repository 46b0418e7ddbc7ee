"""No policy, no backend: whatever becomes of the policy, no call without a good token reaches the API, at any moment."""

import json

import httpx
import pytest
from auth0_apim import ApiRevision, Auth0Api, JwtPolicy, MachineClient, ProtectedApi, PublishedApi
from pulumi import automation, export

from tests.live.guard.conftest import GROUP, SERVICE, ask, client_token, export_client

pytestmark = pytest.mark.live

PLACE = {"resource_group_name": GROUP, "service_name": SERVICE}
ANSWERS = {"responses": {"200": {"description": "Done"}}}


def document(*operations, **paths):
    """An OpenAPI document with a GET of each operation, and other paths."""
    listed = {f"/{name}": {"get": {"operationId": name, **ANSWERS}} for name in operations}
    return json.dumps({"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}, "paths": {**listed, **paths}})


@pytest.fixture
def refuse_policies(sandbox):
    """Have the resource manager refuse so many writes of policies as it does under load, and no others than those."""
    with httpx.Client(base_url=sandbox.control_url, headers=sandbox.control_headers) as control:

        def refuse(times=1):
            body = {"error": {"code": "Conflict", "message": "Operation on the API is in progress"}}
            fault = {"service": "manager", "method": "PUT", "path": "/policies/policy", "status": 409, "body": body}
            control.delete("/faults").raise_for_status()
            if times:
                control.post("/faults", json={**fault, "times": times}).raise_for_status()

        yield refuse
        control.delete("/faults").raise_for_status()


def test_an_api_whose_policy_was_refused_is_closed_until_the_policy_is_there(
    stack_of, backend, gateway_url, probing, refuse_policies, http, manager
):
    def program():
        shop = ProtectedApi(
            "shop",
            {
                "api": {"identifier": "refused", "scopes": {"shop:read": "Read"}},
                "gateway": {**PLACE, "existing": True},
                "publication": {"path": "refused", "openapi": document("add"), "service_url": backend.url},
                "policy": {"operation_scopes": {"add": ["shop:read"]}},
            },
        )
        for name in ("audience", "token_endpoint", "client_id", "client_secret"):
            export(name, getattr(shop, name))

    url = f"{gateway_url}/refused/add"
    stack = stack_of(program)
    probing([url])
    refuse_policies()
    with pytest.raises(automation.CommandError, match="Operation on the API is in progress"):
        stack.up()
    assert manager.api.get(GROUP, SERVICE, "refused").service_url == "https://closed.invalid"
    assert ask(http, url, None) == 500
    token = client_token(http, stack.up().outputs)
    assert ask(http, url, token) == 200
    manager.api_policy.delete(GROUP, SERVICE, "refused", "policy", if_match="*")
    assert (ask(http, url, token), ask(http, url, None)) == (500, 500)
    stack.up(refresh=True)
    assert ask(http, url, token) == 200
    stack.destroy()
    assert ask(http, url, token) == 404


def test_a_revision_is_closed_until_its_own_policy_is_there_and_never_replaces_the_api(
    stack_of, backend, gateway_url, probing, refuse_policies, http, manager
):
    trial = {"is_there": True, "is_taken_over": False}

    def guarded(name, api, shop, **more):
        JwtPolicy(
            name,
            {
                **PLACE,
                "issuer": api.issuer,
                "audience": api.audience,
                "signing_algorithm": "HS256",
                "signing_secret": api.signing_secret,
                "operations": shop.operations,
                "backend_url": shop.backend_url,
                "default_scopes": ["shop:read"],
                **more,
            },
        )

    def program():
        api = Auth0Api("api", {"identifier": "hs", "scopes": {"shop:read": "R"}, "signing_algorithm": "HS256"})
        client = MachineClient("client", {"audience": api.audience, "scopes": ["shop:read"]})
        operations = ("add", "divide") if trial["is_taken_over"] else ("add",)
        described = {"display_name": "Shop", "description": "Sells."}
        shop = PublishedApi(
            "shop",
            {
                **PLACE,
                **described,
                "path": "hs",
                "openapi": document(*operations),
                "service_url": backend.url,
                "gateway_url": gateway_url,
            },
        )
        guarded("guard", api, shop, api_id=shop.api_id)
        if trial["is_there"]:
            revision = ApiRevision(
                "next",
                {
                    **PLACE,
                    "api_id": shop.api_id,
                    "path": shop.path,
                    "url": shop.url,
                    "display_name": shop.display_name,
                    "api_description": shop.description,
                    "revision": "2",
                    "openapi": document("add", "divide"),
                    "service_url": backend.url,
                },
            )
            guarded("trial", api, revision, api_id=revision.revision_id)
        export_client(api, client)

    api_url, revision_url = f"{gateway_url}/hs", f"{gateway_url}/hs;rev=2"
    stack = stack_of(program)
    probing([f"{api_url}/add", f"{revision_url}/add", f"{revision_url}/divide"])
    refuse_policies(9)  # of the API's policy and the revision's, the one that comes first ends the deployment
    with pytest.raises(automation.CommandError):
        stack.up()
    refuse_policies(0)  # the engine may have ended before it wrote the second
    assert ask(http, f"{revision_url}/add", None) in (404, 500)
    token = client_token(http, stack.up().outputs)

    def answers():
        urls = (f"{api_url}/add", f"{api_url}/divide", f"{revision_url}/divide")
        return tuple(ask(http, url, token) for url in urls)

    def settled():
        changes = [stack.up(), stack.up(refresh=True)]
        return [set(each.summary.resource_changes) - {"same"} for each in changes] == [set(), set()]

    assert answers() == (200, 404, 200)
    assert settled()
    trial.update(is_there=False, is_taken_over=True)
    stack.up()
    assert answers() == (200, 200, 404)
    assert settled()
    trial.update(is_taken_over=False)
    stack.up()
    assert answers() == (200, 404, 404)
    assert settled()
    stack.destroy()
    assert stack.export_stack().deployment.get("resources", []) == []
