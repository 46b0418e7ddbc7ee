"""The effective policy: operation > API > product > global, spliced at <base/>; errors and on-error."""

import pytest
from auth0_apim_sandbox.apim.policies import parse_policy


def mark(name):
    return f"<set-header name='X-Way' exists-action='append'><value>{name}</value></set-header>"


PLACES = {"global": "", "product": "products/starter", "api": "apis/calc", "operation": "apis/calc/operations/add"}


@pytest.fixture
def layered(world):
    """A marking policy at each of the four scopes, the product open."""
    world.put("products/starter", displayName="Starter", subscriptionRequired=False)
    world.put("products/starter/apis/calc")
    for name, place in PLACES.items():
        backend = "<forward-request />" if name == "global" else "<base />"
        world.policy(f"{mark(name)}<base />", place, backend=backend)
    return world


async def way(world):
    world.received.clear()
    answer = await world.call()
    assert answer.text == "4"
    return ",".join(world.received[0].headers.get_list("x-way", split_commas=False))


async def test_all_four_scopes_run_from_the_narrowest_spliced_at_base(layered):
    assert await way(layered) == "operation,api,product,global"


async def test_base_runs_the_wider_scope_where_it_stands(layered):
    layered.policy(f"<base />{mark('api')}", "apis/calc")
    assert await way(layered) == "operation,product,global,api"


@pytest.mark.parametrize(
    ("without", "expected"),
    [("operation", "operation"), ("api", "operation,api"), ("product", "operation,api,product")],
)
async def test_without_base_every_wider_scope_is_skipped(layered, without, expected):
    layered.policy(mark(without), PLACES[without])
    assert await way(layered) == expected


async def test_base_at_global_scope_does_nothing(layered):
    layered.policy(f"<base />{mark('global')}<base />", "", backend="<forward-request />")
    assert await way(layered) == "operation,api,product,global"


async def test_a_scope_without_a_document_is_passed_through(layered):
    layered.store.collection("arm.resources").delete(f"{layered.service}/apis/calc/policies/policy".lower())
    assert await way(layered) == "operation,product,global"


async def test_without_any_document_the_request_is_forwarded(world):
    assert (await world.call()).text == "4"
    assert str(world.received[0].url) == "https://backend.example/base/add"


async def test_without_forward_request_the_backend_is_not_called(world):
    world.policy("<base />", backend="")
    answer = await world.call()
    assert (answer.status_code, answer.text, world.received) == (200, "", [])


async def test_a_changed_policy_counts_from_the_next_request_on(layered):
    await way(layered)
    layered.policy("<base />", "apis/calc")
    assert await way(layered) == "operation,product,global"


async def test_outbound_changes_the_response(world):
    world.policy(
        "<base />",
        outbound="<base /><set-header name='X-Out'><value>1</value></set-header><set-status code='202' /><set-body>five</set-body>",
    )
    answer = await world.call()
    assert (answer.status_code, answer.text, answer.headers["x-out"]) == (202, "five", "1")
    assert answer.headers["content-length"] == "4"


async def test_return_response_skips_the_rest(world):
    world.policy(
        "<return-response><set-status code='418' reason='Teapot' /><set-header name='X-A'><value>1</value><value>2</value></set-header></return-response>",
        outbound="<set-status code='500' />",
    )
    answer = await world.call()
    assert (answer.status_code, answer.content, answer.headers.get_list("x-a")) == (418, b"", ["1,2"])
    assert world.received == []


ERROR_HEADERS = "".join(
    f"<set-header name='X-{name}'><value>@(context.LastError.{name})</value></set-header>"
    for name in ("Source", "Reason", "Message", "Scope", "Section", "Path", "PolicyId")
)


async def test_on_error_sees_what_went_wrong_and_may_change_the_answer(world):
    policy = world.validate_jwt(None, "id='check' header-name='Authorization'")
    world.policy(
        f"<base />{policy}",
        on_error=f"<base />{ERROR_HEADERS}<set-header name='X-Code'><value>@(context.Response.StatusCode.ToString())</value></set-header>",
    )
    answer = await world.call()
    assert answer.status_code == 401
    assert {name: value for name, value in answer.headers.items() if name.startswith("x-")} == {
        "x-source": "validate-jwt",
        "x-reason": "TokenNotPresent",
        "x-message": "JWT not present.",
        "x-scope": "api",
        "x-section": "inbound",
        "x-path": "validate-jwt[1]",
        "x-policyid": "check",
        "x-code": "401",
    }
    assert answer.text == '{ "statusCode": 401, "message": "JWT not present." }'


async def test_a_token_cannot_break_what_on_error_writes_about_it(world):
    world.policy(f"<base />{world.validate_jwt()}", on_error=f"<base />{ERROR_HEADERS}")
    token = world.token(key=world.rsa_private("mallory"), header={"alg": "RS256", "kid": "a\r\nX-Evil: 1\0"})
    answer = await world.call_with(token)
    assert answer.status_code == 401
    assert answer.headers["x-message"].endswith("kid: 'a  X-Evil: 1 '. Access denied.")
    assert "x-evil" not in answer.headers


async def test_on_error_may_replace_the_answer_whatever_the_policy_said(world):
    own = "<return-response><set-status code='403' reason='x' /><set-body>@(context.LastError.Reason)</set-body></return-response>"
    world.policy(
        world.validate_jwt(None, "header-name='Authorization' failed-validation-error-message='hidden'"), on_error=own
    )
    answer = await world.call()
    assert (answer.status_code, answer.text) == (403, "TokenNotPresent")


async def test_a_failing_expression_is_a_500_that_tells_the_caller_nothing(world):
    world.policy(
        '<set-variable name="x" value="@((string)context.Variables[&quot;nope&quot;])" />', on_error=ERROR_HEADERS
    )
    answer = await world.call()
    assert answer.status_code == 500
    assert answer.json()["message"] == "Internal server error"
    assert answer.headers["x-reason"] == "ExpressionValueEvaluationFailure"
    assert "nope" not in answer.text


async def test_choose_takes_the_first_branch_that_is_true(world):
    choose = "".join(
        f'<when condition="@(context.Request.Headers.GetValueOrDefault(&quot;X&quot;,&quot;&quot;) == &quot;{value}&quot;)">{mark(value)}</when>'
        for value in "aab"
    )
    world.policy(f"<choose>{choose}<otherwise>{mark('other')}</otherwise></choose>")
    for value, expected in (("a", "a"), ("b", "b"), ("c", "other")):
        await world.call(headers={"X": value})
        assert world.received[-1].headers["x-way"] == expected


async def test_a_failure_inside_choose_stops_the_request(world):
    check = world.validate_jwt(None, "id='inner' header-name='Authorization'")
    nested = f"<choose><when condition='false' /><when condition='true'>{check}</when></choose>"
    world.policy(f"<choose><when condition='true'>{nested}</when></choose>", on_error=ERROR_HEADERS)
    answer = await world.call()
    assert (answer.status_code, world.received) == (401, [])
    assert {name: answer.headers[f"x-{name}"] for name in ("source", "reason", "path", "policyid")} == {
        "source": "validate-jwt",
        "reason": "TokenNotPresent",
        "path": "choose[1]/when[1]/choose[1]/when[2]/validate-jwt[1]",
        "policyid": "inner",
    }


async def test_fragments_are_included_where_they_stand(world):
    world.put("policyFragments/Stamp", value=f"<fragment>{mark('fragment')}</fragment>", format="xml")
    world.policy(f"{mark('before')}<include-fragment fragment-id='stamp' />{mark('after')}")
    await world.call()
    assert world.received[0].headers["x-way"] == "before,fragment,after"


async def test_a_fragment_that_is_gone_refuses_the_request(world, caplog):
    world.policy("<include-fragment fragment-id='gone' />")
    assert (await world.call()).status_code == 500
    assert world.received == []
    assert "policy fragment does not exist: 'gone'" in caplog.text


async def test_a_named_value_is_text_whatever_is_in_it(world):
    value = "\"'<a>&amp;{{other}}"
    world.put("namedValues/v", displayName="tricky", value=value)
    world.policy("<set-header name='X-V'><value>{{tricky}}</value></set-header>")
    await world.call()
    assert world.received[0].headers["x-v"] == value


async def test_named_values_are_filled_into_fragments_too(world):
    world.put("namedValues/v", {"value": "hidden"}, displayName="who", secret=True)
    value = '<value>@("{{who}}" + context.Api.Id)</value>'
    world.put(
        "policyFragments/f", value=f"<fragment><set-header name='X-V'>{value}</set-header></fragment>", format="xml"
    )
    world.policy("<include-fragment fragment-id='f' />")
    await world.call()
    assert world.received[0].headers["x-v"] == "hiddencalc"


async def test_a_named_value_may_be_an_expression(world):
    world.put("namedValues/v", displayName="who", value="@(context.Operation.Id)")
    world.policy("<set-header name='X-V'><value>{{who}}</value></set-header>")
    await world.call()
    assert world.received[0].headers["x-v"] == "add"


async def test_a_policy_whose_named_value_is_gone_refuses_the_request(world, caplog):
    world.policy("<set-header name='X-V'><value>{{gone}}</value></set-header>")
    assert (await world.call()).status_code == 500
    assert world.received == []
    assert "Cannot find a property 'gone'" in caplog.text


@pytest.mark.parametrize(
    ("action", "expected"), [("override", ["new"]), ("skip", ["old"]), ("append", ["old,new"]), ("delete", [])]
)
async def test_set_header_actions(world, action, expected):
    world.policy(f"<set-header name='x-h' exists-action='{action}'><value>new</value></set-header>")
    await world.call(headers={"X-H": "old"})
    assert world.received[0].headers.get_list("x-h") == expected


@pytest.mark.parametrize(("name", "expected"), [("X-H", ["a,b"]), ("User-Agent", ["a", "b"]), ("Cookie", ["a", "b"])])
async def test_several_values_are_joined_but_in_headers_that_may_hold_commas(world, name, expected):
    world.policy(f"<set-header name='{name}'><value>a</value><value>b</value></set-header>")
    await world.call()
    assert world.received[0].headers.get_list(name) == expected


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding", "Connection"])
async def test_a_policy_cannot_touch_the_connections_headers(world, name):
    world.policy(f"<set-header name='{name}'><value>0</value></set-header>")
    assert (await world.call()).status_code == 500
    assert world.received == []


async def test_a_callers_value_cannot_become_another_header(world):
    value = "<value>@(context.Request.Url.Query.GetValueOrDefault(&quot;v&quot;,&quot;&quot;))</value>"
    world.policy(f"<set-header name='X-V'>{value}</set-header>")
    answer = await world.call("/calc/add?v=a%0d%0aX-Evil:%201")
    assert answer.status_code == 500
    assert world.received == []


async def test_mock_response(world):
    world.policy("<mock-response status-code='201' content-type='application/json' />")
    answer = await world.call()
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (201, "application/json", b"")


async def test_a_fragment_runs_only_in_sections_its_policies_are_for(world, caplog):
    world.put("policyFragments/guard", value=f"<fragment>{world.validate_jwt()}</fragment>", format="xml")
    world.policy("<include-fragment fragment-id='guard' />")
    assert (await world.call()).status_code == 401
    world.policy("<base />", outbound="<include-fragment fragment-id='guard' />")
    assert (await world.call()).status_code == 500
    assert "not allowed in section 'outbound'" in caplog.text


DOCUMENTED = {
    "claims by operation": """
        <when condition="@(context.Request.Method == "GET" && !((Jwt)context.Variables["jwt"]).Claims["group"].Contains("finance"))">""",
    "claims by statements": """
        <when condition="@{
            // the caller's groups (all of them, "finance" too
            var jwt = (Jwt)context.Variables["jwt"]; /* checked above ) */
            var groups = jwt.Claims["group"];
            return !Array.Exists(groups, element => element == "finance");
        }">""",
    "an expression that ends soon": """
        <when condition="@(((Jwt)context.Variables["jwt"]).ExpirationTime < DateTime.UtcNow.AddMinutes(1) ||
                           ((Jwt)context.Variables["jwt"]).Claims["group"].All(g => g != "finance"))">""",
}


@pytest.mark.parametrize("pattern", DOCUMENTED)
async def test_the_documented_patterns_tell_401_and_403_apart(world, pattern):
    forbidden = "<return-response><set-status code='403' reason='Forbidden' /></return-response>"
    choose = f"<choose>{DOCUMENTED[pattern]}{forbidden}</when></choose>"
    attributes = "header-name='Authorization' require-scheme='Bearer' output-token-variable-name='jwt'"
    inbound = f"{world.validate_jwt(None, attributes)}{choose}{world.done}"
    saved = parse_policy(f"<policies><inbound>{inbound}</inbound></policies>", "rawxml", scope="api", named_values={})
    world.put("apis/calc/policies/policy", value=saved.to_xml(), format="xml")
    assert (await world.call()).status_code == 401
    assert (await world.call_with(world.token(group=["logistics"]))).status_code == 403
    assert (await world.call_with(world.token(group=["logistics", "finance"]))).status_code == 200
    assert (await world.call_with(world.token(group=["finance"], exp=world.now + 30))).status_code == (
        403 if "soon" in pattern else 200
    )


async def test_a_document_that_became_too_long_to_be_saved_is_run(world):
    world.policy(f"<set-variable name='long' value='{'x' * 300_000}' />{world.done}")
    assert (await world.call()).text == "passed"
