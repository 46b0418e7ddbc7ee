"""Products, subscriptions, backends, revisions, fragments, secrets and diagnostics against mocks; what they do is proven live."""

import json

import pulumi
import pytest
from auth0_apim import (
    ApiBackend,
    ApiDiagnostics,
    ApiProduct,
    ApiRevision,
    ApiSubscription,
    InputError,
    NamedSecret,
    PolicyFragment,
)
from lxml import etree

APIM = "azure-native:apimanagement:"
PLACE = {"resourceGroupName": "group", "serviceName": "apis"}
SERVICE = {"resource_group_name": "group", "service_name": "apis"}
DOCUMENT = '{"openapi": "3.0.1", "paths": {"/add": {"get": {"operationId": "add"}}}}'
VAULT = "https://contoso.vault.azure.net/secrets/calculator"
IDENTITY = "00000000-0000-0000-0000-000000000001"
CONNECTION = "InstrumentationKey=1;IngestionEndpoint=https://in.example/"


@pulumi.runtime.test
async def test_a_product_has_approval_and_a_limit(mocks):
    product = ApiProduct(
        "Gold",
        {**SERVICE, "approval_required": True, "subscriptions_limit": 2.0, "terms": "Be kind.", "keep_product": True},
    )
    assert await product.product_id.future() == "gold"
    assert mocks.inputs_of(f"{APIM}Product", "Gold-product") == {
        **PLACE,
        "productId": "gold",
        "displayName": "Gold",
        "terms": "Be kind.",
        "state": "published",
        "subscriptionRequired": True,
        "approvalRequired": True,
        "subscriptionsLimit": 2.0,
    }


CANNOT_GO = (
    "makes Azure subscribe to the product, and the azure-native provider cannot delete it then in a service that "
    "survives: give the component 'deleted_with' the service that goes as well, or leave the product there by "
    "'keep_product', or ask for keys of the API alone ('subscription_required' of PublishedApi, ApiSubscription); "
    "give keep_product: true"
)


@pulumi.runtime.test
def test_a_product_that_needs_subscriptions_says_what_becomes_of_it(mocks):
    service = pulumi.ComponentResource("test:index:Service", "service")
    ApiProduct("goes", SERVICE, pulumi.ResourceOptions(deleted_with=service))
    ApiProduct("stays", {**SERVICE, "keep_product": True})
    with pytest.raises(InputError) as refusal:
        ApiProduct("Gold", SERVICE)
    assert str(refusal.value) == f"ApiProduct 'Gold': input 'subscription_required' {CANNOT_GO}"


def test_a_product_that_turns_out_to_need_subscriptions_is_refused(mocks, refused):
    needed = pulumi.Output.from_input(True)
    message = refused(lambda: ApiProduct("Gold", {**SERVICE, "subscription_required": needed}))
    assert f"input 'subscription_required' {CANNOT_GO}" in message


@pulumi.runtime.test
async def test_an_open_product_says_nothing_of_approval(mocks):
    await ApiProduct("Open", {**SERVICE, "subscription_required": False, "published": False}).product_id.future()
    inputs = mocks.inputs_of(f"{APIM}Product", "Open-product")
    assert "approvalRequired" not in inputs
    assert inputs["state"] == "notPublished"


@pulumi.runtime.test
async def test_a_subscription_gives_out_its_keys_as_secrets(mocks):
    subscription = ApiSubscription("Partner", {**SERVICE, "product_id": "gold"})
    assert await subscription.primary_key.future() == "partner-primary"
    assert await subscription.secondary_key.future() == "partner-secondary"
    assert await subscription.primary_key.is_secret()
    assert await subscription.secondary_key.is_secret()
    assert mocks.inputs_of(f"{APIM}Subscription", "Partner-subscription") == {
        **PLACE,
        "sid": "partner",
        "displayName": "Partner",
        "scope": "/products/gold",
        "state": "active",
        "allowTracing": False,
    }


@pulumi.runtime.test
async def test_a_backends_secrets_are_kept_in_named_values_and_only_referred_to(mocks, secret):
    backend = ApiBackend(
        "calc",
        {**SERVICE, "url": "https://calculator.example", "header_credentials": {"X-Key": pulumi.Output.secret("hush")}},
    )
    assert await backend.backend_id.future() == "calc"
    assert mocks.inputs_of(f"{APIM}NamedValue", "calc-header-x-key")["value"] == secret("hush")
    assert mocks.inputs_of(f"{APIM}Backend", "calc-backend") == {
        **PLACE,
        "backendId": "calc",
        "title": "calc",
        "url": "https://calculator.example",
        "protocol": "http",
        "credentials": {"header": {"X-Key": ["{{calc-header-x-key}}"]}},
        "tls": {"validateCertificateChain": True, "validateCertificateName": True},
    }


REVISION = {
    **SERVICE,
    "api_id": "calc",
    "path": "calc",
    "url": "https://gw.example/calc",
    "display_name": "Calculator",
    "revision": "2",
    "openapi": DOCUMENT,
    "service_url": "https://calculator.example",
}


@pulumi.runtime.test
async def test_a_revision_is_called_by_its_number_and_has_no_backend_of_its_own(mocks):
    revision = ApiRevision("next", {**REVISION, "description": "Divides, too"})
    assert await revision.url.future() == "https://gw.example/calc;rev=2"
    assert await revision.revision_id.future() == "calc;rev=2"
    assert await revision.operations.future() == {"add": "GET /add"}
    assert await revision.backend_url.future() == "https://calculator.example"
    assert mocks.children() == {(f"{APIM}Api", "next-api")}
    assert mocks.inputs_of(f"{APIM}Api", "next-api") == {
        **PLACE,
        "apiId": "calc;rev=2",
        "apiRevision": "2",
        "apiRevisionDescription": "Divides, too",
        "displayName": "Calculator",
        "subscriptionRequired": False,
        "path": "calc",
        "protocols": ["https"],
        "format": "openapi+json",
        "value": DOCUMENT,
        "serviceUrl": "https://closed.invalid",
    }


@pulumi.runtime.test
async def test_a_revision_has_what_it_cannot_change_as_the_api_has_it(mocks):
    more = {"api_description": "Adds.", "subscription_required": True, "version": "v1", "version_set_id": "the-set"}
    await ApiRevision("next", {**REVISION, **more}).revision_id.future()
    inputs = mocks.inputs_of(f"{APIM}Api", "next-api")
    locked = ("description", "subscriptionRequired", "apiVersion", "apiVersionSetId")
    assert [inputs[name] for name in locked] == ["Adds.", True, "v1", "the-set"]


@pulumi.runtime.test
async def test_a_revision_is_wired_from_an_api_that_has_neither_description_nor_version(mocks):
    nothing = pulumi.Output.from_input(None)
    wired = dict.fromkeys(("api_description", "version", "version_set_id"), nothing)
    await ApiRevision("next", {**REVISION, **wired}).revision_id.future()
    assert {"description", "apiVersion", "apiVersionSetId"} & mocks.inputs_of(f"{APIM}Api", "next-api").keys() == set()


@pytest.mark.parametrize(("description", "info"), [("Adds.", {"description": "Adds."}), (None, {})])
@pulumi.runtime.test
async def test_a_revisions_document_is_sent_with_the_apis_title_and_description(mocks, description, info):
    document = json.loads(DOCUMENT) | {"info": {"title": "Calculator, new", "version": "2", "description": "More."}}
    wired = {"openapi": json.dumps(document), "api_description": pulumi.Output.from_input(description)}
    await ApiRevision("next", {**REVISION, **wired}).revision_id.future()
    inputs = mocks.inputs_of(f"{APIM}Api", "next-api")
    assert json.loads(inputs["value"])["info"] == {"title": "Calculator", "version": "2", **info}
    assert inputs.get("description") == description


@pulumi.runtime.test
async def test_an_api_may_be_described_at_length(mocks):
    await ApiRevision("next", {**REVISION, "api_description": "x" * 5000}).revision_id.future()
    assert mocks.inputs_of(f"{APIM}Api", "next-api")["description"] == "x" * 5000


@pulumi.runtime.test
async def test_a_fragment_holds_its_policies(mocks):
    fragment = PolicyFragment("team", {**SERVICE, "policies": '<set-header name="X"><value>{{a}}</value></set-header>'})
    await fragment.fragment_id.future()
    inputs = mocks.inputs_of(f"{APIM}PolicyFragment", "team-fragment")
    assert (inputs["id"], inputs["format"]) == ("team", "xml")
    document = etree.fromstring(inputs["value"])
    assert (document.tag, [child.tag for child in document]) == ("fragment", ["set-header"])


@pulumi.runtime.test
async def test_a_secret_is_kept_here_or_in_a_key_vault(mocks, secret):
    here = NamedSecret("here", {**SERVICE, "value": "hush"})
    assert await here.reference.future() == "{{here}}"
    assert mocks.inputs_of(f"{APIM}NamedValue", "here-named-value")["value"] == secret("hush")
    there = NamedSecret("there", {**SERVICE, "key_vault_secret": VAULT, "key_vault_client_id": IDENTITY})
    assert await there.secret_name.future() == "there"
    inputs = mocks.inputs_of(f"{APIM}NamedValue", "there-named-value")
    assert inputs["keyVault"] == {"secretIdentifier": VAULT, "identityClientId": IDENTITY}
    assert inputs["secret"] is True
    assert "value" not in inputs


@pulumi.runtime.test
async def test_no_token_no_key_and_no_body_is_ever_logged(mocks, secret):
    args = {**SERVICE, "api_id": "calc", "connection_string": CONNECTION, "logged_headers": ["User-Agent"]}
    diagnostics = ApiDiagnostics("insights", args)
    assert await diagnostics.diagnostic_id.future() == "insights-diagnostic-id"
    assert mocks.inputs_of(f"{APIM}NamedValue", "insights-connection-string")["value"] == secret(CONNECTION)
    logger = mocks.inputs_of(f"{APIM}Logger", "insights-logger")
    assert logger["credentials"] == {"connectionString": "{{insights-connection-string}}"}
    inputs = mocks.inputs_of(f"{APIM}ApiDiagnostic", "insights-diagnostic")
    assert inputs["diagnosticId"] == "applicationinsights"
    for side in ("frontend", "backend"):
        for message in ("request", "response"):
            logged = inputs[side][message]
            assert logged["headers"] == ["User-Agent"]
            assert logged["body"] == {"bytes": 0.0}
            hidden = {each["value"] for each in logged["dataMasking"]["headers"] if each["mode"] == "Hide"}
            assert {"Authorization", "Ocp-Apim-Subscription-Key", "Cookie"} <= hidden
            parameters = {each["value"] for each in logged["dataMasking"]["queryParams"]}
            assert {"subscription-key", "access_token"} <= parameters


@pytest.mark.parametrize(
    ("component", "args", "problem"),
    [
        (ApiProduct, {"subscription_required": False, "approval_required": True}, "'approval_required' needs 'subscription_required', or there is nothing to approve"),
        (ApiProduct, {"subscription_required": False, "subscriptions_limit": 1}, "'subscriptions_limit' needs 'subscription_required', or there is nothing to count"),
        (ApiProduct, {"subscriptions_limit": 0}, "'subscriptions_limit' must be a whole number from 1, not 0"),
        (ApiSubscription, {}, "'product_id' or 'api_id' is required, one of them"),
        (ApiSubscription, {"product_id": "a", "api_id": "b"}, "'product_id' or 'api_id' is required, one of them"),
        (ApiBackend, {"url": "ftp://a.example"}, "'url' must be an absolute http or https URL of at most 2000 characters, not 'ftp://a.example'"),
        (ApiBackend, {"url": "https://a.example", "header_credentials": {"X": "a\nb"}}, "'header_credentials' is wrong for 'X', which must be ASCII without line breaks"),
        (ApiBackend, {"url": "https://a.example", "header_credentials": {"X": "schlüssel"}}, "'header_credentials' is wrong for 'X', which must be ASCII without line breaks"),
        (ApiBackend, {"url": "https://a.example", "query_credentials": {"x": "key\n"}}, "'query_credentials' is wrong for 'x', which must not begin or end with white space, such as the line break of a file"),
        (NamedSecret, {"value": "key\n"}, "'value' must not begin or end with white space, such as the line break of a file"),
        (NamedSecret, {"value": "k\x00y"}, "'value' must not contain control characters"),
        (ApiBackend, {"url": "https://a.example", "header_credentials": {"X Y": "s"}}, "'header_credentials' has 'X Y', which is no header's name"),
        (ApiBackend, {"url": "https://a.example", "query_credentials": {"code": ""}}, "'query_credentials' is wrong for 'code', which must be 1 to 4096 characters long, not 0"),
        (NamedSecret, {}, "'value' or 'key_vault_secret' is required, one of them"),
        (NamedSecret, {"value": "s", "key_vault_secret": VAULT}, "'value' or 'key_vault_secret' is required, one of them"),
        (NamedSecret, {"key_vault_secret": "https://contoso.vault.azure.net/keys/a"}, "'key_vault_secret' must look like https://vault.vault.azure.net/secrets/name, not 'https://contoso.vault.azure.net/keys/a'"),
        (NamedSecret, {"value": "s", "key_vault_client_id": IDENTITY}, "'key_vault_client_id' needs 'key_vault_secret'"),
        (PolicyFragment, {"policies": "<base/>"}, "'policies' must be policies that stand inside a section, not <base>"),
        (ApiDiagnostics, {"connection_string": "secret"}, "'connection_string' must have an InstrumentationKey"),
        (ApiDiagnostics, {"connection_string": CONNECTION, "logged_headers": ["authorization"]}, "'logged_headers' has 'authorization', which carries a secret and must never be logged"),
        (ApiDiagnostics, {"connection_string": CONNECTION, "sampling_percentage": 101}, "'sampling_percentage' must be from 0 to 100, not 101"),
        (ApiRevision, {**REVISION, "revision": "two"}, "'revision' must be a whole number from 2, not 'two'"),
        (ApiRevision, {**REVISION, "revision": "1"}, "'revision' must be a whole number from 2, not '1'"),
        (ApiRevision, {**REVISION, "display_name": None}, "'display_name' is required"),
        (ApiRevision, {**REVISION, "description": "x" * 257}, "'description' must be 1 to 256 characters long, not 257"),
    ],
)  # fmt: skip
@pulumi.runtime.test
def test_a_bad_input_is_refused_before_anything_is_made(mocks, component, args, problem):
    with pytest.raises(InputError) as refusal:
        component("part", {**SERVICE, **args})
    assert str(refusal.value).startswith(f"{component.__name__} 'part': input {problem}; ")
    assert mocks.resources == {}
