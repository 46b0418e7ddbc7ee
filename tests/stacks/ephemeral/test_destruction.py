"""The end of a destruction: what still has the marks, and who may have put it there."""

import pytest
from auth0_apim_environments.engine.errors import LockedError
from auth0_apim_environments.ephemeral import RevivedError
from auth0_apim_environments.ephemeral.destruction import emptied


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_left_is_swept_whether_the_stack_is_empty_or_lost(cloud_with, gone):
    cloud = cloud_with(there=[cloud_with.CLIENT], gone=gone)
    assert emptied(cloud, cloud, "pr-42") == []
    assert cloud.swept == [cloud_with.CLIENT]


def test_an_environment_that_is_being_made_anew_under_the_same_name_is_not_swept(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT], locks=[cloud_with.LOCK])
    with pytest.raises(LockedError, match="'pr-42' is being worked on by jane@another-machine"):
        emptied(cloud, cloud, "pr-42")
    assert cloud.swept == []


def test_an_environment_that_was_made_anew_under_the_same_name_is_not_swept(cloud_with):
    cloud = cloud_with(there=[cloud_with.CLIENT], resources=[{"id": cloud_with.CLIENT.id}])
    with pytest.raises(RevivedError, match="'pr-42' was deployed again"):
        emptied(cloud, cloud, "pr-42")
    assert cloud.swept == []
