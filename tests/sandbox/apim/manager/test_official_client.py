"""azure-mgmt-apimanagement and azure-identity, unmodified, over TLS on the loopback interface."""

import asyncio
import gc
import json
import threading
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
import trustme
import uvicorn
from auth0_apim_sandbox.apim.manager import create_resource_manager, manager_client
from auth0_apim_sandbox.store import Store
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.apimanagement import ApiManagementClient
from azure.mgmt.apimanagement import models as m

GROUP, SERVICE = "local", "apim"


class Host:
    async def open(self, service_id):
        return "https://localhost:14310"

    async def close(self, service_id):
        pass


class Late:
    """An application that is made when the server's port is known."""

    application = None

    async def __call__(self, scope, receive, send):
        await self.application(scope, receive, send)


@contextmanager
def serving(application, certificate, key):
    config = uvicorn.Config(
        application,
        port=0,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_level="error",
        lifespan="off",
        loop="asyncio",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def no_network(request):
    return httpx.Response(404)


@pytest.fixture(scope="module")
def azure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate, key, ca = folder / "cert.pem", folder / "key.pem", folder / "ca.pem"
    issued = authority.issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    late, store = Late(), Store()
    with serving(late, certificate, key) as port:
        endpoint = f"https://localhost:{port}"
        fetch = httpx.AsyncClient(transport=httpx.MockTransport(no_network))
        late.application = create_resource_manager(store, endpoint, Host(), fetch)
        secret = manager_client(store)
        credential = ClientSecretCredential(
            secret.tenant_id,
            secret.client_id,
            secret.client_secret,
            authority=endpoint,
            disable_instance_discovery=True,
            connection_verify=str(ca),
        )
        client = ApiManagementClient(
            credential,
            secret.subscription_id,
            base_url=endpoint,
            connection_verify=str(ca),
            credential_scopes=[f"{endpoint}/.default"],
            retry_total=0,
        )
        with credential, client:
            yield client
        # Answers that long-running operations have not read hold connections, which the server would wait for.
        gc.collect()
    store.close()


@pytest.fixture(scope="module")
def service(azure):
    return azure.api_management_service.begin_create_or_update(
        GROUP,
        SERVICE,
        m.ApiManagementServiceResource(
            location="West Europe",
            sku=m.ApiManagementServiceSkuProperties(name="Developer", capacity=1),
            publisher_email="admin@example.com",
            publisher_name="Example",
        ),
    ).result(3)


def test_a_service_is_created_and_answered_as_succeeded(azure, service):
    assert (service.name, service.type, service.location) == (SERVICE, "Microsoft.ApiManagement/service", "West Europe")
    assert service.provisioning_state == "Succeeded"
    assert service.gateway_url == "https://localhost:14310"
    assert [item.name for item in azure.api_management_service.list()] == [SERVICE]
    assert azure.api_management_service.get(GROUP, SERVICE).sku.name == "Developer"


def test_the_tutorials_api_is_imported_protected_and_published(azure, service, openapi):
    server = azure.authorization_server.create_or_update(
        GROUP,
        SERVICE,
        "auth0",
        m.AuthorizationServerContract(
            display_name="Auth0",
            client_registration_endpoint="https://placeholder.contoso.com",
            authorization_endpoint="https://tenant.test/authorize?audience=basic-calculator",
            token_endpoint="https://tenant.test/oauth/token",
            grant_types=["authorizationCode", "clientCredentials"],
            client_authentication_method=["Basic"],
            client_id="client",
            client_secret="hush",
        ),
    )
    assert (server.client_id, server.client_secret) == ("client", None)
    assert azure.authorization_server.get(GROUP, SERVICE, "auth0").client_secret is None
    assert azure.authorization_server.list_secrets(GROUP, SERVICE, "auth0").client_secret == "hush"
    api = azure.api.begin_create_or_update(
        GROUP,
        SERVICE,
        "calc",
        m.ApiCreateOrUpdateParameter(
            path="calc",
            format="openapi+json",
            value=json.dumps(openapi),
            service_url="https://backend.test",
            authentication_settings=m.AuthenticationSettingsContract(
                o_auth2=m.OAuth2AuthenticationSettingsContract(authorization_server_id="auth0")
            ),
        ),
    ).result(3)
    assert (api.display_name, api.path, api.service_url) == ("Basic Calculator", "calc", "https://backend.test")
    assert (api.api_revision, api.is_current, api.protocols) == ("1", True, ["https"])
    assert api.authentication_settings.o_auth2.authorization_server_id == "auth0"
    operations = list(azure.api_operation.list_by_api(GROUP, SERVICE, "calc"))
    assert [(item.name, item.display_name, item.url_template) for item in operations] == [
        ("add", "Add two numbers", "/add?a={a}&b={b}"),
        ("divide", "Divide the first number by the second", "/div?a={a}&b={b}"),
        ("multiply", "Multiply two numbers", "/mul?a={a}&b={b}"),
        ("subtract", "Subtract the second number from the first", "/sub?a={a}&b={b}"),
    ]
    product = azure.product.create_or_update(GROUP, SERVICE, "starter", m.ProductContract(display_name="Starter"))
    assert (product.state, product.subscription_required) == ("notPublished", True)
    azure.product_api.create_or_update(GROUP, SERVICE, "starter", "calc")
    assert azure.product_api.check_entity_exists(GROUP, SERVICE, "starter", "calc")
    policy = azure.api_policy.create_or_update(
        GROUP,
        SERVICE,
        "calc",
        "policy",
        m.PolicyContract(value="<policies><inbound><base /></inbound></policies>", format="xml"),
    )
    assert policy.format == "xml"
    assert azure.api_policy.get(GROUP, SERVICE, "calc", "policy").value == policy.value


def test_secrets_of_named_values_and_subscriptions_come_only_when_asked_for(azure, service):
    parameters = m.NamedValueCreateContract(display_name="key", value="hidden", secret=True, tags=["a"])
    azure.named_value.begin_create_or_update(GROUP, SERVICE, "key", parameters).result(3)
    assert azure.named_value.get(GROUP, SERVICE, "key").value is None
    assert azure.named_value.list_value(GROUP, SERVICE, "key").value == "hidden"
    again = azure.named_value.begin_create_or_update(GROUP, SERVICE, "key", parameters).result(3)
    assert (again.display_name, again.value) == ("key", None)
    update = m.NamedValueUpdateParameters(value="newer")
    azure.named_value.begin_update(GROUP, SERVICE, "key", "*", update).result(3)
    assert azure.named_value.list_value(GROUP, SERVICE, "key").value == "newer"
    azure.named_value.delete(GROUP, SERVICE, "key", "*")
    with pytest.raises(ResourceNotFoundError, match="NamedValue not found"):
        azure.named_value.get(GROUP, SERVICE, "key")
    created = azure.subscription.create_or_update(
        GROUP, SERVICE, "all", m.SubscriptionCreateParameters(scope="/apis", display_name="All")
    )
    assert azure.subscription.get(GROUP, SERVICE, "all").primary_key is None
    azure.subscription.regenerate_primary_key(GROUP, SERVICE, "all")
    keys = azure.subscription.list_secrets(GROUP, SERVICE, "all")
    assert keys.secondary_key == created.secondary_key
    assert keys.primary_key != created.primary_key


def test_the_client_follows_pages(azure, service):
    for number in range(3):
        set_ = m.ApiVersionSetContract(display_name=f"Set {number}", versioning_scheme="Segment")
        azure.api_version_set.create_or_update(GROUP, SERVICE, f"set{number}", set_)
    pages = azure.api_version_set.list_by_service(GROUP, SERVICE, top=1).by_page()
    assert [[item.name for item in page] for page in pages] == [["set0"], ["set1"], ["set2"]]


def test_errors_keep_their_code(azure, service):
    with pytest.raises(HttpResponseError) as refused:
        azure.api_policy.create_or_update(
            GROUP, SERVICE, "calc", "other", m.PolicyContract(value="<policies />", format="xml")
        )
    assert refused.value.status_code == 400
    assert refused.value.error.code == "ValidationError"


def test_a_deleted_service_is_listed_until_it_is_purged(azure, service):
    names = m.ApiManagementServiceCheckNameAvailabilityParameters(name="other")
    assert azure.api_management_service.check_name_availability(names).name_available
    parameters = m.ApiManagementServiceResource(
        location="West Europe",
        sku=m.ApiManagementServiceSkuProperties(name="BasicV2", capacity=1),
        publisher_email="admin@example.com",
        publisher_name="Example",
    )
    azure.api_management_service.begin_create_or_update(GROUP, "other", parameters).result(3)
    azure.api_management_service.begin_delete(GROUP, "other").result(3)
    assert [item.name for item in azure.deleted_services.list_by_subscription()] == ["other"]
    deleted = azure.deleted_services.get_by_name("other", "westeurope")
    assert deleted.scheduled_purge_date - deleted.deletion_date == timedelta(hours=48)
    assert not azure.api_management_service.check_name_availability(names).name_available
    azure.deleted_services.begin_purge("other", "westeurope").result(3)
    assert list(azure.deleted_services.list_by_subscription()) == []


def test_long_running_writes_are_done_at_the_first_question(azure, service):
    api = m.ApiCreateOrUpdateParameter(path="quick", display_name="Quick")
    value = m.NamedValueCreateContract(display_name="quick", value="1")
    made = azure.api.begin_create_or_update(GROUP, SERVICE, "quick", api)
    assert made.result(2).display_name == "Quick"
    pollers = [
        azure.named_value.begin_create_or_update(GROUP, SERVICE, "quick", value),
        azure.api.begin_delete(GROUP, SERVICE, "quick", "*"),
    ]
    for poller in pollers:
        poller.wait(3)
    assert [poller.status() for poller in pollers] == ["Succeeded", "Succeeded"]
    assert pollers[0].result().value == "1"


def test_revisions_are_tried_released_and_deleted(azure, service, openapi):
    first = m.ApiCreateOrUpdateParameter(
        path="rev", format="openapi+json", value=json.dumps(openapi), service_url="https://first.test"
    )
    azure.api.begin_create_or_update(GROUP, SERVICE, "rev", first).result(3)
    trial = m.ApiCreateOrUpdateParameter(path="rev", source_api_id="/apis/rev", service_url="https://second.test")
    made = azure.api.begin_create_or_update(GROUP, SERVICE, "rev;rev=2", trial).result(3)
    assert (made.name, made.api_revision, made.is_current) == ("rev;rev=2", "2", None)
    assert [item.name for item in azure.api_operation.list_by_api(GROUP, SERVICE, "rev;rev=2")] == [
        "add",
        "divide",
        "multiply",
        "subtract",
    ]
    release = m.ApiReleaseContract(api_id="/apis/rev;rev=2", notes="n")
    assert azure.api_release.create_or_update(GROUP, SERVICE, "rev", "now", release).api_id.endswith("/apis/rev")
    assert azure.api.get(GROUP, SERVICE, "rev").service_url == "https://second.test"
    revisions = list(azure.api_revision.list_by_service(GROUP, SERVICE, "rev"))
    assert sorted((item.api_revision, item.is_current) for item in revisions) == [("1", False), ("2", True)]
    with pytest.raises(HttpResponseError, match="Cannot delete the current revision of an API"):
        azure.api.begin_delete(GROUP, SERVICE, "rev", "*").result(3)
    azure.api.begin_delete(GROUP, SERVICE, "rev;rev=1", "*").result(3)
    azure.api.begin_delete(GROUP, SERVICE, "rev", "*").result(3)
    with pytest.raises(ResourceNotFoundError, match="Api not found"):
        azure.api.get(GROUP, SERVICE, "rev")


def test_an_import_that_is_refused_fails_when_it_is_waited_for(azure, service, openapi):
    plain = m.ApiCreateOrUpdateParameter(path="named", display_name="Named")
    azure.api.begin_create_or_update(GROUP, SERVICE, "named", plain).result(3)
    imported = m.ApiCreateOrUpdateParameter(
        path="named", display_name="Named", format="openapi+json", value=json.dumps(openapi)
    )
    waiting = azure.api.begin_create_or_update(GROUP, SERVICE, "named;rev=2", imported)
    with pytest.raises(HttpResponseError, match="Can't change property Name for non-current revision") as refused:
        waiting.result(3)
    assert refused.value.error.code == "ValidationError"


def test_a_version_set_goes_with_its_last_version(azure, service):
    scheme = m.ApiVersionSetContract(display_name="Versions", versioning_scheme="Segment")
    azure.api_version_set.create_or_update(GROUP, SERVICE, "versions", scheme)
    version = m.ApiCreateOrUpdateParameter(
        path="v", display_name="V", api_version="v1", api_version_set_id="/apiVersionSets/versions"
    )
    made = azure.api.begin_create_or_update(GROUP, SERVICE, "v1", version).result(3)
    assert (made.api_version_set.name, made.api_version_set.versioning_scheme) == ("Versions", "Segment")
    azure.api.begin_delete(GROUP, SERVICE, "v1", "*").result(3)
    with pytest.raises(ResourceNotFoundError):
        azure.api_version_set.get(GROUP, SERVICE, "versions")
