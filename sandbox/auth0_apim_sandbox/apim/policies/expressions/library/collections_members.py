"""Arrays, lists, dictionaries and sets, and what is read only: headers, claims, parameters of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.library.equality import identity, sort_key
from auth0_apim_sandbox.apim.policies.expressions.library.sequences import default_of
from auth0_apim_sandbox.apim.policies.expressions.library.values import Collection, Items, Sequence, Table
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    EvaluationError,
    argument,
    argument_null,
    invalid_operation,
    out_of_range,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import bounded
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import Members, declare, with_type
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import Type

_GENERIC = "System.Collections.Generic"


def out_of_bounds() -> EvaluationError:
    """An index that an array does not have."""
    return EvaluationError("Index was outside the bounds of the array.", "IndexOutOfRangeException")


def item_at(values: Any, index: int) -> Any:
    """`values[index]` of an array."""
    if not 0 <= index < len(values):
        raise out_of_bounds()
    return values[index]


def set_item(values: Any, index: int, value: Any) -> None:
    """`values[index] = value` of an array."""
    if not 0 <= index < len(values):
        raise out_of_bounds()
    values[index] = value


def _list_item(values: list[Any], index: int) -> Any:
    if not 0 <= index < len(values):
        raise out_of_range("index")
    return values[index]


def _set_list_item(values: list[Any], index: int, value: Any) -> None:
    if not 0 <= index < len(values):
        raise out_of_range("index")
    values[index] = value


def index_of(values: Iterable[Any], value: Any) -> int:
    """The first index of a value, -1 where there is none."""
    wanted = identity(value)
    return next((index for index, item in enumerate(values) if identity(item) == wanted), -1)


def _remove(values: list[Any], value: Any) -> bool:
    index = index_of(values, value)
    if index >= 0:
        del values[index]
    return index >= 0


def _insert(values: list[Any], index: int, value: Any) -> None:
    if not 0 <= index <= len(values):
        raise out_of_range("index")
    values.insert(index, value)


def _remove_at(values: list[Any], index: int) -> None:
    _list_item(values, index)
    del values[index]


def _append(values: list[Any], value: Any) -> None:
    bounded(len(values))
    values.append(value)


def _extend(values: list[Any], more: Iterable[Any]) -> None:
    values.extend(list(more))
    bounded(len(values))


def _sort(values: list[Any]) -> None:
    values.sort(key=sort_key)


def entry(table: Any, key: Any) -> Any:
    """`table[key]`.

    Raises:
        EvaluationError: null, or a key that is not there.
    """
    if key is None:
        raise argument_null("key")
    found = table.get(key)
    if found is None and not (isinstance(table, dict) and key in table):
        raise EvaluationError("The given key was not present in the dictionary.", "KeyNotFoundException")
    return found


def _has_key(table: Any, key: Any) -> bool:
    if key is None:
        raise argument_null("key")
    return key in table if isinstance(table, dict) else table.get(key) is not None


@with_type
def _try_get(kind: Type, table: Any, key: Any, store: Callable[[Any], None]) -> bool:
    found = _has_key(table, key)
    store(table.get(key) if found else default_of(kind))
    return found


def _add(table: Table, key: Any, value: Any) -> None:
    if _has_key(table, key):
        raise argument("An item with the same key has already been added.")
    bounded(len(table))
    table[key] = value


def _set(table: Table, key: Any, value: Any) -> None:
    if key is None:
        raise argument_null("key")
    bounded(len(table))
    table[key] = value


def _add_item(values: Items, value: Any) -> bool:
    is_new = value not in values
    values[value] = None
    return is_new


def _delete(table: dict[Any, Any], key: Any) -> bool:
    found = key in table
    table.pop(key, None)
    return found


def _pop(values: Any, index: int, *, take: bool = True) -> Any:
    if not values:
        raise invalid_operation("Collection empty.")
    return values.pop(index) if take else values[index]


def _copy(source: Any, start: int, target: Any, at: int, count: int) -> None:
    if min(start, at, count) < 0 or start + count > len(source) or at + count > len(target):
        raise argument("Source array was not long enough, or destination array was not long enough.")
    target[at : at + count] = source[start : start + count]


_READABLE: Members = {
    "int Count": len,
    "T this[int index]": _list_item,
    "bool Contains(T item)": lambda values, value: index_of(values, value) >= 0,
    "int IndexOf(T item)": index_of,
    "bool Exists(Func<T, bool> match!!)": lambda values, test: any(test(item) for item in values),
    "T Find(Func<T, bool> match!!)": lambda values, test: next((item for item in values if test(item)), None),
}
_WRITABLE: Members = {
    "this[int index] = T": _set_list_item,
    "void Add(T item)": _append,
    "void AddRange(IEnumerable<T> collection!!)": _extend,
    "void Clear()": lambda values: values.clear(),
    "void Insert(int index, T item)": _insert,
    "bool Remove(T item)": _remove,
    "void RemoveAt(int index)": _remove_at,
    "void Reverse()": lambda values: values.reverse(),
    "void Sort()": _sort,
}


declare("IReadOnlyCollection<T>", {"int Count": len}, _GENERIC)
declare("ICollection<T>", {"int Count": len}, _GENERIC)
declare("IReadOnlyList<T>", {"int Count": len, "T this[int index]": _list_item}, _GENERIC)
declare("IList<T>", _READABLE | _WRITABLE, _GENERIC)
declare(
    "List<T>",
    {
        **_READABLE,
        **_WRITABLE,
        "new()": with_type(lambda kind: Collection(Type("List", (kind,)))),
        "new(int capacity)": with_type(lambda kind, _: Collection(Type("List", (kind,)))),
        "new(IEnumerable<T> collection!!)": with_type(lambda kind, items: Collection(Type("List", (kind,)), items)),
    },
    _GENERIC,
)
declare(
    "HashSet<T>",
    {
        "new()": with_type(lambda kind: Items(Type("HashSet", (kind,)))),
        "new(IEnumerable<T> collection!!)": with_type(lambda kind, items: Items(Type("HashSet", (kind,)), items)),
        "int Count": len,
        "bool Add(T item)": _add_item,
        "bool Contains(T item)": lambda values, value: value in values,
        "bool Remove(T item)": _delete,
    },
    _GENERIC,
)
for _name, _index, _members in (("Queue", 0, ("Enqueue", "Dequeue")), ("Stack", -1, ("Push", "Pop"))):
    declare(
        f"{_name}<T>",
        {
            "new()": with_type(lambda kind, name=_name: Collection(Type(name, (kind,)))),
            "int Count": len,
            f"void {_members[0]}(T item)": _append,
            f"T {_members[1]}()": lambda values, index=_index: _pop(values, index),
            "T Peek()": lambda values, index=_index: _pop(values, index, take=False),
        },
        _GENERIC,
    )
_LOOKUP: Members = {
    "int Count": lambda table: len(table.items()),
    "V this[K key]": entry,
    "bool ContainsKey(K key)": _has_key,
    "IEnumerable<K> Keys": lambda table: Sequence(lambda: iter([key for key, _ in table.items()])),
    "IEnumerable<V> Values": lambda table: Sequence(lambda: iter([value for _, value in table.items()])),
    "bool TryGetValue(K key, out V value)": _try_get,
}
_CHANGES: Members = {
    "this[K key] = V": _set,
    "void Add(K key, V value)": _add,
    "void Clear()": lambda table: table.clear(),
    "bool Remove(K key)": _delete,
}
declare("IReadOnlyDictionary<K, V>", _LOOKUP, _GENERIC)
declare("IDictionary<K, V>", _LOOKUP | _CHANGES, _GENERIC)
declare(
    "Dictionary<K, V>",
    {
        **_LOOKUP,
        **_CHANGES,
        "new()": with_type(lambda kinds: Table(Type("Dictionary", kinds))),
        "new(IDictionary<K, V> dictionary!!)": with_type(
            lambda kinds, other: Table(Type("Dictionary", kinds), other.items())
        ),
    },
    _GENERIC,
)
declare("KeyValuePair<K, V>", {"K Key": lambda pair: pair.key, "V Value": lambda pair: pair.value}, _GENERIC)
declare("IGrouping<K, T>", {"K Key": lambda group: group.key}, "System.Linq")
declare(
    "Array",
    {
        "static void Copy(Array sourceArray!!, Array destinationArray!!, int length)": lambda source, target, count: (
            _copy(source, 0, target, 0, count)
        ),
        "static void Copy(Array sourceArray!!, int sourceIndex, Array destinationArray!!, int destinationIndex, int length)": _copy,
        "static bool Exists<T>(T[] array!!, Func<T, bool> match!!)": lambda items, test: any(map(test, items)),
        "static int IndexOf<T>(T[] array!!, T value)": index_of,
        "static T Find<T>(T[] array!!, Func<T, bool> match!!)": lambda items, test: next(filter(test, items), None),
        "static void Reverse(Array array!!)": lambda items: items.reverse(),
        "static void Sort(Array array!!)": _sort,
        "int Length": len,
    },
)
declare("[]", {"int Length": len})
