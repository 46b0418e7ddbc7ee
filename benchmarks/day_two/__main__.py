"""Change every input of every component of a deployed stack, while a prober without a good token asks all the time.

    python benchmarks/day_two                           every row; a row that the file has already is left out
    python benchmarks/day_two --only JwtPolicy          the rows of one component
    python benchmarks/day_two --only JwtPolicy.clock_skew --only Auth0Api.scopes
    python benchmarks/day_two --table                   the steps that the file has, as Markdown

Each input is given, changed and taken away. Each step says what the preview announced, whether `up` succeeded, whether the
next `up` and `up --refresh` are quiet, how long good callers were refused, and what got through without a good token.
The steps go into a file, one JSON object a line, as they finish. Status 1 when one does not hold.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from auth0_apim_sandbox.cloud import Sandbox
from auth0_apim_sandbox.engine.engine import find_or_install
from rows import Change
from walk import Step, Walk, all_rows, append_step, is_walked, read_steps, table


def main() -> int:
    """Walk the rows that are asked for, and print each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="a component, or one of its inputs as Component.input")
    parser.add_argument("--file", type=Path, default=Path("day-two.jsonl"), help="where the steps are kept")
    parser.add_argument(
        "--table", action="store_true", help="print the steps of the file as Markdown, and walk nothing"
    )
    options = parser.parse_args()
    if options.table:
        print(table(read_steps(options.file)))
        return 0
    done = {(step.component, step.input) for step in read_steps(options.file)}
    rows = [
        (component, name, row)
        for (component, name), row in all_rows().items()
        if isinstance(row, Change) and is_walked(component, row)
        if (component, name) not in done and _is_wanted(component, name, options.only)
    ]
    held = True
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        walk = Walk(sandbox, find_or_install(lambda _: None), Path(folder))
        os.environ["PATH"] = walk.variables["PATH"]
        for component, name, row in rows:
            steps = list(walk.row(component, name, row))
            for step in steps:
                append_step(options.file, step)
                _show(step)
            held = held and all(step.holds for step in steps)
        walk.close()
    return 0 if held else 1


def _is_wanted(component: str, name: str, only: list[str] | None) -> bool:
    return not only or bool({component, component.partition(".")[0], f"{component}.{name}"} & set(only))


def _show(step: Step) -> None:
    verdict = "holds" if step.holds else "DOES NOT HOLD"
    print(
        f"{step.component + '.' + step.input:44} {step.act:10} {verdict:13} {step.seconds:5.1f} s, "
        f"good calls refused {step.refused} of {step.calls} (at most {step.refused_for} s) "
        f"{' '.join(step.opened)} {step.announced}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
