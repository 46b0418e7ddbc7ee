"""set-status, return-response, mock-response and set-body."""

KEY = "<issuer-signing-keys><key>a2V5IG9mIG1vcmUgdGhhbiBzaXh0ZWVuIGJ5dGVz</key></issuer-signing-keys>"
GUARD = f"<validate-jwt header-name='Authorization' require-scheme='Bearer'>{KEY}</validate-jwt>"


async def test_return_response_sees_the_response_of_the_failure_in_on_error(world):
    answer = (
        "<return-response><set-status code='@(context.Response.StatusCode)' />"
        "<set-body>@(context.Response.StatusCode + context.LastError.Reason)</set-body></return-response>"
    )
    world.policy(f"<base />{GUARD}", on_error=answer)
    refused = await world.call()
    assert (refused.status_code, refused.text) == (401, "401TokenNotPresent")


async def test_return_response_sees_the_backends_response_in_outbound(world):
    header = (
        "<set-header name='X-Was'><value>@(context.Response.Headers.GetValueOrDefault(\"X-A\"))</value></set-header>"
    )
    world.policy(
        "<base />",
        outbound=f"<return-response><set-status code='418' />{header.replace(chr(34), '&quot;')}</return-response>",
    )
    world.backend = lambda _: __import__("httpx").Response(200, headers={"X-A": "1"}, text="body")
    answer = await world.call()
    assert (answer.status_code, answer.headers["x-was"], answer.text) == (418, "1", "")
    assert "x-a" not in answer.headers


async def test_a_status_set_in_on_error_keeps_what_the_failure_says(world):
    world.policy(f"<base />{GUARD}", on_error="<set-status code='@(context.Response.StatusCode)' reason='x' />")
    refused = await world.call()
    assert (refused.status_code, refused.json()["message"]) == (401, "JWT not present.")
