"""The policy pack: `pulumi preview --policy-pack <this folder>`, on any stack."""

from auth0_apim.policy_pack.pack import policies
from pulumi_policy import EnforcementLevel, PolicyPack

PolicyPack("auth0-apim", list(policies()), enforcement_level=EnforcementLevel.MANDATORY)
