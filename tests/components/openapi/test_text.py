"""Documents are read as API Management reads them, and sent as they were written but for ids, title and description."""

import json

import pytest
import yaml
from auth0_apim.openapi.document import parse_openapi
from auth0_apim.openapi.text import OpenApiError, load_text

HEAD = "openapi: 3.0.1\ninfo: {title: T, version: '1'}\n"


def sent(text):
    return parse_openapi(text).text


@pytest.mark.parametrize(
    "text",
    [
        '{"openapi": "3.0.1",\t"x": 1.10, "paths": {"/a": {"get": {"operationId": "getA"}}}}\n',
        HEAD + "# A comment\npaths:\n  /a: {get: {operationId: get_a, on: 0123}}\n",
    ],
)
def test_a_document_in_which_nothing_changes_is_sent_as_it_was_written(text):
    assert sent(text) == text
    assert sent("\ufeff" + text) == text


def test_json_stays_json_with_the_ids_written_into_it():
    text = '{"openapi": "3.0.1", "x-é": 1.10, "paths": {"/a": {"get": {"operationId": "Get A", "x": 1}, "put": {}}}}'
    assert json.loads(sent(text)) == {
        "openapi": "3.0.1",
        "x-é": 1.1,
        "paths": {"/a": {"get": {"operationId": "get-a", "x": 1}, "put": {"operationId": "put-a"}}},
    }


TRAPS = """paths:
  /a:
    get:
      operationId: get a
      tags: [on, 0123, 1:30, 1_000, 2026-01-01, ~, 'off', "no", .5, 1e3, 0o17, 0x1F, "0123"]
      on: {yes: no, null: Null, 12: y}
      description: |
        Two lines,
          the second one indented: yes
      summary: >-
        folded
        text
      empty:
"""


@pytest.mark.parametrize("reader", [yaml.BaseLoader, yaml.SafeLoader], ids=["texts", "yaml 1.1"])
def test_yaml_means_the_same_to_every_reader(reader):
    written, read = yaml.load(sent(HEAD + TRAPS), reader), yaml.load(HEAD + TRAPS, reader)  # noqa: S506
    assert written["paths"]["/a"]["get"].pop("operationId") == "get-a"
    assert read["paths"]["/a"]["get"].pop("operationId") == "get a"
    assert written == read


@pytest.mark.parametrize("name", ["on", "0123", "2026-01-01", "12", "null", "1e3", "true"])
def test_an_id_that_readers_of_yaml_see_differently_is_quoted(name):
    parsed = parse_openapi(HEAD + f"paths: {{/a: {{get: {{operationId: {name}}}}}}}")
    expected = {"null": "get-a"}.get(name, name)
    assert parsed.operations == {expected: "GET /a"}
    assert yaml.safe_load(parsed.text)["paths"]["/a"]["get"]["operationId"] == expected


def test_a_quoted_id_stays():
    text = HEAD + "paths: {/a: {get: {operationId: 'on'}}}\n"
    assert sent(text) == text


def test_names_of_parameters_are_texts():
    parameters = "parameters: [{name: on, in: query, required: true}, {name: 0123, in: query, required: true}]"
    parsed = parse_openapi(HEAD + f"paths: {{/a: {{get: {{{parameters}}}}}}}")
    assert parsed.operations == {"get-a": "GET /a?on={on}&0123={0123}"}


def info_sent(text, title=None, description=None):
    return yaml.safe_load(parse_openapi(text, title, description).text)["info"]


INFO = {"title": "T", "version": "1", "description": "D"}
PATHS = {"/a": {"get": {"operationId": "a"}}}
INFOS = {
    "json": json.dumps({"openapi": "3.0.1", "info": INFO, "paths": PATHS}),
    "yaml": "openapi: 3.0.1\ninfo: {title: T, version: '1', description: D}\npaths: {/a: {get: {operationId: a}}}\n",
    "swagger": json.dumps({"swagger": "2.0", "info": INFO, "paths": PATHS}),
}


@pytest.mark.parametrize("text", INFOS.values(), ids=INFOS)
def test_a_document_is_sent_with_the_title_and_the_description_of_the_api(text):
    expected = {"title": "on: #1", "version": "1", "description": "Two\nlines"}
    assert info_sent(text, "on: #1", "Two\nlines") == expected
    assert info_sent(text, "Other") == {"title": "Other", "version": "1", "description": "D"}
    assert info_sent(text, "T", "") == {"title": "T", "version": "1"}


@pytest.mark.parametrize("text", INFOS.values(), ids=INFOS)
def test_a_document_with_the_apis_title_and_description_is_sent_as_it_was_written(text):
    assert parse_openapi(text, "T", "D").text == text
    assert parse_openapi(text).text == text


def test_a_document_without_a_title_or_a_description_gets_the_apis():
    assert info_sent("openapi: 3.0.1\ninfo: {version: '1'}\npaths: {/a: {get: {}}}\n", "T", "D") == {
        "title": "T",
        "version": "1",
        "description": "D",
    }
    bare = "openapi: 3.0.1\npaths: {/a: {get: {operationId: a}}}\n"
    assert parse_openapi(bare, "T", "D").text == bare  # which API Management refuses, with its own words


def test_ids_and_title_are_written_together():
    text = '{"openapi": "3.0.1", "info": {"title": "T"}, "paths": {"/a": {"get": {}}}}'
    assert json.loads(parse_openapi(text, "Other").text) == {
        "openapi": "3.0.1",
        "info": {"title": "Other"},
        "paths": {"/a": {"get": {"operationId": "get-a"}}},
    }


def test_a_number_that_json_has_no_text_for_cannot_be_sent():
    text = '{"openapi": "3.0.1", "info": {"title": "T"}, "x": 1e400, "paths": {"/a": {"get": {"operationId": "a"}}}}'
    assert parse_openapi(text, "T").text == text
    with pytest.raises(OpenApiError, match="has a number that is too large to be written"):
        parse_openapi(text, "Other")


def test_what_is_true_for_yaml_1_1_alone_is_refused():
    with pytest.raises(OpenApiError, match="has 'required' of 'a' among the parameters of the path '/a' as 'yes'"):
        sent(HEAD + "paths: {/a: {get: {parameters: [{name: a, in: query, required: yes}]}}}")


def test_one_operation_at_two_paths_by_an_alias_has_an_id_for_each():
    parsed = parse_openapi(HEAD + "paths:\n  /a: &item {get: {operationId: item, tags: [t]}}\n  /b: *item\n")
    assert parsed.operations == {"item": "GET /a", "item-1": "GET /b"}
    assert yaml.safe_load(parsed.text)["paths"] == {
        "/a": {"get": {"operationId": "item", "tags": ["t"]}},
        "/b": {"get": {"operationId": "item-1", "tags": ["t"]}},
    }


def test_one_path_item_of_two_paths_by_reference_has_an_id_for_each():
    parsed = parse_openapi(
        HEAD + "paths: {/a: {$ref: '#/x-i'}, /b: {$ref: '#/x-i'}}\nx-i: {get: {operationId: item}}\n"
    )
    assert yaml.safe_load(parsed.text)["paths"] == {"/a": {"$ref": "#/x-i"}, "/b": {"get": {"operationId": "item-1"}}}


def test_merge_keys_are_written_out_as_the_services_reader_knows_none():
    shared = "x-usual: &usual {operationId: item, tags: [t]}\n"
    parsed = parse_openapi(HEAD + shared + "paths: {/a: {get: {<<: *usual, operationId: get}}, /b: {get: *usual}}\n")
    assert parsed.operations == {"get": "GET /a", "item": "GET /b"}
    assert "<<" not in parsed.text
    assert yaml.safe_load(parsed.text)["paths"] == {
        "/a": {"get": {"operationId": "get", "tags": ["t"]}},
        "/b": {"get": {"operationId": "item", "tags": ["t"]}},
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1, "a": 2}', "is neither JSON nor YAML: found the key 'a' twice in one object"),
        ("a: 1\na: 2", "is neither JSON nor YAML: found the key 'a' twice"),
        ('{"a": NaN}', "is neither JSON nor YAML: found NaN, which is no number of JSON"),
        ('{"a":' * 100_000, "is neither JSON nor YAML: maximum recursion depth exceeded"),
        ("? [a]\n: 1", "is neither JSON nor YAML: found a key that is no text"),
        ("!!python/name:os.system", "is neither JSON nor YAML: could not determine a constructor"),
    ],
)
def test_what_readers_would_read_differently_is_refused(text, problem):
    with pytest.raises(OpenApiError) as refusal:
        load_text(text)
    assert str(refusal.value).startswith(problem)


def test_half_a_character_cannot_be_sent():
    with pytest.raises(OpenApiError, match="has half a character"):
        sent('{"openapi": "3.0.1", "x": "\\ud800", "paths": {"/a": {"get": {}}}}')


def test_a_document_that_its_ids_make_too_large_is_refused():
    text = '{"openapi": "3.0.1", "x": "' + "x" * (4 * 1024 * 1024 - 70) + '", "paths": {"/a": {"get": {}}}}'
    assert len(text) < 4 * 1024 * 1024
    with pytest.raises(OpenApiError, match="4 MB at most"):
        sent(text)
