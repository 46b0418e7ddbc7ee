"""How many policy documents under a folder save, and what keeps the others from it: `python benchmarks/documents.py FOLDER`.

A document is an XML file whose root is `<policies>` or `<fragment>`. Each is saved as `rawxml` and, where that fails, as `xml`, at each scope. Every `{{name}}` has a made-up value, so that none is refused for a named value that only its owner has.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from auth0_apim_sandbox.apim.policies import PolicyError, Scope, parse_policy

_ROOT = re.compile(r"<(policies|fragment)[\s>]")
_NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")
_MADE_UP = ("123456789012345678901234", "https://named-value.example", "50", "true")
"""What named values stand for: a text that is a key in Base64, a URL, a number, a flag; tried one after the other."""


class _MadeUp(Mapping[str, str]):
    """Every named value of a document, all with the same value."""

    def __init__(self, names: frozenset[str], value: str) -> None:
        self._names = names
        self._value = value

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(name)
        return self._value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def documents(folder: Path) -> Iterator[tuple[Path, str]]:
    """The policy documents under `folder`, by path."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".xml", ".cshtml") or not path.is_file():
            continue
        text = path.read_text("utf-8-sig", errors="replace")
        if _ROOT.match(re.sub(r"^\s*(?:<!--.*?-->\s*)*", "", text, flags=re.DOTALL)):
            yield path, text


def problem(text: str) -> PolicyError | None:
    """Why a document does not save in either format, at any scope and with any made-up value; None when it does."""
    names = frozenset(_NAMED_VALUE.findall(text))
    scopes: tuple[Scope, ...] = (
        ("fragment",) if "<fragment" in text and "<policies" not in text else ("operation", "product", "global")
    )
    first: PolicyError | None = None
    for text_format, scope, value in product(("rawxml", "xml"), scopes, _MADE_UP if names else _MADE_UP[:1]):
        try:
            parse_policy(text, text_format, scope=scope, named_values=_MadeUp(names, value))
        except PolicyError as error:  # noqa: PERF203 - few rounds
            first = first or error
        else:
            return None
    return first


def main() -> None:
    """Print the count, the reasons with how many documents each keeps back, and, on request, each document's own."""
    parser = argparse.ArgumentParser(prog="benchmarks/documents.py", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", action="store_true", help="name each document that does not save")
    options = parser.parse_args()
    saved = total = 0
    reasons: Counter[str] = Counter()
    for path, text in documents(options.folder):
        total += 1
        found = problem(text)
        if found is None:
            saved += 1
            continue
        reasons[_named(found)] += 1
        if options.each:
            print(f"{path.relative_to(options.folder)}: {found}")
    if not total:
        sys.exit(f"There is no policy document under {options.folder}.")
    print(f"{saved} of {total} policy documents save ({saved / total:.0%})")
    for reason, count in reasons.most_common():
        print(f"{count:5}  {reason}")


def _named(error: PolicyError) -> str:
    """What is wrong, short enough for a list."""
    return f"{error.element or 'document'}: {error.message.partition(' Supported: ')[0][:140]}"


if __name__ == "__main__":
    main()
