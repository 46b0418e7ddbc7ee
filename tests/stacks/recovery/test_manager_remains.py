"""Whose a soft-deleted service is: it has no tags any more, and its name alone proves nothing."""

import httpx
import pytest
from auth0_apim_environments.ephemeral import Remnant
from auth0_apim_environments.recovery.manager_remains import ManagerRemains

SUBSCRIPTION = "https://management.azure.com/subscriptions/s/"
DELETED = "/subscriptions/s/providers/Microsoft.ApiManagement/locations/westeurope/deletedservices/"
SERVICE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/"


@pytest.fixture
def azure():
    """Answers of a resource manager: the services and the deleted ones, by name."""
    return {"service": {}, "deletedservices": []}


def remains_of(azure, service_name=lambda _: None):
    def answer(request):
        kind = request.url.path.rpartition("/")[2]
        if kind == "service":
            value = [{"id": SERVICE + name, "name": name, "tags": tags} for name, tags in azure["service"].items()]
        elif kind == "deletedservices":
            value = [{"id": DELETED + name, "name": name} for name in azure["deletedservices"]]
        else:
            value = []
        return httpx.Response(200, json={"value": value})

    return ManagerRemains(httpx.Client(base_url=SUBSCRIPTION, transport=httpx.MockTransport(answer)), service_name)


def test_a_deleted_service_whose_name_only_looks_like_an_environments_is_nobodys(azure):
    azure["deletedservices"] = ["theirs-env-pr-42"]
    assert list(remains_of(azure, {"pr-42": "apis-env-pr-42"}.get).remnants()) == []


def test_a_deleted_service_of_the_name_that_the_settings_give_is_the_environments(azure):
    azure["deletedservices"] = ["Apis-env-pr-42", "apis-env-pr-43"]
    found = list(remains_of(azure, {"pr-42": "apis-env-pr-42"}.get).remnants())
    assert found == [Remnant("pr-42", "deleted service", "Apis-env-pr-42", DELETED + "Apis-env-pr-42")]


def test_a_deleted_service_that_was_seen_with_the_marks_is_the_environments(azure):
    azure["service"] = {"other-env-pr-42": {"auth0-apim-environment": "pr-42"}}
    remains = remains_of(azure)
    assert [each.kind for each in remains.remnants()] == ["service"]
    azure.update(service={}, deletedservices=["other-env-pr-42"])
    assert [(each.kind, each.name) for each in remains.remnants()] == [("deleted service", "other-env-pr-42")]
