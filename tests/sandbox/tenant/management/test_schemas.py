import pytest
from auth0_apim_sandbox.tenant.management.application import _ENDPOINTS
from jsonschema import Draft7Validator

SCHEMAS = [
    pytest.param(schema, id=f"{endpoint.method} {endpoint.path} {kind}")
    for endpoint in _ENDPOINTS
    for kind, schema in (("body", endpoint.body), ("query", endpoint.query))
    if schema is not None
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_is_one_and_refuses_what_it_does_not_name(schema):
    Draft7Validator.check_schema(schema)
    described = schema["items"] if schema["type"] == "array" else schema
    assert described["additionalProperties"] is False
    assert set(described["required"]) <= set(described["properties"])


def test_every_endpoint_asks_for_a_scope_and_is_there_once():
    assert all(endpoint.scopes for endpoint in _ENDPOINTS)
    places = [(endpoint.method, endpoint.path) for endpoint in _ENDPOINTS]
    assert len(set(places)) == len(places)
