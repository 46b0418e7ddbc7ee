"""The Pulumi engine: the CLI on PATH, else the one in the user's cache, else downloaded or built into the cache."""

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from auth0_apim_sandbox.engine import engine_build, engine_download, go_build, host_build
from auth0_apim_sandbox.engine.engine_error import EngineError
from auth0_apim_sandbox.engine.go_commands import VERSION as BUILT_VERSION

MINIMUM_VERSION = (3, 220, 0)
CHOICES = ("path", "download", "build")


@dataclass(frozen=True)
class Step:
    """How far an installation is: what is being done, and how much of it where that is known."""

    text: str
    done: int | None = None
    total: int | None = None


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Engine:
    """An installed Pulumi CLI.

    Attributes:
        path: the `pulumi` executable.
        version: without a leading v.
        origin: `path` for the machine's own, `download` for the official one in the cache, `build` for a built one.
    """

    path: Path
    version: str
    origin: Literal["path", "download", "build"]

    def check_language_host(self, language: str = "python") -> None:
        """Make sure that the engine can run programs in `language`, a runtime's name in Pulumi.yaml.

        Raises:
            EngineError: it has no such language host.
        """
        host = _host_name(language)
        if not self.path.resolve().with_name(host).exists() and not shutil.which(host):
            raise EngineError(
                f"{self.path} has no {host} beside it or on PATH: install the complete pulumi "
                "(https://www.pulumi.com/docs/install/), or set AUTH0_APIM_ENGINE=build to have one built"
            )


def cache_folder() -> Path:
    """Where engines are kept for every checkout of this user."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "auth0-apim"


def find() -> Engine | None:
    """The engine that is there already, or None.

    AUTH0_APIM_ENGINE (`path`, `download` or `build`) restricts the choice to one origin.

    Raises:
        EngineError: AUTH0_APIM_ENGINE is none of these, or asks for the one on PATH and that is too old or missing.
    """
    choice = os.environ.get("AUTH0_APIM_ENGINE", "")
    if choice and choice not in CHOICES:
        raise EngineError(f"AUTH0_APIM_ENGINE is {choice!r}; it can be {', '.join(CHOICES)}")
    if choice in {"", "path"} and (engine := _on_path(required=choice == "path")):
        return engine
    return next((engine for origin in _origins(choice) if (engine := _cached(origin))), None)


def find_or_install(progress: Progress, languages: Collection[str] = ()) -> Engine:
    """The engine, downloaded or built first if need be; two processes that ask at once install it once.

    Args:
        progress: is told every step.
        languages: runtimes besides Python whose programs it is to run, `nodejs` or `yaml`. The official engine has
            their hosts; for one that was built they are built too, unless PATH has official ones.

    Raises:
        EngineError: there is none and none could be had, or not for a language; nothing half-made was left behind.
    """
    engine = find()
    if engine is None or _is_of_another_version(engine) or _unbuilt(engine, languages):
        engine = _find_or_install_locked(progress, languages)
    for language in languages:
        engine.check_language_host(language)
    return engine


def _find_or_install_locked(progress: Progress, languages: Collection[str]) -> Engine:
    with _installation_lock(progress):
        _remove_leftovers()
        engine = find() or _install(os.environ.get("AUTH0_APIM_ENGINE", ""), languages, progress)
        if _is_of_another_version(engine):
            engine_build.write_language_host(_folder("build"))
        if unbuilt := _unbuilt(engine, languages):
            engine_build.install(_folder("build"), unbuilt, _as_steps(progress))
        return engine


def _is_of_another_version(engine: Engine) -> bool:
    """Whether `engine` was built by a version of this project that starts Python programs in another way."""
    return engine.origin == "build" and not engine_build.has_language_host(_folder("build"))


def _unbuilt(engine: Engine, languages: Collection[str]) -> list[str]:
    """Those of `languages` whose host is yet to be built for `engine`."""
    if engine.origin != "build":
        return []
    folder = _folder("build")
    return [language for language in _to_build(languages) if not host_build.is_installed(language, folder)]


def _to_build(languages: Collection[str]) -> list[str]:
    """Those of `languages` that PATH has no official host of."""
    official = _path_without_cache()
    return [language for language in languages if not shutil.which(_host_name(language), path=official)]


def _host_name(language: str) -> str:
    return f"pulumi-language-{language}"


def _remove_leftovers() -> None:
    """Remove what installations that were killed have left; the lock says that none is under way."""
    for pattern in ("build-*", "download-*", "go-*"):
        for folder in cache_folder().glob(pattern):
            shutil.rmtree(folder)


def _origins(choice: str) -> tuple[Literal["download", "build"], ...]:
    if choice == "download":
        return ("download",)
    return ("build",) if choice == "build" else ("download", "build")


def _install(choice: str, languages: Collection[str], progress: Progress) -> Engine:
    failures = []
    for origin in _origins(choice):
        failure = _attempt(origin, languages, progress)
        if failure is None:
            return Engine(_executable(origin), _version(origin), origin)
        failures.append(f"  {origin}: {failure}\n")
    raise EngineError(
        f"no Pulumi engine.\n{''.join(failures)}"
        "Next: check the network and run this again, or install pulumi yourself "
        "(https://www.pulumi.com/docs/install/) so that it is on PATH."
    )


def _attempt(
    origin: Literal["download", "build"], languages: Collection[str], progress: Progress
) -> EngineError | None:
    try:
        if origin == "download":
            engine_download.install(_folder(origin), lambda text: progress(Step(text)))
        else:
            engine_build.install(_folder(origin), _to_build(languages), _as_steps(progress))
    except EngineError as error:
        return error
    return None


def _as_steps(progress: Progress) -> go_build.Progress:
    return lambda text, done, total: progress(Step(text, done, total))


def _version(origin: Literal["download", "build"]) -> str:
    return engine_download.version() if origin == "download" else BUILT_VERSION


def _folder(origin: Literal["download", "build"]) -> Path:
    return cache_folder() / f"pulumi-{_version(origin)}-{origin}"


def _executable(origin: Literal["download", "build"]) -> Path:
    return _folder(origin) / "bin" / "pulumi"


def _cached(origin: Literal["download", "build"]) -> Engine | None:
    executable = _executable(origin)
    return Engine(executable, _version(origin), origin) if executable.exists() else None


def _on_path(required: bool) -> Engine | None:
    found = shutil.which("pulumi", path=_path_without_cache())
    if found is None:
        if required:
            raise EngineError("AUTH0_APIM_ENGINE is 'path', and there is no pulumi on PATH")
        return None
    version = _ask_version(found)
    if tuple(int(part) for part in version.split("-")[0].split(".")) >= MINIMUM_VERSION:
        return Engine(Path(found), version, "path")
    if required:
        wanted = ".".join(map(str, MINIMUM_VERSION))
        raise EngineError(f"{found} is Pulumi {version}, and {wanted} or later is needed: upgrade it")
    return None


def _path_without_cache() -> str:
    """PATH without engines of our own: a shell that has evaluated the environment has one of them on it."""
    entries = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if not Path(entry).is_relative_to(cache_folder()))


def _ask_version(executable: str) -> str:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run([executable, "version"], env=environment, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise EngineError(f"{executable} does not start: {answer.stderr.strip() or f'status {answer.returncode}'}")
    return answer.stdout.strip().removeprefix("v")


@contextlib.contextmanager
def _installation_lock(progress: Progress) -> Iterator[None]:
    cache_folder().mkdir(parents=True, exist_ok=True)
    with (cache_folder() / "installation.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(Step("Waiting for another process that is installing the engine"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
