"""What scripts may `require`, and who carries out the calls that the JavaScript of a module makes of the host."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from auth0_apim_sandbox.scripts import crypto, http_requests, passwords, urls, web_tokens
from auth0_apim_sandbox.scripts.access import MachineAccess
from auth0_apim_sandbox.scripts.databases import Databases
from auth0_apim_sandbox.scripts.errors import ModuleError

OFFERED = frozenset(
    [
        "assert",
        "axios",
        "bcrypt",
        "bcryptjs",
        "buffer",
        "crypto",
        "events",
        "http",
        "https",
        "jsonwebtoken",
        "node-fetch",
        "process",
        "querystring",
        "request",
        "sqlite3",
        "timers",
        "url",
        "util",
        "uuid",
    ]
)
"""The names of the modules. A test compares them with those that the JavaScript defines."""

# Comments, texts and regular expressions are skipped, so that a `require` in them is none.
_TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/
    |(?<![\w$.])require\s*\(\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|`([^`$\\]*)`)\s*\)
    |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`
    |(?<=[=(,:;!&|?{}\[\n])[ \t]*/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/""",
    re.VERBOSE | re.DOTALL,
)


def required_modules(script: str) -> list[str]:
    """The modules that a script requires by a literal, as it spells them, in their order."""
    names = ["".join(filter(None, found.groups())) for found in _TOKENS.finditer(script)]
    return list(dict.fromkeys(filter(None, names)))


def is_offered(name: str) -> bool:
    """Whether `require(name)` finds a module: with or without `node:` and a version, such as `bcrypt@5.1.0`."""
    return re.sub(r"(.)@.*$", r"\1", name.removeprefix("node:")) in OFFERED


class Modules:
    """Carries out what one script asks of its modules.

    Args:
        access: what of this machine the script may reach.
    """

    def __init__(self, access: MachineAccess) -> None:
        self._databases = Databases(access.databases)
        client = http_requests.Client(access)
        self._calls: dict[tuple[str, str], Callable[..., Any]] = {
            ("sqlite3", "open"): self._databases.open,
            ("sqlite3", "get"): self._databases.get,
            ("sqlite3", "all"): self._databases.all,
            ("sqlite3", "run"): self._databases.run,
            ("http", "request"): client.request,
            **_CALLS,
        }

    def call(self, module: str, name: str, arguments: list[Any]) -> Any:
        """The result of `module.name(…)`, as JSON can hold it.

        Raises:
            ModuleError: bad arguments, no such file, an error of SQLite, or whatever the module's function refuses.
        """
        try:
            return self._calls[module, name](*arguments)
        except sqlite3.Error as error:
            raise ModuleError(f"SQLITE_ERROR: {error}") from error
        except (TypeError, ValueError, OverflowError, AttributeError, KeyError) as error:
            raise ModuleError(f"{module} does not take these arguments: {error}", "TypeError") from error

    def close(self) -> None:
        """Close every database."""
        self._databases.close()


_CALLS: dict[tuple[str, str], Callable[..., Any]] = {
    ("bcrypt", "hash"): passwords.hash_password,
    ("bcrypt", "compare"): passwords.compare,
    ("bcrypt", "genSalt"): passwords.generate_salt,
    ("crypto", "hashNamed"): crypto.hash_named,
    ("crypto", "hashes"): crypto.hashes,
    ("crypto", "hash"): crypto.digest,
    ("crypto", "hmac"): crypto.keyed_digest,
    ("crypto", "pbkdf2"): crypto.pbkdf2,
    ("crypto", "scrypt"): crypto.scrypt,
    ("crypto", "hkdf"): crypto.hkdf,
    ("crypto", "random"): crypto.random_bytes,
    ("crypto", "randomInt"): crypto.random_integer,
    ("crypto", "encrypt"): crypto.encrypt,
    ("crypto", "decrypt"): crypto.decrypt,
    ("crypto", "sign"): crypto.sign,
    ("crypto", "verify"): crypto.verify,
    ("jsonwebtoken", "sign"): web_tokens.sign,
    ("jsonwebtoken", "verify"): web_tokens.verify,
    ("jsonwebtoken", "decode"): web_tokens.decode,
    ("url", "parse"): urls.parse,
    ("url", "change"): urls.change,
}
