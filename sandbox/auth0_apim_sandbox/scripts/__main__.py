"""How many scripts of a folder run: `python -m auth0_apim_sandbox.scripts FOLDER`.

Each `*.js` file below the folder is called as the tenant calls it. A service that the command opens on this machine
takes the place of the servers that the scripts name, and answers every request with one user. A script runs when it
calls back, be it with an error of its own; it is refused when it requires a module that scripts are not offered, as
when it is saved; everything else has failed.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from auth0_apim_sandbox.scripts.modules import is_offered, required_modules
from auth0_apim_sandbox.scripts.runner import ScriptError, Surroundings, run_script

_EMAIL, _PASSWORD = "ada@example.com", "Correct-Horse-1"
_USER = {"email": _EMAIL, "password": _PASSWORD, "tenant": "local", "client_id": "client", "connection": "Users"}
_ARGUMENTS: dict[str, list[object]] = {
    "login": [_EMAIL, _PASSWORD],
    "get": [_EMAIL],
    "create": [_USER],
    "verify": [_EMAIL],
    "changePassword": [_EMAIL, _PASSWORD],
    "changeEmail": [_EMAIL, "bob@example.com", True],
    "delete": ["1"],
    "remove": ["1"],
}
_FUNCTION = re.compile(r"^(?:async\s+)?function\s+(\w+)", re.MULTILINE)
_SERVER = re.compile(r"https?://[^/'\"`\s]+")
_SETTING = re.compile(r"configuration\.(\w+)")
_FAULTS = ("ReferenceError", "TypeError", "SyntaxError", "RangeError")


def main() -> int:
    """Print a line for each script and the sums; 1 where a script has failed."""
    parser = argparse.ArgumentParser(prog="python -m auth0_apim_sandbox.scripts", description="Run a folder's scripts.")
    parser.add_argument("folder", type=Path, help="where the *.js files are")
    folder: Path = parser.parse_args().folder
    counts: Counter[str] = Counter()
    with _service() as address:
        for path in sorted(folder.rglob("*.js")):
            verdict, detail = asyncio.run(_verdict(path.read_text(encoding="utf-8"), address))
            counts[verdict] += 1
            sys.stdout.write(f"{verdict:8} {path.relative_to(folder)}: {detail}\n")
    sums = ", ".join(f"{counts[name]} {name}" for name in ("runs", "refused", "failed"))
    sys.stdout.write(f"{counts.total()} scripts: {sums}\n")
    return 1 if counts["failed"] or not counts else 0


async def _verdict(script: str, address: str) -> tuple[str, str]:
    missing = [name for name in required_modules(script) if not is_offered(name)]
    if missing:
        return "refused", ", ".join(missing)
    found = _FUNCTION.search(script)
    if found is None:
        return "failed", "it has no function"
    arguments = next((given for name, given in _ARGUMENTS.items() if found[1].startswith(name)), [_EMAIL])
    settings = {name: address if "url" in name.lower() else "value" for name in _SETTING.findall(script)}
    try:
        values = await run_script(_SERVER.sub(address, script), [found[1]], arguments, Surroundings(settings))
    except ScriptError as error:
        faulty = error.name in _FAULTS or any(word in error.message for word in ("sandbox", "the script"))
        return ("failed" if faulty else "runs"), str(error)
    return "runs", json.dumps(values)


class _Service(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        href = f"http://{self.headers['Host']}/v1/accounts/1"
        user = {"user_id": "1", "id": "1", "email": _EMAIL, "username": "ada", "href": href}
        body = json.dumps({**user, "account": {"href": href}, "items": [user]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the names that the base class calls

    def log_message(self, *_: object) -> None:
        """Say nothing: what scripts send may hold a password."""


@contextmanager
def _service() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
