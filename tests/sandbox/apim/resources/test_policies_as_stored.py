"""What was saved can always be read: by those who ask, by other checks, and by the gateway."""

import pytest

LARGEST = 256 * 1024


def document(length):
    """A document of `length` characters that is longer when it is written as the service writes it."""
    start, end = '<policies><inbound><set-header name="X"><value>', "</value></set-header></inbound></policies>"
    return start + ">" * (length - len(start) - len(end)) + end


@pytest.mark.parametrize("path", ["policies/policy", "apis/calc/policies/policy"])
async def test_a_document_of_the_largest_size_can_be_read_and_named_values_deleted(arm, path):
    await arm.calculator()
    await arm.put("namedValues/n", {"displayName": "n", "value": "1"})
    saved = await arm.put(path, {"format": "xml", "value": document(LARGEST)})
    assert saved.status_code in (200, 201), saved.text
    assert len(saved.json()["properties"]["value"]) > LARGEST
    raw = await arm.get(path, params={"format": "rawxml"})
    assert (raw.status_code, raw.json()["properties"]["format"]) == (200, "rawxml")
    assert (await arm.delete("namedValues/n")).status_code == 200


async def test_a_document_above_the_largest_size_is_refused(arm):
    answer = await arm.put("policies/policy", {"format": "xml", "value": document(LARGEST + 1)})
    assert answer.status_code == 400
    assert f"{LARGEST + 1} characters" in answer.json()["error"]["details"][0]["message"]


async def test_a_fragment_of_the_largest_size_can_be_included(arm):
    start, end = '<fragment><set-header name="X"><value>', "</value></set-header></fragment>"
    text = start + ">" * (2 * LARGEST - len(start) - len(end)) + end
    assert (await arm.put("policyFragments/f", {"value": text})).status_code == 201
    including = '<policies><inbound><include-fragment fragment-id="f" /></inbound></policies>'
    assert (await arm.put("policies/policy", {"value": including})).status_code == 200
    assert (await arm.get("policyFragments/f", params={"format": "rawxml"})).status_code == 200
