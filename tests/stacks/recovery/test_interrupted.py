"""What is made good after an interruption, and what another process makes at that very moment."""

import pytest
from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.recovery.interrupted import settle


def test_an_object_that_the_state_does_not_know_is_deleted(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT])
    assert settle(cloud, cloud, "pr-42") is True
    assert cloud.swept == [cloud_with.CLIENT]


def test_what_a_deployment_makes_that_begins_meanwhile_is_not_taken_for_an_orphan(cloud_with):
    cloud = cloud_with()

    def begin():
        cloud.held = (cloud_with.LOCK,)
        cloud.there.append(cloud_with.CLIENT)

    cloud.after["locks"] = begin  # nobody worked on it when that was asked
    assert settle(cloud, cloud, "pr-42") is False
    assert (cloud.swept, cloud.there) == ([], [cloud_with.CLIENT])


def test_what_a_deployment_has_made_that_still_runs_is_left_alone(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT], locks=[cloud_with.LOCK])
    with pytest.raises(LockedError, match="jane@another-machine"):
        settle(cloud, cloud, "pr-42")
    assert cloud.swept == []


def test_what_a_deployment_made_that_has_ended_meanwhile_is_in_the_state(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT])
    cloud.after["locks"] = lambda: cloud.resources.append({"id": cloud_with.CLIENT.id})
    assert settle(cloud, cloud, "pr-42") is False
    assert cloud.swept == []
