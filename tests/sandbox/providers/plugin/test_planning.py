"""Plans without what the engine was told to ignore."""

import pytest
from auth0_apim_sandbox.providers.plugin.differences import Kind
from auth0_apim_sandbox.providers.plugin.planning import Plan

PLAN = Plan(
    {"location": Kind.UPDATE, "options.mfa": Kind.DELETE, "options.mfa.active": Kind.UPDATE, "tags[0]": Kind.ADD},
    frozenset({"location"}),
    delete_before_replace=True,
)


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        ([], ["location", "options.mfa", "options.mfa.active", "tags[0]"]),
        (["options.mfa"], ["location", "tags[0]"]),
        (["options", "tags"], ["location"]),
        (["option", "loc"], ["location", "options.mfa", "options.mfa.active", "tags[0]"]),
    ],
)
def test_ignored_paths_and_what_is_below_them_do_not_change(ignored, left):
    assert sorted(PLAN.without(ignored).changes) == left


def test_an_ignored_reason_replaces_nothing():
    plan = PLAN.without(["location"])
    assert (plan.replaces, plan.delete_before_replace) == (frozenset(), False)
    assert PLAN.without(["tags"]).replaces == {"location"}
