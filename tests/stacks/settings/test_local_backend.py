"""Whether somebody listens where an API's backend is to be on this machine."""

import socket

import pytest
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.settings.stack_file import require_local_backend


@pytest.fixture
def settings(tmp_path):
    """Writes a settings file with a backend; its path."""

    def write(url):
        file = tmp_path / "Pulumi.local.yaml"
        file.write_text(f"config: {{'auth0-apim:publication': {{serviceUrl: '{url}'}}}}")
        return file

    return write


@pytest.fixture
def port():
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_backend_that_listens_is_accepted(settings, port):
    require_local_backend(settings(f"http://localhost:{port}/api"))


@pytest.mark.parametrize(
    "url", ["https://calculator.example.com/api", "https://10.0.0.1:1/api", "no URL", "http://localhost:x"]
)
def test_a_backend_on_another_machine_is_not_contacted(settings, url):
    require_local_backend(settings(url))


def test_a_backend_that_does_not_listen_is_an_error_with_a_remedy(settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    with pytest.raises(StackError) as refusal:
        require_local_backend(settings(f"http://localhost:{free}/api"))
    assert str(refusal.value).startswith(
        f"nothing listens at http://localhost:{free}/api, the publication.serviceUrl of "
    )
    assert str(refusal.value).endswith(
        "Pulumi.local.yaml: start your backend, or remove `serviceUrl` below auth0-apim:publication to use the sandbox's own"
    )


def test_settings_without_a_backend_are_accepted(tmp_path):
    for text in ("config: {}", "config: {'auth0-apim:publication': {path: calc}}"):
        (file := tmp_path / "Pulumi.local.yaml").write_text(text)
        require_local_backend(file)
