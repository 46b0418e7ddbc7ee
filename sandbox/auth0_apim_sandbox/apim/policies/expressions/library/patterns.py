"""`Regex`: .NET's regular expressions by the module `regex`, which can be told how long it may take."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

import regex

from auth0_apim_sandbox.apim.policies.expressions.library.values import Collection
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, argument
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Run, bounded, with_run
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import type_of

MOST_SECONDS = 0.25
"""How long one match may hold up the gateway: a pattern can take exponential time on a text that a caller chooses."""

_LONGEST_PATTERN = 4096
_FLAGS = {1: regex.IGNORECASE, 2: regex.MULTILINE, 16: regex.DOTALL, 32: regex.VERBOSE}
_UNSUPPORTED = re.compile(r"\(\?[a-zA-Z]*n[a-zA-Z]*[-:)]|(?<!\\)\[[^\]]*-\[|\(\?<\w*-\w+>")
_NAMED = re.compile(r"\\k(?:<(\w+)>|'(\w+)')|\(\?'(\w+)'")
_REPLACEMENT = re.compile(r"\$(?:(\$)|(\d+)|\{(\w+)\}|(&)|(`)|('))")
_NAMESPACE = "System.Text.RegularExpressions"


@lru_cache(maxsize=512)
def compiled(pattern: str, options: int) -> Any:
    """The pattern of .NET in the module's own syntax.

    Raises:
        EvaluationError: malformed, too long, or with something of .NET that the module does not have.
    """
    if len(pattern) > _LONGEST_PATTERN or _UNSUPPORTED.search(pattern):
        raise argument("The regular expression is too long, or uses something that is not supported.")
    translated = _NAMED.sub(lambda match: f"(?P<{match[3]}>" if match[3] else f"(?P={match[1] or match[2]})", pattern)
    flags = regex.VERSION0
    for number, flag in _FLAGS.items():
        flags |= flag if options & number else 0
    try:
        return regex.compile(translated, flags)
    except (regex.error, OverflowError, RecursionError):
        raise argument("The regular expression is malformed.") from None


def timed(run: Run, search: Callable[..., Any]) -> Any:
    """What `search(timeout=…)` finds.

    Raises:
        EvaluationError: it takes too long.
    """
    run.step()
    try:
        return search(timeout=max(min(MOST_SECONDS, run.left()), 0.001))
    except TimeoutError:
        raise EvaluationError(
            "The Regex engine has timed out while trying to match a pattern to an input string.",
            "RegexMatchTimeoutException",
        ) from None


class Group:
    """A group of a match, or a whole match."""

    csharp_type: ClassVar[str] = "Group"

    def __init__(self, match: Any, number: int = 0, name: str | None = None) -> None:
        self.match = match
        self.number = number
        self.name = name if name is not None else str(number)
        self.success = match is not None and match.start(number) >= 0

    @property
    def value(self) -> str:
        """What was matched, nothing where nothing was."""
        return (self.match.group(self.number) or "") if self.success else ""

    def __str__(self) -> str:
        return self.value


class Match(Group):
    """A match, which may have failed."""

    csharp_type = "Match"

    def groups(self) -> GroupCollection:
        """All groups; the first is the whole."""
        names = {} if self.match is None else {number: name for name, number in self.match.re.groupindex.items()}
        count = 1 if self.match is None else self.match.re.groups + 1
        # .NET counts groups that have a name after those that have none
        order = sorted(range(count), key=lambda number: (number in names, number))
        return GroupCollection([Group(self.match, number, names.get(number)) for number in order])


class GroupCollection(Collection):
    """The groups of a match."""

    def __init__(self, groups: list[Group]) -> None:
        super().__init__(type_of("GroupCollection"), groups)


def _group(groups: GroupCollection, name: str) -> Group:
    return next((group for group in groups if group.name == name), Group(None))


def _numbered(groups: GroupCollection, number: int) -> Group:
    return groups[number] if 0 <= number < len(groups) else Group(None)


@with_run
def _match(run: Run, text: str, pattern: str, options: int = 0) -> Match:
    return Match(timed(run, lambda timeout: compiled(pattern, options).search(text, timeout=timeout)))


@with_run
def _is_match(run: Run, text: str, pattern: str, options: int = 0) -> bool:
    return timed(run, lambda timeout: compiled(pattern, options).search(text, timeout=timeout)) is not None


@with_run
def _matches(run: Run, text: str, pattern: str, options: int = 0) -> Collection:
    found = timed(
        run, lambda timeout: [Match(each) for each in compiled(pattern, options).finditer(text, timeout=timeout)]
    )
    bounded(len(found))
    return Collection(type_of("MatchCollection"), found)


@with_run
def _replaced(run: Run, text: str, pattern: str, replacement: Any, options: int = 0) -> str:
    made: Callable[[Any], str] = (
        _template(replacement) if isinstance(replacement, str) else lambda match: str(replacement(Match(match)) or "")
    )
    parts, position, length = [], 0, 0
    for match in timed(run, lambda timeout: list(compiled(pattern, options).finditer(text, timeout=timeout))):
        parts += [text[position : match.start()], made(match)]
        length = bounded(length + len(parts[-1]) + len(parts[-2]))
        position = match.end()
    return "".join([*parts, text[position:]])


def _template(replacement: str) -> Callable[[Any], str]:
    def run(match: Any) -> str:
        return _REPLACEMENT.sub(lambda part: _part(match, part), replacement)

    return run


def _part(match: Any, part: re.Match[str]) -> str:
    if part[1]:
        return "$"
    if part[2] or part[3]:
        name = part[2] or part[3]
        groups = Match(match).groups()
        group = _numbered(groups, int(name)) if name.isdecimal() else _group(groups, name)
        return group.value if group.match is not None else part[0]
    if part[4]:
        return str(match.group())
    return str(match.string[: match.start()] if part[5] else match.string[match.end() :])


@with_run
def _split(run: Run, text: str, pattern: str, options: int = 0) -> list[str]:
    return [
        part
        for part in timed(run, lambda timeout: compiled(pattern, options).split(text, timeout=timeout))
        if part is not None
    ]


class Regex:
    """A pattern with its options."""

    csharp_type: ClassVar[str] = "Regex"

    def __init__(self, pattern: str, options: int = 0) -> None:
        compiled(pattern, options)
        self.pattern = pattern
        self.options = options


def _of_instance(member: Callable[..., Any], *, with_replacement: bool = False) -> Callable[..., Any]:
    if with_replacement:
        return with_run(lambda run, own, text, by: member(run, text, own.pattern, by, own.options))
    return with_run(lambda run, own, text: member(run, text, own.pattern, own.options))


_T, _P, _O = "string input!!", "string pattern!!", "RegexOptions options"
_R = ("string replacement!!", "Func<Match, string> evaluator!!")
declare(
    "Regex",
    {
        f"new({_P})": Regex,
        f"new({_P}, {_O})": Regex,
        f"static bool IsMatch({_T}, {_P})": _is_match,
        f"static bool IsMatch({_T}, {_P}, {_O})": _is_match,
        f"static Match Match({_T}, {_P})": _match,
        f"static Match Match({_T}, {_P}, {_O})": _match,
        f"static MatchCollection Matches({_T}, {_P})": _matches,
        f"static MatchCollection Matches({_T}, {_P}, {_O})": _matches,
        **{f"static string Replace({_T}, {_P}, {by})": _replaced for by in _R},
        **{f"static string Replace({_T}, {_P}, {by}, {_O})": _replaced for by in _R},
        f"static string[] Split({_T}, {_P})": _split,
        f"static string[] Split({_T}, {_P}, {_O})": _split,
        "static string Escape(string str!!)": lambda text: re.sub(r"([\\*+?|{\[()^$.# \t\n\r])", r"\\\1", text),
        f"bool IsMatch({_T})": _of_instance(_is_match),
        f"Match Match({_T})": _of_instance(_match),
        f"MatchCollection Matches({_T})": _of_instance(_matches),
        f"string[] Split({_T})": _of_instance(_split),
        **{f"string Replace({_T}, {by})": _of_instance(_replaced, with_replacement=True) for by in _R},
    },
    _NAMESPACE,
)
declare(
    "Capture",
    {
        "string Value": lambda group: group.value,
        "int Index": lambda group: group.match.start(group.number) if group.success else 0,
        "int Length": lambda group: len(group.value),
        "string ToString()": lambda group: group.value,
    },
    _NAMESPACE,
)
declare("Group", {"bool Success": lambda group: group.success, "string Name": lambda group: group.name}, _NAMESPACE)
declare("Match", {"GroupCollection Groups": Match.groups}, _NAMESPACE)
declare("MatchCollection", {"int Count": len, "Match this[int i]": lambda found, at: _item(found, at)}, _NAMESPACE)  # noqa: PLW0108 - the function stands further down
declare(
    "GroupCollection",
    {"int Count": len, "Group this[int groupnum]": _numbered, "Group this[string groupname!!]": _group},
    _NAMESPACE,
)


def _item(found: Collection, index: int) -> Any:
    if not 0 <= index < len(found):
        raise EvaluationError("Specified argument was out of the range of valid values.", "ArgumentOutOfRangeException")
    return found[index]
