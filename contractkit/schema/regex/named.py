"""The character sets that a pattern can name: escapes (ECMA-262) and Unicode general categories."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from contractkit.schema.regex.charset import MAX_CODE, CharSet

ANY = CharSet(((0, MAX_CODE),))
DIGITS = CharSet.of([(0x30, 0x39)])
WORD = CharSet.of([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
# WhiteSpace and LineTerminator of ECMA-262, sections 12.2 and 12.3.
SPACE = CharSet.of(
    [
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ]
)
DOT = CharSet.of([(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]).complement()

ESCAPES: dict[str, CharSet] = {
    "d": DIGITS,
    "D": DIGITS.complement(),
    "w": WORD,
    "W": WORD.complement(),
    "s": SPACE,
    "S": SPACE.complement(),
}
CONTROLS: dict[str, int] = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}

# Long names of general categories, Unicode property value aliases (gc).
_LONG_NAMES: dict[str, str] = {
    "Cased_Letter": "LC",
    "Close_Punctuation": "Pe",
    "Connector_Punctuation": "Pc",
    "Control": "Cc",
    "Currency_Symbol": "Sc",
    "Dash_Punctuation": "Pd",
    "Decimal_Number": "Nd",
    "Enclosing_Mark": "Me",
    "Final_Punctuation": "Pf",
    "Format": "Cf",
    "Initial_Punctuation": "Pi",
    "Letter": "L",
    "Letter_Number": "Nl",
    "Line_Separator": "Zl",
    "Lowercase_Letter": "Ll",
    "Mark": "M",
    "Math_Symbol": "Sm",
    "Modifier_Letter": "Lm",
    "Modifier_Symbol": "Sk",
    "Nonspacing_Mark": "Mn",
    "Number": "N",
    "Open_Punctuation": "Ps",
    "Other": "C",
    "Other_Letter": "Lo",
    "Other_Number": "No",
    "Other_Punctuation": "Po",
    "Other_Symbol": "So",
    "Paragraph_Separator": "Zp",
    "Private_Use": "Co",
    "Punctuation": "P",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Spacing_Mark": "Mc",
    "Surrogate": "Cs",
    "Symbol": "S",
    "Titlecase_Letter": "Lt",
    "Unassigned": "Cn",
    "Uppercase_Letter": "Lu",
}


def category(name: str) -> CharSet | None:
    """The characters of a Unicode property.

    Args:
        name: a general category, short or long, alone or after `gc=` or `General_Category=`; or `Any`, `ASCII`.

    Returns:
        The set, by the Unicode version of the running Python; `None` for a name that is no such property.
    """
    if name == "Any":
        return ANY
    if name == "ASCII":
        return CharSet(((0, 0x7F),))
    value = name.removeprefix("General_Category=").removeprefix("gc=")
    value = _LONG_NAMES.get(value, value)
    subcategories = ["Lu", "Ll", "Lt"] if value == "LC" else [sub for sub in _categories() if sub.startswith(value)]
    if not value or not subcategories:
        return None
    return CharSet.of(span for sub in subcategories for span in _categories()[sub])


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    spans: dict[str, list[tuple[int, int]]] = {}
    start, current = 0, unicodedata.category("\0")
    for code in range(1, MAX_CODE + 2):
        found = unicodedata.category(chr(code)) if code <= MAX_CODE else ""
        if found != current:
            spans.setdefault(current, []).append((start, code - 1))
            start, current = code, found
    return spans
