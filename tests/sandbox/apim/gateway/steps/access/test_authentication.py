"""authentication-basic and authentication-managed-identity."""


async def test_basic_credentials_replace_the_callers_authorization(world):
    world.policy("<base /><authentication-basic username='user' password='pass:word' />")
    await world.call(headers={"Authorization": "Bearer own"})
    assert world.received[0].headers.get_list("authorization") == ["Basic dXNlcjpwYXNzOndvcmQ="]


async def test_a_managed_identitys_token_goes_to_the_backend(world):
    world.identities = {None: "own", "7": "lent"}
    world.policy("<base /><authentication-managed-identity resource='https://r.example' />")
    await world.call(headers={"Authorization": "Bearer own"})
    assert world.received[0].headers.get_list("authorization") == ["Bearer own for https://r.example"]
    world.policy("<base /><authentication-managed-identity resource='r' client-id='7' />")
    await world.call()
    assert world.received[1].headers["authorization"] == "Bearer lent for r"


async def test_a_token_goes_into_a_variable_where_one_is_named(world):
    world.identities = {None: "own"}
    world.policy(
        "<base /><authentication-managed-identity resource='r' output-token-variable-name='t' />"
        "<set-header name='X-T'><value>@((string)context.Variables[&quot;t&quot;])</value></set-header>"
    )
    await world.call()
    assert world.received[0].headers["x-t"] == "own for r"
    assert "authorization" not in world.received[0].headers


async def test_a_service_without_identity_fails_unless_that_is_ignored(world):
    world.policy("<base /><authentication-managed-identity resource='r' />")
    assert (await world.call()).status_code == 500
    world.policy("<base /><authentication-managed-identity resource='r' ignore-error='true' />")
    assert (await world.call()).status_code == 200
    assert "authorization" not in world.received[0].headers
