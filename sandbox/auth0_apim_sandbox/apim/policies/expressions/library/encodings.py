"""`Convert`, `Encoding`, `BitConverter`, `Guid`, `Uri` and `WebUtility`."""

from __future__ import annotations

import base64
import binascii
import html
import re
import uuid
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urljoin, urlsplit

from auth0_apim_sandbox.apim.policies.expressions.library.equality import are_equal
from auth0_apim_sandbox.apim.policies.expressions.library.formatting import as_text, formatted
from auth0_apim_sandbox.apim.policies.expressions.library.json_tokens import JValue, cast_token
from auth0_apim_sandbox.apim.policies.expressions.library.values import unboxed
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    EvaluationError,
    argument,
    invalid_cast,
    invalid_operation,
    out_of_range,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import INTEGRALS, type_of


def from_base64(text: str) -> bytearray:
    """`Convert.FromBase64String`: blanks are left out, padding is not.

    Raises:
        EvaluationError: no Base64.
    """
    try:
        return bytearray(base64.b64decode(re.sub(r"[ \t\r\n]", "", text).encode("ascii"), validate=True))
    except (binascii.Error, UnicodeEncodeError):
        raise EvaluationError("The input is not a valid Base-64 string.", "FormatException") from None


def _from_hex(text: str) -> bytearray:
    if len(text) % 2 or not re.fullmatch(r"[0-9A-Fa-f]*", text):
        raise EvaluationError("The input is not a valid hex string.", "FormatException")
    return bytearray.fromhex(text)


def _to(kind: str) -> Callable[[Any], Any]:
    """`Convert.To…(object)`: null is the default value, text is parsed, fractions are rounded half to even."""
    of = type_of(kind)

    def run(value: Any) -> Any:
        value = unboxed(value)
        if value is None:
            return False if kind == "bool" else 0
        if isinstance(value, str) and kind == "bool" and value.strip().lower() not in ("true", "false"):
            raise EvaluationError("String was not recognized as a valid Boolean.", "FormatException")
        try:
            return cast_token(value if isinstance(value, JValue) else JValue(value), of)
        except EvaluationError as error:
            raise invalid_cast(kind) if error.kind == "ArgumentException" else error from None

    return run


def _based(text: str | None, base: int) -> int:
    if base not in (2, 8, 10, 16):
        raise argument("Invalid Base.")
    try:
        number = int(text or "0", base) if len(text or "") <= 70 else 2**70
    except ValueError:
        raise EvaluationError("Could not find any recognizable digits.", "FormatException") from None
    if number >= 2**32:
        raise EvaluationError("Value was either too large or too small for a UInt32.", "OverflowException")
    return number - 2**32 if number >= 2**31 else number


declare(
    "Convert",
    {
        "static string ToBase64String(byte[] inArray!!)": lambda data: base64.b64encode(data).decode(),
        "static byte[] FromBase64String(string s!!)": from_base64,
        "static string ToHexString(byte[] inArray!!)": lambda data: data.hex().upper(),
        "static byte[] FromHexString(string s!!)": _from_hex,
        "static string ToString(object value)": as_text,
        "static int ToInt32(string value, int fromBase)": _based,
        **{
            f"static {kind} To{name}(object value)": _to(kind)
            for name, kind in {
                "Boolean": "bool",
                "Byte": "byte",
                "Int16": "short",
                "Int32": "int",
                "Int64": "long",
                "UInt32": "uint",
                "UInt64": "ulong",
                "Double": "double",
                "Decimal": "decimal",
                "DateTime": "DateTime",
            }.items()
        },
    },
)


_CODECS = {
    "UTF8": "utf-8",
    "ASCII": "ascii",
    "Unicode": "utf-16-le",
    "BigEndianUnicode": "utf-16-be",
    "Latin1": "latin-1",
}


def _encoded(name: str, text: str) -> bytearray:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return bytearray(whole.encode(_CODECS[name], "replace"))


declare(
    "Encoding",
    {
        **{f"static Encoding {name}": lambda name=name: name for name in _CODECS},
        "byte[] GetBytes(string s!!)": _encoded,
        "string GetString(byte[] bytes!!)": lambda name, data: bytes(data).decode(_CODECS[name], "replace"),
        "int GetByteCount(string s!!)": lambda name, text: len(_encoded(name, text)),
    },
    "System.Text",
)


def _number_at(kind: str) -> Callable[[bytearray, int], int]:
    size = {"short": 2, "ushort": 2, "int": 4, "uint": 4, "long": 8, "ulong": 8}[kind]

    def run(data: bytearray, start: int) -> int:
        if not 0 <= start <= len(data) - size:
            raise out_of_range("startIndex")
        return int.from_bytes(data[start : start + size], "little", signed=INTEGRALS[kind][0] < 0)

    return run


declare(
    "BitConverter",
    {
        "static string ToString(byte[] value!!)": lambda data: data.hex("-").upper() if data else "",
        "static short ToInt16(byte[] value!!, int startIndex)": _number_at("short"),
        "static int ToInt32(byte[] value!!, int startIndex)": _number_at("int"),
        "static long ToInt64(byte[] value!!, int startIndex)": _number_at("long"),
        "static uint ToUInt32(byte[] value!!, int startIndex)": _number_at("uint"),
        "static ulong ToUInt64(byte[] value!!, int startIndex)": _number_at("ulong"),
        "static byte[] GetBytes(int value)": lambda number: bytearray(number.to_bytes(4, "little", signed=True)),
        "static byte[] GetBytes(long value)": lambda number: bytearray(number.to_bytes(8, "little", signed=True)),
        "static bool IsLittleEndian": lambda: True,
    },
)
_GUID = re.compile(r"[0-9A-Fa-f]{32}|(?:\{|\()?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?:\}|\))?")


def _guid(text: str) -> uuid.UUID:
    if not _GUID.fullmatch(text.strip()):
        raise EvaluationError("Unrecognized Guid format.", "FormatException")
    return uuid.UUID(text.strip().strip("{}()"))


def _guid_of_bytes(data: bytearray) -> uuid.UUID:
    if len(data) != 16:
        raise argument("Byte array for Guid must be exactly 16 bytes long.")
    return uuid.UUID(bytes_le=bytes(data))


def _try_guid(text: str | None, store: Callable[[Any], None]) -> bool:
    found = text is not None and _GUID.fullmatch(text.strip()) is not None
    store(_guid(text or "") if found else uuid.UUID(int=0))
    return found


declare(
    "Guid",
    {
        "new(string g!!)": _guid,
        "new(byte[] b!!)": _guid_of_bytes,
        "static Guid NewGuid()": uuid.uuid4,
        "static Guid Empty": lambda: uuid.UUID(int=0),
        "static Guid Parse(string input!!)": _guid,
        "static bool TryParse(string input, out Guid result)": _try_guid,
        "byte[] ToByteArray()": lambda guid: bytearray(guid.bytes_le),
        "string ToString()": str,
        "string ToString(string format)": lambda guid, form: formatted(type_of("Guid"), guid, form or "D"),
        "bool Equals(Guid g)": are_equal,
    },
)
_PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}


class Uri:
    """A URI, absolute or relative; two are equal where their texts are."""

    csharp_type: ClassVar[str] = "Uri"

    def __init__(self, text: str) -> None:
        self.original = text
        try:
            self.parts = urlsplit(text.strip())
            self.port = self.parts.port or _PORTS.get(self.parts.scheme, -1)
        except ValueError:
            raise EvaluationError(
                "Invalid URI: The format of the URI could not be determined.", "UriFormatException"
            ) from None
        self.is_absolute = bool(self.parts.scheme and (self.parts.hostname or self.parts.scheme not in _PORTS))

    def absolute(self) -> Any:
        """The parts of an absolute URI.

        Raises:
            EvaluationError: it is relative.
        """
        if not self.is_absolute:
            raise invalid_operation("This operation is not supported for a relative URI.")
        return self.parts

    @property
    def authority(self) -> str:
        """The host, and the port unless it is the scheme's own."""
        parts = self.absolute()
        host = parts.hostname or ""
        return host if self.port == _PORTS.get(parts.scheme, -1) else f"{host}:{self.port}"

    @property
    def path(self) -> str:
        """The path, `/` at least."""
        return quote(self.absolute().path or "/", safe="/%:@!$&'()*+,;=~-._")

    @property
    def query(self) -> str:
        """The query with its question mark, empty where there is none."""
        return f"?{self.absolute().query}" if self.parts.query else ""

    def __str__(self) -> str:
        if not self.is_absolute:
            return self.original
        fragment = f"#{self.parts.fragment}" if self.parts.fragment else ""
        return f"{self.parts.scheme}://{self.authority}{unquote(self.path)}{self.query}{fragment}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Uri) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def _uri(text: str) -> Uri:
    made = Uri(text)
    if not made.is_absolute:
        raise EvaluationError("Invalid URI: The format of the URI could not be determined.", "UriFormatException")
    return made


def _uri_of_kind(text: str, kind: int) -> Uri:
    return _uri(text) if kind == 1 else Uri(text)


def _try_uri(text: str | None, kind: int, store: Callable[[Any], None]) -> bool:
    try:
        made = None if text is None else _uri_of_kind(text, kind)
    except EvaluationError:
        made = None
    store(made)
    return made is not None


def _left_part(uri: Uri, part: int) -> str:
    base = f"{uri.absolute().scheme}://"
    return [base, base + uri.authority, base + uri.authority + uri.path, base + uri.authority + uri.path + uri.query][
        part
    ]


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~", errors="replace")


declare(
    "Uri",
    {
        "new(string uriString!!)": _uri,
        "new(string uriString!!, UriKind uriKind)": _uri_of_kind,
        "new(Uri baseUri!!, string relativeUri!!)": lambda base, text: _uri(urljoin(str(base), text)),
        "static string EscapeDataString(string stringToEscape!!)": _escaped,
        "static string UnescapeDataString(string stringToUnescape!!)": lambda text: unquote(text, errors="replace"),
        "static string EscapeUriString(string stringToEscape!!)": lambda text: quote(
            text, safe="-_.~!*'();:@&=+$,/?#[]"
        ),
        "static bool TryCreate(string uriString, UriKind uriKind, out Uri result)": _try_uri,
        "static bool IsWellFormedUriString(string uriString, UriKind uriKind)": lambda text, kind: (
            _try_uri(text, kind, lambda _: None) and not re.search(r"[\s<>\"{}|\\^`]", text or "")
        ),
        "string AbsolutePath": lambda uri: uri.path,
        "string AbsoluteUri": lambda uri: _left_part(uri, 3),
        "string Authority": lambda uri: uri.authority,
        "string Fragment": lambda uri: f"#{uri.absolute().fragment}" if uri.parts.fragment else "",
        "string Host": lambda uri: uri.absolute().hostname or "",
        "bool IsAbsoluteUri": lambda uri: uri.is_absolute,
        "string LocalPath": lambda uri: unquote(uri.path),
        "string OriginalString": lambda uri: uri.original,
        "string PathAndQuery": lambda uri: uri.path + uri.query,
        "int Port": lambda uri: uri.port,
        "string Query": lambda uri: uri.query,
        "string Scheme": lambda uri: uri.absolute().scheme,
        "string[] Segments": lambda uri: re.findall(r"[^/]*/|[^/]+$", uri.path),
        "string GetLeftPart(UriPartial part)": _left_part,
        "string ToString()": str,
    },
)


def _html(text: str | None) -> str | None:
    if text is None:
        return None
    escaped = html.escape(text, quote=False).replace('"', "&quot;").replace("'", "&#39;")
    return "".join(f"&#{ord(each)};" if "\xa0" <= each <= "\xff" or each > "\uffff" else each for each in escaped)


declare(
    "WebUtility",
    {
        "static string HtmlEncode(string value)": _html,
        "static string HtmlDecode(string value)": lambda text: None if text is None else html.unescape(text),
        "static string UrlEncode(string value)": lambda text: (
            None if text is None else quote_plus(text, safe="-_.!*()", errors="replace").replace("~", "%7E")
        ),
        "static string UrlDecode(string encodedValue)": lambda text: (
            None if text is None else unquote_plus(text, errors="replace")
        ),
    },
    "System.Net",
)
