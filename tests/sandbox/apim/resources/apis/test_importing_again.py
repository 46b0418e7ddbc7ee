"""What becomes of operations and their policies when an API is imported again."""

import json
import re


async def imported(arm, document):
    body = {"path": "x", "format": "openapi+json", "value": json.dumps(document)}
    answer = await arm.put("apis/x", body)
    assert answer.is_success, answer.text


async def operations(arm):
    found = (await arm.get("apis/x/operations")).json()["value"]
    return {item["name"]: (await arm.get(f"apis/x/operations/{item['name']}")).json()["properties"] for item in found}


async def policies(arm):
    """The header that the policy of each operation names."""
    found = {}
    for name in await operations(arm):
        answer = await arm.get(f"apis/x/operations/{name}/policies/policy")
        found[name] = re.search('name="(.*?)"', answer.json()["properties"]["value"])[1] if answer.is_success else None
    return found


def header(name):
    policy = f'<set-header name="{name}" exists-action="delete" />'
    return {"value": f"<policies><inbound><base />{policy}</inbound></policies>"}


async def test_a_renamed_operation_takes_over_the_policy_of_its_method_and_template(arm, openapi):
    await imported(arm, openapi)
    for name in ("add", "divide"):
        await arm.put(f"apis/x/operations/{name}/policies/policy", header(name))
    openapi["paths"]["/add"]["get"]["operationId"] = "sum"
    openapi["paths"]["/quotient"] = openapi["paths"].pop("/div")
    openapi["paths"]["/quotient"]["get"]["operationId"] = "quotient"
    await imported(arm, openapi)
    assert await policies(arm) == {"sum": "add", "multiply": None, "subtract": None, "quotient": None}


async def test_operations_are_matched_by_their_ids_before_their_templates(arm, openapi):
    await imported(arm, openapi)
    for name in ("add", "subtract"):
        await arm.put(f"apis/x/operations/{name}/policies/policy", header(name))
    paths = openapi["paths"]
    paths["/add"], paths["/sub"] = paths["/sub"], paths["/add"]
    paths["/add"]["get"]["operationId"] = "difference"
    await imported(arm, openapi)
    templates = {name: body["urlTemplate"] for name, body in (await operations(arm)).items()}
    assert (templates["add"], templates["difference"]) == ("/sub?a={a}&b={b}", "/add?a={a}&b={b}")
    assert await policies(arm) == {"add": "add", "difference": "add", "divide": None, "multiply": None}


async def test_operations_are_matched_whatever_the_case_of_their_ids(arm, openapi):
    await imported(arm, openapi)
    written = (await operations(arm))["multiply"]
    await arm.delete("apis/x/operations/multiply")
    await arm.put("apis/x/operations/Multiply", written)
    await arm.put("apis/x/operations/Multiply/policies/policy", header("kept"))
    await imported(arm, openapi)
    assert (await policies(arm))["Multiply"] == "kept"
