import json

import pytest

SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "Pets", "version": "1"},
    "host": "pets.test",
    "basePath": "/v1",
    "schemes": ["http", "https"],
    "definitions": {"Pet": {"type": "object"}},
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "type": "integer", "required": True}],
            "put": {
                "consumes": ["application/json"],
                "parameters": [{"name": "pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}}],
                "responses": {"200": {"description": "OK", "schema": {"$ref": "#/definitions/Pet"}}, "default": {}},
            },
        }
    },
}
YAML = """
openapi: 3.0.1
info: {title: Yaml, version: 2024-01-01}
servers: [{url: "http://a.test"}, {url: "https://{name}.test/x/", variables: {name: {default: b}}}]
paths:
  /on:
    get:
      operationId: "Get  the Thing!"
      parameters:
        - {name: size, in: query, schema: {type: integer, enum: [1, 2], default: 1}}
        - {name: X-Trace, in: header, schema: {type: string}}
      responses: {"200": {description: OK}}
    post:
      responses: {"201": {description: Created}}
"""


async def imported(arm, format_, value, **properties):
    text = value if isinstance(value, str) else json.dumps(value)
    answer = await arm.put("apis/x", {"path": "x", "format": format_, "value": text, **properties})
    return answer if answer.is_error else await arm.get("apis/x")


async def operations(arm):
    found = (await arm.get("apis/x/operations")).json()["value"]
    return {item["name"]: (await arm.get(f"apis/x/operations/{item['name']}")).json()["properties"] for item in found}


def message(answer):
    assert answer.status_code == 400, answer.text
    return answer.json()["error"]["details"][0]["message"]


async def test_the_tutorials_document_becomes_operations(arm):
    await arm.calculator()
    answer = (await arm.get("apis/calc/operations/add")).json()["properties"]
    assert (answer["displayName"], answer["method"], answer["urlTemplate"]) == (
        "Add two numbers",
        "GET",
        "/add?a={a}&b={b}",
    )
    assert [(item["name"], item["type"], item["required"]) for item in answer["templateParameters"]] == [
        ("a", "number", True),
        ("b", "number", True),
    ]
    name = (await arm.get("apis/calc/schemas")).json()["value"][0]["name"]
    schema = (await arm.get(f"apis/calc/schemas/{name}")).json()
    assert list(schema["properties"]["document"]["components"]["schemas"]) == ["Result", "Error"]
    assert answer["responses"][0]["representations"] == [
        {"contentType": "application/json", "schemaId": schema["name"], "typeName": "Result"}
    ]
    assert "auth0" not in json.dumps((await arm.get("apis/calc")).json())


async def test_required_query_parameters_can_stay_in_the_query(arm, openapi):
    await imported(arm, "openapi+json", openapi, translateRequiredQueryParameters="query")
    add = (await operations(arm))["add"]
    assert add["urlTemplate"] == "/add"
    assert [item["name"] for item in add["request"]["queryParameters"]] == ["a", "b"]


async def test_swagger_json_is_imported(arm):
    answer = await imported(arm, "swagger-json", SWAGGER)
    assert answer.json()["properties"]["serviceUrl"] == "https://pets.test/v1"
    (name, operation), *rest = (await operations(arm)).items()
    assert (name, operation["displayName"], rest) == ("put-pets-id", "Put - /pets/{id}", [])
    assert [item["statusCode"] for item in operation["responses"]] == [200, 500]
    assert operation["request"]["representations"][0]["typeName"] == "Pet"


async def test_yaml_is_imported_and_the_first_https_server_wins(arm):
    answer = await imported(arm, "openapi", YAML)
    assert answer.json()["properties"]["serviceUrl"] == "https://b.test/x"
    found = await operations(arm)
    assert sorted(found) == ["get-the-thing", "post-on"]
    request = found["get-the-thing"]["request"]
    assert request["queryParameters"] == [
        {"name": "size", "type": "integer", "required": False, "defaultValue": "1", "values": ["1", "2"]}
    ]
    assert [item["name"] for item in request["headers"]] == ["X-Trace"]


@pytest.mark.parametrize("format_", ["openapi-link", "openapi+json-link"])
async def test_a_link_is_fetched(arm, format_):
    assert (await imported(arm, format_, "https://docs.test/calc.json")).status_code == 200
    assert len(await operations(arm)) == 4


async def test_a_link_that_does_not_answer_is_refused(arm):
    answer = await imported(arm, "openapi+json-link", "https://docs.test/none.json")
    assert message(answer).startswith("Unable to retrieve the document from 'https://docs.test/none.json'")


async def test_what_the_request_says_wins_over_the_document(arm, openapi):
    answer = await imported(arm, "openapi+json", openapi, displayName="Mine", serviceUrl="https://mine.test")
    assert answer.json()["properties"]["displayName"] == "Mine"
    assert answer.json()["properties"]["serviceUrl"] == "https://mine.test"


async def test_addresses_without_a_path_end_with_a_slash(arm, openapi):
    openapi["info"]["contact"] = {"name": "C", "url": "https://example.com", "email": "c@example.com"}
    openapi["info"]["license"] = {"name": "L", "url": "https://example.com/license"}
    shown = (await imported(arm, "openapi+json", openapi)).json()["properties"]
    assert shown["contact"] == {"name": "C", "url": "https://example.com/", "email": "c@example.com"}
    assert shown["license"] == {"name": "L", "url": "https://example.com/license"}


async def test_importing_again_changes_nothing(arm, openapi):
    first = await imported(arm, "openapi+json", openapi)
    before = await operations(arm)
    again = await imported(arm, "openapi+json", openapi)
    assert (again.status_code, again.headers["etag"]) == (200, first.headers["etag"])
    assert await operations(arm) == before


async def test_importing_another_document_keeps_the_policies_of_what_stays(arm, openapi):
    await imported(arm, "openapi+json", openapi)
    policy = {"value": "<policies><inbound><base /></inbound></policies>"}
    await arm.put("apis/x/operations/add/policies/policy", policy)
    del openapi["paths"]["/div"]
    await imported(arm, "openapi+json", openapi)
    assert sorted(await operations(arm)) == ["add", "multiply", "subtract"]
    assert (await arm.get("apis/x/operations/add/policies/policy")).status_code == 200


async def test_names_are_made_unique_within_76_characters(arm, openapi):
    for item in openapi["paths"].values():
        item["get"]["operationId"] = "Long! " * 30
    await imported(arm, "openapi+json", openapi)
    found = sorted(await operations(arm))
    assert found == [found[0], f"{found[0]}-1", f"{found[0]}-2", f"{found[0]}-3"]
    assert (len(found[0]) <= 76, found[0][:10]) == (True, "long-long-")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"openapi": "2.0"}, "'openapi' must be a version 3.0.x or 3.1.x, not '2.0'"),
        ({"info": {"title": "X"}}, "'info' needs 'title' and 'version'"),
        ({"paths": None}, "'paths' is required"),
        ({"paths": {"x": {}}}, "the path 'x' must start with '/'"),
        ({"paths": {"/x/{id}": {"get": {}}}}, "the path parameters of GET /x/{id} and its template differ at ['id']"),
        ({"paths": {"/x": {"get": {"parameters": [{"$ref": "other.json"}]}}}}, "leaves the document"),
        ({"paths": {"/x": {"get": {"parameters": [{"$ref": "#/none"}]}}}}, "points nowhere"),
        ({"paths": {"/x": {"$ref": "#/paths/~1x"}}}, "refers to itself"),
    ],
)
async def test_a_wrong_document_is_refused_and_nothing_is_made(arm, openapi, change, text):
    answer = await imported(arm, "openapi+json", {**openapi, **change})
    assert message(answer).startswith("Parsing error(s): ")
    assert text in message(answer)
    assert (await arm.get("apis/x")).status_code == 404


@pytest.mark.parametrize(
    ("format_", "value"),
    [
        ("openapi+json", "openapi: 3.0.0"),
        ("openapi", "a: ["),
        ("openapi", "a: &a []\nb: *a"),
        ("openapi+json", '{"a":' * 200 + "1" + "}" * 200),
    ],
)
async def test_what_cannot_be_parsed_is_refused(arm, format_, value):
    assert message(await imported(arm, format_, value)).startswith("Parsing error(s): ")


async def test_an_inline_document_has_at_most_4_mb(arm):
    assert "larger than 4 MB" in message(await imported(arm, "openapi", "#" * (4 * 1024 * 1024 + 1)))


def _document(**changes):
    found = {"get": {"responses": {"200": {"description": "OK"}}}}
    return {"openapi": "3.0.1", "info": {"title": "T", "version": "1"}, "paths": {"/a": found}, **changes}


def _get(**members):
    return _document(paths={"/a": {"get": members}})


MISSHAPEN = {
    "servers": _document(servers="https://a.test"),
    "a server": _document(servers=[1]),
    "variables": _document(servers=[{"url": "https://a.test", "variables": [1]}]),
    "a variable": _document(servers=[{"url": "https://{a}.test", "variables": {"a": "b"}}]),
    "parameters": _get(parameters={"a": 1}),
    "responses": _get(responses=[1]),
    "headers": _get(responses={"200": {"headers": [1]}}),
    "content": _get(responses={"200": {"content": [1]}}),
    "a media type": _get(responses={"200": {"content": {"text/plain": "x"}}}),
    "a schema": _get(responses={"200": {"content": {"text/plain": {"schema": "x"}}}}),
    "enum": _get(parameters=[{"name": "q", "in": "query", "schema": {"enum": 5}}]),
    "components": _document(components=[1]),
    "schemas": _document(components={"schemas": [1]}),
    "contact": _document(info={"title": "T", "version": "1", "contact": "me"}),
}


@pytest.mark.parametrize("what", MISSHAPEN)
async def test_a_misshapen_document_is_refused_by_what_is_wrong(arm, what):
    expected = f"Parsing error(s): {what}: "
    assert message(await imported(arm, "openapi+json", MISSHAPEN[what])).startswith(expected)


async def test_half_a_character_is_refused(arm):
    info = '{"title": "\\ud800", "version": "1"}'
    assert "surrogates not allowed" in message(
        await imported(arm, "openapi+json", f'{{"openapi": "3.0.1", "info": {info}, "paths": {{}}}}')
    )


async def test_statuses_that_are_none_are_left_out(arm):
    responses = {"200": {"description": "OK"}, "4XX": {}, "²": {}, "9" * 20: {}}
    await imported(arm, "openapi+json", _get(responses=responses))
    found = await operations(arm)
    assert [answer["statusCode"] for answer in found["get-a"]["responses"]] == [200]


YAML_HEAD = "openapi: 3.0.1\ninfo: {title: T, version: '1'}\n"
SHARED = """paths:
  /a: {get: {responses: &usual {'200': {description: OK}, '404': {description: None}}}}
  /c: {get: {responses: *usual}}
"""


async def test_yaml_may_share_parts_by_aliases(arm):
    await imported(arm, "openapi", YAML_HEAD + SHARED)
    found = {name: [item["statusCode"] for item in body["responses"]] for name, body in (await operations(arm)).items()}
    assert {name: sorted(statuses) for name, statuses in found.items()} == {
        "get-a": [200, 404],
        "get-c": [200, 404],
    }


def _grown(first, shape):
    return (
        YAML_HEAD + f"paths: {{}}\na0: &a0 {first}\n" + "".join(f"a{n}: &a{n} {shape(n - 1)}\n" for n in range(1, 40))
    )


BOMBS = {
    "lists of lists": _grown("[1, 2]", lambda n: f"[*a{n}, *a{n}, *a{n}]"),
    "mappings of mappings": _grown("{k: 1, l: 2}", lambda n: f"{{k: *a{n}, l: *a{n}}}"),
    "a list in itself": YAML_HEAD + "paths: {}\nx: &x [*x]",
    "a mapping in itself": YAML_HEAD + "paths: {}\nx: &x {y: *x}",
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_aliases_that_stand_for_gigabytes_are_refused(arm, bomb):
    assert message(await imported(arm, "openapi", BOMBS[bomb])).startswith("Parsing error(s): ")


async def test_two_paths_that_no_request_can_tell_apart_are_refused(arm):
    item = {"get": {"parameters": [{"name": "x", "in": "path"}]}}
    other = {"get": {"parameters": [{"name": "y", "in": "path"}]}}
    answer = await imported(arm, "openapi+json", _document(paths={"/a/{x}": item, "/a/{y}": other}))
    assert (
        message(answer) == "Importing API has duplicate signature operations: 2 operations with signature 'GET /a/{x}'"
    )


async def test_paths_that_differ_by_case_alone_are_one(arm):
    paths = {"/A": {"get": {"operationId": "a"}}, "/a": {"get": {"operationId": "b"}}}
    answer = await imported(arm, "openapi+json", _document(paths=paths))
    assert message(answer) == "Importing API has duplicate signature operations: 2 operations with signature 'GET /A'"


async def names(arm, *operation_ids):
    """The operations' names by path of a document whose paths have these ids."""
    paths = {f"/{number}": {"get": {"operationId": wanted}} for number, wanted in enumerate(operation_ids)}
    await imported(arm, "openapi+json", _document(paths=paths))
    return [name for _, name in sorted((body["urlTemplate"], name) for name, body in (await operations(arm)).items())]


@pytest.mark.parametrize("name", ["addPet", "findPets_by_Tag", "OpenId_read-Metadata_get", "_a_", "x" * 76])
async def test_names_of_letters_digits_dashes_and_underscores_stay(arm, name):
    assert await names(arm, name) == [name]


@pytest.mark.parametrize(
    ("operation_id", "name"),
    [
        ("Add Pet", "add-pet"),
        ("-Pet-", "pet"),
        ("a" * 75 + " b c", "a" * 75 + "-"),
        ("aB_" * 26, "ab-" * 25 + "a"),
    ],
)
async def test_other_names_are_trimmed_then_cut(arm, operation_id, name):
    assert await names(arm, operation_id) == [name]


async def test_names_are_unique_without_case_in_the_documents_order(arm):
    paths = {"/a": {"post": {"operationId": "pet"}, "get": {"operationId": "Pet"}}}
    await imported(arm, "openapi+json", _document(paths=paths))
    assert {name: body["method"] for name, body in (await operations(arm)).items()} == {"pet": "POST", "Pet-1": "GET"}


async def test_a_path_item_is_found_by_reference_in_a_vendor_extension_too(arm):
    item = {"get": {"operationId": "getOrders", "parameters": [{"$ref": "#/x-shared/list/0"}]}}
    shared = {"a b": item, "list": [{"name": "q", "in": "query", "required": True}]}
    vendor = {"$ref": "./samples/one.json"}
    paths = {"/orders": {"$ref": "#/x-shared/a%20b"}, "x-note": "no path"}
    await imported(arm, "openapi+json", _document(paths=paths, **{"x-shared": shared, "x-vendor": vendor}))
    assert {name: body["urlTemplate"] for name, body in (await operations(arm)).items()} == {
        "getOrders": "/orders?q={q}"
    }


async def test_paths_of_azures_extension_are_imported(arm):
    twice = {"get": {"operationId": "twice", "parameters": [{"name": "op", "in": "query", "required": True}]}}
    await imported(arm, "openapi+json", _document(**{"x-ms-paths": {"/a?op=twice": twice}}))
    assert {name: body["urlTemplate"] for name, body in (await operations(arm)).items()} == {
        "get-a": "/a",
        "twice": "/a?op={op}",
    }


async def test_the_query_of_a_path_is_built_anew_from_required_parameters(arm):
    parameters = [
        {"name": "x", "in": "path", "required": True},
        {"name": "dummyReqQueryParam", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "other", "in": "query"},
    ]
    await imported(arm, "openapi+json", _document(paths={"/p?willbeignored={x}": {"get": {"parameters": parameters}}}))
    (operation,) = (await operations(arm)).values()
    assert operation["urlTemplate"] == "/p?dummyReqQueryParam={dummyReqQueryParam}"
    assert [item["name"] for item in operation["templateParameters"]] == ["dummyReqQueryParam"]


async def test_parameters_of_path_and_query_need_names_that_differ_by_more_than_case(arm):
    parameters = [{"name": "Id", "in": "path"}, {"name": "id", "in": "query", "required": True}]
    answer = await imported(arm, "openapi+json", _document(paths={"/p/{Id}": {"get": {"parameters": parameters}}}))
    assert "of GET /p/{Id} are not unique in its path and query" in message(answer)


async def test_the_default_response_is_status_500_unless_there_is_one(arm):
    await imported(arm, "openapi+json", _get(responses={"200": {}, "default": {"description": "Wrong"}}))
    answers = (await operations(arm))["get-a"]["responses"]
    assert [(item["statusCode"], item.get("description")) for item in answers] == [(200, None), (500, "Wrong")]
    await imported(arm, "openapi+json", _get(responses={"default": {"description": "Wrong"}, "500": {}}))
    answers = (await operations(arm))["get-a"]["responses"]
    assert [(item["statusCode"], item.get("description")) for item in answers] == [(500, None)]


async def test_a_parameters_format_is_put_before_its_description(arm):
    parameters = [
        {"name": "id", "in": "query", "description": "ID of pet", "schema": {"type": "integer", "format": "int64"}},
        {"name": "plain", "in": "query", "description": "Plain"},
    ]
    await imported(arm, "openapi+json", _get(parameters=parameters))
    found = (await operations(arm))["get-a"]["request"]["queryParameters"]
    assert [item["description"] for item in found] == ["Format - int64. ID of pet", "Plain"]


async def test_an_operation_without_a_summary_is_shown_by_its_id(arm):
    await imported(arm, "openapi+json", _get(operationId="Find Pets"))
    assert (await operations(arm))["find-pets"]["displayName"] == "Find Pets"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x: &x {}\npaths: {/a: {<<: *x}}", "<< is not a valid property"),
        ("paths: {}\npaths: {}", "Duplicate key paths"),
    ],
)
async def test_yaml_that_the_services_reader_does_not_know_is_refused(arm, text, problem):
    assert message(await imported(arm, "openapi", YAML_HEAD + text)) == f"Parsing error(s): {problem}."


@pytest.mark.parametrize("format_", ["openapi", "openapi+json"])
async def test_a_byte_order_mark_is_refused(arm, format_):
    answer = await imported(arm, format_, "\ufeff" + json.dumps(_document()))
    assert "Mapping values are not allowed in this context" in message(answer)


async def test_yaml_keeps_words_that_yaml_1_1_takes_for_something_else(arm):
    text = (
        "paths: {/a: {get: {operationId: on, parameters: [{name: off, in: query, schema: {enum: [0123, yes, 12]}}]}}}"
    )
    await imported(arm, "openapi", YAML_HEAD + text)
    (parameter,) = (await operations(arm))["on"]["request"]["queryParameters"]
    assert (parameter["name"], parameter["values"]) == ("off", ["0123", "yes", "12"])


async def test_protocols_are_answered_in_azures_order(arm):
    await imported(arm, "openapi+json", _document(), protocols=["https", "http", "https"])
    assert (await arm.get("apis/x")).json()["properties"]["protocols"] == ["http", "https"]


@pytest.mark.parametrize(
    ("schemes", "given", "protocols"),
    [
        (["http"], None, ["http"]),
        (["https", "http"], None, ["http", "https"]),
        (["http", "ws"], None, ["http"]),
        (["ws"], None, ["https"]),
        (None, None, ["https"]),
        (["http"], ["https"], ["https"]),
    ],
)
async def test_protocols_come_from_a_swagger_document_unless_they_are_given(arm, schemes, given, protocols):
    document = {name: value for name, value in SWAGGER.items() if name != "schemes"}
    document |= {"schemes": schemes} if schemes else {}
    answer = await imported(arm, "swagger-json", document, **({"protocols": given} if given else {}))
    assert answer.json()["properties"]["protocols"] == protocols


@pytest.mark.parametrize(("method", "bodies"), [("get", 0), ("head", 0), ("options", 0), ("post", 1), ("delete", 1)])
async def test_the_body_of_get_head_and_options_is_dropped(arm, method, bodies):
    body = {"content": {"application/json": {"schema": {"type": "string"}}}}
    document = _document()
    document["paths"] = {"/a": {method: {"operationId": "a", "requestBody": body, "responses": {}}}}
    await imported(arm, "openapi+json", document)
    assert len((await operations(arm))["a"]["request"]["representations"]) == bodies
    swagger = {**SWAGGER, "paths": {"/a": {method: {"operationId": "a", "responses": {}}}}}
    swagger["paths"]["/a"][method]["parameters"] = [{"name": "b", "in": "body", "schema": {"type": "string"}}]
    await imported(arm, "swagger-json", swagger)
    assert len((await operations(arm))["a"]["request"]["representations"]) == bodies


async def test_a_server_with_a_query_string_is_refused(arm):
    servers = [{"url": "https://a.test"}, {"url": "https://b.test/?tenant=a"}]
    answer = await imported(arm, "openapi+json", {**_document(), "servers": servers})
    assert "'https://b.test/?tenant=a' has a query string" in message(answer)


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000 + "x", "{a: " * 100_000, "[" * 101 + "]" * 101])
async def test_a_document_that_is_nested_without_end_is_refused(arm, text):
    answer = await imported(arm, "openapi", f"{YAML_HEAD}paths: {text}" if text[0] != "-" else text)
    assert "the document is nested too deeply" in message(answer)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("paths: !!python/object/apply:os.getcwd []", "could not determine a constructor for the tag"),
        ("paths: !mine {}", "could not determine a constructor for the tag '!mine'"),
        ("paths: *none", "found undefined alias 'none'"),
        ("paths: {? [a] : b}", "a key must be a scalar"),
        ("paths: {}\n---\nopenapi: 3.0.1", "expected a single document"),
    ],
)
async def test_yaml_beyond_plain_values_is_refused(arm, text, reason):
    assert reason in message(await imported(arm, "openapi", YAML_HEAD + text))


async def test_tags_of_plain_values_are_obeyed(arm):
    text = "paths: {/a: {get: {operationId: !!str 12, description: ! 13, responses: {}}}}"
    await imported(arm, "openapi", YAML_HEAD + text)
    assert (await operations(arm))["12"]["description"] == "13"
