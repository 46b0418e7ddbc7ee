"""The fixtures that a consumer's own tests get by installing this distribution."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.live

CONSUMER = """
import httpx

seen = []


def test_the_api_is_guarded(ephemeral_environment):
    seen.append(ephemeral_environment.name)
    assert httpx.get(ephemeral_environment.outputs["apiUrl"] + "/add?a=1&b=2", verify=False).status_code == 401


def test_the_session_has_one_environment_and_a_test_may_have_its_own(ephemeral_environment, fresh_ephemeral_environment):
    assert seen == [ephemeral_environment.name]
    assert fresh_ephemeral_environment.name != ephemeral_environment.name
    assert fresh_ephemeral_environment.outputs["clientSecret"] not in repr(fresh_ephemeral_environment)


def test_that_fails(fresh_ephemeral_environment):
    raise RuntimeError("as a consumer's test may")
"""


def test_environments_live_as_long_as_their_fixtures_even_when_a_test_fails(place):
    before = place.objects()
    consumer = place.folder / "test_consumer.py"
    consumer.write_text(CONSUMER)
    options = ["-p", "no:cacheprovider", f"--env-set={place.spec.assignments[0]}", "--env-ttl=10m"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options, consumer.name],
        cwd=place.folder,
        env={**os.environ, **place.variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "as a consumer's test may" in done.stdout
    assert place.environments.stacks.names() == []
    assert place.objects() == before


@pytest.fixture
def interruptible():
    """What a shell's background job ignores, and its children with it, is heeded: a signal that is handled is default after exec."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_in_the_middle_of_a_creation_leaves_nothing(place):
    before = place.objects()
    consumer = place.folder / "test_consumer.py"
    consumer.write_text(CONSUMER)
    session = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--env-set={place.spec.assignments[0]}"],
        cwd=place.folder,
        env={**os.environ, **place.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # the terminal's process group, which Ctrl-C reaches as a whole
    )
    while place.objects() == before and session.poll() is None:
        time.sleep(0.1)
    os.killpg(session.pid, signal.SIGINT)
    said, _ = session.communicate(timeout=300)
    assert session.returncode == pytest.ExitCode.INTERRUPTED, said
    assert place.environments.stacks.names() == []
    assert place.objects() == before


def test_the_plugin_may_be_named_though_it_is_installed(tmp_path):
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "auth0_apim_environments.pytest_plugin", "--env-ttl=10m"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_without_a_backend_the_fixtures_say_what_they_need(place):
    consumer = place.folder / "test_consumer.py"
    consumer.write_text(CONSUMER)
    variables = {key: value for key, value in os.environ.items() if key != "PULUMI_BACKEND_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", consumer.name],
        cwd=place.folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ephemeral environments need PULUMI_BACKEND_URL" in done.stdout
