"""The error of a call that a script makes of its modules."""


class ModuleError(Exception):
    """A call that is refused or has failed.

    Attributes:
        name: the JavaScript error's, such as `TypeError`.
        code: the error's `code`, such as `ECONNREFUSED`.
    """

    def __init__(self, message: str, name: str = "Error", code: str | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.code = code
