"""Many ephemeral environments at once on one tenant and one API Management service: how long, and how much memory.

    python benchmarks/many_environments.py                     20 environments, 4 at a time
    python benchmarks/many_environments.py --count 40 --at-once 8

They are created, audited and destroyed, with the real engine, in a sandbox of the benchmark's own. Status 1 when the
audit finds anything at the end.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from auth0_apim_environments.clients.credentials import open_manager
from auth0_apim_environments.ephemeral import Environments, EnvironmentSpec
from auth0_apim_environments.project import find_project
from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine.engine import find_or_install
from deployment import copy_project

_SERVICE = "resourceGroups/local/providers/Microsoft.ApiManagement/service/basic-calculator-local"


def main() -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="how many environments")
    parser.add_argument("--at-once", type=int, default=4, help="how many of them at a time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        result = _measure(copy_project(Path(folder)), sandbox, options.count, options.at_once)
    print(json.dumps(result, indent=2))
    sys.exit(1 if result["left"] else 0)


def _measure(project: Path, sandbox: Sandbox, count: int, at_once: int) -> dict[str, object]:
    engine = find_or_install(lambda step: print(step.text, file=sys.stderr))
    variables = sandbox.environment(engine)
    _make_service(sandbox)
    environments = Environments(find_project(project), engine, variables)
    spec = EnvironmentSpec(owner="benchmark")
    names = [f"many-{number}" for number in range(count)]
    before = _requests(sandbox)
    created = _at_once(lambda name: environments.create(name, spec), names, at_once)
    asked = _requests(sandbox) - before
    marked = sum(len(environments.audit(name)) for name in names)
    memory = _resident_megabytes(sandbox)
    destroyed = _at_once(environments.destroy, names, at_once)
    return {
        "environments": count,
        "at once": at_once,
        "cores": os.cpu_count(),
        "load before": os.getloadavg()[0],
        "created": created,
        "requests for one": {" ".join(kind): round(number / count, 1) for kind, number in sorted(asked.items())},
        "objects with marks": marked,
        "sandbox memory (MB)": memory,
        "destroyed": destroyed,
        "left": len(environments.audit()),
    }


def _at_once(work: Callable[[str], object], names: Iterable[str], at_once: int) -> dict[str, float]:
    def timed(name: str) -> float:
        began = time.perf_counter()
        work(name)
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        each = list(pool.map(timed, names))
    return {"all (s)": round(time.perf_counter() - began, 1), "median of one (s)": round(statistics.median(each), 1)}


def _requests(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """How many requests the tenant and the resource manager have had, by part and method."""
    lines = (line.split() for line in sandbox.folder.log.read_text().splitlines())
    return Counter((words[1], words[2]) for words in lines if len(words) > 3 and words[1] in {"tenant", "manager"})


def _make_service(sandbox: Sandbox) -> None:
    body = {
        "location": "westeurope",
        "sku": {"name": "Developer", "capacity": 1},
        "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
    }
    with closing(open_manager(sandbox.credentials)) as manager:
        manager.put(_SERVICE, params={"api-version": "2024-05-01"}, json=body).raise_for_status()


def _resident_megabytes(sandbox: Sandbox) -> int | None:
    """Memory of the sandbox's process; None where there is no /proc."""
    record = sandbox.folder.read_record()
    status = Path(f"/proc/{record.pid}/status") if record else Path()
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:")), None)


if __name__ == "__main__":
    main()
