"""What can go wrong with an expression, when it is saved and when it runs."""


class ExpressionError(ValueError):
    """An expression that is malformed, or uses something of C# or of `context` that is not supported; it says what."""


class EvaluationError(Exception):
    """An expression that was fine when it was saved and failed on this request, as a null reference does."""
