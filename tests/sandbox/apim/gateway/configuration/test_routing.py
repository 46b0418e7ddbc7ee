"""Which operation a request is for."""

import pytest


@pytest.fixture
def echo(world):
    """The API's every answer is the id of the operation and the template's parameters."""
    world.policy(
        '<base /><return-response><set-body>@(context.Api.Id + " " + context.Operation.Id)</set-body></return-response>',
        "",
    )
    return world


NOT_FOUND = '{ "statusCode": 404, "message": "Resource not found" }'


@pytest.mark.parametrize(
    "path",
    [
        "/calc/add",
        "/CALC/Add",
        "/calc/add/",
        "/calc/%61dd",
        "/calc/x/../add",
        "/calc/x/%2e%2e/add",
        "/calc/./add",
        "/calc\\add",
    ],
)
async def test_spellings_of_one_path(echo, path):
    assert (await echo.call(path)).text == "calc add"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/calc", "GET"),
        ("/calc/nope", "GET"),
        ("/calc/add", "POST"),
        ("/calc/add/1", "GET"),
        ("/", "GET"),
        ("/calcx/add", "GET"),
        ("/calc%2Fadd", "GET"),
        ("/calc/add", "HEAD"),
        ("/calc/add", "OPTIONS"),
        ("/calc;rev=9/add", "GET"),
    ],
)
async def test_no_operation_is_a_404_with_the_documented_body(echo, path, method):
    answer = await echo.call(path, method)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert answer.text == ("" if method == "HEAD" else NOT_FOUND)


async def test_an_api_for_https_alone_is_not_found_over_http(echo):
    echo.host = "http://gateway.example"
    assert (await echo.call()).text == NOT_FOUND
    echo.api(protocols=["http", "https"])
    assert (await echo.call()).text == "calc add"


async def test_the_longest_path_wins(echo):
    echo.api("deep", path="calc/add")
    echo.operation("/{x}", api="deep", name="any")
    echo.operation("/{x}/{y}", name="two")
    assert (await echo.call("/calc/add/1")).text == "deep any"
    assert (await echo.call("/calc/sub/1")).text == "calc two"


async def test_an_api_without_a_path(echo):
    echo.api("root", path="")
    echo.operation("/hello", api="root", name="hello")
    echo.operation("/", api="root", name="home")
    assert (await echo.call("/hello")).text == "root hello"
    assert (await echo.call("/")).text == "root home"


async def test_literals_come_before_parameters_before_wildcards(echo):
    for template, name in (("/*", "wild"), ("/{id}", "one"), ("/{id}/parts", "parts"), ("/files/{*path}", "files")):
        echo.operation(template, name=name)
    for path, expected in (
        ("/calc/add", "add"),
        ("/calc/7", "one"),
        ("/calc/7/parts", "parts"),
        ("/calc/7/other", "wild"),
        ("/calc/files/a/b", "files"),
        ("/calc", "wild"),
    ):
        assert (await echo.call(path)).text == f"calc {expected}"


async def test_no_spelling_slips_from_an_operation_to_the_wildcard(echo):
    echo.operation("/*", name="wild")
    echo.policy("<return-response><set-status code='403' /></return-response>", "apis/calc/operations/add")
    for path in (
        "/calc/add",
        "/calc/ADD",
        "/calc/%41%64%64",
        "/calc/add/",
        "/calc/./add",
        "/calc/a/%2E%2e/add",
        "/calc//add",
        "/calc/add//",
    ):
        assert (await echo.call(path)).status_code == (403 if "//" not in path[1:] else 200)


async def test_a_required_query_chooses_the_operation(echo):
    echo.operation("/sum?a={a}&b={b}", name="sum")
    echo.operation("/sum?mode=fast", name="fast")
    assert (await echo.call("/calc/sum?b=2&a=1")).text == "calc sum"
    assert (await echo.call("/calc/sum?mode=fast")).text == "calc fast"
    assert (await echo.call("/calc/sum?a=1")).text == NOT_FOUND


async def test_template_parameters_reach_expressions_decoded(world):
    world.operation("/items({id})/{name}", name="item")
    world.policy(
        '<return-response><set-body>@(context.Request.MatchedParameters["id"] + "|" + context.Request.MatchedParameters["name"])</set-body></return-response>'
    )
    assert (await world.call("/calc/items(7)/a%20b%2Fc")).text == "7|a b/c"


async def test_versions_in_the_path_the_query_and_a_header(echo):
    for scheme, names in (
        ("Segment", {}),
        ("Query", {"versionQueryName": "api-version"}),
        ("Header", {"versionHeaderName": "X-Version"}),
    ):
        echo.put(f"apiVersionSets/{scheme}", versioningScheme=scheme, **names)
        set_id = f"{echo.service}/apiVersionSets/{scheme}"
        for version in ("", "v1", "v2"):
            name = f"{scheme}{version}".lower()
            echo.api(name, path=scheme.lower(), apiVersion=version or None, apiVersionSetId=set_id)
            echo.operation(api=name)
    assert (await echo.call("/segment/add")).text == "segment add"
    assert (await echo.call("/segment/v2/add")).text == "segmentv2 add"
    assert (await echo.call("/segment/v3/add")).text == NOT_FOUND
    assert (await echo.call("/query/add")).text == "query add"
    assert (await echo.call("/query/add?api-version=v1")).text == "queryv1 add"
    assert (await echo.call("/query/add?api-version=v3")).text == NOT_FOUND
    assert (await echo.call("/header/add", headers={"x-version": "v2"})).text == "headerv2 add"
    assert (await echo.call("/header/add", headers={"x-version": "v3"})).text == NOT_FOUND


async def test_revisions_that_are_not_current_are_reached_by_name(echo):
    echo.api("calc;rev=2", path="calc", apiRevision="2", isCurrent=False)
    echo.operation("/new", api="calc;rev=2", name="new")
    assert (await echo.call("/calc/new")).text == NOT_FOUND
    assert (await echo.call("/calc;rev=2/new")).text == "calc;rev=2 new"
    assert (await echo.call("/calc;rev=1/add")).text == "calc add"


async def test_a_rewritten_address_keeps_only_the_parameters_its_template_does_not_ask_for(world):
    world.operation("/sum?a={a}&mode=fast", name="sum")
    world.policy("<base /><rewrite-uri template='/total/{a}?from=gateway' />")
    await world.call("/calc/sum?a=1&mode=fast&b=2")
    assert str(world.received[0].url) == "https://backend.example/base/total/1?from=gateway&b=2"


async def test_the_parts_of_an_address_in_expressions(world):
    parts = ("Scheme", "Host", "Port", "Path", "QueryString")
    text = ' + " " + '.join(f"context.Request.OriginalUrl.{part}" for part in parts)
    world.policy(f"<return-response><set-body>@({text})</set-body></return-response>")
    assert (await world.call("/calc/add?a=1&b")).text == "https gateway.example 443 /calc/add ?a=1&b"


SET = "/subscriptions/s/apiVersionSets/set"


@pytest.mark.parametrize(
    ("scheme", "second", "headers"),
    [
        ({"versioningScheme": "Segment"}, "/calc/v2/add", {}),
        ({"versioningScheme": "Query", "versionQueryName": "v"}, "/calc/add?v=v2", {}),
        ({"versioningScheme": "Header", "versionHeaderName": "X-V"}, "/calc/add", {"X-V": "v2"}),
    ],
)
async def test_the_original_answers_without_an_identifier_beside_a_version(echo, scheme, second, headers):
    echo.put("apiVersionSets/set", displayName="Set", **scheme)
    echo.api(apiVersionSetId=SET)
    echo.api("two", path="calc", apiVersionSetId=SET, apiVersion="v2")
    echo.operation(api="two")
    assert (await echo.call()).text == "calc add"
    assert (await echo.call(second, headers=headers)).text == "two add"


async def test_a_revision_of_a_version_in_the_path_stands_behind_the_version(echo):
    echo.put("apiVersionSets/set", displayName="Set", versioningScheme="Segment")
    echo.api(apiVersionSetId=SET, apiVersion="v1", apiRevision="1")
    echo.api("calc;rev=2", path="calc", apiVersionSetId=SET, apiVersion="v1", apiRevision="2", isCurrent=False)
    echo.operation(api="calc;rev=2")
    assert (await echo.call("/calc/v1/add")).text == "calc add"
    assert (await echo.call("/calc/v1;rev=2/add")).text == "calc;rev=2 add"
    assert (await echo.call("/calc;rev=2/v1/add")).status_code == 404


async def test_a_revision_is_called_in_any_case(echo):
    echo.api("calc;rev=Trial", path="calc", apiRevision="Trial", isCurrent=False)
    echo.operation(api="calc;rev=Trial")
    assert (await echo.call("/CALC;REV=trial/add")).text == "calc;rev=Trial add"


async def test_an_api_called_operations_has_its_operations(world):
    world.api("operations", path="named")
    world.operation(api="operations")
    world.policy(world.done, "apis/operations")
    assert (await world.call("/named/add")).text == "passed"
