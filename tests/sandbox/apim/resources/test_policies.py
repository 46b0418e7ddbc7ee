import pytest

VALIDATE = (
    '<policies><inbound><base /><validate-jwt header-name="Authorization">'
    '<openid-config url="{url}" />{rest}</validate-jwt></inbound></policies>'
)
OPENID = "https://tenant.test/.well-known/openid-configuration"
EMPTY = "<policies><inbound><base /></inbound></policies>"


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def problem(answer):
    assert code(answer) == (400, "ValidationError")
    detail = answer.json()["error"]["details"][0]
    return detail["target"], detail["message"]


@pytest.fixture
async def published(arm):
    await arm.calculator()
    await arm.put("products/starter", {"displayName": "Starter"})
    return arm


SCOPES = ["policies", "products/starter/policies", "apis/calc/policies", "apis/calc/operations/add/policies"]


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_policy_is_saved_answered_and_deleted_at_every_scope(published, scope):
    await published.delete(f"{scope}/policy")
    missing = await published.get(f"{scope}/policy")
    assert missing.json()["error"]["message"] == "PoliciesConfiguration not found."
    created = await published.put(f"{scope}/policy", {"value": EMPTY})
    assert (created.status_code, created.json()["properties"]["format"]) == (201, "xml")
    assert (await published.get(f"{scope}/policy")).json() == created.json()
    assert [item["name"] for item in (await published.get(scope)).json()["value"]] == ["policy"]
    assert (await published.delete(f"{scope}/policy")).status_code == 200
    assert (await published.delete(f"{scope}/policy")).status_code == 204


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_policy_is_only_called_policy(published, method):
    answer = await published.call(method, "apis/calc/policies/other", {"value": EMPTY})
    assert code(answer) == (400, "ValidationError")
    assert answer.json()["error"]["message"] == "Name should only be 'policy' for policies entity."


async def test_the_global_policy_exists_from_birth(arm):
    value = (await arm.get("policies/policy")).json()["properties"]["value"]
    assert value.startswith("<!--\r\n    IMPORTANT:\r\n")
    assert value.endswith(
        "<policies>\r\n  <inbound></inbound>\r\n  <backend>\r\n    <forward-request />\r\n  </backend>\r\n"
        "  <outbound></outbound>\r\n</policies>"
    )
    assert (await arm.put("policies/policy", {"value": EMPTY})).status_code == 200


async def test_the_document_is_normalised_and_answered_in_both_formats(published):
    text = (
        '<policies><inbound><base /><set-header name="X"><value>@("a" + "b")</value></set-header></inbound></policies>'
    )
    answer = await published.put("apis/calc/policies/policy", {"value": text, "format": "rawxml"})
    value = answer.json()["properties"]["value"]
    assert (answer.json()["properties"]["format"], "\r\n\t<inbound>\r\n\t\t<base />\r\n" in value) == ("xml", True)
    raw = await published.get("apis/calc/policies/policy", params={"format": "rawxml"})
    assert raw.json()["properties"]["format"] == "rawxml"
    assert '@("a" + "b")' in raw.json()["properties"]["value"]
    assert problem(await published.get("apis/calc/policies/policy", params={"format": "yaml"}))[0] == "format"
    assert (await published.put("apis/calc/policies/policy", {"value": value})).headers["etag"] == answer.headers[
        "etag"
    ]


async def test_elements_out_of_order_are_refused_with_their_place(published):
    wrong = VALIDATE.format(
        url=OPENID, rest="<issuers><issuer>i</issuer></issuers><audiences><audience>a</audience></audiences>"
    )
    target, message = problem(await published.put("apis/calc/policies/policy", {"value": wrong}))
    assert target == "validate-jwt"
    assert message.startswith("Error in element 'validate-jwt' on line 1, column ")
    assert "has invalid child element 'audiences'" in message
    assert (await published.get("apis/calc/policies/policy")).status_code == 404


async def test_the_openid_document_must_be_reachable(published):
    good = VALIDATE.format(url=OPENID, rest="")
    assert (await published.put("apis/calc/policies/policy", {"value": good})).status_code == 201
    bad = VALIDATE.format(url="https://nowhere.test/", rest="")
    target, message = problem(await published.put("apis/calc/policies/policy", {"value": bad}))
    assert (target, "Unable to obtain configuration from: 'https://nowhere.test/'" in message) == ("validate-jwt", True)


async def test_the_address_of_the_openid_document_may_be_a_named_value(published):
    text = VALIDATE.format(url="{{openid}}", rest="")
    assert "Cannot find a property 'openid'" in problem(await published.put("policies/policy", {"value": text}))[1]
    await published.put("namedValues/openid", {"displayName": "openid", "value": OPENID})
    answer = await published.put("policies/policy", {"value": text})
    assert (answer.status_code, "{{openid}}" in answer.json()["properties"]["value"]) == (200, True)


async def test_a_linked_policy_is_fetched(published):
    link = {"format": "xml-link", "value": "https://docs.test/policy.xml"}
    assert (await published.put("apis/calc/policies/policy", link)).status_code == 201
    answer = await published.put("apis/calc/policies/policy", {**link, "value": "https://docs.test/none.xml"})
    assert problem(answer)[0] == "value"


async def test_a_fragment_must_exist_and_stays_while_it_is_included(published):
    text = '<policies><inbound><base /><include-fragment fragment-id="cors" /></inbound></policies>'
    target, message = problem(await published.put("apis/calc/policies/policy", {"value": text}))
    assert target == "include-fragment"
    assert message.endswith("Policy fragment with id 'cors' could not be found.")
    fragment = {"value": '<fragment><set-header name="X"><value>1</value></set-header></fragment>', "format": "xml"}
    assert (await published.put("policyFragments/cors", fragment)).status_code == 201
    assert (await published.put("apis/calc/policies/policy", {"value": text})).status_code == 201
    answer = await published.delete("policyFragments/cors")
    assert answer.json()["error"]["message"] == (
        "The Policy Fragment 'cors' is used by the following entities:\r\n/apis/calc/policies/policy\r\n"
    )
    assert (await published.put("policyFragments/-cors", fragment)).status_code == 400


@pytest.mark.parametrize(
    ("tier", "refused"),
    [("Consumption", ["rate-limit-by-key", "quota-by-key"]), ("StandardV2", ["quota-by-key"]), ("Developer", [])],
)
async def test_not_every_tier_has_limits_by_key(empty, tier, refused):
    body = {
        "location": "westeurope",
        "sku": {"name": tier, "capacity": 0 if tier == "Consumption" else 1},
        "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
    }
    await empty.put("", body=body)
    found = []
    for policy, seconds in (("rate-limit-by-key", 60), ("quota-by-key", 300)):
        limit = f'<{policy} calls="1" renewal-period="{seconds}" counter-key="a" />'
        text = f"<policies><inbound>{limit}</inbound><backend><forward-request /></backend></policies>"
        answer = await empty.put("policies/policy", {"value": text})
        if answer.status_code == 400:
            found.append(problem(answer)[0])
    assert found == refused


BACKEND = {"url": "https://backend.test", "protocol": "http"}


def sending_to(backend_id):
    return f'<policies><inbound><base />\n  <set-backend-service backend-id="{backend_id}" /></inbound></policies>'


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_backend_must_exist_when_a_policy_names_it(published, scope):
    assert problem(await published.put(f"{scope}/policy", {"value": sending_to("Calc")})) == (
        "set-backend-service",
        "Error in element 'set-backend-service' on line 2, column 4: Backend with id 'Calc' could not be found.",
    )
    await published.put("backends/calc", BACKEND)
    assert (await published.put(f"{scope}/policy", {"value": sending_to("Calc")})).status_code in (200, 201)


async def test_a_backend_in_a_branch_and_in_a_fragment_must_exist(published):
    branch = '<choose><when condition="@(true)"><set-backend-service backend-id="none" /></when></choose>'
    document = f"<policies><inbound><base />{branch}</inbound></policies>"
    assert problem(await published.put("apis/calc/policies/policy", {"value": document}))[0] == "set-backend-service"
    fragment = '<fragment><set-backend-service backend-id="none" /></fragment>'
    assert problem(await published.put("policyFragments/send", {"value": fragment}))[0] == "set-backend-service"


@pytest.mark.parametrize("backend_id", ["@(context.Api.Id)", "calc-{{stage}}"])
async def test_a_backend_that_only_a_request_tells_is_not_looked_up(published, backend_id):
    await published.put("namedValues/stage", {"displayName": "stage", "value": "dev"})
    answer = await published.put("apis/calc/policies/policy", {"value": sending_to(backend_id)})
    assert answer.status_code == 201


async def test_a_backend_stays_while_a_policy_names_it(published):
    await published.put("backends/calc", BACKEND)
    await published.put("apis/calc/policies/policy", {"value": sending_to("CALC")})
    answer = await published.delete("backends/calc")
    assert code(answer) == (400, "ValidationError")
    assert answer.json()["error"]["message"] == (
        "The Backend 'calc' is used by the following entities:\r\n/apis/calc/policies/policy\r\n"
    )
    await published.delete("apis/calc/policies/policy")
    assert (await published.delete("backends/calc")).status_code == 200


async def test_a_fragment_is_used_however_its_id_is_spelled(published):
    await published.put("policyFragments/cors", {"value": "<fragment />"})
    text = '<policies><inbound><base /><include-fragment fragment-id="CORS" /></inbound></policies>'
    assert (await published.put("apis/calc/policies/policy", {"value": text})).status_code == 201
    assert code(await published.delete("policyFragments/cors")) == (400, "ValidationError")


@pytest.mark.parametrize("policy", ["authentication-certificate", "set-backend-service"])
async def test_what_the_gateway_does_not_do_is_refused_by_name(published, policy):
    attributes = {
        "authentication-certificate": 'certificate-id="mine"',
        "set-backend-service": 'base-url="https://backend.test" dapr-app-id="mine"',
    }
    document = f"<policies><inbound><base /><{policy} {attributes[policy]} /></inbound></policies>"
    target, message = problem(await published.put("apis/calc/policies/policy", {"value": document}))
    assert (target, "not supported by this gateway" in message) == (policy, True)


@pytest.mark.parametrize(
    ("tier", "characters", "refused"),
    [("Consumption", 16_385, True), ("Consumption", 16_384, False), ("Developer", 16_385, False)],
)
async def test_a_document_is_shorter_in_the_consumption_tier(empty, tier, characters, refused):
    body = {
        "location": "westeurope",
        "sku": {"name": tier, "capacity": 0 if tier == "Consumption" else 1},
        "properties": {"publisherEmail": "admin@example.com", "publisherName": "Example"},
    }
    await empty.put("", body=body)
    text = "<policies><inbound /><backend><forward-request /></backend></policies>"
    text += "<!--" + "x" * (characters - len(text) - 7) + "-->"
    answer = await empty.put("policies/policy", {"value": text})
    assert answer.is_error is refused
    if refused:
        assert problem(answer) == (
            "representation",
            "The document has 16385 characters; the most is 16384 in the Consumption tier. Line 1, position 1.",
        )


async def test_a_fragment_may_be_longer_than_a_document(arm):
    for characters, status in ((512 * 1024, 201), (512 * 1024 + 1, 400)):
        text = f"<fragment><!--{'x' * (characters - 28)}--></fragment>"
        answer = await arm.put(f"policyFragments/f{status}", {"value": text})
        assert (len(text), answer.status_code) == (characters, status)
