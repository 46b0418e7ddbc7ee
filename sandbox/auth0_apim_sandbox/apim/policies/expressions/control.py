"""What statements do when they run: loops, `switch` and `try`.

A statement's code gives None where the next one follows, `BREAK` or `CONTINUE`, or the returned value in a tuple of one.
"""

from __future__ import annotations

from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import (
    EvaluationError,
    LimitExceededError,
    is_exception,
)
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Code, Frame

BREAK, CONTINUE = ("break",) * 2, ("continue",) * 3
"""Told apart from a returned value, which is a tuple of one, by identity."""


def looped(starts: list[Code], test: Code, body: Code, updates: list[Code], ends: Code | None = None) -> Code:
    """A loop: `test` before each round, `updates` behind it, and `ends` for one that tests behind each round."""

    def execute(frame: Frame) -> Any:
        for start in starts:
            start(frame)
        while test(frame):
            frame[0].step()
            ended = body(frame)
            if ended is BREAK:
                break
            if ended is not None and ended is not CONTINUE:
                return ended
            if ends is not None and ends(frame):
                break
            for update in updates:
                update(frame)
        return None

    return execute


def switched(run: Code, cases: list[tuple[list[Any] | None, Code]]) -> Code:
    """A `switch`: the labels of each case (None: the default) and its code."""
    otherwise = next((code for labels, code in cases if labels is None), None)

    def execute(frame: Frame) -> Any:
        value = run(frame)
        chosen = next((code for labels, code in cases if labels is not None and value in labels), otherwise)
        ended = None if chosen is None else chosen(frame)
        return None if ended is BREAK else ended

    return execute


def guarded(body: Code, handlers: list[tuple[str, int, Code]], finish: Code | None) -> Code:
    """A `try`: handlers by the exception's name and the cell it goes into, and what is done in the end."""

    def attempt(frame: Frame) -> Any:
        try:
            return body(frame)
        except LimitExceededError:
            raise
        except EvaluationError as error:
            for kind, slot, handler in handlers:
                if is_exception(error.kind, kind):
                    if slot:
                        frame[slot] = [error]
                    return handler(frame)
            raise

    if finish is None:
        return attempt

    def execute(frame: Frame) -> Any:
        try:
            ended = attempt(frame)
        except LimitExceededError:
            raise
        except EvaluationError:
            finish(frame)
            raise
        finish(frame)
        return ended

    return execute
