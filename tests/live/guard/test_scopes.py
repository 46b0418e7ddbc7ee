"""The check at every scope, of documents from a file, a text and a URL: who reaches the backend, asked by requests."""

import json

import pytest
from auth0_apim import ApiProduct, Auth0Api, JwtPolicy, MachineClient, PublishedApi
from pulumi import Output

from tests.live.guard.conftest import GROUP, SERVICE, ask, client_token, export_client

pytestmark = pytest.mark.live

PLACE = {"resource_group_name": GROUP, "service_name": SERVICE}
LONG = "read-the-security-classification-of-one-document-in-a-shared-folder-of-xxxx-and-more"


def operation(name, *scopes, required=()):
    parameters = [{"name": each, "in": "query", "required": True, "schema": {"type": "string"}} for each in required]
    security = {"security": [{"auth0": list(scopes)}]} if scopes else {}
    return {"operationId": name, "parameters": parameters, "responses": {"200": {"description": "Done"}}, **security}


DOCUMENT = json.dumps(
    {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "components": {"securitySchemes": {"auth0": {"type": "oauth2", "flows": {}}}},
        "paths": {
            # One id for two operations, in an order of methods that differs from that of other readers.
            "/orders": {"post": operation("orders", "shop:admin"), "get": operation("orders", "shop:read")},
            "/long": {"get": operation(LONG)},
            "/sum": {"get": operation("sum", required=("a", "b"))},
            "/items/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": operation("item"),
            },
            "/health": {"get": operation("health")},
        },
    }
)

ANYTHING = {
    "openapi": "3.0.3",
    "info": {"title": "Documents", "version": "1"},
    "paths": {"/shop.json": {"get": operation("document")}},
}


@pytest.fixture(scope="module")
def shop(stack, backend, gateway_url, tmp_path_factory):
    """One API of each kind, all deployed by one program; the outputs of the stack."""
    file = tmp_path_factory.mktemp("documents") / "shop.json"
    file.write_text(DOCUMENT)
    backend.documents["/shop.json"] = DOCUMENT

    def publish(path, **more):
        args = {**PLACE, "path": path, "openapi": DOCUMENT, "service_url": backend.url, "gateway_url": gateway_url}
        return PublishedApi(path, {**args, **more})

    def program():
        api = Auth0Api("api", {"identifier": "scopes", "scopes": {"shop:read": "Read", "shop:admin": "Administer"}})
        client = MachineClient("client", {"audience": api.audience, "scopes": api.scopes})
        token = {"issuer": api.issuer, "audience": api.audience, "available_scopes": api.scopes}
        token |= {**PLACE, "openid_configuration_url": api.openid_configuration_url}

        def guard(name, published, **more):
            JwtPolicy(name, {**token, "api_id": published.api_id, "backend_url": published.backend_url, **more})

        own, from_file = publish("own"), publish("file", openapi=str(file))
        named = {"operation_scopes": {LONG[:76].strip("-"): ["shop:admin"]}, "default_scopes": ["shop:read"]}
        documented = {"scopes_from_document": True, "openapi": DOCUMENT, **named, "public_operations": ["health"]}
        guard("own-guard", own, operations=own.operations, **documented)
        guard("file-guard", from_file, operations=from_file.operations, **documented)
        # The document comes through the gateway, as an API that is open on purpose.
        documents = publish("open", allow_anonymous_calls=True, openapi=json.dumps(ANYTHING))
        address = Output.all(documents.url, documents.api_id).apply(lambda each: f"{each[0]}/shop.json")
        linked = publish("url", openapi=address)
        guard("url-guard", linked, operation_scopes={"GET /orders": ["shop:read"]})
        product = ApiProduct("checked", {**PLACE, "subscription_required": False})
        publish("product", product_id=product.product_id, checked_by="product")
        JwtPolicy("product-guard", {**token, "product_id": product.product_id, "required_scopes": ["shop:read"]})
        one = publish("operation")
        guard("operation-guard", one, operation_id="sum", operations=one.operations, required_scopes=["shop:read"])
        publish("bare")
        export_client(api, client)

    return stack(program).up().outputs


@pytest.fixture(scope="module")
def token_of(shop, http):
    """A token of the program's client with the scopes."""
    return lambda scopes: client_token(http, shop, scopes)


@pytest.fixture(scope="module")
def answers(token_of, http, gateway_url, backend):
    """The statuses of calls with a token of the scopes, or with none; and whether the backend saw each."""

    def get(kind, scopes, *calls):
        token = None if scopes is None else token_of(scopes)
        found = []
        for call in calls:
            method, path = call.split(" ")
            before = len(backend.callers)
            status = ask(http, f"{gateway_url}/{kind}{path}", token, method=method)
            assert (status == 200) == (len(backend.callers) > before), call
            found.append(status)
        return found

    return get


CALLS = ("GET /orders", "POST /orders", "GET /long", "GET /sum?a=1&b=2", "GET /items/7", "GET /health")


@pytest.mark.parametrize("kind", ["own", "file"])
def test_each_operation_asks_for_its_own_scopes(answers, kind):
    assert answers(kind, "shop:read", *CALLS) == [200, 403, 403, 200, 200, 200]
    assert answers(kind, "shop:admin", *CALLS) == [403, 200, 200, 403, 403, 200]
    assert answers(kind, "shop:read shop:admin", *CALLS) == [200] * 6
    assert answers(kind, None, *CALLS) == [401, 401, 401, 401, 401, 200]


def test_a_refusal_says_what_token_is_needed_and_nothing_of_the_call(
    token_of, http, gateway_url, sandbox, foreign_token
):
    good = token_of("shop:read")

    def challenge(method, path, token):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = http.request(method, f"{gateway_url}/own{path}", headers=headers)
        return answer.status_code, answer.json()["statusCode"], answer.headers.get("WWW-Authenticate")

    realm = f'Bearer realm="{sandbox.issuer}"'
    assert challenge("GET", "/orders", None) == (401, 401, realm)
    assert challenge("GET", "/orders", foreign_token) == (401, 401, f'{realm}, error="invalid_token"')
    lacking = f'{realm}, error="insufficient_scope", scope="shop:admin"'
    assert challenge("POST", "/orders", good) == (403, 403, lacking)


def test_of_a_document_behind_a_url_only_the_listed_operations_are_open(answers):
    assert answers("url", "shop:read shop:admin", *CALLS) == [200, 403, 403, 403, 403, 403]
    assert answers("url", None, *CALLS) == [401] * 6


def test_a_denied_operation_has_no_scope_to_ask_for(token_of, http, gateway_url):
    token = token_of("shop:read shop:admin")
    answer = http.get(f"{gateway_url}/url/items/7", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (403, None)


def test_a_products_check_opens_the_backend_of_its_apis(answers):
    assert answers("product", "shop:read", *CALLS) == [200] * 6
    assert answers("product", "shop:admin", *CALLS) == [403] * 6
    assert answers("product", None, *CALLS) == [401] * 6


def test_an_operations_check_opens_that_operation_alone(answers):
    assert answers("operation", "shop:read", *CALLS) == [500, 500, 500, 200, 500, 500]
    assert answers("operation", None, *CALLS) == [500, 500, 500, 401, 500, 500]


def test_an_api_without_a_check_is_closed_unless_it_is_open_on_purpose(answers):
    assert answers("bare", "shop:read shop:admin", *CALLS) == [500] * 6
    assert answers("bare", None, *CALLS) == [500] * 6
    assert answers("open", None, "GET /shop.json") == [200]


def test_without_its_document_no_api_has_a_backend(answers, manager):
    for kind in ("own", "url"):
        manager.api_policy.delete(GROUP, SERVICE, kind, "policy", if_match="*")
        assert answers(kind, "shop:read shop:admin", *CALLS) == [500] * 6
    manager.product_policy.delete(GROUP, SERVICE, "checked", "policy", if_match="*")
    assert answers("product", "shop:read shop:admin", *CALLS) == [403] * 6
    manager.api_policy.delete(GROUP, SERVICE, "product", "policy", if_match="*")
    assert answers("product", "shop:read shop:admin", *CALLS) == [500] * 6


def test_the_whole_services_check_opens_an_api_that_relies_on_it(answers, shop, sandbox, stack, backend, gateway_url):
    def program():
        token = {"issuer": sandbox.issuer, "audience": shop["audience"].value, "required_scopes": ["shop:read"]}
        JwtPolicy("service-guard", {**PLACE, **token})
        described = {"path": "service", "openapi": DOCUMENT, "service_url": backend.url, "gateway_url": gateway_url}
        PublishedApi("service", {**PLACE, **described, "checked_by": "service"})

    stack(program).up()
    assert answers("service", "shop:read", *CALLS) == [200] * 6
    assert answers("service", "shop:admin", *CALLS) == [403] * 6
    assert answers("service", None, *CALLS) == [401] * 6
