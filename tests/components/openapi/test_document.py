"""OpenAPI documents as API Management imports them."""

import json
import re

import pytest
from auth0_apim.openapi.document import parse_openapi
from auth0_apim.openapi.text import OpenApiError

PATHS = {"/add": {"get": {"operationId": "Add two integers"}}, "/div/{by}": {"post": {}, "parameters": []}}


def openapi(**more):
    return json.dumps({"openapi": "3.0.1", "info": {}, "paths": PATHS, **more})


def test_an_openapi_document_in_json():
    document = parse_openapi(openapi(servers=[{"url": "http://a.example"}, {"url": "https://b.example/v1/"}]))
    assert document.format == "openapi+json"
    assert document.operations == {"add-two-integers": "GET /add", "post-div-by": "POST /div/{by}"}
    assert document.server == "https://b.example/v1"


def test_an_openapi_document_in_yaml():
    document = parse_openapi("openapi: 3.1.0\npaths:\n  /add:\n    get: {}\n")
    assert (document.format, document.operations, document.server) == ("openapi", {"get-add": "GET /add"}, None)


def test_a_swagger_document():
    text = json.dumps({"swagger": "2.0", "host": "a.example", "basePath": "/api", "schemes": ["https"], "paths": PATHS})
    document = parse_openapi(text)
    assert (document.format, document.server) == ("swagger-json", "https://a.example/api")


def test_a_swagger_document_without_https_names_no_server():
    text = json.dumps({"swagger": "2.0", "host": "a.example", "schemes": ["http"], "paths": PATHS})
    assert parse_openapi(text).server is None


def test_a_server_with_variables_is_that_of_their_defaults():
    variables = {"region": {"default": "eu", "enum": ["eu", "us"]}, "version": {"default": 2}}
    server = {"url": "https://{region}.example/v{version}/", "variables": variables}
    assert parse_openapi(openapi(servers=[server])).server == "https://eu.example/v2"


def test_a_server_with_variables_that_have_no_default_is_none():
    assert parse_openapi(openapi(servers=[{"url": "https://{region}.example"}])).server is None
    assert parse_openapi(openapi(servers=[{"url": "https://{a}.example", "variables": {"a": {}}}])).server is None


def test_a_reference_into_another_file_is_refused():
    schemas = {"Sum": {"$ref": "common.yaml#/Sum"}}
    refusal = "refers to 'common.yaml#/Sum', and API Management reads no other file: bundle the document first"
    with pytest.raises(OpenApiError, match=re.escape(refusal)):
        parse_openapi(openapi(components={"schemas": schemas}))


def test_references_into_the_document_and_those_in_data_are_no_matter():
    schemas = {"Sum": {"$ref": "#/components/schemas/Number"}, "Link": {"example": {"$ref": "other.json"}}}
    assert parse_openapi(openapi(components={"schemas": schemas})).format == "openapi+json"


def test_references_in_vendor_extensions_are_no_matter_but_in_what_is_referred_to():
    vendor = {"shared": {"get": {"responses": {"200": {"$ref": "other.json"}}}}, "list": [{"$ref": "other.json"}]}
    assert parse_openapi(openapi(**{"x-vendor": vendor})).format == "openapi+json"
    with pytest.raises(OpenApiError, match=r"refers to 'other.json'"):
        parse_openapi(openapi(paths={"/a": {"$ref": "#/x-vendor/shared"}}, **{"x-vendor": vendor}))


def test_the_default_response_is_no_default_value():
    paths = {"/a": {"get": {"responses": {"default": {"$ref": "other.json"}, "x-note": {"$ref": "note.json"}}}}}
    with pytest.raises(OpenApiError, match=r"refers to 'other.json'"):
        parse_openapi(openapi(paths=paths))
    del paths["/a"]["get"]["responses"]["default"]
    assert parse_openapi(openapi(paths=paths)).operations == {"get-a": "GET /a"}


def test_a_property_called_properties_is_a_name():
    schema = {"properties": {"properties": {"x-note": {"$ref": "note.json"}, "default": {"$ref": "data.json"}}}}
    assert parse_openapi(openapi(components={"schemas": {"Sum": schema}})).format == "openapi+json"


@pytest.mark.parametrize("named", ["properties", "headers"])
@pytest.mark.parametrize("name", ["x-rate", "example", "default", "enum"])
def test_names_that_look_like_data_and_extensions_are_neither(named, name):
    schemas = {"Sum": {named: {name: {"$ref": "other.json"}}}}
    with pytest.raises(OpenApiError, match=r"refers to 'other.json'"):
        parse_openapi(openapi(components={"schemas": schemas}))


def test_an_alias_that_leads_to_itself_is_read_once():
    assert parse_openapi("openapi: 3.1.0\nx-loop: &a [*a]\npaths:\n  /add:\n    get: {}\n").operations == {
        "get-add": "GET /add"
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is neither JSON nor YAML: Expecting property name"),
        ("a: [", "is neither JSON nor YAML: while parsing a flow node"),
        ("- a\n- b", "must be an OpenAPI document: an object with 'openapi' or 'swagger'"),
        ('{"openapi": "4.0.0"}', "must say swagger: 2.0 or openapi: 3.0.x or 3.1.x, not '4.0.0'"),
        ("a: 1", "must say swagger: 2.0 or openapi: 3.0.x or 3.1.x, not None"),
        ("swagger: '2.0'", "is a Swagger 2.0 document in YAML, which API Management takes as JSON only"),
        ('{"openapi": "3.0.1", "paths": {}}', "has no operations: 'paths' names none"),
        ("#" * (4 * 1024 * 1024 + 1), "is 4194305 bytes long, 4 MB at most"),
    ],
)
def test_what_cannot_be_imported_is_refused(text, message):
    with pytest.raises(OpenApiError) as refusal:
        parse_openapi(text)
    assert str(refusal.value).startswith(message)
