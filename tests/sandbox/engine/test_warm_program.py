import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine import warm_program, warm_python
from auth0_apim_sandbox.engine.engine_protocol import language_pb2, language_pb2_grpc
from google.protobuf import struct_pb2

# Says all that a program can see of the Python that it runs in, and whether the SDKs had been imported before it began.
EXECUTOR = """
import sys
warm = "pulumi_auth0" in sys.modules
import json, os, runpy, signal, site, sysconfig, threading, time
options = dict(zip(sys.argv[1:-1:2], sys.argv[2::2]))
def seen():
    return {
        "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path, "executable": sys.executable,
        "prefixes": [sys.prefix, sys.exec_prefix, sys.base_prefix, *site.getsitepackages()], "flags": str(sys.flags),
        "file": __file__, "name": __name__, "main": sys.modules["__main__"].__dict__ is globals(),
        "environment": dict(os.environ), "folder": os.getcwd(), "umask": os.umask(0o022), "zone": time.tzname,
        "open": sorted(os.listdir("/proc/self/fd")), "inputs": [os.readlink(f"/proc/self/fd/{n}") for n in (0, 1, 2)],
        "encodings": [sys.stdin.encoding, sys.stdout.encoding, sys.stderr.encoding, sys.stdout.write_through],
        "threads": threading.active_count(), "signals": [str(signal.getsignal(n)) for n in (1, 2, 15, 17)],
        "warm": warm,
    }
program = os.path.join(options["--pwd"], "__main__.py")
exec(compile(open(program).read(), program, "exec"))
"""
SEEN = "open('seen.json', 'w').write(json.dumps(seen()))"


@pytest.fixture
def program(tmp_path):
    """A project's folder with the virtual environment of the tests."""
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "executor.py").write_text(EXECUTOR)
    return tmp_path


@contextlib.contextmanager
def warm_python_in(folder):
    """A warm Python; its process, which names its socket."""
    path = folder / "python.socket"
    with warm_program.listen(path) as listener, warm_program.start_python(listener) as process:
        process.socket = path
        yield process
        process.stdin.close()


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A warm Python that the tests share."""
    with warm_python_in(tmp_path_factory.mktemp("warm")) as process:
        yield process


@pytest.fixture
def own_warm(tmp_path):
    """A warm Python of the test's own, which ends in it."""
    with warm_python_in(tmp_path) as process:
        yield process


@pytest.fixture
def start_host(program):
    """Starts language hosts, each with variables of its own; they work in the program's folder."""
    started = []

    def start(**variables):
        command = [sys.executable, "-m", "auth0_apim_sandbox.engine.language_host"]
        process = subprocess.Popen(
            [*command, "--executor", str(program / "executor.py"), "127.0.0.1:9999"],
            cwd=program,
            env=os.environ | {"TZ": "Asia/Tokyo"} | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        process.channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
        process.stub = language_pb2_grpc.LanguageRuntimeStub(process.channel)
        started.append(process)
        return process

    yield start
    for process in started:
        process.channel.close()
        process.terminate()
        process.communicate()


@pytest.fixture
def host(start_host, warm):
    """A language host that is offered a warm Python."""
    return start_host(**{warm_program.VARIABLE: str(warm.socket)})


def request(program):
    options = struct_pb2.Struct()
    options.update({"virtualenv": "venv"})
    info = language_pb2.ProgramInfo(
        root_directory=str(program), program_directory=str(program), entry_point=".", options=options
    )
    return language_pb2.RunRequest(project="shop", stack="dev", monitor_address="127.0.0.1:1", parallel=4, info=info)


def run(host, program, text=SEEN):
    (program / "__main__.py").write_text(text)
    return host.stub.Run(request(program))


def seen(program):
    return json.loads((program / "seen.json").read_text())


def started(host, program, text):
    """A program under way, and what it wrote into the file `pid`."""
    (program / "__main__.py").write_text(
        f"open('pid.new', 'w').write({text}); os.rename('pid.new', 'pid'); time.sleep(60)"
    )
    call = host.stub.Run.future(request(program))
    return call, wait_for(lambda: (program / "pid").exists() and (program / "pid").read_text()).split()


def is_gone(pid):
    return not Path(f"/proc/{pid}").exists() or Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def test_a_program_in_a_warm_python_sees_what_it_would_see_in_a_new_one(start_host, host, program):
    assert run(host, program) == language_pb2.RunResponse()
    warm = seen(program)
    cold = start_host()
    assert run(cold, program) == language_pb2.RunResponse()
    expected = seen(program)
    differing = {"warm", "inputs", "environment"}
    assert (warm["warm"], expected["warm"]) == (True, False)
    assert {name: warm[name] for name in warm.keys() - differing} == {
        name: expected[name] for name in expected.keys() - differing
    }
    assert warm["environment"].keys() - expected["environment"].keys() == {warm_program.VARIABLE}
    assert warm["prefixes"][0] == f"{program}/venv"
    assert warm["zone"] == ["JST", "JST"]


def test_what_the_program_prints_is_the_hosts_output(host, program):
    run(host, program, "print('said'); print('warned', file=sys.stderr)")
    host.terminate()
    assert (host.stdout.read(), host.stderr.read()) == ("said\n", "warned\n")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("sys.exit(32)", language_pb2.RunResponse(bail=True)),
        ("sys.exit(3)", language_pb2.RunResponse(error="Program exited with non-zero exit code: 3")),
        ("raise ValueError", language_pb2.RunResponse(error="Program exited with non-zero exit code: 1")),
        ("os._exit(0)", language_pb2.RunResponse()),
        ("os.kill(os.getpid(), 9)", language_pb2.RunResponse(error="Program exited with non-zero exit code: -9")),
    ],
)
def test_the_exit_status_is_the_programs(host, program, text, answer):
    assert run(host, program, text) == answer


def test_what_runs_at_the_end_of_a_program_runs(host, program):
    run(host, program, "import atexit; atexit.register(lambda: open('end', 'w').write(__name__)); sys.exit(0)")
    assert (program / "end").read_text() == "__main__"


def test_no_program_sees_another(host, warm, program):
    """Each is a fork of the Python as it was, with random numbers of its own."""
    for _ in range(2):
        text = "import random; print(os.getppid(), hasattr(os, 'left'), random.random()); os.left = True"
        assert run(host, program, text) == language_pb2.RunResponse()
    host.terminate()
    [first, second] = [line.split() for line in host.stdout]
    assert first[:2] == second[:2] == [str(warm.pid), "False"]
    assert first[2] != second[2]


def test_programs_run_side_by_side(start_host, warm, program):
    hosts = [start_host(**{warm_program.VARIABLE: str(warm.socket)}) for _ in range(3)]
    # None ends before all have begun.
    (program / "__main__.py").write_text(
        "open(f'{os.getpid()}.begun', 'w')\nwhile len([f for f in os.listdir() if f.endswith('.begun')]) < 3: time.sleep(0.01)"
    )
    calls = [host.stub.Run.future(request(program)) for host in hosts]
    assert [call.result(timeout=20) for call in calls] == [language_pb2.RunResponse()] * 3


def test_a_signal_ends_the_host_quietly_and_its_program_with_it(host, program):
    call, [pid] = started(host, program, "str(os.getpid())")
    host.terminate()
    assert (host.wait(10), host.stderr.read()) == (0, "")
    assert call.result(timeout=5).error == "Program exited with non-zero exit code: -15"
    assert wait_for(lambda: is_gone(pid))


def test_a_program_ends_with_its_host_and_all_that_it_started(host, program):
    child = "import subprocess; child = subprocess.Popen(['sleep', '60']);"
    (program / "child.py").write_text(child)
    call, pids = started(host, program, f"(exec({child!r}), f'{{os.getpid()}} {{child.pid}}')[1]")
    host.kill()
    with pytest.raises(grpc.RpcError):
        call.result(timeout=5)
    assert len(pids) == 2
    assert wait_for(lambda: all(is_gone(pid) for pid in pids))


def test_a_program_ends_with_the_warm_python(start_host, own_warm, program):
    host = start_host(**{warm_program.VARIABLE: str(own_warm.socket)})
    call, [pid] = started(host, program, "str(os.getpid())")
    own_warm.kill()
    assert call.result(timeout=5).error == "Program exited with non-zero exit code: -9"
    assert wait_for(lambda: is_gone(pid))


def test_a_warm_python_ends_after_its_last_program_when_its_input_is_closed(start_host, own_warm, program):
    host = start_host(**{warm_program.VARIABLE: str(own_warm.socket)})
    (program / "__main__.py").write_text(
        "open('begun', 'w')\nwhile not os.path.exists('go'): time.sleep(0.01)\nopen('ended', 'w')"
    )
    call = host.stub.Run.future(request(program))
    wait_for((program / "begun").exists)
    own_warm.stdin.close()
    (program / "go").touch()
    assert call.result(timeout=5) == language_pb2.RunResponse()
    assert (program / "ended").exists()
    assert own_warm.wait(5) == 0


def test_without_a_warm_python_a_new_one_is_started(start_host, program):
    path = program / "left.socket"
    left = warm_program.listen(path)
    host = start_host(**{warm_program.VARIABLE: str(path)})
    left.close()  # as of a sandbox that was killed
    assert run(host, program) == language_pb2.RunResponse()
    assert seen(program)["warm"] is False


def test_a_warm_python_that_does_not_come_up_is_not_waited_for(start_host, program):
    listener = warm_program.listen(program / "python.socket")
    host = start_host(**{warm_program.VARIABLE: str(program / "python.socket")})
    (program / "__main__.py").write_text(SEEN)
    call = host.stub.Run.future(request(program))
    listener.setblocking(True)
    client, _ = listener.accept()
    client.close()  # as it does when its Python cannot import
    listener.close()
    assert call.result(timeout=10) == language_pb2.RunResponse()
    assert seen(program)["warm"] is False


def test_another_environments_program_gets_its_own_python(host, program):
    (program / "venv").unlink()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", program / "venv"], check=True)
    assert run(host, program) == language_pb2.RunResponse()
    assert (seen(program)["warm"], seen(program)["prefixes"][0]) == (False, f"{program}/venv")


@pytest.mark.parametrize("name", ["PYTHONPATH", "PYTHONHASHSEED", "GRPC_VERBOSITY", "LC_ALL"])
def test_what_counts_at_the_start_of_a_python_asks_for_a_new_one(start_host, warm, program, name):
    value = {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "GRPC_VERBOSITY": "ERROR"}.get(name, str(program))
    host = start_host(**{warm_program.VARIABLE: str(warm.socket), name: value})
    assert run(host, program) == language_pb2.RunResponse()
    assert (seen(program)["warm"], seen(program)["environment"][name]) == (False, value)


def test_a_changed_file_of_an_imported_module_makes_a_python_outdated(tmp_path, monkeypatch):
    module = tmp_path / "shop_sdk.py"
    module.write_text("price = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    __import__("shop_sdk")
    origin = warm_python.Origin()
    assert origin.is_current()
    module.write_text("price = 10\n")
    assert not origin.is_current()
    module.unlink()
    assert not origin.is_current()


def test_an_outdated_python_makes_way_for_a_new_one(tmp_path, start_host, program):
    """A package that has been installed since changes the folder of all packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "own"], check=True)
    path = tmp_path / "python.socket"
    host = start_host(**{warm_program.VARIABLE: str(path)})
    (program / "venv").unlink()
    (program / "venv").symlink_to(tmp_path / "own")
    python = str(tmp_path / "own" / "bin" / "python")
    with warm_program.listen(path) as listener, warm_program.start_python(listener, python) as process:
        assert run(host, program, "print(os.getppid())") == language_pb2.RunResponse()
        [packages] = (tmp_path / "own").glob("lib/python3*/site-packages")
        (packages / "shop.pth").touch()
        assert run(host, program, "print(os.getppid())") == language_pb2.RunResponse()
        assert process.wait(5) == 0
    host.terminate()
    [first, second] = host.stdout.read().split()
    assert (int(first), int(second)) == (process.pid, host.pid)


def test_only_its_owner_can_connect(tmp_path):
    path = tmp_path / "python.socket"
    with warm_program.listen(path):
        assert path.stat().st_mode & 0o777 == 0o600
    with warm_program.listen(path):  # in place of what the one before left
        assert path.is_socket()


def test_a_folder_may_have_a_long_name(tmp_path, start_host, program):
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    with warm_program.listen(folder / "python.socket") as listener, warm_program.start_python(listener) as process:
        host = start_host(**{warm_program.VARIABLE: str(folder / "python.socket")})
        assert run(host, program) == language_pb2.RunResponse()
        process.stdin.close()
    assert seen(program)["warm"] is True


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\2{}", b"\0\0\0\2no", b"\0\0\0\x02"])
def test_a_client_that_sends_something_else_is_dropped(warm, host, program, sent):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(warm.socket))
        assert client.recv(6) == b"ready\n"
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(6) == b""
    assert run(host, program) == language_pb2.RunResponse()
    assert seen(program)["warm"] is True


def test_the_sdks_are_imported_whole_and_so_that_programs_can_use_them(host, program):
    text = (
        "from pulumi_azure_native import apimanagement\nimport pulumi_auth0, pulumi_azure_native\n"
        "loaded = set(sys.modules)\napimanagement.Api, pulumi_azure_native.apimanagement.Backend, pulumi_auth0.Client\n"
        "print(sorted(set(sys.modules) - loaded))"
    )
    assert run(host, program, text) == language_pb2.RunResponse()
    host.terminate()
    assert host.stdout.read() == "[]\n"


def test_a_sandbox_offers_a_warm_python_and_takes_it_along_when_it_stops(start_host, program):
    with Sandbox(in_memory=True) as sandbox:
        host = start_host(**{warm_program.VARIABLE: str(sandbox.folder.warm_python)})
        assert run(host, program, "print(os.getppid())") == language_pb2.RunResponse()
        host.terminate()
        pid = host.stdout.read().strip()
        assert Path(f"/proc/{pid}/stat").read_text().split()[3] == str(sandbox.folder.read_record().pid)
    assert wait_for(lambda: is_gone(pid))


def test_a_program_can_be_interrupted_though_the_warm_python_was_started_in_the_background(
    tmp_path, start_host, program
):
    """A shell has what it starts in the background ignore the signal; the engine's own way to a program does not."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\ntrap '' INT\nexec {sys.executable} \"$@\"\n")
    python.chmod(0o755)
    path = tmp_path / "python.socket"
    with warm_program.listen(path) as listener, warm_program.start_python(listener, str(python)) as process:
        host = start_host(**{warm_program.VARIABLE: str(path)})
        assert run(host, program) == language_pb2.RunResponse()
        process.stdin.close()
    assert seen(program)["warm"] is True
    assert seen(program)["signals"][1:3] == ["<built-in function default_int_handler>", "0"]
