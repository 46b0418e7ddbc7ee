"""One evaluation of an expression: its context, its variables, and the bounds on what it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import LimitExceededError

MOST_STEPS = 200_000
"""Rounds of loops, calls of lambdas and items of sequences in one evaluation."""

MOST_SECONDS = 1.0
"""How long one evaluation may hold up the gateway, checked at each step."""

LARGEST_TEXT = 4 * 1024 * 1024
"""Characters of a text, bytes or items that an expression makes: straight code without a loop can double a text many times."""


class Run:
    """One evaluation.

    Attributes:
        context: the request's context.
    """

    __slots__ = ("_deadline", "_steps", "context")

    def __init__(self, context: Any) -> None:
        self.context = context
        self._steps = 0
        self._deadline = 0.0

    def step(self) -> bool:
        """One step more; always true.

        Raises:
            LimitExceededError: too many, or the time is over.
        """
        self._steps += 1
        if self._steps > MOST_STEPS or self.left() <= 0:
            raise LimitExceededError("The expression takes too many steps.", "LimitExceeded")
        return True

    def left(self) -> float:
        """The seconds that are left, counted from the first time that somebody asks."""
        moment = time.monotonic()
        if not self._deadline:
            self._deadline = moment + MOST_SECONDS
        return self._deadline - moment


def bounded(length: int) -> int:
    """`length`, of something that an expression is about to make.

    Raises:
        LimitExceededError: it is too long.
    """
    if length > LARGEST_TEXT:
        raise LimitExceededError("The expression makes a value that is too large.", "LimitExceeded")
    return length


Frame = list[Any]
"""The run, and after it each variable in a cell of its own (a list of one), so that lambdas share it."""

Code = Callable[[Frame], Any]
"""A bound part of an expression: takes the frame, gives the value."""


def with_run(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a member whose first argument is the `Run`."""
    function.needs_run = True  # type: ignore[attr-defined]
    return function
