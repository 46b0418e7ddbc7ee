"""Which applications would lose access, by documents of a tenant; the rest is asked of the sandbox in test_checks."""

import pytest
from auth0_apim_environments.doctor.finding import Finding
from auth0_apim_environments.doctor.tenant_checks import name_findings, needed_scopes
from auth0_apim_environments.settings.settings import Settings

SUBJECT = "tokens of the API's users"
VALUES = {
    "api": {"displayName": "Calculator", "identifier": "calc", "scopes": {"calc:add": "Add"}},
    "client": {"displayName": "Bot"},
    "gateway": {"resourceGroupName": "g", "serviceName": "apis", "existing": True},
    "publication": {"openapi": "examples/basic-calculator/openapi.json", "path": "calc"},
    "policy": {"defaultScopes": []},
}
WITHOUT = "every application gets them, with every scope (access policy allow_all); applications without a grant: Old portal, Shop"
REMEDY = (
    "give the applications that need one a grant of subject type user; then set the API's access policy for users to "
    "require_client_grant in the tenant, or remove its line from keep"
)


class Tenant:
    """An API that lets every application in, or asks for grants, and some applications."""

    def __init__(self, policy: str | None) -> None:
        self.policies = {} if policy is None else {"subject_type_authorization": {"user": {"policy": policy}}}

    def resource_servers(self):
        return [{"id": "api1", "identifier": "calc", "name": "Calculator", **self.policies}]

    def clients(self):
        return [
            {"client_id": "Own", "name": "Login", "grant_types": ["authorization_code"]},
            {"client_id": "p", "name": "Shop", "grant_types": ["password"]},
            {"client_id": "o", "name": "Old portal", "grant_types": ["implicit", "client_credentials"]},
            {"client_id": "m", "name": "Robot", "grant_types": ["client_credentials"]},
            {"client_id": "g", "name": "Granted", "grant_types": ["authorization_code"]},
        ]

    def client_grants(self):
        return [
            {"id": "1", "client_id": "g", "audience": "calc", "scope": [], "subject_type": "user"},
            {"id": "2", "client_id": "p", "audience": "calc", "scope": [], "subject_type": "client"},
            {"id": "3", "client_id": "o", "audience": "other", "scope": [], "subject_type": "user"},
        ]


def finding(policy, own=("api1", "own"), keep=None, **api):
    described = {} if api.get("existing") else VALUES["api"]
    settings = Settings.parse(
        {
            **VALUES,
            "api": {"identifier": VALUES["api"]["identifier"], **described, **api},
            **({"keep": keep} if keep else {}),
        }
    )
    found = [each for each in name_findings(settings, Tenant(policy), set(own)) if each.subject == SUBJECT]
    return found[0] if found else None


@pytest.mark.parametrize("policy", [None, "allow_all"])
def test_applications_that_an_up_would_lock_out_are_named(policy):
    assert finding(policy) == Finding(
        SUBJECT,
        "an up makes a grant necessary, and these applications have none: Old portal, Shop",
        False,
        "give them a grant of subject type user first, or set api.userAccess: allow_all until they have one",
    )


@pytest.mark.parametrize(
    "settings",
    [{"existing": True}, {"keep": {"protected-api-resource-server": ["subjectTypeAuthorization.user.policy"]}}],
)
def test_an_api_that_requires_no_grants_is_reported_with_a_remedy(settings):
    assert finding("allow_all", **settings) == Finding(SUBJECT, WITHOUT, None, REMEDY)


def test_an_api_that_requires_grants_or_is_open_on_purpose_or_belongs_to_others_is_not_reported():
    assert finding("require_client_grant") is None
    assert finding("deny_all", existing=True) is None
    assert finding("allow_all", userAccess="allow_all") is None
    assert finding("allow_all", own=()) is None


@pytest.mark.parametrize(
    ("client", "verbs"),
    [
        ({"displayName": "Bot"}, {"create", "read", "update", "delete"}),
        ({"existingClientId": "AaBb"}, {"create", "read", "update", "delete"}),
        ({"existingClientId": "AaBb", "existingGrant": True}, {"read"}),
    ],
)
def test_a_grant_that_exists_needs_only_to_be_read(client, verbs):
    needed = needed_scopes(Settings.parse({**VALUES, "client": client}))
    assert {scope.partition(":")[0] for scope in needed if scope.endswith(":client_grants")} == verbs
