"""Attribute values and texts of policies at run time: constants, or expressions."""

from collections.abc import Callable, Sequence
from typing import Any

from auth0_apim_sandbox.apim.gateway.calls.context import Context, internal_error
from auth0_apim_sandbox.apim.policies.expressions import EvaluationError, as_text, bind_expression
from auth0_apim_sandbox.apim.policies.markup import Node, is_expression

TextOf = Callable[[Context], str]


def value_of(text: str) -> Callable[[Context], Any]:
    """What `text` stands for: itself, or what its expression evaluates to."""
    if not is_expression(text):
        return lambda _: text
    _, evaluate = bind_expression(text)

    def evaluated(context: Context) -> Any:
        try:
            return evaluate(context)
        except (EvaluationError, RecursionError) as error:
            raise internal_error(
                "ExpressionValueEvaluationFailure", f"Expression evaluation failed. {error}"
            ) from error

    return evaluated


def text_of(text: str) -> TextOf:
    """What `text` stands for, as text."""
    if not is_expression(text):
        return lambda _: text
    evaluate = value_of(text)
    return lambda context: as_text(evaluate(context))


def texts_of(texts: Sequence[str]) -> Callable[[Context], Sequence[str]]:
    """What each of `texts` stands for."""
    if not any(is_expression(text) for text in texts):
        constant = tuple(texts)
        return lambda _: constant
    evaluators = [text_of(text) for text in texts]
    return lambda context: [evaluate(context) for evaluate in evaluators]


def number_of(node: Node, attribute: str, default: int) -> Callable[[Context], int]:
    """The whole number in an attribute."""
    text = node.attributes.get(attribute, str(default))
    if not is_expression(text):
        number = int(text)
        return lambda _: number
    evaluate = value_of(text)
    return lambda context: int(evaluate(context))


def status_of(node: Node, attribute: str, default: int) -> Callable[[Context], int]:
    """The final HTTP status in an attribute; an expression may give what is none, which ends the request."""
    number = number_of(node, attribute, default)

    def status(context: Context) -> int:
        code = number(context)
        if not 200 <= code <= 599:
            raise internal_error("ExpressionValueEvaluationFailure", f"{code} is no HTTP status of an answer.")
        return code

    return status


def flag_of(node: Node, attribute: str, *, default: bool) -> Callable[[Context], bool]:
    """The Boolean in an attribute."""
    text = node.attributes.get(attribute, "true" if default else "false")
    if not is_expression(text):
        flag = text.lower() == "true"
        return lambda _: flag
    evaluate = value_of(text)
    return lambda context: evaluate(context) is True
