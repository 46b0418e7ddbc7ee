"""PublishedApi against mocks; what Azure imports, and that calls reach the backend, is proven live."""

import json

import pulumi
import pytest
from auth0_apim import CheckedBy, InputError, LinkFormat, PublishedApi, VersioningScheme
from auth0_apim.policy.jwt_documents import checked_elsewhere_document

API = "azure-native:apimanagement:Api"
API_POLICY = "azure-native:apimanagement:ApiPolicy"
PRODUCT = "azure-native:apimanagement:Product"
PRODUCT_GROUP = "azure-native:apimanagement:ProductGroup"
PRODUCT_API = "azure-native:apimanagement:ProductApi"
VERSION_SET = "azure-native:apimanagement:ApiVersionSet"
DOCUMENT = json.dumps(
    {
        "openapi": "3.0.1",
        "servers": [{"url": "https://calculator.example/api"}],
        "paths": {"/sub": {"get": {"operationId": "sub"}}, "/add": {"get": {"operationId": "add"}}},
    }
)


@pytest.fixture
def publish(mocks):
    required = {"resource_group_name": "group", "service_name": "apis", "path": "calc", "openapi": DOCUMENT}
    return lambda **args: PublishedApi("Calculator", {**required, **args})


@pulumi.runtime.test
async def test_an_api_is_imported_over_https_only_and_needs_no_key(mocks, publish):
    api = publish()
    assert await api.api_id.future() == "calc"
    assert await api.path.future() == "calc"
    assert await api.url.future() == "https://apis.azure-api.net/calc"
    assert await api.operations.future() == {"add": "GET /add", "sub": "GET /sub"}
    assert await api.backend_url.future() == "https://calculator.example/api"
    assert await api.display_name.future() == "Calculator"
    assert await api.description.future() is None
    assert await api.subscription_required.future() is False
    assert await api.version.future() is None
    assert await api.product_id.future() is None
    assert await api.version_set_id.future() is None
    assert mocks.children() == {(API, "Calculator-api")}
    assert mocks.inputs_of(API, "Calculator-api") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "apiId": "calc",
        "path": "calc",
        "displayName": "Calculator",
        "protocols": ["https"],
        "format": "openapi+json",
        "value": DOCUMENT,
        "serviceUrl": "https://closed.invalid",
        "subscriptionRequired": False,
    }


@pytest.mark.parametrize("reason", ["allow_anonymous_calls", "keep_service_url"])
@pulumi.runtime.test
async def test_only_an_api_that_says_so_has_a_backend_of_its_own(mocks, publish, reason):
    await publish(**{reason: True}).api_id.future()
    assert mocks.inputs_of(API, "Calculator-api")["serviceUrl"] == "https://calculator.example/api"
    assert mocks.children() == {(API, "Calculator-api")}


@pytest.mark.parametrize(("checked_by", "level"), [(CheckedBy.PRODUCT, "product"), ("service", "service")])
def test_an_api_that_a_wider_scope_checks_has_a_document_for_its_backend(mocks, publish, deploy, checked_by, level):
    deploy(lambda: publish(checked_by=checked_by))
    assert mocks.children() == {(API, "Calculator-api"), (API_POLICY, "Calculator-policy")}
    assert mocks.inputs_of(API, "Calculator-api")["serviceUrl"] == "https://closed.invalid"
    assert mocks.inputs_of(API_POLICY, "Calculator-policy") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "apiId": "calc",
        "policyId": "policy",
        "format": "xml",
        "value": checked_elsewhere_document("https://calculator.example/api", level),
    }


@pulumi.runtime.test
async def test_a_product_is_made_published_and_linked(mocks, publish):
    api = publish(product_name="Starter")
    assert await api.api_id.future() == "calc"
    assert await api.product_id.future() == "starter"
    assert mocks.children() == {
        (API, "Calculator-api"),
        (PRODUCT, "Calculator-product"),
        (PRODUCT_API, "Calculator-product-api"),
    }
    assert mocks.inputs_of(PRODUCT, "Calculator-product") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "productId": "starter",
        "displayName": "Starter",
        "state": "published",
        "subscriptionRequired": False,
    }
    assert mocks.inputs_of(PRODUCT_API, "Calculator-product-api") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "productId": "starter",
        "apiId": "calc",
    }


@pulumi.runtime.test
async def test_a_product_is_shown_to_the_groups_that_are_named(mocks, publish):
    await publish(product_name="Starter", product_groups=["guests", "partners"]).api_id.future()
    for group in ("guests", "partners"):
        assert mocks.inputs_of(PRODUCT_GROUP, f"Calculator-{group}") == {
            "resourceGroupName": "group",
            "serviceName": "apis",
            "productId": "starter",
            "groupId": group,
        }


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"product_groups": ["guests"]}, "product_groups"),
        ({"product_name": "Starter", "product_groups": ["administrators"]}, "has 'administrators', whom Azure links"),
        ({"product_name": "Starter", "product_groups": ["guests", "guests"]}, "names a group twice"),
        ({"product_name": "Starter", "product_groups": ["a/b"]}, "has 'a/b', which"),
    ],
)
def test_groups_that_are_none_are_refused(publish, args, problem):
    with pytest.raises(InputError, match=problem):
        publish(**args)


@pulumi.runtime.test
async def test_an_existing_product_is_only_linked(mocks, publish):
    api = publish(product_id="unlimited")
    assert await api.api_id.future() == "calc"
    assert await api.product_id.future() == "unlimited"
    assert mocks.children() == {(API, "Calculator-api"), (PRODUCT_API, "Calculator-product-api")}


@pulumi.runtime.test
async def test_the_api_id_is_given_out_after_the_product_has_the_api(mocks, publish):
    await publish(product_name="Starter").api_id.future()
    assert [kind for kind, _ in mocks.resources if kind in (API, PRODUCT_API)] == [API, PRODUCT_API]


@pulumi.runtime.test
async def test_a_key_can_be_required_besides_the_token(mocks, publish):
    await publish(
        subscription_required=True, product_name="Starter", product_subscription_required=True, keep_product=True
    ).api_id.future()
    assert mocks.inputs_of(API, "Calculator-api")["subscriptionRequired"] is True
    assert mocks.inputs_of(PRODUCT, "Calculator-product")["subscriptionRequired"] is True


@pulumi.runtime.test
async def test_the_portal_logs_in_by_the_authorization_server(mocks, publish):
    await publish(authorization_server_id="auth0").api_id.future()
    assert mocks.inputs_of(API, "Calculator-api")["authenticationSettings"] == {
        "oAuth2": {"authorizationServerId": "auth0"}
    }


@pytest.mark.parametrize(
    ("scheme", "named", "url"),
    [
        (VersioningScheme.SEGMENT, {}, "https://gw.example/calc/v2"),
        (VersioningScheme.QUERY, {"versionQueryName": "api-version"}, "https://gw.example/calc"),
        (VersioningScheme.HEADER, {"versionHeaderName": "Api-Version"}, "https://gw.example/calc"),
    ],
)
@pulumi.runtime.test
async def test_a_version_stands_in_a_version_set(mocks, publish, scheme, named, url):
    api = publish(version="v2", versioning_scheme=scheme, gateway_url="https://gw.example/")
    assert await api.api_id.future() == "calc"
    assert await api.url.future() == url
    assert await api.version_set_id.future() == "Calculator-version-set-id"
    assert mocks.inputs_of(VERSION_SET, "Calculator-version-set") == {
        "resourceGroupName": "group",
        "serviceName": "apis",
        "versionSetId": "calc",
        "displayName": "Calculator",
        "versioningScheme": scheme.value,
        **named,
    }
    inputs = mocks.inputs_of(API, "Calculator-api")
    assert (inputs["apiVersion"], inputs["apiVersionSetId"]) == ("v2", "Calculator-version-set-id")


@pulumi.runtime.test
async def test_a_second_version_joins_the_set_of_the_first(mocks, publish):
    api = publish(version="v2", version_set_id="the-set")
    assert await api.api_id.future() == "calc-v2"
    assert await api.version_set_id.future() == "the-set"
    assert mocks.children() == {(API, "Calculator-api")}
    assert mocks.inputs_of(API, "Calculator-api")["apiVersionSetId"] == "the-set"


@pytest.mark.parametrize("scheme", [{"versioning_scheme": "Segment"}, {"versioning_scheme": VersioningScheme.QUERY}])
@pulumi.runtime.test
async def test_an_api_with_a_scheme_and_no_version_is_the_original_of_its_set(mocks, publish, scheme):
    api = publish(**scheme)
    assert await api.api_id.future() == "calc"
    assert await api.url.future() == "https://apis.azure-api.net/calc"
    assert await api.version.future() is None
    assert await api.version_set_id.future() == "Calculator-version-set-id"
    inputs = mocks.inputs_of(API, "Calculator-api")
    assert ("apiVersion" in inputs, inputs["apiVersionSetId"]) == (False, "Calculator-version-set-id")


@pulumi.runtime.test
async def test_an_original_can_be_in_a_set_that_was_there(mocks, publish):
    api = publish(version_set_id="the-set")
    assert (await api.api_id.future(), await api.version_set_id.future()) == ("calc", "the-set")
    assert mocks.children() == {(API, "Calculator-api")}
    assert mocks.inputs_of(API, "Calculator-api")["apiVersionSetId"] == "the-set"


def test_a_version_of_an_api_that_has_none_is_refused(mocks, publish, refused):
    original = publish()
    message = refused(lambda: publish(version="v2", version_set_id=original.version_set_id))
    assert "input 'version_set_id' is required" in message


@pytest.mark.parametrize(("given", "description"), [({}, "D" * 2000), ({"description": "Adds."}, "Adds.")])
@pulumi.runtime.test
async def test_the_document_is_sent_with_the_apis_title_and_description(mocks, publish, given, description):
    text = json.dumps(json.loads(DOCUMENT) | {"info": {"title": "T", "version": "1", "description": "D" * 2000}})
    api = publish(openapi=text, **given)
    assert (await api.api_id.future(), await api.description.future()) == ("calc", description)
    inputs = mocks.inputs_of(API, "Calculator-api")
    assert (inputs["displayName"], inputs["description"]) == ("Calculator", description)
    assert json.loads(inputs["value"])["info"] == {"title": "Calculator", "version": "1", "description": description}


@pulumi.runtime.test
async def test_a_url_is_left_to_azure(mocks, publish):
    url = "https://calculator.example/swagger.json"
    api = publish(openapi=url, link_format=LinkFormat.SWAGGER_JSON, service_url="https://b.example")
    assert await api.api_id.future() == "calc"
    assert await api.operations.future() == {}
    assert await api.backend_url.future() == "https://b.example"
    inputs = mocks.inputs_of(API, "Calculator-api")
    assert (inputs["format"], inputs["value"]) == ("swagger-link-json", url)
    assert inputs["serviceUrl"] == "https://closed.invalid"


@pulumi.runtime.test
async def test_a_long_path_becomes_an_id_of_its_own(mocks, publish):
    assert await publish(path="pr-42/Calc").api_id.future() == "pr-42-calc"


@pulumi.runtime.test
async def test_the_children_belong_to_the_component(mocks, publish):
    await publish(product_name="Starter", version="v1").api_id.future()
    assert mocks.child_types() == {
        f"auth0-apim:index:PublishedApi${kind}" for kind in (API, PRODUCT, PRODUCT_API, VERSION_SET)
    }


def test_a_document_that_turns_out_wrong_fails_before_the_api_is_made(mocks, publish, refused):
    message = refused(lambda: publish(openapi=pulumi.Output.from_input("openapi: 9.0.0\npaths: {}\n")))
    assert "PublishedApi 'Calculator': input 'openapi' must say swagger: 2.0 or openapi: 3.0.x or 3.1.x" in message
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"path": "/calc"},
            "input 'path' must be 1 to 400 letters, digits, '.', '_', '~' and '-', with slashes only between them, not "
            "'/calc'; an example that works: \"calc\"",
        ),
        (
            {"openapi": None},
            "input 'openapi' is required; an example that works: \"examples/basic-calculator/openapi.json\"",
        ),
        (
            {"openapi": "calculator.txt"},
            "input 'openapi' must be a document, an https URL or the path of a .json, .yaml or .yml file, not "
            "'calculator.txt'; an example that works: \"examples/basic-calculator/openapi.json\"",
        ),
        (
            {"service_url": "calculator.example"},
            "input 'service_url' must be an absolute http or https URL of at most 2000 characters, not "
            "'calculator.example'; an example that works: \"https://calculator.example/api\"",
        ),
        (
            {"service_url": "https://jane:word@calculator.example"},
            "input 'service_url' must not contain a user name or a password; an example that works: "
            '"https://calculator.example/api"',
        ),
        (
            {"product_id": "starter", "product_name": "Starter"},
            "input 'product_id' excludes 'product_name'; leave one of them out",
        ),
        (
            {"product_name": "?"},
            "input 'product_name' must be 1 to 80 characters long, with a letter or digit, not '?'; an example that "
            'works: "Starter"',
        ),
        (
            {"version_set_id": " "},
            "input 'version_set_id' must not be blank; an example that works: "
            '"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/calculator-dev/providers/Microsoft.ApiManagement/service/contoso-apis-dev/apiVersionSets/calc"',
        ),
        (
            {"version": "v1", "display_name": "x" * 101},
            "input 'display_name' must be 1 to 100 characters long, not 101, as the version set made here gets it too; "
            'an example that works: "Basic Calculator"',
        ),
        (
            {"version": "v1", "api_id": "long", "path": "x" * 81},
            "input 'path' is 81 characters long, and a version set's id is made of it, 80 at most; or give "
            "'version_set_id'; an example that works: \"calc\"",
        ),
        (
            {"keep_product": True},
            "input 'keep_product' needs 'product_name'; an example that works: product_name: \"Starter\"",
        ),
        (
            {"product_name": "Starter", "product_subscription_required": True},
            "input 'product_subscription_required' makes Azure subscribe to the product, and the azure-native "
            "provider cannot delete it then in a service that survives: give the component 'deleted_with' the "
            "service that goes as well, or leave the product there by 'keep_product', or ask for keys of the "
            "API alone ('subscription_required' of PublishedApi, ApiSubscription); give keep_product: true",
        ),
        (
            {"api_id": "calc;rev=2"},
            "input 'api_id' must be 1 to 80 letters, digits, '.', '_' and '-', a letter or digit at both ends, not "
            "'calc;rev=2'; an example that works: \"calc\"",
        ),
        (
            {"version": "v 1"},
            "input 'version' must be 1 to 100 letters, digits, '.', '_' and '-', not 'v 1'; an example that works: "
            '"v1"',
        ),
        (
            {"allow_anonymous_calls": True, "keep_service_url": True},
            "input 'allow_anonymous_calls' excludes 'keep_service_url'; leave one of them out",
        ),
        (
            {"checked_by": "product", "keep_service_url": True},
            "input 'keep_service_url' excludes 'checked_by'; leave one of them out",
        ),
        (
            {"checked_by": "tenant"},
            "input 'checked_by' must be one of product, service, not 'tenant'; an example that works: \"product\"",
        ),
        (
            {"api_id": "a b"},
            "input 'api_id' must be 1 to 80 letters, digits, '.', '_' and '-', a letter or digit at both ends, not "
            "'a b'; an example that works: \"calc\"",
        ),
        (
            {"gateway_url": "http://gw.example"},
            "input 'gateway_url' must be an absolute https URL, not 'http://gw.example'; an example that "
            'works: "https://contoso-apis-dev.azure-api.net"',
        ),
    ],
)
@pulumi.runtime.test
def test_a_bad_input_is_refused_before_anything_is_made(mocks, publish, args, message):
    with pytest.raises(InputError) as refusal:
        publish(**args)
    assert str(refusal.value) == f"PublishedApi 'Calculator': {message}"
    assert mocks.resources == {}
