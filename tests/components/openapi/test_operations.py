"""The operations of a document: their ids, methods and URL templates, and documents whose operations cannot be told apart."""

import json
import re

import pytest
from auth0_apim.openapi.document import parse_openapi
from auth0_apim.openapi.operations import normal_form
from auth0_apim.openapi.text import OpenApiError

LONG = "read_the_security_classification_of_one_document_in_a_shared_folder_of_xxxx_schema_later"


def document(paths, **more):
    return json.dumps({"openapi": "3.0.1", "info": {"title": "T", "version": "1"}, "paths": paths, **more})


def operations(paths, **more):
    return parse_openapi(document(paths, **more)).operations


def named(*ids):
    """Ids by path of an API whose paths have these `operationId`s."""
    paths = {f"/{number}": {"get": {"operationId": name}} for number, name in enumerate(ids)}
    return {template.removeprefix("GET /"): name for name, template in operations(paths).items()}


def query(name, required=True):
    return {"name": name, "in": "query", "required": required}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("addNumbers", "addnumbers"),
        ("GET-/foo/{bar}?buzz={quix}", "get-foo-bar-buzz-quix"),
        ("__A  b__", "a-b"),
        ("x" * 80, "x" * 76),
        (LONG, "read-the-security-classification-of-one-document-in-a-shared-folder-of-xxxx"),
        ("é", ""),
    ],
)
def test_the_normal_form_has_dashes_inside_alone(name, expected):
    assert normal_form(name) == expected


@pytest.mark.parametrize("name", ["addNumbers", "get_add", "_add_", "a--b", "1", "x" * 76, "ADD"])
def test_an_id_that_an_import_takes_unchanged_stays(name):
    assert named(name) == {"0": name}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Add two integers", "add-two-integers"),
        ("-add", "add"),
        ("add-", "add"),
        ("a.b", "a-b"),
        ("add\n", "add"),
        ("ädd", "dd"),
        (LONG, normal_form(LONG)),
        ("", "get-0"),
        ("é", "get-0"),
        (None, "get-0"),
        (12, "12"),
    ],
)
def test_any_other_id_gets_the_normal_form(name, expected):
    assert named(name) == {"0": expected}


def test_ids_that_differ_by_case_alone_are_numbered():
    assert named("add", "Add", "ADD", "aDD-1") == {"0": "add", "1": "add-2", "2": "add-3", "3": "aDD-1"}


def test_an_id_that_stays_is_never_given_to_another_operation():
    assert named("do it", "do-it", "do/it") == {"0": "do-it-1", "1": "do-it", "2": "do-it-2"}


def test_a_number_stays_within_the_longest_id():
    assert named("x" * 80, "x" * 81) == {"0": "x" * 76, "1": "x" * 74 + "-1"}


def test_operations_of_one_path_with_one_id_are_numbered_in_the_documents_order():
    paths = {"/orders": {"post": {"operationId": "orders"}, "get": {"operationId": "orders"}}}
    assert operations(paths) == {"orders": "POST /orders", "orders-1": "GET /orders"}


def test_operations_are_sorted_by_id():
    assert list(operations({"/b": {"get": {"operationId": "b"}}, "/a": {"get": {"operationId": "a"}}})) == ["a", "b"]


def test_required_query_parameters_of_path_and_operation_are_part_of_the_template():
    add = {"parameters": [query("a"), query("b"), query("c", None), {"name": "h", "in": "header", "required": True}]}
    paths = {"/add/{x}": {"parameters": [query("key"), {"name": "x", "in": "path"}], "get": add}}
    assert operations(paths) == {"get-add-x": "GET /add/{x}?key={key}&a={a}&b={b}"}


def test_an_operations_own_parameter_goes_before_the_paths():
    paths = {
        "/add": {"parameters": [query("a"), query("b", False)], "get": {"parameters": [query("a", False), query("b")]}}
    }
    assert operations(paths) == {"get-add": "GET /add?b={b}"}


def test_what_a_path_says_of_its_query_is_dropped():
    paths = {"/p?ignored={x}": {"get": {"operationId": "p", "parameters": [query("kept")]}}}
    assert operations(paths) == {"p": "GET /p?kept={kept}"}


def test_parameters_are_found_by_reference():
    components = {"parameters": {"a/b~": query("a"), "again": {"$ref": "#/components/parameters/a~1b~0"}}}
    paths = {"/add": {"get": {"parameters": [{"$ref": "#/components/parameters/again"}]}}}
    assert operations(paths, components=components) == {"get-add": "GET /add?a={a}"}


def test_a_reference_may_lead_into_a_list_and_be_percent_encoded():
    first = {"get": {"operationId": "one", "parameters": [query("a")]}}
    second = {"get": {"operationId": "two", "parameters": [{"$ref": "#/paths/~1one~1%7Bid%7D/get/parameters/0"}]}}
    assert operations({"/one/{id}": first, "/two": second}) == {"one": "GET /one/{id}?a={a}", "two": "GET /two?a={a}"}


def test_parameters_of_swagger_are_found_by_reference():
    paths = {"/add": {"get": {"parameters": [{"$ref": "#/parameters/a"}]}}}
    swagger = {"swagger": "2.0", "paths": paths, "parameters": {"a": {**query("a"), "type": "string"}}}
    assert parse_openapi(json.dumps(swagger)).operations == {"get-add": "GET /add?a={a}"}


def test_path_items_are_found_by_reference_in_vendor_extensions_too():
    paths = {"/orders": {"$ref": "#/x-shared/orders"}, "/plain": {"get": {"operationId": "plain"}}}
    shared = {"orders": {"get": {"operationId": "getOrders"}}}
    vendor = {"sample": {"$ref": "./samples/one.json"}}
    text = document(paths, **{"x-shared": shared, "x-vendor": vendor})
    assert parse_openapi(text).operations == {"getOrders": "GET /orders", "plain": "GET /plain"}
    assert parse_openapi(text).text == text


def test_one_path_item_of_two_paths_is_written_out_with_an_id_for_each():
    paths = {"/a": {"$ref": "#/x-item"}, "/b": {"$ref": "#/x-item"}}
    parsed = parse_openapi(document(paths, **{"x-item": {"get": {"operationId": "item"}}}))
    assert parsed.operations == {"item": "GET /a", "item-1": "GET /b"}
    assert json.loads(parsed.text)["paths"] == {"/a": {"$ref": "#/x-item"}, "/b": {"get": {"operationId": "item-1"}}}


def test_paths_of_azures_extension_are_operations_too():
    extension = {"/add?op=twice": {"get": {"operationId": "twice", "parameters": [query("op")]}}}
    paths = {"/add": {"get": {"operationId": "add"}}, "x-note": "no path"}
    assert operations(paths, **{"x-ms-paths": extension}) == {"add": "GET /add", "twice": "GET /add?op={op}"}


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        (
            {"/items/{id}": {"get": {}}, "/items/{Key}": {"get": {}}},
            "has two operations that API Management takes for one, 'GET /items/{id}' and 'GET /items/{Key}'",
        ),
        ({"/Add": {"get": {}}, "/add": {"get": {}}}, "takes for one, 'GET /Add' and 'GET /add'"),
        ({"/add?a=1": {"get": {}}, "/add?a=2": {"get": {}}}, "takes for one, 'GET /add?a=1' and 'GET /add?a=2'"),
        (
            {"/add/{A}": {"get": {"parameters": [query("a")]}}},
            "has 2 parameters called 'a' in the URL template of '/add/{A}'",
        ),
        (
            {"/add": {"get": {"parameters": [query("a"), query("A")]}}},
            "has 2 parameters called 'a' in the URL template",
        ),
        ({"/add": {"get": {"parameters": [{"$ref": "#/none"}]}}}, "refers to '#/none' at the parameters of the path"),
        ({"/add": {"$ref": "#/paths/~1add"}}, "refers to '#/paths/~1add' at the path '/add', and there is nothing"),
        ({"/add": None}, "has no object at the path '/add', but 'None'"),
        ({"/add": {"get": []}}, "has no object at 'get' of the path '/add'"),
        ({"/add": {"GET": {}}}, "has the method 'GET' at the path '/add': write 'get'"),
        ({"add": {"get": {}}}, "has the path 'add', which must start with '/'"),
        ({"/add": {"get": {"parameters": {}}}}, "has no list as the parameters of the path '/add'"),
        ({"/add": {"get": {"parameters": [{"name": "a"}]}}}, "has a parameter without 'name' or 'in' among the param"),
        ({"/add": {"get": {"parameters": [query("a", "yes")]}}}, "has 'required' of 'a' among the parameters of the "),
        ({"/" + "x" * 1000: {"get": {}}}, "has a URL template of 1001 characters at '/xx"),
        (
            {"/a": {"$ref": "#/paths/~1b", "post": {}}, "/b": {"get": {}}},
            "has 'post' beside '$ref' at the path '/a': put it into the path item itself",
        ),
    ],
)
def test_operations_that_an_import_would_refuse_or_confuse_are_refused(paths, problem):
    with pytest.raises(OpenApiError, match=re.escape(problem)):
        operations(paths)


def test_one_path_may_have_several_methods_in_any_case():
    assert operations({"/Add": {"get": {}}, "/add": {"post": {}}}) == {"get-add": "GET /Add", "post-add": "POST /add"}
