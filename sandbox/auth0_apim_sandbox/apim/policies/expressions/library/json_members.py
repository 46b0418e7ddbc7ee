"""The members of Newtonsoft.Json's tokens, and `JsonConvert`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.library.json_text import parse_json, write_json
from auth0_apim_sandbox.apim.policies.expressions.library.json_tokens import (
    JArray,
    JObject,
    JProperty,
    JToken,
    JValue,
    as_object,
    cast_token,
    deep_equals,
    from_object,
    remove,
    replace,
    token_of,
    type_number,
)
from auth0_apim_sandbox.apim.policies.expressions.library.sequences import default_of, lazy
from auth0_apim_sandbox.apim.policies.expressions.library.text_comparison import comparable
from auth0_apim_sandbox.apim.policies.expressions.library.values import Boxed, Sequence, unboxed
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    EvaluationError,
    argument,
    argument_null,
    invalid_operation,
    out_of_range,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import bounded
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare, with_type
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import Type

_LINQ = "Newtonsoft.Json.Linq"
_STEP = re.compile(r"\.?([\w\-@]+)|\[(-?\d+)\]|\['([^']*)'\]|\.?(\*)|\[(\*)\]")


def _item(token: JToken, key: Any) -> JToken | None:
    key = unboxed(key)
    if isinstance(token, JObject):
        if not isinstance(key, str):
            raise argument("Accessed JObject values with invalid key value. Object property name expected.")
        return token.get(key)
    if isinstance(token, JArray):
        if not isinstance(key, int):
            raise argument("Accessed JArray values with invalid key value. Int32 array index expected.")
        if not 0 <= key < len(token.items):
            raise out_of_range("index")
        return token.items[key]
    raise invalid_operation(f"Cannot access child value on Newtonsoft.Json.Linq.{token.csharp_type}.")


def _set_item(token: JToken, key: Any, value: Any) -> None:
    key = unboxed(key)
    if isinstance(token, JObject) and isinstance(key, str):
        token.set(key, value)
    elif isinstance(token, JArray) and isinstance(key, int) and 0 <= key < len(token.items):
        token.items[key].parent = None
        token.items[key] = token.adopted(value)
    else:
        raise argument(f"Set {token.csharp_type} values with invalid key value.")


@with_type
def _value(kind: Type, token: JToken, key: Any) -> Any:
    return _as(kind, _item(token, key))


@with_type
def _own_value(kind: Type, token: JToken) -> Any:
    return _as(kind, token)


def _as(kind: Type, token: JToken | None) -> Any:
    if token is None or (isinstance(token, JValue) and token.value is None and kind.name != "JToken"):
        return default_of(kind)
    return token if kind.name in ("JToken", token.csharp_type) else cast_token(token, kind)


@with_type
def _to_object(kind: Type, token: JToken) -> Any:
    return as_object(token, kind)


@with_type
def _deserialized(kind: Type, text: str) -> Any:
    return as_object(parse_json(text), kind)


def _selected(token: JToken, path: str) -> Iterator[JToken]:
    """The tokens at a JSONPath of names, indexes and `*`.

    Raises:
        EvaluationError: another path.
    """
    path = path.removeprefix("$").removeprefix(".")
    found, position = [token], 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise EvaluationError("The path has a part other than names, indexes and '*'.", "JsonException")
        found = [inner for each in found for inner in _stepped(each, match)]
        position = match.end()
    return iter(found)


def _stepped(token: JToken, match: re.Match[str]) -> list[JToken]:
    if match[4] or match[5]:
        return [each.value if isinstance(each, JProperty) else each for each in token.children()]
    if match[2] is not None:
        index = int(match[2])
        return [token.items[index]] if isinstance(token, JArray) and 0 <= index < len(token.items) else []
    found = token.get(match[1] or match[3]) if isinstance(token, JObject) else None
    return [] if found is None else [found]


def _select(token: JToken, path: str) -> JToken | None:
    found = list(_selected(token, path))
    if len(found) > 1:
        raise EvaluationError("Path returned multiple tokens.", "JsonException")
    return found[0] if found else None


def _descendants(token: JToken) -> Iterator[JToken]:
    for child in token.children():
        yield child
        yield from _descendants(child)


def _token_text(token: JToken, formatting: int = 1) -> str:
    return str(token) if isinstance(token, JValue) else write_json(token, indented=formatting == 1)


JToken.__str__ = lambda token: write_json(token, indented=True)  # type: ignore[method-assign,arg-type]


def _made_object(content: list[Any]) -> JObject:
    made = JObject()
    for item in _flat(content):
        made.add(token_of(item))
    return made


def _made_array(content: list[Any]) -> JArray:
    made = JArray()
    for item in _flat(content):
        made.add(token_of(item))
    return made


def _flat(content: list[Any]) -> Iterator[Any]:
    """The items of a container's constructor: sequences stand for their items."""
    for item in content:
        inner = unboxed(item)
        if isinstance(inner, JToken | str | bytearray) or not isinstance(inner, list | Sequence):
            yield item
        else:
            yield from _flat(list(inner))


def _property_value(content: list[Any]) -> Any:
    return _made_array(content) if len(content) != 1 else next(iter([_plain(content[0])]))


def _plain(item: Any) -> Any:
    inner = unboxed(item)
    is_items = isinstance(inner, list | Sequence) and not isinstance(inner, bytearray)
    return _made_array([inner]) if is_items else inner


def _merge(target: JToken, content: Any) -> None:
    source = from_object(content)
    if isinstance(target, JArray) and isinstance(source, JArray):
        for item in source.items:
            target.add(item)
    if not isinstance(target, JObject) or not isinstance(source, JObject):
        return
    for name, found in source.properties.items():
        own = target.get(name)
        if type(own) is type(found.value) and isinstance(own, JObject | JArray):
            _merge(own, found.value)
        elif not (isinstance(found.value, JValue) and found.value.value is None and own is not None):
            target.set(name, found.value)


def _add_pair(target: JObject, name: str, value: Any) -> None:
    bounded(len(target.properties))
    target.add(JProperty(name, value))


def _add_item(target: JArray, value: Any) -> None:
    bounded(len(target.items))
    target.add(value)


def _position(target: JArray, item: Any) -> int:
    return next((index for index, found in enumerate(target.items) if found is item), -1)


def _insert(target: JArray, index: int, item: Any) -> None:
    if not 0 <= index <= len(target.items):
        raise out_of_range("index")
    target.items.insert(index, target.adopted(item))


def _remove_item(target: JArray, item: Any) -> bool:
    index = _position(target, item)
    if index >= 0:
        del target.items[index]
    return index >= 0


def _remove_at(target: JArray, index: int) -> None:
    _item(target, index)
    del target.items[index]


def _named(target: JObject, name: str, comparison: int) -> JToken | None:
    wanted = comparable(name, comparison)
    exact = target.get(name)
    others = (found.value for key, found in target.properties.items() if comparable(key, comparison) == wanted)
    return exact if exact is not None else next(others, None)


def _try_get(target: JObject, name: str, store: Any) -> bool:
    found = target.get(name)
    store(found)
    return found is not None


def _delete(target: JObject, name: str) -> bool:
    return target.properties.pop(name, None) is not None


def _clear(target: JToken) -> None:
    (target.properties if isinstance(target, JObject) else target.items).clear()  # type: ignore[attr-defined]


def _boxed_value(token: JValue) -> Any:
    is_whole = isinstance(token.value, int) and not isinstance(token.value, bool)
    return Boxed(Type("long"), token.value) if is_whole else token.value


def _serialized(value: Any, formatting: int = 0) -> str:
    return write_json(from_object(value), indented=formatting == 1)


declare(
    "JToken",
    {
        "static JToken Parse(string json)": parse_json,
        "static JToken FromObject(object o!!)": from_object,
        "static bool DeepEquals(JToken t1, JToken t2)": deep_equals,
        "JToken this[object key!!]": _item,
        "this[object key!!] = JToken": _set_item,
        "T Value<T>(object key!!)": _value,
        "T Value<T>(this IEnumerable<JToken> value!!)": _own_value,
        "T ToObject<T>()": _to_object,
        "JToken SelectToken(string path!!)": _select,
        "JToken SelectToken(string path!!, bool errorWhenNoMatch)": lambda token, path, strict: _strict(  # noqa: PLW0108 - the function stands further down
            token, path, strict
        ),
        "IEnumerable<JToken> SelectTokens(string path!!)": lazy(_selected),
        "IEnumerable<JToken> Children()": lazy(lambda token: iter(token.children())),
        "IEnumerable<JToken> Values()": lazy(
            lambda token: (
                getattr(each, "value", each) if isinstance(each, JProperty) else each for each in token.children()
            )
        ),
        "JTokenType Type": type_number,
        "JToken First": lambda token: next(iter(token.children()), None),
        "JToken Last": lambda token: next(reversed(token.children()), None),
        "JContainer Parent": lambda token: token.parent,
        "bool HasValues": lambda token: bool(token.children()),
        "void Remove()": remove,
        "void Replace(JToken value)": replace,
        "JToken DeepClone()": lambda token: token.copy(),
        "string ToString()": _token_text,
        "string ToString(Formatting formatting)": _token_text,
    },
    _LINQ,
)


def _strict(token: JToken, path: str, strict: bool) -> JToken | None:
    found = _select(token, path)
    if found is None and strict:
        raise EvaluationError("Path does not exist.", "JsonException")
    return found


declare(
    "JContainer",
    {
        "int Count": lambda token: len(token.children()),
        "IEnumerable<JToken> Descendants()": lazy(_descendants),
        "void Merge(object content)": _merge,
        "void RemoveAll()": _clear,
    },
    _LINQ,
)
declare(
    "JObject",
    {
        "new()": JObject,
        "new(JObject other!!)": lambda other: other.copy(),
        "new(params object[] content)": _made_object,
        "static JObject Parse(string json)": lambda text: parse_json(text, JObject),
        "static JObject FromObject(object o!!)": lambda value: _only(from_object(value), JObject),
        "JToken this[string propertyName!!]": _item,
        "this[string propertyName!!] = JToken": _set_item,
        "void Add(string propertyName!!, JToken value)": _add_pair,
        "void Add(object content)": lambda target, item: target.add(item),
        "bool ContainsKey(string propertyName!!)": lambda target, name: name in target.properties,
        "JToken GetValue(string propertyName)": lambda target, name: None if name is None else target.get(name),
        "JToken GetValue(string propertyName!!, StringComparison comparison)": _named,
        "IEnumerable<JProperty> Properties()": lazy(lambda target: iter(target.children())),
        "JProperty Property(string name!!)": lambda target, name: target.properties.get(name),
        "bool Remove(string propertyName!!)": _delete,
        "bool TryGetValue(string propertyName!!, out JToken value)": _try_get,
    },
    _LINQ,
)


def _only(token: JToken, kind: type[JToken]) -> JToken:
    if not isinstance(token, kind):
        raise argument(f"Object serialized to {token.csharp_type}. {kind.csharp_type} instance expected.")
    return token


declare(
    "JArray",
    {
        "new()": JArray,
        "new(JArray other!!)": lambda other: other.copy(),
        "new(params object[] content)": _made_array,
        "static JArray Parse(string json)": lambda text: parse_json(text, JArray),
        "static JArray FromObject(object o!!)": lambda value: _only(from_object(value), JArray),
        "JToken this[int index]": _item,
        "this[int index] = JToken": _set_item,
        "void Add(JToken item)": _add_item,
        "void Clear()": _clear,
        "bool Contains(JToken item)": lambda target, item: _position(target, item) >= 0,
        "int IndexOf(JToken item)": _position,
        "void Insert(int index, JToken item)": _insert,
        "bool Remove(JToken item)": _remove_item,
        "void RemoveAt(int index)": _remove_at,
    },
    _LINQ,
)
declare(
    "JProperty",
    {
        "new(string name, params object[] content)": lambda name, content: _made_property(name, content),  # noqa: PLW0108 - the function stands further down
        "string Name": lambda token: token.name,
        "JToken Value": lambda token: token.value,
    },
    _LINQ,
)


def _made_property(name: str | None, content: list[Any] | None) -> JProperty:
    if name is None:
        raise argument_null("name")
    return JProperty(name, None if content is None else _property_value(content))


declare(
    "JValue",
    {
        "new(object value)": lambda value: JValue(unboxed(value)),
        "object Value": _boxed_value,
        "bool Equals(JValue other)": deep_equals,
    },
    _LINQ,
)
declare(
    "JsonConvert",
    {
        "static string SerializeObject(object value)": _serialized,
        "static string SerializeObject(object value, Formatting formatting)": _serialized,
        "static T DeserializeObject<T>(string value!!)": _deserialized,
    },
    "Newtonsoft.Json",
)
