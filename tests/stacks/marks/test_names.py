"""Names of environments' objects: valid in each service, bounded, never the same for two environments."""

import string

import pytest
from auth0_apim.api_rules import identifier_problem
from auth0_apim.azure_rules import api_path_problem, entity_id_problem, service_name_problem
from auth0_apim.names import slug
from auth0_apim.text_rules import display_name_problem
from auth0_apim.user_rules import connection_name_problem
from auth0_apim_environments.marks.names import (
    LONGEST_ENVIRONMENT_NAME,
    environment_name_problem,
    environment_of,
    named,
)
from hypothesis import assume, given
from hypothesis import strategies as st

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
def test_a_name_is_bounded_and_says_whose_it_is(base, environment, longest):
    name = named(base, environment, longest)
    assert len(name) <= longest
    assert environment_of(name) == environment


@given(base=BASES, environment=ENVIRONMENTS, rule=st.sampled_from(RULES))
def test_a_name_is_valid_wherever_its_base_is(base, environment, rule):
    problem, longest = rule
    assume(problem(base[:longest].rstrip("-")) is None)
    assert problem(named(base, environment, longest)) is None


@given(one=st.tuples(BASES, ENVIRONMENTS), other=st.tuples(BASES, ENVIRONMENTS), longest=LENGTHS)
def test_two_bases_or_two_environments_never_share_a_name(one, other, longest):
    assume(one != other)
    assert named(*one, longest) != named(*other, longest)


@given(base=BASES, environment=ENVIRONMENTS)
def test_the_id_that_is_made_of_a_name_still_says_whose_it_is(base, environment):
    assert environment_of(slug(named(base, environment, 80))) == environment


def test_the_names_of_the_tutorial():
    assert named("BasicCalculator", "pr-42", 128) == "BasicCalculator-env-pr-42"
    assert named("x" * 60, "pr-42", 50) == "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-42f2d973-env-pr-42"


@pytest.mark.parametrize(
    "name", ["basic-calculator", "x-env-prod", "x-env-PR", "-env-pr-42", "x-env-", "x-env-a--b", "pr-42"]
)
def test_other_names_are_nobodys(name):
    assert environment_of(name) is None


@pytest.mark.parametrize("name", ["local", "dev", "staging", "prod", "production", "main"])
def test_environments_that_stay_have_names_of_their_own(name):
    assert environment_name_problem(name) == f"must not be {name!r}, a name of environments that stay"


@pytest.mark.parametrize("name", ["", "PR-42", "pr_42", "-pr", "pr-", "a--b", "x" * 25, "é", "pr.42", "pr-42\n"])
def test_a_name_that_a_service_would_refuse_is_refused(name):
    assert "must be 1 to 24 lower-case letters" in str(environment_name_problem(name))


@pytest.mark.parametrize("name", ["env", "pr-env-1", "env-1"])
def test_the_separator_is_no_part_of_a_name(name):
    assert environment_name_problem(name) == f"must not have the part 'env', which separates names, as {name!r} has"
