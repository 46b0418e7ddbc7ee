"""Make `.venv` hold exactly what a lock file says: `python3 bootstrap.py sandbox|dev`.

Needs nothing but Python: finds uv, or installs it into `.tools`. Does nothing, in a few hundredths of a second, when
the lock file is the one that was installed last.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 10)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
TOOLS = os.path.join(ROOT, ".tools")
STAMP = os.path.join(VENV, ".installed-lock")
# A set on the left is complete when the set on the right of it was installed.
CONTAINED_IN = {"sandbox": ("sandbox", "dev"), "dev": ("dev",)}


class BootstrapError(Exception):
    """Something this script cannot go on without; the message says what to do."""


def check_python():
    """Refuse a Python that the packages do not run on."""
    if sys.version_info < OLDEST:
        raise BootstrapError(
            "Python %d.%d or later is needed, and %s is Python %d.%d: run make again with PYTHON=/path/to/python3.12."
            % (OLDEST + (sys.executable,) + sys.version_info[:2])
        )


def lock_file(name):
    """Path of the lock file of `name`."""
    return os.path.join(ROOT, "requirements", name + ".txt")


def fingerprint(name):
    """What an installation of `name` depends on, as one word."""
    digest = hashlib.sha256(repr((name, ROOT, sys.version_info[:2])).encode())
    for path in (lock_file(name), os.path.join(ROOT, "pyproject.toml")):
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_installed(name):
    """Whether the last installation had everything that `name` needs, in today's versions."""
    if not os.path.exists(venv_python()) or not os.path.exists(STAMP):
        return False
    with open(STAMP) as file:
        installed = file.read()
    return any(installed == fingerprint(larger) for larger in CONTAINED_IN[name])


def venv_python():
    """Path of the virtual environment's interpreter."""
    return os.path.join(VENV, "bin", "python")


def find_uv():
    """Path of uv: the one on PATH, else our own, installed now if need be."""
    ours = [os.path.join(TOOLS, "bin", "uv"), os.path.join(TOOLS, "lib", "bin", "uv")]
    for candidate in [shutil.which("uv")] + ours:
        if candidate and works(candidate):
            return candidate
    print("Installing uv into .tools", flush=True)
    shutil.rmtree(TOOLS, ignore_errors=True)
    if not (install_uv_in_venv() or install_uv_by_pip()):
        raise BootstrapError(
            "uv could not be installed (the reason is above). Check the network, or install Python's venv module "
            "(Debian, Ubuntu: apt install python3-venv) or uv itself (https://docs.astral.sh/uv/), and run make again."
        )
    return next(path for path in ours if os.path.exists(path))


def works(uv):
    """Whether this uv starts."""
    try:
        return subprocess.call([uv, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def install_uv_in_venv():
    """Install uv by the pip of a virtual environment; False where there is no ensurepip or no network."""
    created = subprocess.call([sys.executable, "-m", "venv", TOOLS], stdout=sys.stderr) == 0
    return created and pip_install([os.path.join(TOOLS, "bin", "python")], [])


def install_uv_by_pip():
    """Install uv by the pip of this Python, where there is one, without touching this Python."""
    return pip_install([sys.executable], ["--target", os.path.join(TOOLS, "lib")])


def pip_install(python, options):
    """Run pip for the pinned uv; False when it fails."""
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    return subprocess.call(python + pip + options + ["--require-hashes", "-r", lock_file("uv")]) == 0


def install(name):
    """Fill `.venv` from the lock file of `name`, then add this project itself, editable."""
    uv = find_uv()
    print("Installing requirements/%s.txt into .venv" % name, flush=True)
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if not os.path.exists(venv_python()):
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV])
    into = [uv, "pip", "install", "--quiet", "--python", venv_python()]
    run(into + ["--require-hashes", "-r", lock_file(name)])
    # The build backend is one of the locked packages, so nothing unlocked is fetched to build with.
    run(into + ["--no-deps", "--no-build-isolation", "--editable", ROOT])
    with open(STAMP, "w") as file:
        file.write(fingerprint(name))


def run(command):
    """Run a step whose own output says what went wrong."""
    if subprocess.call(command, cwd=ROOT) != 0:
        raise BootstrapError(
            "The dependencies could not be installed: `%s` failed (the reason is above). "
            "If it is the network, check it and run make again." % " ".join(command[:3])
        )


def main(arguments):
    """Install the named set if it is not; 0 when it is there."""
    try:
        check_python()
        if len(arguments) != 1 or arguments[0] not in CONTAINED_IN:
            raise BootstrapError("usage: bootstrap.py %s" % "|".join(sorted(CONTAINED_IN)))
        if not is_installed(arguments[0]):
            install(arguments[0])
    except BootstrapError as error:
        print("bootstrap: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
