"""What the README claims, measured: `python benchmarks [--only NAME …] [--json]`. Methods are described in benchmarks/README.md."""

import argparse
import sys
from collections.abc import Callable, Iterator

import environment_cycle
import gateway
import growth
import importing
import machine
import nothing_to_do
import readiness
import structure
import suite
import tokens
from figures import Figure, show, show_json

BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "machine": machine.measure,
    "nothing-to-do": nothing_to_do.measure,
    "environment": environment_cycle.measure,
    "growth": growth.measure,
    "readiness": readiness.measure,
    "gateway": gateway.measure,
    "tokens": tokens.measure,
    "importing": importing.measure,
    "structure": structure.measure,
    "suite": suite.measure,
}


def main() -> None:
    """Measure one after another and print every figure, its target, and whether it is reached."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), help="leave the others out")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    figures: list[Figure] = []
    for name in options.only:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures += BENCHMARKS[name]()
    (show_json if options.json else show)(figures)


if __name__ == "__main__":
    main()
