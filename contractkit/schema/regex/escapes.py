"""Reading the escapes of a pattern: what stands after a backslash."""

from __future__ import annotations

import re

from contractkit.schema.regex.charset import MAX_CODE, SURROGATES, CharSet, single
from contractkit.schema.regex.errors import InvalidPattern, Unsupported
from contractkit.schema.regex.named import CONTROLS, ESCAPES, category

_UNICODE = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{4})")
_LOW_SURROGATE = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_PROPERTY = re.compile(r"\{(\^?)([^{}]*)\}|()([A-Za-z])")
_HEX_DIGITS_OF_MAX_CODE = 6


def read_escape(text: str, at: int) -> tuple[CharSet, int]:
    """Read an escape that stands for characters, inside or outside a class.

    Args:
        text: the whole pattern.
        at: the index of the backslash.

    Returns:
        The characters, and the index after the escape. Letters follow ECMA-262 with the `u` flag; an escaped
        character that is no ASCII letter or digit stands for itself (ECMA-262, annex B.1.2).

    Raises:
        InvalidPattern: the escape is incomplete or names no code point.
        Unsupported: regular-expression engines disagree on the escape.
    """
    if at + 1 >= len(text):
        raise InvalidPattern(f"nothing after the backslash at character {at + 1}")
    char = text[at + 1]
    if char in ESCAPES:
        return ESCAPES[char], at + 2
    if char in CONTROLS:
        return single(CONTROLS[char]), at + 2
    if not (char.isascii() and char.isalnum()):
        return single(ord(char)), at + 2
    if char == "x":
        return _hexadecimal(text, at)
    if char == "u":
        return _unicode(text, at)
    if char == "c":
        return _control(text, at)
    if char in "pP":
        return _property(text, at)
    if char == "0" and not text[at + 2 : at + 3].isdigit():
        return single(0), at + 2
    if char == "0":
        raise Unsupported("octal escape")
    if char.isdigit() or char == "k":
        raise Unsupported("backreference")
    raise Unsupported(f"escape \\{char}")


def _hexadecimal(text: str, at: int) -> tuple[CharSet, int]:
    if text[at + 2 : at + 3] == "{":
        raise Unsupported("escape \\x{")
    found = _HEX.match(text, at + 2)
    if found is None:
        raise InvalidPattern(f"incomplete escape \\x at character {at + 1}")
    return single(int(found[0], 16)), found.end()


def _unicode(text: str, at: int) -> tuple[CharSet, int]:
    found = _UNICODE.match(text, at + 2)
    if found is None:
        raise InvalidPattern(f"incomplete escape \\u at character {at + 1}")
    digits = (found[1] or found[2]).lstrip("0")
    code = int(digits or "0", 16) if len(digits) <= _HEX_DIGITS_OF_MAX_CODE else MAX_CODE + 1
    if code > MAX_CODE:
        raise InvalidPattern(f"no code point is meant by \\u at character {at + 1}")
    if not SURROGATES[0] <= code <= SURROGATES[1]:
        return single(code), found.end()
    low = _LOW_SURROGATE.match(text, found.end())
    if found[1] or code >= 0xDC00 or low is None:
        # Without the u flag such escapes match halves of characters; we know whole characters only.
        raise Unsupported("lone surrogate escape")
    return single(0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00), low.end()


def _control(text: str, at: int) -> tuple[CharSet, int]:
    letter = text[at + 2 : at + 3]
    if not (letter.isascii() and letter.isalpha()):
        raise InvalidPattern(f"incomplete escape \\c at character {at + 1}")
    return single(ord(letter) % 32), at + 3


def _property(text: str, at: int) -> tuple[CharSet, int]:
    found = _PROPERTY.match(text, at + 2)
    if found is None:
        raise InvalidPattern(f"incomplete escape \\{text[at + 1]} at character {at + 1}")
    charset = category(found[2] if found[4] is None else found[4])
    if charset is None or found[1]:
        raise Unsupported(f"\\{text[at + 1 : found.end()]}")
    return (charset.complement() if text[at + 1] == "P" else charset), found.end()
