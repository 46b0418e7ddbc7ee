"""`python -m docs.generator`: writes every file that follows from the program; `--check` names the stale ones."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from docs.generator.coverage import coverage_page
from docs.generator.pictures import pictures
from docs.generator.reference import reference_pages
from docs.generator.registry import registry_page
from docs.generator.schema import schema_text
from docs.generator.settings_file import settings_file

ROOT = Path(__file__).resolve().parents[2]


def generated() -> dict[Path, str]:
    """Text of every generated file, by its path."""
    schema = schema_text()
    files = {
        "components/schema.json": schema,
        **reference_pages(),
        **pictures(ROOT),
        **coverage_page(),
        **settings_file(json.loads(schema)),
        **registry_page(ROOT),
    }
    return {ROOT / name: text for name, text in files.items()}


def stale(files: Mapping[Path, str]) -> list[Path]:
    """The files whose text is another one on disk, and pages of components that are gone."""
    changed = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    gone = [path for path in sorted((ROOT / "docs" / "reference").glob("*.md")) if path not in files]
    return [*changed, *gone]


def main(arguments: Sequence[str]) -> int:
    """Write the stale files, or with `--check` only name them; 1 when one was named."""
    files = generated()
    outdated = stale(files)
    if "--check" in arguments:
        for path in outdated:
            sys.stderr.write(f"stale: {path.relative_to(ROOT)} (run `make docs`)\n")
        return 1 if outdated else 0
    for path in outdated:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
