"""The gateway's check of access tokens."""

from base64 import b64encode
from typing import Any, Optional

import pulumi
from pulumi_azure_native import apimanagement

from auth0_apim.apim.azure_rules import slug
from auth0_apim.apim.azure_service import service_of
from auth0_apim.apim.jwt_policy_inputs import JWT_POLICY, JwtPolicyArgs, jwt_settings, level_of
from auth0_apim.component.child_options import child_options, create_before_delete, depends_on
from auth0_apim.component.inputs import Inputs
from auth0_apim.policy.document_rules import wider_backend_problem
from auth0_apim.policy.jwt_documents import WIDER_LEVELS, jwt_document, token_check
from auth0_apim.policy.operation_scopes import operation_requirements
from auth0_apim.policy.policy_rules import document_size_problem

_POLICIES = {
    "operation": (apimanagement.ApiOperationPolicy, ("api_id", "operation_id")),
    "api": (apimanagement.ApiPolicy, ("api_id",)),
    "product": (apimanagement.ProductPolicy, ("product_id",)),
    "service": (apimanagement.Policy, ()),
}
"""By scope: the resource of the document, and the properties that lead to it below the service."""


class JwtPolicy(pulumi.ComponentResource):
    """Accepts only calls with a good access token: 401 without one, 403 with one that lacks a scope. It is the policy document of an operation, an API, a product or the whole service, and keeps the policies of wider scopes; each has one such document, so one JwtPolicy. At the scope of an API or an operation it also sets the backend: without this policy no call reaches it. Operations of the API that are not listed are denied."""

    policy_xml: pulumi.Output[str]
    """The policy document; without secrets."""
    policy_id: pulumi.Output[str]
    """The document's ARM id."""

    def __init__(self, name: str, args: JwtPolicyArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        inputs = JWT_POLICY.of(name, args)
        super().__init__("auth0-apim:index:JwtPolicy", name, {}, opts)
        level = level_of(inputs)
        if level in WIDER_LEVELS and "raw_inbound" in inputs:
            remedy = "use PublishedApi's checked_by"
            inputs.warn("raw_inbound", inputs.get("raw_inbound"), _wider_backend_problem, remedy)

        policy_type, names = _POLICIES[level]
        place = {each: inputs.output(each) for each in names}
        nothing: pulumi.Output[Any] = pulumi.Output.from_input(None)
        signing_key = nothing
        if inputs.get("signing_algorithm") == "HS256":
            signing_key = _signing_key(self, inputs, place, create_before_delete(self, opts))
        operations = operation_requirements(inputs) if level == "api" else nothing
        document = pulumi.Output.all(jwt_settings(inputs), signing_key, operations).apply(
            lambda each: jwt_document(each[0], token_check(each[0], each[1]), level, each[2])
        )
        sized = pulumi.Output.all(document=document, sku=inputs.nullable("sku"))
        self.policy_xml = sized.apply(lambda known: _fitting(inputs, known))
        policy = policy_type(
            f"{name}-policy",
            **service_of(inputs),
            **place,
            policy_id="policy",
            format="xml",
            value=self.policy_xml,
            opts=child_options(self, opts),
        )
        self.policy_id = policy.id
        self.register_outputs({"policy_xml": self.policy_xml, "policy_id": self.policy_id})


def _signing_key(
    component: pulumi.ComponentResource,
    inputs: Inputs,
    place: dict[str, pulumi.Output[str]],
    options: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """The name of the secret named value with the key of HS256, known once it exists."""
    level = level_of(inputs)
    key_name = pulumi.Output.all(*place.values()).apply(lambda ids: slug("-".join([*(ids or ["all-apis"]), level])))
    key_name = pulumi.Output.concat(key_name, "-signing-key")
    known: pulumi.Output[Any] = pulumi.Output.from_input(inputs.nullable("signing_secret"))
    secret: pulumi.Output[str] = pulumi.Output.secret(known.apply(lambda secret: _base64(inputs, secret)))
    named_value = apimanagement.NamedValue(
        f"{component.pulumi_resource_name}-signing-key",
        **service_of(inputs),
        named_value_id=key_name,
        display_name=key_name,
        secret=True,
        value=secret,
        opts=options,
    )
    return depends_on(key_name, named_value)


def _fitting(inputs: Inputs, sized: dict[str, Any]) -> str:
    if problem := document_size_problem(sized):
        raise inputs.error("operation_scopes", problem, "give wider scopes, or ask for fewer different ones")
    return str(sized["document"])


def _base64(inputs: Inputs, secret: Optional[str]) -> str:
    """The key as `validate-jwt` wants it: Base64 of the secret's UTF-8 bytes, which are what Auth0 signs with."""
    if secret is None:
        problem = "is HS256, and the API has no signing secret: its tokens are signed with RS256"
        raise inputs.error("signing_algorithm", problem, "leave it out")
    return b64encode(secret.encode()).decode()


def _wider_backend_problem(raw: str) -> Optional[str]:
    return wider_backend_problem(f"<policies><inbound>{raw}</inbound></policies>")
