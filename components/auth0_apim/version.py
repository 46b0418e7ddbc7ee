"""The version of this package, in Python and in every other language."""

VERSION = "0.1.0"
