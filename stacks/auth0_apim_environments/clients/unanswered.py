"""What a service did not answer, or refused, in a sentence that says what to do."""

import httpx

_MISSPELT = "check AUTH0_DOMAIN, ARM_METADATA_HOSTNAME and the network, and run it again"
_FORBIDDEN = "give the credentials that the shell has the right to do that, or export others"
_STUMBLED = "run it again later"


def in_words(error: Exception) -> str:
    """An error as people are told of it: what a service did not answer by `unanswered`, any other as it says itself."""
    return unanswered(error) if isinstance(error, httpx.HTTPError) else str(error)


def unanswered(error: httpx.HTTPError) -> str:
    """The request, how it failed, and the remedy; a request's query and body, which may hold secrets, are left out."""
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        remedy = _FORBIDDEN if status in (401, 403) else _STUMBLED
        return f"{_asked(error)} was answered with {status} {error.response.reason_phrase}: {remedy}"
    return f"{_asked(error)} was not answered ({error or type(error).__name__}): {_MISSPELT}"


def _asked(error: httpx.HTTPError) -> str:
    try:
        request = error.request
    except RuntimeError:  # of an error that no request led to
        return "a service"
    return f"{request.method} {request.url.copy_with(query=None, userinfo=b'')}"
