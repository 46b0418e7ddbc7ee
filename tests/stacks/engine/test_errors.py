"""What the engine (3.253) says, as errors that a caller can act on."""

import pytest
from auth0_apim_environments.engine import stacks
from auth0_apim_environments.engine.errors import (
    BackendUnavailableError,
    EngineFailureError,
    IncompleteStateError,
    ProtectedResourceError,
    SecretsDecryptionError,
    StackNotFoundError,
    UnreadableStateError,
    engine_failure,
)

SAID = {
    StackNotFoundError: "error: no stack named 'pr-42' found",
    UnreadableStateError: "error: failed to load checkpoint: place 1: invalid character 'x'",
    IncompleteStateError: "error: failed to load checkpoint: place 1: unexpected end of JSON input",
    SecretsDecryptionError: 'error: constructing secrets manager of type "passphrase": incorrect passphrase',
    BackendUnavailableError: "error: unable to open bucket file:///backend: stat /backend: no such file or directory",
    ProtectedResourceError: (
        'Resources:\n    error: resource "urn:pulumi:pr-42::a" cannot be deleted\n    because it is protected.'
    ),
    EngineFailureError: "Resources:\n    error: PUT https://m/products: 409 Conflict\n    error: update failed",
}


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.__name__)
def test_each_error_output_becomes_its_error_class(kind):
    error = engine_failure("pr-42", SAID[kind])
    assert type(error) is kind
    assert "pr-42" in str(error)


def test_a_deletion_that_azure_refuses_is_no_protected_resource():
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
def test_an_incomplete_attribute_file_is_an_incomplete_state(said):
    assert type(engine_failure("pr-42", said)) is IncompleteStateError


def test_the_message_of_a_failed_update_has_the_errors_of_its_resources_alone():
    error = engine_failure("pr-42", SAID[EngineFailureError])
    assert str(error) == "the engine failed on stack 'pr-42': PUT https://m/products: 409 Conflict"


def test_a_listing_is_repeated_while_a_file_is_being_written(monkeypatch):
    monkeypatch.setattr(stacks.time, "sleep", lambda seconds: None)
    said = ["code: 255\n stdout: \n stderr: error: EOF", None]

    def ask():
        if (failure := said.pop(0)) is not None:
            raise engine_failure("*", failure)
        return "[]"

    assert stacks.retry_unavailable(ask) == "[]"
    assert said == []
