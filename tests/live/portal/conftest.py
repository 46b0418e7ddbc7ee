"""A headless Chromium: the one on PATH, else the one that the locked package of `tests/browser` brings."""

import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PACKAGE = Path(__file__).resolve().parents[2] / "browser"
Chromium = tuple[Path, dict[str, str]]
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium(npm_folder: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    """The executable, and the variables by which it finds libraries and fonts of its own."""
    for name in ON_PATH:
        if found := shutil.which(name):
            return Path(found), {}
    packed = npm_folder(PACKAGE) / "node_modules" / "@sparticuz" / "chromium" / "bin"
    folder = tmp_path_factory.mktemp("chromium")
    executable = folder / "chromium"
    executable.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    executable.chmod(0o700)
    for name in ("al2023", "fonts", "swiftshader"):
        archive = io.BytesIO(brotli.decompress((packed / f"{name}.tar.br").read_bytes()))
        with tarfile.open(fileobj=archive) as opened:
            opened.extractall(folder, filter="data")
    fonts = f"<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>"
    (folder / "fonts.conf").write_text(fonts)
    return executable, {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(folder / "fonts.conf")}


@pytest.fixture(scope="module")
def browser(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    executable, variables = chromium
    environment = {**os.environ, "TMPDIR": str(tmp_path_factory.mktemp("browser")), **variables}
    # The sandbox of a browser needs what root and containers have not; it shows our own pages alone.
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"], env=environment)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has seen nothing; what its pages complain about ends the test."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    context.close()
    assert complaints == []
