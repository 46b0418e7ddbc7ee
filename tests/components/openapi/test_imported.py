"""What the component says of a document is what the service makes of the document that is sent."""

import json

import pytest
import yaml
from auth0_apim.openapi.source import read_openapi
from auth0_apim.openapi.text import OpenApiError
from auth0_apim_sandbox.apim.resources.apis.imported_operations import imported_operations
from auth0_apim_sandbox.apim.resources.apis.specification import read_specification
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

BACKEND = "https://backend.example"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
IDS = st.one_of(
    st.sampled_from(
        ["add", "Add", "ADD", "add-1", "a_b", "a b", "-a", "a-", "on", "0123", "null", "2026-01-01", "é", ""]
    ),
    st.text("aB_-. é", max_size=8),
    st.integers(70, 90).map(lambda length: "x" * length),
    st.integers(70, 80).map(lambda length: "y" * length + "_z"),
    st.none(),
)
QUERY = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b", "B", "on", "$top", "page[size]"]), "in": st.just("query")},
    optional={"required": st.booleans()},
)
HEADER = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "X-Key"]), "in": st.just("header"), "required": st.just(True)}
)
REFERENCE = st.sampled_from(["first", "second"]).map(lambda name: {"$ref": f"#/components/parameters/{name}"})
PARAMETERS = st.lists(st.one_of(QUERY, HEADER, REFERENCE), max_size=3)
OPERATION = st.fixed_dictionaries({"operationId": IDS, "responses": st.just({})}, optional={"parameters": PARAMETERS})
ITEM = st.dictionaries(st.sampled_from(METHODS), OPERATION, min_size=1, max_size=3)
PATH = st.sampled_from(["/", "/a", "/A", "/a/b", "/a?x=1", "/b?y={y}", "/on", "/0123", "/a.b/c"])


@st.composite
def documents(draw):
    items = {path: {**draw(ITEM), "parameters": draw(PARAMETERS)} for path in draw(st.sets(PATH, max_size=4))}
    shared = draw(st.sets(st.sampled_from(["/shared", "/shared/2"])))
    extension = draw(st.dictionaries(st.just("/a?z=1"), ITEM))
    return {
        "openapi": "3.0.1",
        "info": {"title": "T", "version": "1"},
        "paths": items | {path: {"$ref": "#/components/x-items/one"} for path in sorted(shared)},
        "x-ms-paths": extension,
        "components": {
            "parameters": {"first": draw(QUERY), "second": {"$ref": "#/components/parameters/first"}},
            "x-items": {"one": draw(ITEM)},
        },
    }


def service_makes_of(imported):
    specification = read_specification(imported.format, imported.value)
    operations = imported_operations(specification, "schemas", translate_query=True)
    return {name: f"{operation.method} {operation.url_template}" for name, operation in operations.items()}


def without_ids(content):
    if isinstance(content, dict):
        return {name: without_ids(value) for name, value in content.items() if name != "operationId"}
    return [without_ids(value) for value in content] if isinstance(content, list) else content


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
@settings(deadline=None)
@given(content=documents())
@example(content={"openapi": "3.0.1", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {}}}})
def test_the_service_makes_exactly_the_operations_that_the_component_names(write, content):
    try:
        imported = read_openapi(write(content) + "\n", service_url=BACKEND)
    except OpenApiError:
        assume(False)
    assert service_makes_of(imported) == imported.operations


@pytest.mark.parametrize(("write", "read"), [(json.dumps, json.loads), (yaml.safe_dump, yaml.safe_load)])
@settings(deadline=None)
@given(content=documents())
def test_nothing_changes_but_ids(write, read, content):
    content["paths"] = {path: item for path, item in content["paths"].items() if "$ref" not in item}
    try:
        imported = read_openapi(write(content) + "\n", service_url=BACKEND)
    except OpenApiError:
        assume(False)
    assert without_ids(read(imported.value)) == without_ids(content)
