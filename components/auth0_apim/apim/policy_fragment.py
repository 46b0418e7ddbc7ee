"""Policies that several documents share."""

from typing import Optional

import pulumi
from lxml import etree
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired

from auth0_apim.apim.azure_rules import long_text_problem, slug
from auth0_apim.apim.azure_service import SERVICE_RULES, ServiceArgs, service_of
from auth0_apim.component.child_options import create_before_delete
from auth0_apim.component.inputs import ComponentInputs, Rule
from auth0_apim.policy.markup import element, raw_policies, raw_policies_problem
from auth0_apim.policy.policy_rules import fragment_id_problem


class PolicyFragmentArgs(ServiceArgs):
    policies: pulumi.Input[str]
    """Required. The policies, as well-formed XML. Expressions and named values in them are evaluated."""
    fragment_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The fragment's id: 1 to 80 letters, digits, dashes and underscores."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What the fragment does, 1 to 1000 characters."""


POLICY_FRAGMENT = ComponentInputs(
    component="PolicyFragment",
    shape=PolicyFragmentArgs,
    rules={
        **SERVICE_RULES,
        "policies": Rule(raw_policies_problem, "<set-header name='X-Team'><value>calc</value></set-header>"),
        "fragment_id": Rule(fragment_id_problem, "correlation"),
        "description": Rule(long_text_problem, "Names the team"),
    },
    defaults={"fragment_id": lambda name: slug(name).replace(".", "-")},
)


class PolicyFragment(pulumi.ComponentResource):
    """Policies that policy documents include by the fragment's id. They must be allowed in the section that includes them: Azure checks this when the document is saved, but not when the fragment changes; calls of a document whose fragment does not fit get 500. A JwtPolicy includes fragments in its inbound section."""

    fragment_id: pulumi.Output[str]
    """The fragment's id, for JwtPolicy's `included_fragments`; known once the fragment exists."""

    def __init__(self, name: str, args: PolicyFragmentArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = POLICY_FRAGMENT.of(name, args)
        super().__init__("auth0-apim:index:PolicyFragment", name, {}, opts)

        fragment = apimanagement.PolicyFragment(
            f"{name}-fragment",
            **service_of(inputs),
            id=inputs.output("fragment_id"),
            description=inputs.optional("description"),
            format="xml",
            value=inputs.output("policies").apply(_fragment),
            opts=create_before_delete(self, opts),
        )

        self.fragment_id = fragment.name
        self.register_outputs({"fragment_id": self.fragment_id})


def _fragment(policies: str) -> str:
    fragment = element("fragment", {}, *raw_policies(policies))
    etree.indent(fragment, space="  ")
    return etree.tostring(fragment, encoding="unicode")
