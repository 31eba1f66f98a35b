"""Regular expressions of JSON Schema compared as sets of strings, by bounded automata.

The engine behind these names is loaded when one of them is first used: most comparisons meet no pattern.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contractkit.schema.regex.errors import InvalidPattern, Meter, Unsupported
    from contractkit.schema.regex.language import Lang, example, examples, fullmatch, length, pattern, search, words

__all__ = [
    "InvalidPattern",
    "Lang",
    "Meter",
    "Unsupported",
    "example",
    "examples",
    "fullmatch",
    "length",
    "pattern",
    "search",
    "words",
]


def __getattr__(name: str) -> Any:
    """Load the engine (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from contractkit.schema.regex import errors, language

    for known in __all__:
        globals()[known] = getattr(errors, known, None) or getattr(language, known)
    return globals()[name]
