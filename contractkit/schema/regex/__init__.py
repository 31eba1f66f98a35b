"""Regular expressions of JSON Schema compared as sets of strings, by bounded automata."""

from contractkit.schema.regex.errors import InvalidPattern, Unsupported
from contractkit.schema.regex.language import Lang, example, examples, fullmatch, length, pattern, search, words

__all__ = [
    "InvalidPattern",
    "Lang",
    "Unsupported",
    "example",
    "examples",
    "fullmatch",
    "length",
    "pattern",
    "search",
    "words",
]
