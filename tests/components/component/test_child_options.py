"""Outputs that wait for a resource."""

import pulumi
import pulumi_auth0 as auth0
from auth0_apim.component.child_options import depends_on


@pulumi.runtime.test
async def test_whatever_uses_the_value_depends_on_the_resource(mocks):
    role = auth0.Role("role", name="adder")
    value = depends_on(pulumi.Output.from_input("value"), role)
    assert await value.resources() == {role}
    assert await value.future() == "value"


def test_the_value_is_known_in_a_preview(mocks):
    pulumi.runtime.set_mocks(mocks, preview=True)

    @pulumi.runtime.test
    async def program():
        value = depends_on(pulumi.Output.from_input("value"), auth0.Role("role", name="adder"))
        assert await value.is_known()
        assert await value.future() == "value"

    program()


@pulumi.runtime.test
async def test_a_secret_stays_one(mocks):
    assert await depends_on(pulumi.Output.secret("value"), auth0.Role("role", name="adder")).is_secret()
