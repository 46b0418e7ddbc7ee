"""The one way a policy document is refused."""


class PolicyError(ValueError):
    """A policy document that API Management would not save.

    `str()` is the message as Azure words it: with an element, `Error in element 'validate-jwt' on line 27, column 10: …`
    where the position is that of the name of the policy's element, as .NET counts (from 1).

    Attributes:
        message: what is wrong, without the position.
        line: line of the element or of the malformed XML, from 1.
        column: column of the element's name or of the malformed XML, from 1.
        element: name of the policy, or None when the text is not well-formed XML or no policy document at all.
    """

    def __init__(self, message: str, line: int, column: int, element: str | None = None) -> None:
        self.message = message
        self.line = line
        self.column = column
        self.element = element
        super().__init__(self._worded())

    @property
    def target(self) -> str:
        """What Azure names as the `target` of the error's detail."""
        return self.element or "representation"

    def _worded(self) -> str:
        if self.element is None:
            return f"{self.message} Line {self.line}, position {self.column}."
        return f"Error in element '{self.element}' on line {self.line}, column {self.column}: {self.message}"
