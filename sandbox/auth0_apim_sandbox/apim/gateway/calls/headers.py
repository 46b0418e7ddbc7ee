"""HTTP headers and URLs as policies see and change them."""

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar
from urllib.parse import parse_qsl, unquote

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FRAMING = frozenset({b"content-length", b"host", b"transfer-encoding"})
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Headers:
    """Headers of a request or a response, in order; names compare without case.

    Raw pairs are bytes with lower-case names, as ASGI has them.
    """

    __slots__ = ("raw",)

    def __init__(self, raw: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.raw = list(raw)

    def get(self, name: str) -> list[str] | None:
        """The values of `name`, None when there is none."""
        key = name.lower().encode("latin-1", "replace")
        values = [value.decode("latin-1") for header, value in self.raw if header == key]
        return values or None

    def items(self) -> Iterable[tuple[str, list[str]]]:
        """The values by name, each name once."""
        found: dict[str, list[str]] = {}
        for name, value in self.raw:
            found.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        return found.items()

    def joined(self, name: bytes) -> str | None:
        """The values of lower-case `name` joined by commas, as one field (RFC 9110, section 5.3)."""
        values = [value for header, value in self.raw if header == name]
        return b",".join(values).decode("latin-1") if values else None

    def remove(self, name: str) -> None:
        """Remove every `name`."""
        key = name.lower().encode("latin-1")
        self.raw = [pair for pair in self.raw if pair[0] != key]

    def add(self, name: str, value: str) -> None:
        """Add one header.

        Raises:
            ValueError: the name is no token, or the value has control characters (it would become another header).
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a valid header name")
        if _FORBIDDEN.search(value):
            raise ValueError(f"the value of header {name!r} has control characters")
        # what latin-1 cannot say goes out as UTF-8, as the vendor's gateway does
        try:
            encoded = value.encode("latin-1")
        except UnicodeEncodeError:
            encoded = value.encode("utf-8")
        self.raw.append((name.lower().encode("ascii"), encoded.strip(b" \t")))

    def set(self, name: str, *values: str) -> None:
        """Replace every `name` by `values`."""
        added = Headers()
        for value in values:
            added.add(name, value)
        self.remove(name)
        self.raw += added.raw

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(self.raw)


def received(raw: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a request without `Connection` and those it names, which end here (RFC 9110, section 7.6.1).

    They go before any policy runs, so that a caller cannot name a header that a policy is going to set. Blanks around a value are no part
    of it (section 5.5).
    """
    raw = [(name, value.strip(b" \t")) for name, value in raw]
    values = [value for name, value in raw if name == b"connection"]
    if not values:
        return raw
    ended = {token.strip().lower() for token in b",".join(values).split(b",")} - _FRAMING | {b"connection"}
    return [pair for pair in raw if pair[0] not in ended]


class Url:
    """A URL's parts; `path` and `query_string` are still percent-encoded."""

    csharp_type: ClassVar[str] = "IUrl"
    __slots__ = ("host", "path", "port", "query_string", "scheme")

    def __init__(self, scheme: str, host: str, port: int, path: str, query_string: str) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query_string = query_string

    def __str__(self) -> str:
        is_default = self.port in (None, {"http": 80, "https": 443}.get(self.scheme))
        port = "" if is_default else f":{self.port}"
        query = f"?{self.query_string}" if self.query_string else ""
        return f"{self.scheme}://{self.host}{port}{self.path}{query}"

    @property
    def query(self) -> "Query":
        """The parameters of the query."""
        return Query(self.query_string)


class Query(dict[str, list[str]]):
    """Parameters of a query by name; names compare with case, as the vendor documents none."""

    def __init__(self, query_string: str) -> None:
        super().__init__()
        for name, value in parse_qsl(query_string.removeprefix("?"), keep_blank_values=True):
            self.setdefault(name, []).append(value)


def has_dot_segment(path: str) -> bool:
    """Whether a server that decodes `path` and removes dot segments (RFC 3986, section 5.2.4) serves another one."""
    return not {".", ".."}.isdisjoint(re.split(r"[/\\]", unquote(path)))


def without_parameter(query_string: str, name: str) -> str:
    """`query_string` (no question mark) without the parameters called `name`; the rest stays as it was written."""
    kept = [part for part in query_string.split("&") if name not in dict(parse_qsl(part, keep_blank_values=True))]
    return "&".join(kept)
