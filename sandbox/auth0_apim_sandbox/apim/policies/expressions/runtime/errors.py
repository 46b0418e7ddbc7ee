"""What can go wrong with an expression, when it is saved and when it runs."""


class ExpressionError(ValueError):
    """An expression that is malformed, or uses something of C# or of `context` that is not supported; it says what."""


class EvaluationError(Exception):
    """An expression that was fine when it was saved and failed on this request: an exception of .NET.

    Attributes:
        kind: name of .NET's exception, without its namespace.
        message: what .NET says, without any value of the request.
    """

    def __init__(self, message: str, kind: str = "Exception") -> None:
        self.kind = kind
        self.message = message
        super().__init__(message)


class LimitExceededError(EvaluationError):
    """An expression that took too many steps, too long or too much memory; it cannot catch that itself."""


def null_reference() -> EvaluationError:
    """A member of null."""
    return EvaluationError("Object reference not set to an instance of an object.", "NullReferenceException")


def argument_null(name: str) -> EvaluationError:
    """Null where a method asks for a value."""
    return EvaluationError(f"Value cannot be null. (Parameter '{name}')", "ArgumentNullException")


def argument(message: str) -> EvaluationError:
    """A value that a method cannot take."""
    return EvaluationError(message, "ArgumentException")


def out_of_range(name: str) -> EvaluationError:
    """A number beyond what a method can take."""
    return EvaluationError(
        f"Specified argument was out of the range of valid values. (Parameter '{name}')", "ArgumentOutOfRangeException"
    )


def invalid_format(what: str = "Input string") -> EvaluationError:
    """Text that cannot be parsed."""
    return EvaluationError(f"{what} was not in a correct format.", "FormatException")


def overflow(type_name: str) -> EvaluationError:
    """A number that its type cannot hold."""
    return EvaluationError(f"Value was either too large or too small for {type_name}.", "OverflowException")


def invalid_cast(type_name: str) -> EvaluationError:
    """A value that is of another type than the one it is cast to."""
    return EvaluationError(f"Unable to cast object to type '{type_name}'.", "InvalidCastException")


def invalid_operation(message: str) -> EvaluationError:
    """Something that the object's state does not allow."""
    return EvaluationError(message, "InvalidOperationException")


EXCEPTIONS: dict[str, str] = {
    "ArgumentException": "SystemException",
    "ArgumentNullException": "ArgumentException",
    "ArgumentOutOfRangeException": "ArgumentException",
    "ArithmeticException": "SystemException",
    "DivideByZeroException": "ArithmeticException",
    "FormatException": "SystemException",
    "IndexOutOfRangeException": "SystemException",
    "InvalidCastException": "SystemException",
    "InvalidOperationException": "SystemException",
    "KeyNotFoundException": "SystemException",
    "NullReferenceException": "SystemException",
    "OverflowException": "ArithmeticException",
    "RegexMatchTimeoutException": "SystemException",
    "SystemException": "Exception",
    "UriFormatException": "FormatException",
    "XmlException": "SystemException",
    "CryptographicException": "SystemException",
    "JsonException": "Exception",
    "JsonReaderException": "JsonException",
}
"""The class that each of .NET's exceptions extends; `Exception` is at the top."""


def is_exception(kind: str, caught: str) -> bool:
    """Whether an exception `kind` is caught as `caught`."""
    while kind != caught and kind in EXCEPTIONS:
        kind = EXCEPTIONS[kind]
    return kind == caught
