"""Policies that several documents share."""

from typing import Optional

import pulumi
from lxml import etree
from pulumi_azure_native import apimanagement
from typing_extensions import NotRequired, TypedDict

from auth0_apim.azure_service import service_inputs
from auth0_apim.inputs import Inputs
from auth0_apim.names import slug
from auth0_apim.ordering import referred_to
from auth0_apim.part_rules import long_text_problem
from auth0_apim.policy_markup import element, raw_policies, raw_policies_problem
from auth0_apim.policy_rules import fragment_id_problem


class PolicyFragmentArgs(TypedDict):
    resource_group_name: pulumi.Input[str]
    """Required. The service's resource group: `ApiGateway.resource_group_name`."""
    service_name: pulumi.Input[str]
    """Required. The service's name: `ApiGateway.service_name`."""
    policies: pulumi.Input[str]
    """Required. The policies, as well-formed XML. Expressions and named values in them are evaluated. Example: `<set-header name="X-Team"><value>calc</value></set-header>`."""
    fragment_id: NotRequired[pulumi.Input[str]]
    """Optional, defaults to the component's name in lower case. The fragment's id: 1 to 80 letters, digits, dashes and underscores."""
    description: NotRequired[pulumi.Input[str]]
    """Optional, defaults to none. What the fragment does, 1 to 1000 characters."""


class PolicyFragment(pulumi.ComponentResource):
    """Policies that policy documents include by the fragment's id. They must be allowed in the section that includes them: Azure checks this when the document is saved, but not when the fragment changes; calls of a document whose fragment does not fit get 500. A JwtPolicy includes fragments in its inbound section."""

    fragment_id: pulumi.Output[str]
    """The fragment's id, for JwtPolicy's `included_fragments`; known once the fragment exists."""

    def __init__(self, name: str, args: PolicyFragmentArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = Inputs("PolicyFragment", name)
        args = inputs.known(args, PolicyFragmentArgs)
        group, service_name = service_inputs(inputs, args)
        example = "'<set-header name=\"X-Team\"><value>calc</value></set-header>'"
        policies = inputs.check("policies", args.get("policies"), raw_policies_problem, example)
        default_id = slug(name).replace(".", "-")
        fragment_id = inputs.check(
            "fragment_id", args.get("fragment_id", default_id), fragment_id_problem, '"correlation"'
        )
        description = None
        if args.get("description") is not None:
            description = inputs.check("description", args["description"], long_text_problem, '"Names the team"')
        super().__init__("auth0-apim:index:PolicyFragment", name, {}, opts)

        fragment = apimanagement.PolicyFragment(
            f"{name}-fragment",
            resource_group_name=group,
            service_name=service_name,
            id=fragment_id,
            description=description,
            format="xml",
            value=policies.apply(_fragment),
            opts=referred_to(self, opts),
        )

        self.fragment_id = fragment.name
        self.register_outputs({"fragment_id": self.fragment_id})


def _fragment(policies: str) -> str:
    fragment = element("fragment", {}, *raw_policies(policies))
    etree.indent(fragment, space="  ")
    return etree.tostring(fragment, encoding="unicode")
