"""Whose a soft-deleted service is: it has no tags any more, and its name alone proves nothing."""

import httpx
import pytest
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.recovery.orphans import ManagerOrphans, OrphanedResource

SUBSCRIPTION = "https://management.azure.com/subscriptions/s/"
DELETED = "/subscriptions/s/providers/Microsoft.ApiManagement/locations/westeurope/deletedservices/"
SERVICE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/"


@pytest.fixture
def azure():
    """Answers of a resource manager: the services and the deleted ones, by name."""
    return {"service": {}, "deletedservices": []}


def orphans_of(azure, service_name=lambda _: None):
    def answer(request):
        kind = request.url.path.rpartition("/")[2]
        if kind == "service":
            value = [{"id": SERVICE + name, "name": name, "tags": tags} for name, tags in azure["service"].items()]
        elif kind == "deletedservices":
            value = [{"id": DELETED + name, "name": name} for name in azure["deletedservices"]]
        else:
            value = []
        return httpx.Response(200, json={"value": value})

    client = httpx.Client(base_url=SUBSCRIPTION, transport=httpx.MockTransport(answer))
    return ManagerOrphans(Manager(client), service_name)


def test_a_soft_deleted_service_with_a_similar_name_belongs_to_no_environment(azure):
    azure["deletedservices"] = ["theirs-env-pr-42"]
    assert list(orphans_of(azure, {"pr-42": "apis-env-pr-42"}.get).marked_resources()) == []


def test_a_soft_deleted_service_with_the_name_in_the_settings_belongs_to_the_environment(azure):
    azure["deletedservices"] = ["Apis-env-pr-42", "apis-env-pr-43"]
    found = list(orphans_of(azure, {"pr-42": "apis-env-pr-42"}.get).marked_resources())
    assert found == [OrphanedResource("pr-42", "deleted service", "Apis-env-pr-42", DELETED + "Apis-env-pr-42")]


def test_a_soft_deleted_service_that_had_the_marks_before_belongs_to_the_environment(azure):
    azure["service"] = {"other-env-pr-42": {"auth0-apim-environment": "pr-42"}}
    orphans = orphans_of(azure)
    assert [each.kind for each in orphans.marked_resources()] == ["service"]
    azure.update(service={}, deletedservices=["other-env-pr-42"])
    assert [(each.kind, each.name) for each in orphans.marked_resources()] == [("deleted service", "other-env-pr-42")]
