"""Which objects belong together, told from documents as both services answer them."""

import pytest
import yaml
from auth0_apim_environments.adopt.adopting import import_file, resource_ids, scripts
from auth0_apim_environments.adopt.engine import _change
from auth0_apim_environments.adopt.found_objects import AmbiguousError, Answers, audiences, find_objects
from auth0_apim_environments.adopt.settings_file import adopted_settings, write_settings
from auth0_apim_environments.settings.settings import Settings

OPENAPI = "examples/basic-calculator/openapi.json"
SERVICE = "/subscriptions/s/resourceGroups/group/providers/Microsoft.ApiManagement/service/apim"
POLICY = "<policies><inbound><validate-jwt><audiences><audience>calc</audience></audiences></validate-jwt></inbound></policies>"


class Tenant:
    """A tenant that answers what it was given."""

    def __init__(self):
        self.apis = [
            {
                "id": "rs1",
                "identifier": "calc",
                "name": "Calculator",
                "scopes": [{"value": "add"}],
                "token_lifetime": 600,
            }
        ]
        self.all_clients = [
            {
                "client_id": "m1",
                "name": "Machine",
                "app_type": "non_interactive",
                "grant_types": ["client_credentials"],
            },
            {
                "client_id": "w1",
                "name": "Portal",
                "app_type": "regular_web",
                "grant_types": ["authorization_code", "refresh_token"],
                "callbacks": [
                    "https://apim.developer.azure-api.net/signin-oauth/code/callback/auth0",
                    "https://app.example.com/callback",
                ],
            },
        ]
        self.grants = [
            {"id": "cgr1", "client_id": "m1", "audience": "calc", "scope": ["add"], "subject_type": "client"}
        ]
        self.connections = [
            {"id": "con1", "name": "People", "options": {"passwordPolicy": "fair", "disable_signup": True}}
        ]
        self.people = [{"user_id": "auth0|1", "email": "jane@example.com"}]

    def resource_servers(self):
        return self.apis

    def clients(self):
        return self.all_clients

    def client_grants(self):
        return self.grants

    def databases(self):
        return self.connections

    def enabled_clients(self, connection_id):
        return ["w1"]

    def first_users(self, connection):
        return self.people


class Manager:
    """One service whose objects are in `documents` by the end of their ids."""

    def __init__(self):
        login = {
            "displayName": "Auth0",
            "clientRegistrationEndpoint": "https://placeholder.contoso.com",
            "authorizationEndpoint": "https://tenant.example/authorize?audience=calc",
            "grantTypes": ["authorizationCode"],
            "clientId": "w1",
            "defaultScope": "add",
        }
        api = {
            "path": "calc",
            "displayName": "Calculator",
            "serviceUrl": "https://backend.example",
            "authenticationSettings": {"oAuth2": {"authorizationServerId": "auth0"}},
        }
        self.lists = {
            "authorizationServers": [self._document("authorizationServers/auth0", login)],
            "apis": [self._document("apis/calculator", api)],
            "products": [self._document("products/starter", {"displayName": "Starter"})],
            "groups": [self._document(f"groups/{name}", {}) for name in ("administrators", "developers", "partners")],
        }
        self.policy = {"id": f"{SERVICE}/apis/calculator/policies/policy", "properties": {"value": POLICY}}

    @staticmethod
    def _document(path, properties):
        return {"id": f"{SERVICE}/{path}", "name": path.rpartition("/")[2], "properties": properties}

    def services(self):
        properties = {
            "publisherName": "Contoso",
            "publisherEmail": "apis@contoso.example",
            "developerPortalUrl": "https://apim.developer.azure-api.net",
        }
        sku = {"name": "Developer", "capacity": 1}
        return [{"id": SERVICE, "name": "apim", "location": "West Europe", "sku": sku, "properties": properties}]

    def children(self, parent_id, kind):
        return self.lists[kind]

    def find(self, resource_id, **query):
        return self.policy


@pytest.fixture
def tenant():
    return Tenant()


@pytest.fixture
def manager():
    return Manager()


def asked(tenant, manager, **answers):
    with pytest.raises(AmbiguousError) as error:
        find_objects(tenant, manager, Answers(**answers))
    return error.value.choice


def test_the_portals_own_client_is_managed_as_the_interactive_client(tenant, manager):
    found = find_objects(tenant, manager, Answers())
    settings = adopted_settings(found, OPENAPI)
    assert settings["interactiveClient"] == {
        "displayName": "Portal",
        "withoutGrant": True,
        "application": "regular_web",
        "callbacks": ["https://app.example.com/callback"],
        "allowedLogoutUrls": [],
        "webOrigins": [],
        "offlineAccess": False,  # as the API gives no refresh tokens
        "allowPasswordGrant": False,
    }
    assert settings["api"]["tokenLifetime"] == 600
    assert settings["database"] == {
        "connectionName": "People",
        "passwordPolicy": "fair",
        "requiresUsername": False,
        "allowSignUp": False,
    }
    assert settings["portal"]["defaultScope"] == "add"
    assert settings["publication"]["productName"] == "Starter"
    ids = resource_ids(found)
    assert (
        ids["protected-interactive-client-client"],
        ids["protected-interactive-client-credentials"],
        ids["protected-client-client"],
    ) == ("w1", "w1", "m1")
    assert ids["protected-publication-partners"] == f"{SERVICE}/products/starter/groups/partners"
    assert ids["protected-publication-product-api"] == f"{SERVICE}/products/starter/apis/calculator"
    assert not {"protected-interactive-client-grant", "protected-client-user-grant"} & set(ids)


def test_an_api_that_requires_no_grants_is_noted_with_the_applications_without_a_grant(tenant, manager):
    app = {"client_id": "s1", "name": "Shop", "grant_types": ["authorization_code"]}
    tenant.all_clients.append(app)
    told = (
        "every application gets tokens of the users of calc with every scope, and keep does not change that; applications "
        "without a grant: "
    )
    assert find_objects(tenant, manager, Answers()).notes == [f"{told}Portal, Shop"]
    tenant.grants.append(
        {"id": "cgr2", "client_id": "s1", "audience": "calc", "scope": ["add"], "subject_type": "user"}
    )
    assert find_objects(tenant, manager, Answers()).notes == [f"{told}Portal"]
    tenant.apis[0]["subject_type_authorization"] = {"user": {"policy": "require_client_grant"}}
    found = find_objects(tenant, manager, Answers())
    assert found.notes == []
    assert "withoutGrant" not in adopted_settings(found, OPENAPI)["interactiveClient"]


def test_grants_for_users_are_adopted(tenant, manager):
    tenant.all_clients[0]["grant_types"] = ["client_credentials", "password"]
    assert adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)["client"]["allowPasswordGrant"] is False
    for number, client in enumerate(("m1", "w1"), 2):
        tenant.grants.append(
            {"id": f"cgr{number}", "client_id": client, "audience": "calc", "scope": ["add"], "subject_type": "user"}
        )
    found = find_objects(tenant, manager, Answers())
    ids = resource_ids(found)
    assert (
        ids["protected-client-grant"],
        ids["protected-client-user-grant"],
        ids["protected-interactive-client-grant"],
    ) == ("cgr1", "cgr2", "cgr3")
    settings = adopted_settings(found, OPENAPI)
    assert settings["client"]["allowPasswordGrant"] is True
    assert settings["interactiveClient"]["scopes"] == ["add"]


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ([], "withoutGrant"),
        (
            [{"id": "cgr2", "client_id": "m1", "audience": "calc", "scope": ["add"], "subject_type": "user"}],
            "existingGrant",
        ),
    ],
)
def test_one_client_for_both_keeps_its_user_grant(tenant, manager, grants, said):
    manager.lists["authorizationServers"][0]["properties"]["clientId"] = "m1"
    tenant.enabled_clients = lambda _: ["m1"]
    tenant.all_clients[0]["grant_types"] = ["client_credentials", "password"]
    tenant.grants += grants
    settings = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)
    assert settings["interactiveClient"] == {"existingClientId": "m1", said: True}
    assert settings["client"]["allowPasswordGrant"] is False


def test_objects_that_do_not_exist_are_none(tenant, manager):
    manager.policy = None
    manager.lists["products"] = []
    tenant.connections = []
    manager.lists["apis"][0]["properties"]["authenticationSettings"] = None
    found = find_objects(tenant, manager, Answers(api="calc", published_api="calculator"))
    assert (found.policy, found.login, found.connection, found.user, found.product) == (None,) * 5
    assert set(adopted_settings(found, OPENAPI)) == {"api", "client", "gateway", "publication", "policy"}


def test_a_product_whose_id_is_not_derived_from_its_name_is_referred_to_by_id(tenant, manager):
    manager.lists["products"] = [Manager._document("products/p-17", {"displayName": "Starter"})]
    publication = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)["publication"]
    assert (publication.get("productName"), publication["productId"]) == (None, "p-17")


@pytest.mark.parametrize(("properties", "needs"), [({}, True), ({"subscriptionRequired": False}, False)])
def test_a_product_keeps_its_subscription_requirement(tenant, manager, properties, needs):
    manager.lists["products"] = [Manager._document("products/starter", {"displayName": "Starter", **properties})]
    publication = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)["publication"]
    assert (publication["productName"], publication["productSubscriptionRequired"]) == ("Starter", needs)


def test_a_product_keeps_the_groups_that_see_it(tenant, manager):
    found = find_objects(tenant, manager, Answers())
    assert adopted_settings(found, OPENAPI)["publication"]["productGroups"] == ["developers", "partners"]
    manager.lists["groups"] = [Manager._document("groups/administrators", {})]
    seen_by_nobody = find_objects(tenant, manager, Answers())
    assert adopted_settings(seen_by_nobody, OPENAPI)["publication"]["productGroups"] == []


def publication_of(tenant, manager, service_url, policy=POLICY):
    manager.lists["apis"][0]["properties"]["serviceUrl"] = service_url
    manager.policy["properties"]["value"] = policy
    return adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)["publication"]


def test_an_api_keeps_its_service_url_until_its_policy_is_deployed(tenant, manager):
    publication = publication_of(tenant, manager, "https://backend.example")
    assert (publication["serviceUrl"], publication["keepServiceUrl"]) == ("https://backend.example", True)


def test_an_api_without_a_service_url_keeps_none(tenant, manager):
    publication = publication_of(tenant, manager, None)
    assert publication.keys().isdisjoint({"serviceUrl", "keepServiceUrl"})


@pytest.mark.parametrize(
    ("base_url", "found"),
    [("https://backend.example/api", "https://backend.example/api"), ("@(context.Api.Name)", None), ("{{url}}", None)],
)
def test_the_backend_of_the_policy_is_used(tenant, manager, base_url, found):
    policy = POLICY.replace("</inbound>", f'<set-backend-service base-url="{base_url}" /></inbound>')
    publication = publication_of(tenant, manager, "https://closed.invalid", policy)
    assert (publication.get("serviceUrl"), publication.get("keepServiceUrl")) == (found, None)
    publication = publication_of(tenant, manager, "https://old.example", policy)
    kept = ("https://old.example", True)
    assert (publication.get("serviceUrl"), publication.get("keepServiceUrl")) == ((found, None) if found else kept)


def test_scripts_that_a_database_does_not_run_are_not_written(tenant, manager):
    options = {"customScripts": {"login": "function login() {}"}, "enabledDatabaseCustomization": False}
    tenant.connections[0]["options"] |= options
    assert scripts(find_objects(tenant, manager, Answers())) == {}
    tenant.connections[0]["options"]["enabledDatabaseCustomization"] = True
    found = find_objects(tenant, manager, Answers())
    assert scripts(found) == {"login": "function login() {}"}
    database = adopted_settings(found, OPENAPI, {"login": "stacks/adopted.dev/login.js"})["database"]
    assert (database["scripts"], database["importMode"]) == ({"login": "stacks/adopted.dev/login.js"}, False)


def test_a_service_with_other_apis_is_only_read(tenant, manager):
    other = Manager._document("apis/other", {"path": "other", "displayName": "Other"})
    manager.lists["apis"].append(other)
    manager.find = lambda resource_id, **query: manager.policy if "calculator" in resource_id else None
    found = find_objects(tenant, manager, Answers())
    assert found.notes[-1] == "service apim has other APIs, so that it is only read: other"
    assert adopted_settings(found, OPENAPI)["gateway"] == {
        "resourceGroupName": "group",
        "serviceName": "apim",
        "existing": True,
    }


def test_without_a_matching_pair_both_apis_are_asked_for(tenant, manager):
    tenant.apis[0]["identifier"] = "another"
    assert (asked(tenant, manager).option, asked(tenant, manager).answers) == (
        "--api, --service and --published-api",
        {},
    )


def test_two_audiences_of_one_published_api_are_a_choice(tenant, manager):
    tenant.apis.append({"id": "rs2", "identifier": "calc-2", "name": "Second"})
    second = "<audience>calc</audience><audience>calc-2</audience>"
    manager.policy["properties"]["value"] = POLICY.replace("<audience>calc</audience>", second)
    assert set(asked(tenant, manager).answers) == {"calc at apim/calculator", "calc-2 at apim/calculator"}
    assert find_objects(tenant, manager, Answers(api="calc")).api["id"] == "rs1"


def test_two_clients_of_the_api_are_a_choice_that_an_option_makes(tenant, manager):
    tenant.all_clients.append({"client_id": "m2", "name": "Other machine"})
    tenant.grants.append({"id": "cgr2", "client_id": "m2", "audience": "calc", "scope": []})
    choice = asked(tenant, manager)
    assert (choice.option, choice.answers) == ("--client", {"m1": "Machine", "m2": "Other machine"})
    assert find_objects(tenant, manager, Answers(client="m2")).grant["id"] == "cgr2"


def test_two_products_are_a_choice(tenant, manager):
    manager.lists["products"].append(Manager._document("products/gold", {"displayName": "Gold"}))
    assert asked(tenant, manager).answers == {"starter": "Starter", "gold": "Gold"}


def test_none_of_many_users_is_adopted_unless_it_is_named(tenant, manager):
    tenant.people.append({"user_id": "auth0|2", "email": "joe@example.com"})
    found = find_objects(tenant, manager, Answers())
    assert found.user is None
    assert found.notes[0].startswith("People has 2 or more users, and none is adopted")
    assert find_objects(tenant, manager, Answers(user="joe@example.com")).user["user_id"] == "auth0|2"


def test_an_option_that_matches_nothing_is_a_choice_again(tenant, manager):
    assert asked(tenant, manager, connection="Nowhere").answers == {"People": "con1"}


def test_a_raw_policy_that_is_no_xml_has_no_known_audiences():
    assert audiences('<policies><set-body>@(a < b && "x")</set-body></policies>') == set()
    assert audiences(POLICY) == {"calc"}


def test_an_import_file_has_the_found_resources_and_the_missing_ones_are_named():
    planned = {
        "nameTable": {},
        "resources": [
            {"type": "auth0-apim:index:Auth0Api", "name": "api", "component": True},
            {"type": "auth0:x", "name": "api-scopes", "id": "<PLACEHOLDER>", "parent": "api"},
            {"type": "azure:y", "name": "policy-policy", "id": "<PLACEHOLDER>", "parent": "policy"},
        ],
    }
    document, missing = import_file(planned, {"api-scopes": "calc"})
    assert [(each["name"], each.get("id")) for each in document["resources"]] == [("api", None), ("api-scopes", "calc")]
    assert missing == ["policy-policy"]


def test_settings_are_written_and_other_keys_are_kept(tmp_path):
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "encryptionsalt": "v1:salt",
                "config": {
                    "auth0:domain": "tenant.example",
                    "auth0-apim:userPassword": {"secure": "v1:sealed"},
                    "auth0-apim:portal": {"displayName": "Old"},
                },
            }
        )
    )
    write_settings(file, {"api": {"identifier": "calc"}})
    assert yaml.safe_load(file.read_text()) == {
        "encryptionsalt": "v1:salt",
        "config": {
            "auth0:domain": "tenant.example",
            "auth0-apim:userPassword": {"secure": "v1:sealed"},
            "auth0-apim:api": {"identifier": "calc"},
        },
    }


def test_a_change_of_a_list_element_is_a_change_of_the_list():
    step = {
        "urn": "urn:pulumi:dev::p::t::client-client",
        "op": "replace",
        "detailedDiff": {
            "grantTypes[1]": {"kind": "delete"},
            "name": {"kind": "update-replace"},
            "a.b": {"kind": "add"},
        },
    }
    change = _change(step)
    assert (change.resource, change.operation) == ("client-client", "replace")
    assert change.differences == {"grantTypes": "update", "name": "update", "a.b": "add"}


def test_the_adopted_settings_are_valid(tenant, manager):
    settings = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)
    assert Settings.parse(settings).get("publication.api_id") == "calculator"


def test_a_service_keeps_its_identities(tenant, manager, monkeypatch):
    [service] = manager.services()
    identity = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apis"
    own = {"type": "SystemAssigned, UserAssigned", "principalId": "p", "userAssignedIdentities": {identity: {}}}
    monkeypatch.setattr(manager, "services", lambda: [service | {"identity": own}])
    settings = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)
    assert (settings["gateway"]["systemIdentity"], settings["gateway"]["userIdentityIds"]) == (True, [identity])
    monkeypatch.setattr(manager, "services", lambda: [service | {"identity": {"type": "None"}}])
    settings = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)
    assert not {"systemIdentity", "userIdentityIds"} & settings["gateway"].keys()


def test_a_portal_keeps_how_it_requests_tokens(tenant, manager):
    [server] = manager.lists["authorizationServers"]
    server["properties"] |= {
        "description": "Log in by Auth0",
        "authorizationMethods": ["GET", "POST"],
        "clientAuthenticationMethod": ["Body"],
        "bearerTokenSendingMethods": ["query"],
        "tokenBodyParameters": [{"name": "audience", "value": "calc"}, {"name": "organization", "value": "org_c"}],
    }
    portal = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)["portal"]
    assert portal == {
        "displayName": "Auth0",
        "authorizationServerId": "auth0",
        "clientRegistrationEndpoint": "https://placeholder.contoso.com",
        "grantTypes": ["authorization_code"],
        "defaultScope": "add",
        "description": "Log in by Auth0",
        "authorizationMethods": ["GET", "POST"],
        "clientAuthentication": "Body",
        "tokenSending": "query",
        "tokenBodyParameters": {"organization": "org_c"},
    }


def test_portal_properties_without_a_setting_are_left_out(tenant, manager):
    [server] = manager.lists["authorizationServers"]
    server["properties"] |= {
        "authorizationMethods": ["POST"],
        "clientAuthenticationMethod": ["Basic", "Body"],
        "bearerTokenSendingMethods": ["authorizationHeader", "query"],
        "tokenBodyParameters": [{"name": "client_id", "value": "another"}],
    }
    portal = adopted_settings(find_objects(tenant, manager, Answers()), OPENAPI)["portal"]
    unsaid = {"authorizationMethods", "clientAuthentication", "tokenSending", "tokenBodyParameters"}
    assert not unsaid & portal.keys()
