"""Which operations are open, found in a stack's resources without an engine."""

import pytest
from auth0_apim.open_operations import StackResource, open_operations
from auth0_apim.opinion_rules import document_checks

CHECKED = "<policies><inbound><base /><validate-jwt header-name='Authorization' /></inbound></policies>"
INHERITS = "<policies><inbound><base /></inbound></policies>"
OPENS = "<policies><inbound><set-header name='a' /></inbound></policies>"
SOMETIMES = "<policies><inbound><base /><choose><when><validate-jwt /></when></choose></inbound></policies>"
OUTBOUND = "<policies><inbound /><outbound><validate-jwt /></outbound></policies>"


def resource(kind, name, sources=None, **properties):
    urn = f"urn:pulumi:dev::shop::azure-native:apimanagement:{kind}::{name}"
    given = {"serviceName": "apis", **properties}
    return StackResource(f"azure-native:apimanagement:{kind}", urn, name, given, sources or {})


API = resource("Api", "calc", apiId="calc")


def found(*resources, **configuration):
    return {each.name: problem for each, problem in open_operations([API, *resources], configuration)}


def test_an_api_whose_document_checks_tokens_is_closed():
    assert found(resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)) == {}


def test_an_api_without_a_document_is_open():
    assert found() == {
        "calc": "no policy document of the API or of the whole service checks its callers' tokens (validate-jwt)"
    }


def test_an_api_is_closed_by_the_whole_services_document():
    everywhere = resource("Policy", "global", value=CHECKED)
    assert found(everywhere) == {}
    assert found(everywhere, resource("ApiPolicy", "policy", apiId="calc", value=INHERITS)) == {}


def test_a_document_without_base_cuts_the_wider_check_off():
    everywhere = resource("Policy", "global", value=CHECKED)
    assert list(found(everywhere, resource("ApiPolicy", "policy", apiId="calc", value=OPENS))) == ["calc"]


def test_another_services_document_does_not_count():
    assert list(found(resource("Policy", "global", serviceName="other", value=CHECKED))) == ["calc"]


@pytest.mark.parametrize("document", [SOMETIMES, OUTBOUND, INHERITS, OPENS])
def test_a_check_that_not_every_call_passes_is_none(document):
    assert list(found(resource("ApiPolicy", "policy", apiId="calc", value=document))) == ["calc"]


def test_a_document_is_known_by_where_its_api_id_comes_from():
    policy = resource("ApiPolicy", "policy", {"apiId": [API.urn]}, value=CHECKED)
    assert found(policy) == {}


def test_an_operations_document_that_cuts_the_apis_check_off_is_open():
    closed = resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)
    operation = resource("ApiOperationPolicy", "add", apiId="calc", value=OPENS)
    assert found(closed, operation) == {
        "add": "the operation's document has neither <base /> nor a check of the caller's token (validate-jwt) in <inbound>"
    }
    assert found(closed, resource("ApiOperationPolicy", "add", apiId="calc", value=INHERITS)) == {}
    assert found(closed, resource("ApiOperationPolicy", "add", apiId="calc", value=CHECKED)) == {}


def test_a_document_that_cannot_be_read_is_told():
    unreadable = '<policies><inbound><set-variable value="@(context.Variables["a"])" /></inbound></policies>'
    told = found(resource("ApiPolicy", "policy", apiId="calc", value=unreadable))
    assert told["calc"].startswith("a policy document of its calls is no well-formed XML")
    assert told["calc"].endswith("so that the check of its calls cannot be seen")


def test_a_stated_reason_lets_an_api_or_an_operation_be_open():
    assert found(reasons={"calc": "public data"}) == {}
    closed = resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)
    operation = resource("ApiOperationPolicy", "health", apiId="calc", value=OPENS)
    assert found(closed, operation, reasons={"health": "the load balancer asks"}) == {}


def test_another_identity_services_check_counts():
    assert document_checks("<policies><inbound><validate-azure-ad-token /></inbound></policies>") is True


def test_a_revision_is_judged_by_the_api_it_is_copied_from():
    policy = resource("ApiPolicy", "policy", apiId="calc", value=CHECKED)
    revision = resource("Api", "second", apiId="calc;rev=2", sourceApiId="/apis/calc")
    assert found(policy, revision) == {}
    assert list(found(revision)) == ["calc"]
    strange = resource("Api", "strange", apiId="other;rev=2", sourceApiId="/apis/other")
    assert list(found(policy, strange)) == ["strange"]
