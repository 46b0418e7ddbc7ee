"""What machine and interactive clients have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import pulumi
import pulumi_auth0 as auth0

from auth0_apim.auth0.client_rules import client_id_problem
from auth0_apim.component.inputs import Inputs, Rule
from auth0_apim.rules.scope_rules import requested_scopes_problem

PASSWORD_GRANTS = ["password", "http://auth0.com/oauth/grant-type/password-realm"]
"""The resource owner password grant: RFC 6749's own, and Auth0's with a realm."""

CLIENT_ID = Rule(client_id_problem, "AaBbCcDdEeFf0123456789")
"""A client's id."""

SIGNED_BY_THE_TENANT = auth0.ClientJwtConfigurationArgs(alg="RS256")
"""ID tokens that anyone can check by the tenant's public keys, not by the client's secret."""


@dataclass(frozen=True)
class Grant:
    """What lets one client ask for tokens of one API; Auth0 has at most one of each kind.

    Attributes:
        client_id: whose it is.
        audience: the API's identifier.
        subject_type: `client` for tokens in the client's own name, `user` for those of its users.
    """

    client_id: pulumi.Output[str]
    audience: pulumi.Output[str]
    subject_type: str


def new_grant(
    component: pulumi.ComponentResource,
    name: str,
    grant: Grant,
    scopes: pulumi.Output[list[str]],
    hooks: Optional[pulumi.ResourceHookBinding] = None,
) -> pulumi.Output[list[str]]:
    """Grant `scopes` to a client; the scopes that the tenant then has, sorted."""
    made = auth0.ClientGrant(
        name,
        client_id=grant.client_id,
        audience=grant.audience,
        scopes=scopes.apply(sorted),
        subject_type=grant.subject_type,
        opts=pulumi.ResourceOptions(parent=component, hooks=hooks),
    )
    return made.scopes.apply(lambda granted: sorted(granted or []))


def none_of_others(component: pulumi.ComponentResource, inputs: Inputs, grant: Grant) -> pulumi.ResourceHookBinding:
    """Refuses, in a preview too, to make a grant that the tenant has already and this stack did not make.

    The auth0 provider would take it over as it is, write other scopes at the next deployment, and delete it in the end.
    """

    async def refuse(_: pulumi.ResourceHookArgs) -> None:
        for found in await _found(component, grant).future() or []:
            problem = (
                f"is of a client that has a grant for the audience already: {found.id}, subject type "
                f"{grant.subject_type}, scopes {', '.join(sorted(found.scopes)) or 'none'}; this stack did not make it"
            )
            remedy = "give existing_grant: true, which reads it; or delete it, where an interrupted deployment left it"
            raise inputs.error("existing_client_id", problem, remedy)

    # The engine calls it before it creates the grant, so for none that is in its state.
    name = f"{component.pulumi_resource_type} {component.pulumi_resource_name} {grant.subject_type}"
    options = pulumi.ResourceHookOptions(on_dry_run=True)
    return pulumi.ResourceHookBinding(before_create=[pulumi.ResourceHook(name, refuse, options)])


def existing_grant(component: pulumi.ComponentResource, inputs: Inputs, grant: Grant) -> pulumi.Output[list[str]]:
    """The scopes of a grant that exists, sorted; it is read, never changed, and remains after a destroy.

    Args:
        component: that reads it.
        inputs: its inputs; InputError is raised once it is known that there is no such grant, or one with other than its `scopes`.
        grant: which one.
    """
    scopes = inputs.optional("scopes")
    granted = _found(component, grant).apply(lambda found: _scopes_of(component, inputs, grant, found))
    if scopes is None:
        return granted
    return pulumi.Output.all(scopes, granted).apply(lambda both: _refuse_difference(inputs, *both))


def _found(component: pulumi.ComponentResource, grant: Grant) -> pulumi.Output[list[Any]]:
    grants = auth0.get_client_grants_output(
        client_id=grant.client_id, audience=grant.audience, opts=pulumi.InvokeOutputOptions(parent=component)
    ).client_grants
    # A grant that says nothing is of the kind that was there first.
    return grants.apply(lambda found: [each for each in found if (each.subject_type or "client") == grant.subject_type])


def _scopes_of(
    component: pulumi.ComponentResource, inputs: Inputs, grant: Grant, found: Sequence[Any]
) -> pulumi.Input[list[str]]:
    if not found:
        problem = f"is true, and the client has no grant of subject type {grant.subject_type!r} for the audience"
        raise inputs.error("existing_grant", problem, "leave it out, and one is made")
    if not found[0].allow_all_scopes:
        return sorted(found[0].scopes)
    api = auth0.get_resource_server_output(identifier=grant.audience, opts=pulumi.InvokeOutputOptions(parent=component))
    return api.scopes.apply(lambda declared: sorted(scope.name for scope in declared))


def _refuse_difference(inputs: Inputs, wanted: list[str], granted: list[str]) -> list[str]:
    if sorted(wanted) == granted:
        return granted
    problem = f"are {', '.join(sorted(wanted)) or 'none'}, and the grant that exists has {', '.join(granted) or 'none'}"
    raise inputs.error("scopes", problem, "leave it out, to take the grant as it is")


def check_client(inputs: Inputs) -> None:
    """What the inputs of every client have to be together.

    Raises:
        InputError: a new client has no grant yet, an existing one is described, or a scope is not one of the API's.
    """
    requested = {"requested": inputs.get("scopes", []), "available": inputs.get("available_scopes")}
    inputs.require("scopes", requested, requested_scopes_problem)
    inputs.need("existing_grant", "existing_client_id")
    inputs.need("existing_grant", "audience")
    inputs.refuse_beside(
        "existing_client_id", "audience", "scopes", "available_scopes", "existing_grant", "without_grant"
    )


def granted_scopes(component: pulumi.ComponentResource, inputs: Inputs, grant: Grant) -> pulumi.Output[list[str]]:
    """The scopes of the client's grant as the tenant has it, sorted: of one that exists, or of one that is made.

    Args:
        component: whose grant it is.
        inputs: its inputs, which say whether the client and the grant exist.
        grant: which one.
    """
    if inputs.get("existing_grant"):
        return existing_grant(component, inputs, grant)
    hooks = none_of_others(component, inputs, grant) if "existing_client_id" in inputs else None
    return new_grant(component, f"{component.pulumi_resource_name}-grant", grant, inputs.output("scopes", []), hooks)


def readable_secret(client_secret: Optional[str]) -> str:
    """The client's secret, which Auth0 leaves out of its answers to those who may not read it.

    Raises:
        ValueError: it was left out.
    """
    if not client_secret:
        raise ValueError("Auth0 kept the client's secret back: grant the auth0 provider's client read:client_keys")
    return client_secret
