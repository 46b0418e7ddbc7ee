"""The table of tiers, which is the sandbox's as well."""

import pytest
from auth0_apim import GatewaySku
from auth0_apim.rules.tier_rules import TIERS, capacity_problem
from auth0_apim_sandbox.apim.services import contract


def test_every_tier_of_a_new_service_is_in_the_table():
    assert list(TIERS) == [sku.value for sku in GatewaySku]


def test_the_sandbox_knows_the_same_tiers_and_the_same_most_units():
    assert set(TIERS) <= {"Consumption", *contract.CLASSIC_TIERS, *contract.V2_TIERS}
    most = {name: tier.most for name, tier in TIERS.items() if name in contract._LARGEST}
    assert most == contract._LARGEST


@pytest.mark.parametrize(
    ("sku", "capacity", "problem"),
    [
        ("PremiumV2", 30, None),
        ("PremiumV2", 31, "must be 1 to 30 in tier PremiumV2, not 31"),
        ("Consumption", 1, "must be 0 in tier Consumption, not 1"),
        ("Isolated", 99, None),
        ("Basic", 1.5, "must be 1 to 2 in tier Basic, not 1.5"),
    ],
)
def test_units_are_those_of_the_tier(sku, capacity, problem):
    assert capacity_problem({"sku": sku, "capacity": capacity}) == problem
