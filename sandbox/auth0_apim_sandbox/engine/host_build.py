"""Language hosts for programs that are not written in Python, beside a CLI that was built and has none."""

import hashlib
import os
from pathlib import Path

from auth0_apim_sandbox.engine import go_build
from auth0_apim_sandbox.engine.go_build import Progress, Toolchain
from auth0_apim_sandbox.engine.go_commands import HOSTS


def file_name(language: str) -> str:
    """The host's file, named by its sources: another checkout may have others."""
    module = HOSTS[language].module
    sources = sorted(path for path in module.rglob("*") if path.suffix in {".go", ".mod", ".sum"})
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    return f"pulumi-language-{language}-{digest.hexdigest()[:12]}"


def is_installed(language: str, engine: Path) -> bool:
    """Whether the host of `language` that this project's sources make is beside the engine in the folder `engine`."""
    link = _link(language, engine)
    return link.exists() and link.resolve().name == file_name(language)


def install(language: str, engine: Path, toolchain: Toolchain, work: Path, progress: Progress) -> None:
    """Build the host of `language`, and put it beside the engine in the folder `engine` when it is complete.

    Raises:
        EngineError: its modules could not be had, or did not compile.
    """
    built = work / file_name(language)
    go_build.build(HOSTS[language], toolchain, work / language, built, progress)
    (engine / "hosts").mkdir(exist_ok=True)
    built.rename(engine / "hosts" / built.name)
    fresh = work / f"{language}-link"
    fresh.symlink_to(Path(os.pardir, "hosts", built.name))
    fresh.replace(_link(language, engine))


def _link(language: str, engine: Path) -> Path:
    return engine / "bin" / f"pulumi-language-{language}"
