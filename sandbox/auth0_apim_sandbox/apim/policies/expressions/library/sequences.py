"""LINQ: the extension methods of `Enumerable`. What gives a sequence does not run before it is enumerated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, takewhile
from itertools import dropwhile as skipwhile
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.library.equality import identity, sort_key
from auth0_apim_sandbox.apim.policies.expressions.library.values import (
    Collection,
    Group,
    Items,
    Pair,
    Sequence,
    Table,
    runtime_type,
    unboxed,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    argument,
    argument_null,
    invalid_operation,
    out_of_range,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Run, bounded, with_run
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import Members, declare, with_result, with_type
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import (
    BYTE,
    NUMBERS,
    STRING,
    Type,
    array_of,
    is_subtype,
    type_of,
)

Test = Callable[[Any], bool]
_NONE = "Sequence contains no elements"
_NO_MATCH = "Sequence contains no matching element"


def default_of(kind: Type) -> Any:
    """`default(kind)`."""
    if kind.name == "bool":
        return False
    if kind.name == "char":
        return "\0"
    return (0.0 if kind.name in ("double", "float") else 0) if kind.name in NUMBERS else None


def array(kind: Type, items: Iterable[Any]) -> Any:
    """An array of `kind`."""
    if kind == BYTE:
        return bytearray(items)
    return list(items) if kind == STRING else Collection(array_of(kind), items)


def pairs_of(table: Any) -> Any:
    """The entries of a dictionary, of headers or of a `JObject`, as pairs."""
    if table is None:
        return None
    if hasattr(table, "pairs"):
        return Sequence(table.pairs)
    return Sequence(lambda: iter([Pair(key, value) for key, value in list(table.items())]))


def lazy(make: Callable[..., Iterator[Any]]) -> Callable[..., Sequence]:
    """A member that gives a sequence."""
    return lambda source, *arguments: Sequence(lambda: iter(make(source, *arguments)))


def _first(source: Iterable[Any], test: Test | None = None) -> Any:
    for item in source:
        if test is None or test(item):
            return item
    raise invalid_operation(_NO_MATCH if test else _NONE)


@with_type
def _first_or_default(kind: Type, source: Iterable[Any], test: Test | None = None) -> Any:
    return next((item for item in source if test is None or test(item)), default_of(kind))


def _last(source: Iterable[Any], test: Test | None = None) -> Any:
    found = [item for item in source if test is None or test(item)]
    if not found:
        raise invalid_operation(_NO_MATCH if test else _NONE)
    return found[-1]


@with_type
def _last_or_default(kind: Type, source: Iterable[Any], test: Test | None = None) -> Any:
    found = [item for item in source if test is None or test(item)]
    return found[-1] if found else default_of(kind)


def _single(source: Iterable[Any], test: Test | None = None) -> Any:
    found = [item for item in source if test is None or test(item)]
    if len(found) != 1:
        more = "Sequence contains more than one matching element" if test else "Sequence contains more than one element"
        raise invalid_operation(more if found else _NO_MATCH if test else _NONE)
    return found[0]


@with_type
def _single_or_default(kind: Type, source: Iterable[Any], test: Test | None = None) -> Any:
    found = [item for item in source if test is None or test(item)]
    if len(found) > 1:
        raise invalid_operation("Sequence contains more than one element")
    return found[0] if found else default_of(kind)


def _distinct(source: Iterable[Any]) -> Iterator[Any]:
    seen: set[Any] = set()
    for item in source:
        key = identity(item)
        if key not in seen:
            seen.add(key)
            yield item


def _element_at(source: Iterable[Any], index: int) -> Any:
    items = list(source)
    if not 0 <= index < len(items):
        raise out_of_range("index")
    return items[index]


def _extreme(pick: Callable[..., Any]) -> Callable[..., Any]:
    def run(source: Iterable[Any], choose: Callable[[Any], Any] | None = None) -> Any:
        values = [item if choose is None else choose(item) for item in source]
        if not values:
            raise invalid_operation(_NONE)
        return pick(values, key=sort_key)

    return run


def _average(source: Iterable[Any], choose: Callable[[Any], Any] | None = None) -> float:
    values = [item if choose is None else choose(item) for item in source]
    if not values:
        raise invalid_operation(_NONE)
    return float(sum(values)) / len(values)


def _total(source: Iterable[Any], choose: Callable[[Any], Any] | None = None) -> Any:
    return sum(item if choose is None else choose(item) for item in source)


class Ordered:
    """What `OrderBy` gives: sorted by several keys, whose directions differ."""

    def __init__(self, source: Iterable[Any], keys: tuple[tuple[Callable[[Any], Any], bool], ...]) -> None:
        self.source = source
        self.keys = keys
        self.type = type_of("IOrderedEnumerable<object>")

    def __iter__(self) -> Iterator[Any]:
        items = list(self.source)
        for choose, descending in reversed(self.keys):
            items.sort(key=lambda item, choose=choose: sort_key(choose(item)), reverse=descending)  # type: ignore[misc]
        return iter(items)


def _groups(source: Iterable[Any], choose: Callable[[Any], Any]) -> Iterator[Group]:
    groups: dict[Any, Group] = {}
    for item in source:
        key = choose(item)
        groups.setdefault(identity(key), Group(key)).items.append(item)
    return iter(groups.values())


@with_result
def _dictionary(of: Type, source: Iterable[Any], key: Callable[[Any], Any], value: Any = None) -> Table:
    made = Table(of)
    for item in source:
        name = key(item)
        if name is None:
            raise argument_null("key")
        if name in made:
            raise argument("An item with the same key has already been added.")
        made[name] = item if value is None else value(item)
    return made


def _aggregate(source: Iterable[Any], combine: Callable[[Any, Any], Any]) -> Any:
    items = iter(source)
    try:
        result = next(items)
    except StopIteration:
        raise invalid_operation(_NONE) from None
    for item in items:
        result = combine(result, item)
    return result


def _seeded(source: Iterable[Any], seed: Any, combine: Callable[[Any, Any], Any]) -> Any:
    for item in source:
        seed = combine(seed, item)
    return seed


@with_run
def _range(run: Run, start: int, count: int) -> Sequence:
    if count < 0:
        raise out_of_range("count")
    return Sequence(lambda: (number for number in range(start, start + count) if run.step()))


@with_run
def _repeat(run: Run, item: Any, count: int) -> Sequence:
    if count < 0:
        raise out_of_range("count")
    return Sequence(lambda: (item for _ in range(count) if run.step()))


@with_type
def _of_type(kind: Type, source: Iterable[Any]) -> Sequence:
    return Sequence(
        lambda: (unboxed(item) for item in source if item is not None and is_subtype(runtime_type(item), kind))
    )


def _equal(one: Iterable[Any], other: Iterable[Any]) -> bool:
    return [identity(item) for item in one] == [identity(item) for item in other]


def _without(one: Iterable[Any], other: Iterable[Any]) -> Iterator[Any]:
    unwanted = {identity(item) for item in other}
    return (item for item in _distinct(one) if identity(item) not in unwanted)


def _shared(one: Iterable[Any], other: Iterable[Any]) -> Iterator[Any]:
    wanted = {identity(item) for item in other}
    return (item for item in _distinct(one) if identity(item) in wanted)


def _has(source: Iterable[Any], value: Any) -> bool:
    wanted = identity(value)
    return any(identity(item) == wanted for item in source)


_S, _T = "this IEnumerable<T> source!!", "Func<T, bool> predicate!!"
_SELECTIONS: Members = {
    f"IEnumerable<T> Where<T>({_S}, {_T})": lazy(lambda source, test: (item for item in source if test(item))),
    f"IEnumerable<T> Where<T>({_S}, Func<T, int, bool> predicate!!)": lazy(
        lambda source, test: (item for index, item in enumerate(source) if test(item, index))
    ),
    f"IEnumerable<R> Select<T, R>({_S}, Func<T, R> selector!!)": lazy(lambda source, make: (make(i) for i in source)),
    f"IEnumerable<R> Select<T, R>({_S}, Func<T, int, R> selector!!)": lazy(
        lambda source, make: (make(item, index) for index, item in enumerate(source))
    ),
    f"IEnumerable<R> SelectMany<T, R>({_S}, Func<T, IEnumerable<R>> selector!!)": lazy(
        lambda source, make: chain.from_iterable(make(item) for item in source)
    ),
    f"IEnumerable<T> Skip<T>({_S}, int count)": lazy(lambda source, count: islice(source, max(count, 0), None)),
    f"IEnumerable<T> Take<T>({_S}, int count)": lazy(lambda source, count: islice(source, max(count, 0))),
    f"IEnumerable<T> SkipWhile<T>({_S}, {_T})": lazy(lambda source, test: skipwhile(test, source)),
    f"IEnumerable<T> TakeWhile<T>({_S}, {_T})": lazy(lambda source, test: takewhile(test, source)),
    f"IEnumerable<T> Distinct<T>({_S})": lazy(_distinct),
    f"IEnumerable<T> Reverse<T>({_S})": lazy(lambda source: reversed(list(source))),
    f"IEnumerable<T> Concat<T>({_S}, IEnumerable<T> second!!)": lazy(chain),
    f"IEnumerable<T> Union<T>({_S}, IEnumerable<T> second!!)": lazy(lambda one, other: _distinct(chain(one, other))),
    f"IEnumerable<T> Except<T>({_S}, IEnumerable<T> second!!)": lazy(_without),
    f"IEnumerable<T> Intersect<T>({_S}, IEnumerable<T> second!!)": lazy(_shared),
    f"IEnumerable<T> Append<T>({_S}, T element)": lazy(lambda source, item: chain(source, [item])),
    f"IEnumerable<T> Prepend<T>({_S}, T element)": lazy(lambda source, item: chain([item], source)),
    f"IEnumerable<R> Zip<T, U, R>({_S}, IEnumerable<U> second!!, Func<T, U, R> resultSelector!!)": lazy(
        lambda one, other, make: (make(a, b) for a, b in zip(one, other, strict=False))
    ),
    f"IEnumerable<IGrouping<K, T>> GroupBy<T, K>({_S}, Func<T, K> keySelector!!)": lazy(_groups),
    "IEnumerable<T> OfType<T>(this IEnumerable<object> source!!)": _of_type,
    "IEnumerable<T> AsEnumerable<T>(this IEnumerable<T> source)": lambda source: source,
    f"IOrderedEnumerable<T> OrderBy<T, K>({_S}, Func<T, K> keySelector!!)": lambda source, key: Ordered(
        source, ((key, False),)
    ),
    f"IOrderedEnumerable<T> OrderByDescending<T, K>({_S}, Func<T, K> keySelector!!)": lambda source, key: Ordered(
        source, ((key, True),)
    ),
    "IOrderedEnumerable<T> ThenBy<T, K>(this IOrderedEnumerable<T> source!!, Func<T, K> keySelector!!)": lambda s, key: (
        Ordered(s.source, (*s.keys, (key, False)))
    ),
    "IOrderedEnumerable<T> ThenByDescending<T, K>(this IOrderedEnumerable<T> source!!, Func<T, K> keySelector!!)": lambda s, key: (
        Ordered(s.source, (*s.keys, (key, True)))
    ),
}
_ELEMENTS: Members = {
    f"bool Any<T>({_S})": lambda source: any(True for _ in source),
    f"bool Any<T>({_S}, {_T})": lambda source, test: any(test(item) for item in source),
    f"bool All<T>({_S}, {_T})": lambda source, test: all(test(item) for item in source),
    f"int Count<T>({_S})": lambda source: sum(1 for _ in source),
    f"int Count<T>({_S}, {_T})": lambda source, test: sum(1 for item in source if test(item)),
    f"bool Contains<T>({_S}, T value)": _has,
    f"bool SequenceEqual<T>({_S}, IEnumerable<T> second!!)": _equal,
    f"T First<T>({_S})": _first,
    f"T First<T>({_S}, {_T})": _first,
    f"T FirstOrDefault<T>({_S})": _first_or_default,
    f"T FirstOrDefault<T>({_S}, {_T})": _first_or_default,
    f"T Last<T>({_S})": _last,
    f"T Last<T>({_S}, {_T})": _last,
    f"T LastOrDefault<T>({_S})": _last_or_default,
    f"T LastOrDefault<T>({_S}, {_T})": _last_or_default,
    f"T Single<T>({_S})": _single,
    f"T Single<T>({_S}, {_T})": _single,
    f"T SingleOrDefault<T>({_S})": _single_or_default,
    f"T SingleOrDefault<T>({_S}, {_T})": _single_or_default,
    f"T ElementAt<T>({_S}, int index)": _element_at,
    f"T Max<T>({_S})": _extreme(max),
    f"R Max<T, R>({_S}, Func<T, R> selector!!)": _extreme(max),
    f"T Min<T>({_S})": _extreme(min),
    f"R Min<T, R>({_S}, Func<T, R> selector!!)": _extreme(min),
    f"T Aggregate<T>({_S}, Func<T, T, T> func!!)": _aggregate,
    f"A Aggregate<T, A>({_S}, A seed, Func<A, T, A> func!!)": _seeded,
    f"T[] ToArray<T>({_S})": with_type(array),
    f"List<T> ToList<T>({_S})": with_type(lambda kind, source: Collection(Type("List", (kind,)), source)),
    f"HashSet<T> ToHashSet<T>({_S})": with_type(lambda kind, source: Items(Type("HashSet", (kind,)), source)),
    f"Dictionary<K, T> ToDictionary<T, K>({_S}, Func<T, K> keySelector!!)": _dictionary,
    f"Dictionary<K, V> ToDictionary<T, K, V>({_S}, Func<T, K> keySelector!!, Func<T, V> elementSelector!!)": _dictionary,
    "static IEnumerable<int> Range(int start, int count)": _range,
    "static IEnumerable<T> Repeat<T>(T element, int count)": _repeat,
    "static IEnumerable<T> Empty<T>()": lambda: Sequence(lambda: iter(())),
}
_SUMS: Members = {
    signature: run
    for kind in ("int", "long", "double", "decimal")
    for signature, run in {
        f"{kind} Sum(this IEnumerable<{kind}> source!!)": _total,
        f"{kind} Sum<T>({_S}, Func<T, {kind}> selector!!)": _total,
        f"double Average(this IEnumerable<{kind}> source!!)": _average,
        f"double Average<T>({_S}, Func<T, {kind}> selector!!)": _average,
    }.items()
}
declare("Enumerable", _SELECTIONS | _ELEMENTS | _SUMS, "System.Linq")


def filled(of: Type, count: int) -> Any:
    """`new of[count]`.

    Raises:
        EvaluationError: a negative number, or too many.
    """
    if count < 0:
        raise argument("Arithmetic operation resulted in an overflow.")
    bounded(count)
    return bytearray(count) if of == BYTE else array(of, [default_of(of)] * count)
