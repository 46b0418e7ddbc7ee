"""The one way in which there is no engine."""


class EngineError(Exception):
    """There is no usable Pulumi engine; the message names the cause and the next step."""
