"""Backends: their credentials, which may be kept in named values, and what is refused by name."""

import pytest

BACKEND = {"url": "https://backend.test/api", "protocol": "http"}


async def test_credentials_come_back_as_they_were_given_with_references_unresolved(arm):
    await arm.put("namedValues/key", {"displayName": "key", "value": "hidden", "secret": True})
    credentials = {"header": {"X-Key": ["{{key}}"]}, "authorization": {"scheme": "Basic", "parameter": "{{key}}"}}
    made = await arm.put("backends/calc", {**BACKEND, "credentials": credentials})
    assert made.status_code == 201
    assert (await arm.get("backends/calc")).json()["properties"] == {**BACKEND, "credentials": credentials}
    assert "hidden" not in made.text


async def test_a_backend_without_credentials_shows_none(arm):
    await arm.put("backends/calc", BACKEND)
    assert (await arm.get("backends/calc")).json()["properties"] == BACKEND


async def test_a_reference_to_a_named_value_that_is_not_there_is_refused(arm):
    answer = await arm.put("backends/calc", {**BACKEND, "credentials": {"query": {"code": ["{{none}}"]}}})
    detail = answer.json()["error"]["details"][0]
    assert (answer.status_code, detail["message"]) == (400, "Cannot find a property 'none'.")


@pytest.mark.parametrize(("name", "most"), [("title", 300), ("description", 2000), ("resourceId", 2000)])
async def test_texts_of_a_backend_have_a_longest_length(arm, name, most):
    assert (await arm.put("backends/calc", {**BACKEND, name: "x" * most})).status_code == 201
    for text in ("", "x" * (most + 1)):
        answer = await arm.put("backends/calc", {**BACKEND, name: text})
        assert (answer.status_code, answer.json()["error"]["details"][0]["target"]) == (400, name)


@pytest.mark.parametrize(
    "properties",
    [
        {"credentials": {"certificateIds": ["/certificates/a"]}},
        {"credentials": {"certificate": ["AB12"]}},
        {"protocol": "soap"},
        {"type": "Pool", "pool": {"services": []}},
        {"circuitBreaker": {"rules": [{}]}},
        {"proxy": {"url": "https://proxy.test"}},
    ],
)
async def test_what_the_gateway_cannot_do_is_refused_by_name(arm, properties):
    answer = await arm.put("backends/calc", {**BACKEND, **properties})
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotImplemented")


async def test_only_the_checks_that_were_given_are_answered(arm):
    backend = {"url": "https://backend.test", "protocol": "http", "tls": {"validateCertificateChain": False}}
    answer = await arm.put("backends/b", backend)
    assert answer.json()["properties"]["tls"] == {"validateCertificateChain": False}


async def test_a_service_fabric_backend_is_refused_by_name_whatever_its_address(arm):
    cluster = {"serviceFabricCluster": {"managementEndpoints": ["https://a.test"]}}
    answer = await arm.put("backends/fabric", {"url": "fabric:/app/service", "protocol": "http", "properties": cluster})
    assert (answer.status_code, "'properties' of a backend" in answer.text) == (501, True)


async def test_a_backend_has_an_absolute_address(arm):
    answer = await arm.put("backends/b", {"url": "fabric:/app/service", "protocol": "http"})
    assert (answer.status_code, answer.json()["error"]["details"][0]["target"]) == (400, "url")
