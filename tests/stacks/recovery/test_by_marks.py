"""What is made good after an interruption, and what another process makes at that very moment."""

import pytest
from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.recovery.by_marks import recover


def test_a_resource_that_is_not_in_the_state_is_deleted(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT])
    assert recover(cloud, cloud, "pr-42") is True
    assert cloud.purged == [cloud_with.CLIENT]


def test_a_resource_of_a_deployment_that_begins_in_the_meantime_is_no_orphan(cloud_with):
    cloud = cloud_with()

    def begin():
        cloud.held = (cloud_with.LOCK,)
        cloud.there.append(cloud_with.CLIENT)

    cloud.after["locks"] = begin  # nobody worked on it when that was asked
    assert recover(cloud, cloud, "pr-42") is False
    assert (cloud.purged, cloud.there) == ([], [cloud_with.CLIENT])


def test_a_resource_of_a_running_deployment_is_not_deleted(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT], locks=[cloud_with.LOCK])
    with pytest.raises(LockedError, match="jane@another-machine"):
        recover(cloud, cloud, "pr-42")
    assert cloud.purged == []


def test_a_resource_of_a_deployment_that_has_ended_in_the_meantime_is_in_the_state(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT])
    cloud.after["locks"] = lambda: cloud.resources.append({"id": cloud_with.CLIENT.id})
    assert recover(cloud, cloud, "pr-42") is False
    assert cloud.purged == []
