"""Where an OpenAPI document comes from."""

import json

import pytest
from auth0_apim.openapi.source import ApiImport, read_openapi
from auth0_apim.openapi.text import OpenApiError

TEXT = "openapi: 3.0.1\nservers:\n- url: https://calculator.example\npaths:\n  /sub: {get: {operationId: sub}}\n  /add: {get: {operationId: add}}\n"
URL = "https://calculator.example/openapi"


def test_a_text_is_imported_as_it_is_with_its_operations_sorted():
    assert read_openapi(TEXT) == ApiImport(
        "openapi", TEXT, "https://calculator.example", {"add": "GET /add", "sub": "GET /sub"}
    )


def test_a_file_is_read(tmp_path):
    file = tmp_path / "calculator.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert read_openapi(str(file)) == read_openapi(TEXT)


def test_a_byte_order_mark_is_not_sent(tmp_path):
    file = tmp_path / "calculator.yaml"
    file.write_text(TEXT, encoding="utf-8-sig")
    assert read_openapi(str(file)).value == TEXT
    assert read_openapi("\ufeff" + TEXT).value == TEXT


def test_an_import_has_the_ids_that_it_names():
    text = '{"openapi": "3.0.1", "paths": {"/add": {"get": {"operationId": "Add both"}}}}'
    sent = '{"openapi": "3.0.1", "paths": {"/add": {"get": {"operationId": "add-both"}}}}'
    expected = ApiImport("openapi+json", sent, "https://b.example", {"add-both": "GET /add"})
    assert read_openapi(text, service_url="https://b.example") == expected
    assert read_openapi("\ufeff" + text, service_url="https://b.example") == expected


def test_the_apis_title_and_description_are_imported_in_place_of_the_documents():
    text = '{"openapi": "3.0.1", "info": {"title": "T", "description": "D"}, "paths": {"/a": {"get": {"operationId": "a"}}}}'
    taken = read_openapi(text, service_url="https://b.example", title="Shop")
    assert (json.loads(taken.value)["info"], taken.description) == ({"title": "Shop", "description": "D"}, "D")
    told = read_openapi(text, service_url="https://b.example", title="T", description="Sells.")
    assert (json.loads(told.value)["info"], told.description) == ({"title": "T", "description": "Sells."}, "Sells.")
    silent = read_openapi(text, service_url="https://b.example", title="T", description="")
    assert (json.loads(silent.value)["info"], silent.description) == ({"title": "T"}, None)


def test_a_url_keeps_its_own_title_and_description():
    linked = read_openapi(URL, service_url="https://b.example", title="Shop", description="Sells.")
    assert (linked.value, linked.description) == (URL, "Sells.")


def test_a_given_backend_goes_before_the_documents():
    assert read_openapi(TEXT, service_url="http://localhost:8080").service_url == "http://localhost:8080"


@pytest.mark.parametrize(
    ("url", "link_format", "expected"),
    [
        (f"{URL}.yaml", None, "openapi-link"),
        (f"{URL}.json", None, "openapi+json-link"),
        (f"{URL}.json", "swagger-link-json", "swagger-link-json"),
    ],
)
def test_a_url_is_left_to_azure(url, link_format, expected):
    assert read_openapi(url, link_format, "https://b.example") == ApiImport(expected, url, "https://b.example", {})


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (("http://a.example/x.json", None, "https://b.example"), "must be an absolute https URL, not 'http://a.exam"),
        (("https://a.example/x.json",), "is a URL, which only Azure reads, so that 'service_url' is required"),
        (("https://a.example/x", "wadl", "https://b.example"), "has the 'link_format' 'wadl'; the formats are openapi"),
        ((TEXT, "openapi-link"), "must be a URL where 'link_format' is given"),
        ((TEXT.replace("https", "http"),), "names no https server, so that 'service_url' is required"),
        (("calculator.txt",), "must be a document, an https URL or the path of a .json, .yaml or .yml file, not 'cal"),
    ],
)
def test_what_leads_nowhere_is_refused(source, message):
    with pytest.raises(OpenApiError) as refusal:
        read_openapi(*source)
    assert str(refusal.value).startswith(message)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OpenApiError, match=r"names the file '.*missing.json', which does not exist"):
        read_openapi(str(tmp_path / "missing.json"))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    file = tmp_path / "binary.json"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(OpenApiError, match=r"names the file '.*binary.json', which cannot be read: 'utf-8' codec"):
        read_openapi(str(file))
