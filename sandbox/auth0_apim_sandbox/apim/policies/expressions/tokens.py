"""The tokens of C#: from text to pairs of a kind and what was written."""

import re

from auth0_apim_sandbox.apim.policies.expressions.errors import ExpressionError

_TOKEN = re.compile(
    r"""\s*(?:(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<verbatim>@"(?:[^"]|"")*")|(?P<interpolated>\$"(?:[^"\\\n]|\\.)*")|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<char>'(?:[^'\\\n]|\\.)')|(?P<number>\d+(?![\w.]))"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<operator>=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|[-!?:<>+().,;={}\[\]])|(?P<other>\S))""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def tokens_of(text: str) -> list[tuple[str, str]]:
    """The tokens of `text` without blanks and remarks; what C# does not know either is of kind `other`."""
    found = ((match.lastgroup or "", match) for match in _TOKEN.finditer(text))
    return [(kind, match[kind]) for kind, match in found if kind != "comment"]


def unquoted(kind: str, token: str) -> str:
    """The text that a token of kind `string`, `verbatim` or `char` stands for.

    Raises:
        ExpressionError: an escape that is not supported, or half a character.
    """
    if kind == "verbatim":
        return token[2:-1].replace('""', '"')
    text = _ESCAPE.sub(_escaped, token[1:-1])
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ExpressionError("Half a character (an unpaired surrogate) is not supported in a string.") from None


def _escaped(match: re.Match[str]) -> str:
    escape = match[1]
    if escape in _ESCAPES:
        return _ESCAPES[escape]
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    raise ExpressionError(f"The escape '\\{escape}' is not supported in a string.")
