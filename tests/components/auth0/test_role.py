"""Role against mocks; that a token carries its permissions is proven live."""

import pulumi
import pytest
from auth0_apim import DatabaseUser, InputError, Role

ROLE = "auth0:index/role:Role"
PERMISSIONS = "auth0:index/rolePermissions:RolePermissions"
USER_ROLES = "auth0:index/userRoles:UserRoles"


@pytest.fixture
def role(mocks):
    required = {"audience": "basic-calculator", "permissions": ["calc:sub", "calc:add"]}
    return lambda **args: Role("operator", {**required, **args})


@pulumi.runtime.test
async def test_a_role_has_its_permissions_before_anyone_gets_it(mocks, role):
    made = role(description="Adds and subtracts", available_scopes=["calc:add", "calc:sub"])
    assert await made.role_id.future() == "operator-role-id"
    assert await made.role_name.future() == "operator"
    assert mocks.inputs_of(ROLE, "operator-role") == {"name": "operator", "description": "Adds and subtracts"}
    assert mocks.inputs_of(PERMISSIONS, "operator-permissions") == {
        "roleId": "operator-role-id",
        "permissions": [
            {"name": "calc:add", "resourceServerIdentifier": "basic-calculator"},
            {"name": "calc:sub", "resourceServerIdentifier": "basic-calculator"},
        ],
    }
    assert mocks.child_types() == {f"auth0-apim:index:Role${kind}" for kind in (ROLE, PERMISSIONS)}


@pulumi.runtime.test
async def test_a_user_has_the_roles_before_anyone_hears_of_it(mocks, role):
    user = DatabaseUser(
        "jane",
        {
            "connection_name": "Users",
            "email": "jane@example.com",
            "password": "Three quiet Words 4 me",
            "roles": [role().role_id],
        },
    )
    assert await user.email.future() == "jane@example.com"
    assert mocks.inputs_of(USER_ROLES, "jane-roles") == {"userId": "jane-user-id", "roles": ["operator-role-id"]}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"audience": None}, "input 'audience' is required; an example that works: \"basic-calculator\""),
        (
            {"permissions": []},
            "input 'permissions' must name at least one; an example that works: [\"calc:add\"]",
        ),
        (
            {"available_scopes": ["calc:add"]},
            "input 'permissions' asks for 'calc:sub', which the API does not have (it has calc:add); an example that "
            'works: ["calc:add"]',
        ),
        (
            {"description": "x" * 256},
            "input 'description' must be 1 to 255 characters long, not 256; an example that works: \"Adds numbers\"",
        ),
        (
            {"role_name": "<b>"},
            "input 'role_name' must not contain '<' or '>', as '<b>' does; an example that works: \"calculator operator\"",
        ),
    ],
)
@pulumi.runtime.test
def test_a_bad_input_is_refused_before_anything_is_made(mocks, role, args, message):
    with pytest.raises(InputError) as refusal:
        role(**args)
    assert str(refusal.value) == f"Role 'operator': {message}"
    assert mocks.resources == {}
