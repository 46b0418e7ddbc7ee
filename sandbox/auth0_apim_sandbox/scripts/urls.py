"""The class `URL` of scripts, parsed by the library that Node itself has (WHATWG URL, https://url.spec.whatwg.org)."""

import ada_url

from auth0_apim_sandbox.scripts.errors import ModuleError

_PARTS = (
    "hash",
    "host",
    "hostname",
    "href",
    "origin",
    "password",
    "pathname",
    "port",
    "protocol",
    "search",
    "username",
)


def parse(url: str, base: str | None) -> dict[str, str]:
    """The parts of a URL."""
    try:
        return _parts(ada_url.URL(url, base=base) if base is not None else ada_url.URL(url))
    except ValueError as error:
        raise ModuleError("Invalid URL", "TypeError", "ERR_INVALID_URL") from error


def change(href: str, part: str, value: str) -> dict[str, str]:
    """The parts of a URL one of which takes another value; a value that does not fit changes nothing."""
    url = ada_url.URL(href)
    if part not in _PARTS:
        raise ModuleError(f"a URL has no part {part!r}")
    try:
        setattr(url, part, value)
    except ValueError as error:
        if part == "href":
            raise ModuleError("Invalid URL", "TypeError", "ERR_INVALID_URL") from error
    return _parts(url)


def _parts(url: ada_url.URL) -> dict[str, str]:
    return {name: str(getattr(url, name)) for name in _PARTS}
