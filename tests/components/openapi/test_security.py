"""The scopes that a document's `security` demands, and demands that scopes cannot say."""

import json

import pytest
from auth0_apim.openapi.security import scopes_in_document
from auth0_apim.openapi.text import OpenApiError

SCHEMES = {
    "auth0": {"type": "oauth2", "flows": {}},
    "login": {"type": "openIdConnect", "openIdConnectUrl": "https://tenant.example/.well-known/x"},
    "token": {"type": "http", "scheme": "bearer"},
    "strange": {"type": "magic"},
}


def document(operations, security=None):
    content = {
        "openapi": "3.1.0",
        "components": {"securitySchemes": SCHEMES},
        "paths": {f"/{name}": {"get": {"operationId": name, **operation}} for name, operation in operations.items()},
    }
    return json.dumps(content if security is None else {**content, "security": security})


def test_an_operations_own_security_goes_before_the_documents():
    text = document({"Add": {"security": [{"auth0": ["b", "a"]}]}, "sub": {}}, [{"login": ["c"]}])
    assert scopes_in_document(text) == {"Add": ["a", "b"], "sub": ["c"]}


def test_an_operation_of_which_nothing_is_said_is_left_out():
    assert scopes_in_document(document({"add": {"security": [{"auth0": ["a"]}]}, "sub": {}})) == {"add": ["a"]}


def test_schemes_without_scopes_take_any_token_and_schemes_together_add_up():
    operations = {
        "add": {"security": [{"token": []}]},
        "sub": {"security": [{"auth0": ["a"], "login": ["b"], "token": []}]},
    }
    assert scopes_in_document(document(operations)) == {"add": [], "sub": ["a", "b"]}


def test_swagger_has_its_schemes_elsewhere():
    content = {
        "swagger": "2.0",
        "securityDefinitions": {"auth0": {"type": "oauth2", "flow": "implicit"}},
        "security": [{"auth0": ["a"]}],
        "paths": {"/add": {"get": {"operationId": "add"}}},
    }
    assert scopes_in_document(json.dumps(content)) == {"add": ["a"]}


def test_a_scheme_is_found_by_reference():
    content = json.loads(document({"add": {"security": [{"shared": ["a"]}]}}))
    content["components"]["securitySchemes"]["shared"] = {"$ref": "#/components/securitySchemes/auth0"}
    assert scopes_in_document(json.dumps(content)) == {"add": ["a"]}


def test_operations_with_one_id_each_ask_for_their_own_scopes():
    orders = {
        method: {"operationId": "orders", "security": [{"auth0": [scope]}]}
        for method, scope in (("post", "orders:admin"), ("get", "orders:read"))
    }
    content = json.loads(document({})) | {"paths": {"/orders": orders}}
    assert scopes_in_document(json.dumps(content)) == {"orders": ["orders:admin"], "orders-1": ["orders:read"]}


def test_scopes_of_yaml_are_texts():
    content = "openapi: 3.1.0\ncomponents: {securitySchemes: {off: {type: oauth2}}}\n"
    operation = "paths: {/add: {get: {operationId: add, security: [{off: [0123, on]}]}}}\n"
    assert scopes_in_document(content + operation) == {"add": ["0123", "on"]}


def test_a_security_that_is_null_says_nothing():
    assert scopes_in_document(document({"add": {"security": None}}, [{"auth0": ["a"]}])) == {"add": ["a"]}


def test_alternatives_that_say_the_same_are_one():
    operations = {"add": {"security": [{"auth0": ["a"]}, {"login": ["a"]}]}}
    assert scopes_in_document(document(operations)) == {"add": ["a"]}


@pytest.mark.parametrize(
    ("security", "problem"),
    [
        (
            [],
            "lets anybody call 'add' without a token; name it in 'public_operations' where that is meant, or in "
            "'operation_scopes' with what it asks",
        ),
        ([{"auth0": ["a"]}, {}], "lets anybody call 'add' without a token"),
        ([{"auth0": ["a"]}, {"auth0": ["b"]}], "has alternatives in the 'security' of 'add' with different scopes"),
        ([{"other": []}], "asks for the security scheme 'other' at 'add', which it does not describe"),
        (
            [{"token": ["admin"]}],
            "asks for roles of 'token', which has no scopes, at 'add'; name 'add' in 'operation_sc",
        ),
        ([{"auth0": "admin"}], "has a 'security' of 'add' whose 'auth0' is no list of scopes"),
        ([{"strange": []}], "has the security scheme 'strange' of a type that is not known, 'magic'"),
        ({"auth0": []}, "has a 'security' of 'add' that is no list of requirements"),
    ],
)
def test_what_scopes_cannot_say_is_refused_unless_somebody_else_speaks(security, problem):
    text = document({"add": {"security": security}})
    with pytest.raises(OpenApiError) as refusal:
        scopes_in_document(text)
    assert problem in str(refusal.value)
    assert scopes_in_document(text, ["add"]) == {}


def test_a_url_is_refused():
    with pytest.raises(OpenApiError, match="is a URL, which only Azure reads"):
        scopes_in_document("https://calculator.example/openapi.json")
