"""What differs between two environments, and what is kept secret about it."""

import json
from pathlib import Path

import pytest
from auth0_apim_environments.fleet.differences import (
    Difference,
    Values,
    compare,
    differences,
    read_settings,
    uncompared,
)
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.stack_file import StackFileError
from rich.console import Console

DEV = """
config:
  auth0-apim:api:
    identifier: https://dev.example.com
    scopes: {read: Read}
  auth0-apim:tags: {}
  auth0-apim:userPassword: {secure: v1:aaa}
  azure-native:location: westeurope
"""
PROD = """
config:
  auth0-apim:api:
    identifier: https://example.com
    scopes: {read: Read, write: Write}
  auth0-apim:tags: {}
  auth0-apim:userPassword: {secure: v1:bbb}
  auth0-apim:databaseConfiguration:
    url: {secure: v1:ccc}
  azure-native:location: westeurope
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "Pulumi.dev.yaml").write_text(DEV)
    (tmp_path / "Pulumi.prod.yaml").write_text(PROD)
    return Project(tmp_path, "auth0-apim", tmp_path)


@pytest.fixture
def settings(project):
    return read_settings(project, "dev"), read_settings(project, "prod")


def test_different_settings_are_listed_by_their_full_keys(settings):
    assert differences(*settings) == [
        Difference("auth0-apim:api.identifier", '"https://dev.example.com"', '"https://example.com"'),
        Difference("auth0-apim:api.scopes.write", None, '"Write"'),
        Difference("auth0-apim:databaseConfiguration.url", None, "[secret]"),
    ]


def test_ciphertexts_are_not_compared_and_listed_as_such(settings):
    assert uncompared(*settings) == ["auth0-apim:userPassword"]


def test_secret_outputs_are_compared_and_masked():
    first = Values({"apiUrl": "https://a", "same": [1]}, {"clientSecret": "first-one", "shared": "both"})
    second = Values({"apiUrl": "https://b", "same": [1]}, {"clientSecret": "two", "shared": "both"})
    assert differences(first, second) == [
        Difference("apiUrl", '"https://a"', '"https://b"'),
        Difference("clientSecret", "[secret]", "[secret]"),
    ]
    assert "first-one" not in repr(first)


def test_a_value_that_is_secret_in_one_environment_only_differs():
    assert differences(Values({"url": "x"}), Values({}, {"url": "x"})) == [Difference("url", '"x"', "[secret]")]


def test_null_differs_from_absence():
    assert differences(Values({"a": None}), Values({})) == [Difference("a", "null", None)]


def test_an_environment_without_outputs_is_named_with_the_reason(settings):
    unread = Values(unread="no stack named 'prod' found")
    comparison = compare(("dev", "prod"), settings, (Values({"apiUrl": "https://a"}), unread))
    document = json.loads(comparison.as_json())
    assert document["outputs"] is None
    assert document["unread"] == {"prod": "no stack named 'prod' found"}
    assert document["uncompared"] == ["auth0-apim:userPassword"]
    console = Console(width=160, record=True, quiet=False, file=None)
    with console.capture() as captured:
        console.print(comparison.as_tables())
    assert "outputs of prod not compared: no stack named 'prod' found" in captured.get()
    assert "v1:" not in captured.get()


def test_equal_environments_have_no_differences(settings):
    comparison = compare(("dev", "dev"), (settings[0], settings[0]), (Values({"a": 1}), Values({"a": 1})))
    assert not comparison.any
    assert comparison.settings == comparison.outputs == []


def test_an_environment_without_settings_is_named(project):
    with pytest.raises(StackFileError, match=r"Pulumi\.stage\.yaml is not there"):
        read_settings(project, "stage")
