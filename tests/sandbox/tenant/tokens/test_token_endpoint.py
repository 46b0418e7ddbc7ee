import pytest

PASSWORD_REALM = "http://auth0.com/oauth/grant-type/password-realm"
GRANTS = [
    {"grant_type": "client_credentials"},
    {"grant_type": "password", "username": "ada@example.com", "password": "Correct-Horse-1"},
    {"grant_type": PASSWORD_REALM, "username": "ada@example.com", "password": "Correct-Horse-1", "realm": "Users"},
    {"grant_type": "refresh_token", "refresh_token": "v1.any"},
    {"grant_type": "authorization_code", "code": "any"},
]


RESOURCE = ("resource", "https://contoso-apis-dev.example.com/orders", "resource indicators")


@pytest.mark.parametrize(
    ("grant", "parameter", "value", "feature"),
    [
        *((grant, "organization", "org_7", "organizations") for grant in GRANTS),
        *((grant, *RESOURCE) for grant in GRANTS[:3]),
    ],
)
async def test_a_parameter_that_changes_what_the_token_is_for_is_refused_by_name(
    world, grant, parameter, value, feature
):
    world.client(grant_types=[each["grant_type"] for each in GRANTS])
    response = await world.token(audience=world.audience, **grant, **{parameter: value})
    assert (response.status_code, response.json()) == (
        501,
        {
            "error": "not_supported",
            "error_description": f"The sandbox does not support {feature}: parameter '{parameter}'.",
        },
    )
