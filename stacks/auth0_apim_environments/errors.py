"""Errors that a command reports as one sentence."""


class StackError(Exception):
    """A stack cannot be used; the message has the cause and the next step."""


class StorageError(StackError):
    """The storage of a backend cannot be reached, or refused; the message has its own words."""
