"""The count of a specification's examples, over a folder of our own."""

import json
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SERVICE = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ApiManagement"
    "/service/{serviceName}"
)
GIVEN = {"subscriptionId": "s", "resourceGroupName": "rg", "serviceName": "one", "api-version": "2024-05-01"}
TAG = {"displayName": "First"}


def run(folder):
    command = [sys.executable, "benchmarks/examples.py", str(folder)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def write(folder, examples):
    paths = {}
    for number, (method, path, parameters, responses) in enumerate(examples):
        content = {"parameters": {**GIVEN, **parameters}, "responses": responses}
        (folder / "examples").mkdir(exist_ok=True)
        (folder / "examples" / f"e{number}.json").write_text(json.dumps(content))
        operation = {"operationId": f"Op{number}", "x-ms-examples": {"it": {"$ref": f"./examples/e{number}.json"}}}
        paths.setdefault(SERVICE + path, {})[method] = operation
    (folder / "api.json").write_text(json.dumps({"swagger": "2.0", "paths": paths}))


def test_examples_are_judged_by_status_members_and_what_is_refused(tmp_path):
    own = {"tagId": "a"}
    write(
        tmp_path,
        [
            (
                "put",
                "/tags/{tagId}",
                {**own, "parameters": {"properties": TAG}},
                {"201": {"body": {"properties": TAG}}},
            ),
            ("get", "/tags/{tagId}", own, {"200": {"body": {"properties": {**TAG, "colour": "red"}}}}),
            ("delete", "/tags/{tagId}", own, {"204": {}}),
            ("get", "/caches", {}, {"200": {}}),
        ],
    )
    answer = run(tmp_path)
    counts = {name: int(count) for count, name in re.findall(r"^ +(\d+) (.+)$", answer.stdout, re.MULTILINE)}
    assert counts == {
        "agrees": 1,
        "refused by name": 1,
        "another status": 1,
        "members missing": 1,
        "not prepared": 0,
        "examples": 4,
    }
    assert "members missing: Op1 (e1): properties.colour" in answer.stdout
    assert "another status: Op2 (e2): 200 in place of 204" in answer.stdout


def test_a_folder_without_examples_is_an_error(tmp_path):
    answer = run(tmp_path)
    assert answer.returncode == 1
    assert "names an example" in answer.stderr
