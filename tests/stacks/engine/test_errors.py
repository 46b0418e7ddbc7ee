"""What the engine (3.253) says, as errors that a caller can act on."""

import pytest
from auth0_apim_environments.engine import stacks
from auth0_apim_environments.engine.errors import (
    BackendAwayError,
    EngineFailureError,
    HalfWrittenStateError,
    ProtectedResourceError,
    SecretsLostError,
    StackGoneError,
    UnreadableStateError,
    engine_failure,
)

SAID = {
    StackGoneError: "error: no stack named 'pr-42' found",
    UnreadableStateError: "error: failed to load checkpoint: place 1: invalid character 'x'",
    HalfWrittenStateError: "error: failed to load checkpoint: place 1: unexpected end of JSON input",
    SecretsLostError: 'error: constructing secrets manager of type "passphrase": incorrect passphrase',
    BackendAwayError: "error: unable to open bucket file:///backend: stat /backend: no such file or directory",
    ProtectedResourceError: (
        'Resources:\n    error: resource "urn:pulumi:pr-42::a" cannot be deleted\n    because it is protected.'
    ),
    EngineFailureError: "Resources:\n    error: PUT https://m/products: 409 Conflict\n    error: update failed",
}


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.__name__)
def test_a_failure_is_of_the_kind_that_the_engine_tells(kind):
    error = engine_failure("pr-42", SAID[kind])
    assert type(error) is kind
    assert "pr-42" in str(error)


def test_what_azure_refuses_to_delete_is_no_protected_resource():
    said = "Resources:\n    error: DELETE https://m/products: Product cannot be deleted since it has existing subscriptions."
    assert type(engine_failure("pr-42", said)) is EngineFailureError


@pytest.mark.parametrize(
    "said",
    [
        "error: EOF",
        "error: failed to load checkpoint: EOF",
        "error: failed to load checkpoint: unexpected EOF",
        "error: failed to load stack tags: failed to read stack tags file: EOF",
    ],
)
def test_a_side_file_that_was_cut_off_is_a_half_written_state(said):
    assert type(engine_failure("pr-42", said)) is HalfWrittenStateError


def test_a_failed_update_is_told_by_its_resources_errors_alone():
    error = engine_failure("pr-42", SAID[EngineFailureError])
    assert str(error) == "the engine failed on stack 'pr-42': PUT https://m/products: 409 Conflict"


def test_a_listing_that_comes_upon_a_file_being_written_is_asked_again(monkeypatch):
    monkeypatch.setattr(stacks.time, "sleep", lambda seconds: None)
    said = ["code: 255\n stdout: \n stderr: error: EOF", None]

    def ask():
        if (failure := said.pop(0)) is not None:
            raise engine_failure("*", failure)
        return "[]"

    assert stacks.patiently(ask) == "[]"
    assert said == []
