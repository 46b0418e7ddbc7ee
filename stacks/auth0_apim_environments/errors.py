"""The error that every command tells in one sentence."""


class StackError(Exception):
    """A stack that cannot be worked on, with the cause and the next step."""
