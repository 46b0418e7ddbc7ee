"""The end of a destruction: what still has the marks, and who may have put it there."""

import pytest
from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.ephemeral import RedeployedError
from auth0_apim_environments.ephemeral.destruction import purge_marked_resources


@pytest.mark.parametrize("gone", [False, True])
def test_marked_resources_are_purged_whether_the_stack_is_empty_or_lost(cloud_with, gone):
    cloud = cloud_with(there=[cloud_with.CLIENT], gone=gone)
    assert purge_marked_resources(cloud, cloud, "pr-42") == []
    assert cloud.purged == [cloud_with.CLIENT]


def test_an_environment_that_is_being_deployed_again_is_not_purged(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT], locks=[cloud_with.LOCK])
    with pytest.raises(LockedError, match="'pr-42' is locked by jane@another-machine"):
        purge_marked_resources(cloud, cloud, "pr-42")
    assert cloud.purged == []


def test_an_environment_that_was_deployed_again_is_not_purged(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT], resources=[{"id": cloud_with.CLIENT.id}])
    with pytest.raises(RedeployedError, match="'pr-42' was deployed again"):
        purge_marked_resources(cloud, cloud, "pr-42")
    assert cloud.purged == []
