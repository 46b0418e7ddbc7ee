"""Marks of ephemeral environments: markers in tags, and names that are valid in each service and never shared."""

import string
from datetime import datetime, timedelta, timezone

import pytest
from auth0_apim.apim.azure_rules import api_path_problem, entity_id_problem, service_name_problem, slug
from auth0_apim.auth0.user_rules import connection_name_problem
from auth0_apim.rules.scope_rules import identifier_problem
from auth0_apim.rules.text_rules import display_name_problem, metadata_problem
from auth0_apim_environments.marks import (
    LONGEST_ENVIRONMENT_NAME,
    Marker,
    MarkerError,
    environment_among,
    environment_in,
    environment_name_problem,
    environment_of,
    mark_description,
    name_in_environment,
    owner_problem,
)
from hypothesis import assume, given
from hypothesis import strategies as st

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone.utc)
MARKER = Marker.begin("pr-42", "jane", NOON, timedelta(hours=4))


def test_a_marker_is_read_from_its_tag_which_fits_into_pulumi_cloud():
    assert Marker.from_tag("pr-42", MARKER.tag()) == MARKER
    longest = Marker.begin("x" * 24, "o" * 60, NOON, timedelta(days=30), protected=True)
    assert len(longest.tag()) <= 256


def test_an_environment_is_expired_from_its_expiry_on():
    assert not MARKER.is_expired(NOON + timedelta(hours=3, minutes=59))
    assert MARKER.is_expired(NOON + timedelta(hours=4))


def test_an_extension_counts_from_now():
    later = NOON + timedelta(hours=10)
    assert MARKER.extended(later, timedelta(hours=1)).expires == datetime(2026, 3, 1, 23, 0, tzinfo=timezone.utc)


def test_the_marks_are_valid_metadata_of_a_client():
    assert MARKER.marks() == {
        "auth0-apim-environment": "pr-42",
        "auth0-apim-owner": "jane",
        "auth0-apim-created": "2026-03-01T12:00:00Z",
        "auth0-apim-expires": "2026-03-01T16:00:00Z",
    }
    assert metadata_problem(MARKER.marks()) is None
    assert environment_among(MARKER.marks()) == "pr-42"
    assert environment_among(None) is None


@pytest.mark.parametrize("text", ["", "no", "{}", "[]", '{"environment": "pr-42"}'])
def test_a_tag_that_is_no_marker_is_an_error_that_names_the_stack(text):
    with pytest.raises(MarkerError, match="of stack 'pr-42' cannot be read"):
        Marker.from_tag("pr-42", text)


@pytest.mark.parametrize("protected", ['"true"', "1", "null"])
def test_a_protection_that_is_no_boolean_is_refused(protected):
    text = MARKER.tag().replace("false", protected)
    with pytest.raises(MarkerError, match="'protected' is .*, and must be true or false"):
        Marker.from_tag("pr-42", text)


def test_a_time_in_another_zone_is_converted_to_utc():
    text = MARKER.tag().replace("2026-03-01T16:00:00Z", "2026-03-02T01:30:00+09:30")
    assert Marker.from_tag("pr-42", text) == MARKER


@pytest.mark.parametrize("expires", ["2026-03-01T16:00:00", "2026-03-01", "tomorrow"])
def test_a_time_without_a_zone_is_refused(expires):
    with pytest.raises(MarkerError, match="cannot be read"):
        Marker.from_tag("pr-42", MARKER.tag().replace("2026-03-01T16:00:00Z", expires))


def test_the_marker_of_another_stack_is_refused():
    with pytest.raises(MarkerError, match="of stack 'pr-43' is that of 'pr-42'"):
        Marker.from_tag("pr-43", MARKER.tag())


def test_a_description_can_contain_the_environment():
    assert environment_in(mark_description("Of Jane.", "pr-42")) == "pr-42"
    assert environment_in("Of pr-42.") is None
    assert environment_in(mark_description(mark_description("Of Jane.", "pr-4"), "pr-42")) == "pr-42"
    assert environment_in(mark_description("Of Jane.", "pr-4") + " Or so she says.") is None
    assert environment_in(None) is None


@pytest.mark.parametrize("owner", ["", " ", "jane ", "a\nb", "x" * 101])
def test_an_owner_that_does_not_fit_into_a_mark_is_refused(owner):
    assert "must be 1 to 100 printable characters" in owner_problem(owner)


@pytest.mark.parametrize("owner", ["jane", "Jörg Müller", "dependabot[bot]", "ä" * 100])
def test_an_owner_fits_into_the_tag_with_the_longest_name(owner):
    assert owner_problem(owner) is None
    assert len(Marker.begin("x" * 24, owner, NOON, timedelta(days=30), protected=True).tag()) <= 256


PARTS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
ENVIRONMENTS = (
    st.lists(PARTS, min_size=1, max_size=4)
    .map("-".join)
    .filter(lambda name: len(name) <= LONGEST_ENVIRONMENT_NAME and environment_name_problem(name) is None)
)
WORDS = st.lists(st.text(string.ascii_letters + string.digits, min_size=1, max_size=40), min_size=1, max_size=6)
BASES = WORDS.map("-".join)
LENGTHS = st.sampled_from([50, 80, 128, 200, 300, 600])
RULES = [
    (identifier_problem, 600),
    (display_name_problem, 200),
    (connection_name_problem, 128),
    (service_name_problem, 50),
    (entity_id_problem, 80),
    (api_path_problem, 80),
]


@given(base=BASES, environment=ENVIRONMENTS, longest=LENGTHS)
def test_a_name_has_a_maximum_length_and_contains_its_environment(base, environment, longest):
    name = name_in_environment(base, environment, longest)
    assert len(name) <= longest
    assert environment_of(name) == environment


@given(base=BASES, environment=ENVIRONMENTS, rule=st.sampled_from(RULES))
def test_a_name_is_valid_wherever_its_base_is(base, environment, rule):
    problem, longest = rule
    assume(problem(base[:longest].rstrip("-")) is None)
    assert problem(name_in_environment(base, environment, longest)) is None


@given(one=st.tuples(BASES, ENVIRONMENTS), other=st.tuples(BASES, ENVIRONMENTS), longest=LENGTHS)
def test_two_bases_or_two_environments_never_share_a_name(one, other, longest):
    assume(one != other)
    assert name_in_environment(*one, longest) != name_in_environment(*other, longest)


@given(base=BASES, environment=ENVIRONMENTS)
def test_the_id_derived_from_a_name_contains_its_environment(base, environment):
    assert environment_of(slug(name_in_environment(base, environment, 80))) == environment


def test_the_names_of_the_tutorial():
    assert name_in_environment("BasicCalculator", "pr-42", 128) == "BasicCalculator-env-pr-42"
    assert name_in_environment("x" * 60, "pr-42", 50) == "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-42f2d973-env-pr-42"


@pytest.mark.parametrize(
    "name", ["basic-calculator", "x-env-prod", "x-env-PR", "-env-pr-42", "x-env-", "x-env-a--b", "pr-42"]
)
def test_other_names_belong_to_no_environment(name):
    assert environment_of(name) is None


@pytest.mark.parametrize("name", ["local", "dev", "staging", "prod", "production", "main"])
def test_names_of_permanent_environments_are_refused(name):
    assert environment_name_problem(name) == f"must not be {name!r}, the name of a permanent environment"


@pytest.mark.parametrize("name", ["", "PR-42", "pr_42", "-pr", "pr-", "a--b", "x" * 25, "é", "pr.42", "pr-42\n"])
def test_a_name_that_a_service_would_refuse_is_refused(name):
    assert "must be 1 to 24 lower-case letters" in str(environment_name_problem(name))


@pytest.mark.parametrize("name", ["env", "pr-env-1", "env-1"])
def test_a_name_with_the_separator_is_refused(name):
    assert environment_name_problem(name) == (
        f"must not contain the part 'env', which separates base and environment in names, as {name!r} does"
    )
