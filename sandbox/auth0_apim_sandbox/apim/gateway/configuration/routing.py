"""From a request to an API and an operation.

APIs by their URL suffix, the longest first; versions in the path, the query or a header, as their version set says; revisions by `;rev=N`
behind the API's part of the path; operations by method and URL template, the most literal first. Paths compare without
case, after percent-decoding of each segment and removal of dot segments, so that no spelling of a path slips past its operation's
policies.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes

from auth0_apim_sandbox.apim.gateway.calls.headers import Headers, Query

_REVISION = re.compile(r";rev=([A-Za-z0-9._-]+)$", re.IGNORECASE)
_PARAMETER = re.compile(r"\{\*?([^{}/]+)\}")
_ENCODED_SLASH = re.compile(r"%2F|%5C", re.IGNORECASE)
_SAFE = "!$&'()*+,;=:@-._~"
_PLAIN = re.compile(r"[A-Za-z0-9/!$&'()*+,;=:@._~-]*")


@dataclass(frozen=True)
class Operation:
    """An operation of an API; `id` is its ARM name, `key` its key in the store."""

    id: str
    name: str
    method: str
    url_template: str
    key: str


@dataclass(frozen=True)
class VersionSet:
    """Where callers of an API say which version they want."""

    scheme: str
    header: str
    query: str


@dataclass
class Api:
    """A revision of an API and its operations."""

    id: str
    name: str
    path: str
    revision: str
    is_current_revision: bool
    key: str
    version: str | None = None
    version_set: VersionSet | None = None
    protocols: tuple[str, ...] = ("https",)
    service_url: str | None = None
    subscription_required: bool = True
    key_header: str = "Ocp-Apim-Subscription-Key"
    key_query: str = "subscription-key"
    operations: list[Operation] = field(default_factory=list)

    @cached_property
    def table(self) -> "OperationTable":
        """The operations, ready for matching from the first request on."""
        return OperationTable(self.operations)

    @property
    def full_path(self) -> str:
        """The suffix, with the version where that is part of the path; lower case, no slash at either end."""
        path = self.path.strip("/").lower()
        if self.version and self.version_set and self.version_set.scheme == "segment":
            return f"{path}/{self.version.lower()}".strip("/")
        return path


class Match(NamedTuple):
    """An operation that a request is for; `rest` is the path behind the API's part, as it goes to the backend."""

    api: Api
    operation: Operation
    rest: str
    parameters: dict[str, str]


class _Template:
    """A URL template; its pattern is compiled when the first request comes whose literal segments are the template's."""

    def __init__(self, operation: Operation) -> None:
        path, _, query = operation.url_template.partition("?")
        self.operation = operation
        self.query = _query_template(query)
        self.path = path.strip("/")
        segments = normalised(f"/{self.path}")[1:].lower().split("/")
        self._literals = [(place, text) for place, text in enumerate(segments) if not set(text) & set("{}*%")]

    @cached_property
    def _compiled(self) -> tuple[re.Pattern[str], list[str]]:
        return _compiled(self.path)

    def match(self, path: str, segments: list[str]) -> dict[str, str] | None:
        """The parameters in `path`, decoded, None when it is another; `segments` are those of the path in lower case."""
        count = len(segments)
        for place, text in self._literals:
            if place >= count or segments[place] != text:
                return None
        pattern, names = self._compiled
        found = pattern.fullmatch(path)
        return dict(zip(names, (unquote(value or "") for value in found.groups()), strict=True)) if found else None


class OperationTable:
    """The operations of one API, ready for matching."""

    def __init__(self, operations: list[Operation]) -> None:
        self._literal: dict[tuple[str, str], list[_Template]] = {}
        self._patterns: dict[str, list[_Template]] = {}
        for operation in sorted(operations, key=_specificity):
            template = _Template(operation)
            path = template.path.lower()
            if "{" in path or "*" in path:
                self._patterns.setdefault(operation.method, []).append(template)
            else:
                self._literal.setdefault((operation.method, normalised(f"/{path}")[1:].lower()), []).append(template)

    def find(self, method: str, path: str, query_string: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation for a normalised `path` (no slash at either end) and its parameters, decoded."""
        for template in self._literal.get((method, path.lower()), ()):
            if not template.query:
                return template.operation, {}
            parameters = _query_parameters(template, query_string)
            if parameters is not None:
                return template.operation, parameters
        segments = path.lower().split("/")
        for template in self._patterns.get(method, ()):
            in_path = template.match(path, segments)
            parameters = None if in_path is None else _query_parameters(template, query_string)
            if in_path is not None and parameters is not None:
                return template.operation, {**in_path, **parameters}
        return None


class Router:
    """All APIs of a service."""

    def __init__(self, apis: list[Api]) -> None:
        self._by_path: dict[str, list[Api]] = {}
        for api in apis:
            self._by_path.setdefault(normalised(f"/{api.full_path}")[1:].lower(), []).append(api)

    def find_api(self, scheme: str, path: str, query_string: str, headers: Headers) -> tuple[Api, str] | None:
        """The API for a normalised `path`, and the rest of the path."""
        segments = path.removeprefix("/").split("/")
        for count in range(len(segments), -1, -1):
            prefix = "/".join(segments[:count])
            revision = _REVISION.search(prefix)
            candidates = self._by_path.get((prefix[: revision.start()] if revision else prefix).lower(), ())
            for api in candidates:
                wanted = api.revision.lower() == revision[1].lower() if revision else api.is_current_revision
                if wanted and scheme in api.protocols and _is_version(api, query_string, headers):
                    return api, "/".join(segments[count:])
        return None

    def find(self, method: str, scheme: str, path: str, query_string: str, headers: Headers) -> Match | None:
        """The operation for a request, or None.

        An encoded slash is part of its segment, as at the vendor's gateway (Azure/api-management-developer-portal, issue 2358). As servers
        behind a gateway may take it for one that separates segments, the path must not be for another operation in that reading.
        """
        match = self._find(method, scheme, path, query_string, headers)
        if match is None or _ENCODED_SLASH.search(path) is None:
            return match
        decoded = normalised(_ENCODED_SLASH.sub("/", path))
        again = self._find(method, scheme, decoded, query_string, headers)
        return match if again is None or again.operation.key == match.operation.key else None

    def _find(self, method: str, scheme: str, path: str, query_string: str, headers: Headers) -> Match | None:
        found = self.find_api(scheme, path, query_string, headers)
        if found is None:
            return None
        api, rest = found
        operation = api.table.find(method, rest.removesuffix("/"), query_string)
        return Match(api, operation[0], rest, operation[1]) if operation else None


def normalised(raw_path: str) -> str:
    """A path with each segment in one spelling: decoded, encoded again, dot segments gone (RFC 3986, section 6.2.2).

    An encoded slash stays encoded.
    """
    if "/." not in raw_path and _PLAIN.fullmatch(raw_path):
        return raw_path
    segments: list[str] = []
    for segment in raw_path.replace("\\", "/").split("/")[1:]:
        plain = unquote_to_bytes(segment)
        if plain == b"..":
            del segments[-1:]
        elif plain != b".":
            segments.append(quote(plain, safe=_SAFE))
    return "/" + "/".join(segments)


def _is_version(api: Api, query_string: str, headers: Headers) -> bool:
    if api.version_set is None or api.version_set.scheme == "segment":
        return True
    if api.version_set.scheme == "query":
        given = Query(query_string).get(api.version_set.query)
    else:
        given = headers.get(api.version_set.header)
    return (given[0] if given else None) == (api.version or None)


def _specificity(operation: Operation) -> list[int]:
    """Literal segments before parameters before wildcards, from left to right; templates that ask for a query first."""
    path, _, query = operation.url_template.partition("?")
    ranks = [2 if "*" in segment else 1 if "{" in segment else 0 for segment in path.strip("/").split("/")]
    return [*ranks, 0 if query else 1]


def _compiled(path: str) -> tuple[re.Pattern[str], list[str]]:
    """The pattern of a template's path, and the names of its groups."""
    names: list[str] = []
    pattern = ""
    position = 0
    for part in re.finditer(r"\{(\*?)([^{}/]+)\}|\*", path):
        pattern += _literal_pattern(path[position : part.start()])
        names.append(part[2] or "*")
        pattern += "(.*)" if part[0] == "*" or part[1] else "([^/]+)"
        position = part.end()
    pattern += _literal_pattern(path[position:])
    if pattern.endswith("/(.*)"):
        pattern = pattern.removesuffix("/(.*)") + "(?:/(.*))?"
    return re.compile(pattern, re.IGNORECASE), names


def _literal_pattern(text: str) -> str:
    return "/".join(re.escape(quote(unquote_to_bytes(part), safe=_SAFE)) for part in text.split("/"))


def _query_template(query: str) -> list[tuple[str, str | None, str]]:
    """(parameter in the URL, name in the template or None for a literal, literal) of each part of a template's query."""
    parts = []
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        parameter = _PARAMETER.fullmatch(value)
        parts.append((unquote(name), parameter[1] if parameter else None, unquote(value)))
    return parts


def _query_parameters(template: _Template, query_string: str) -> dict[str, str] | None:
    given = Query(query_string)
    parameters = {}
    for name, parameter, literal in template.query:
        values = given.get(name)
        if values is None or (parameter is None and literal not in values):
            return None
        if parameter is not None:
            parameters[parameter] = values[0]
    return parameters
