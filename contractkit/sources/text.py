"""Bytes to text, and text to a value: JSON or YAML by ending or by content."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources.jsondoc import parse_json

if TYPE_CHECKING:
    from contractkit.sources.parts import Parts


# In JSON or YAML text: a reference that does not begin with `#`; a discriminator mapping that may name a file.
_OUTWARD = r"""(?:\$ref|operationRef)['"]?\s*:\s*(?!['"]?\#)[^\s]"""
_MAPPING_FILE = r"\.(?:json|ya?ml)\b|https?://"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text and the value in it.

    Attributes:
        text: the decoded text, for quick searches.
        value: the value, of JSON's types only.
        notices: what was set aside while parsing.
    """

    text: str
    value: Any
    notices: tuple[Notice, ...]


def decode(data: bytes, subject: str) -> str:
    """Return the text of UTF-8, UTF-16 or UTF-32 bytes, with or without a byte order mark.

    The encoding is told by the first four bytes, which works for every text that starts with an ASCII character
    (RFC 4627 section 3; the YAML 1.2 specification, section 5.2, uses the same table).

    Raises:
        InputError: the bytes are no text in that encoding.
    """
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = "UTF-8" if encoding.startswith("utf-8") else encoding.upper()
        raise InputError(f"{subject}:{line}", f"is not {name} text (byte {error.start})", "save it as UTF-8") from None


def parse(data: bytes, subject: str, name: str = "") -> Parsed:
    """Return the value in `data`, the bytes of a file or an answer; see `parse_text`."""
    return parse_text(decode(data, subject), subject, name)


def parse_text(text: str, subject: str, name: str = "", parts: Parts | None = None) -> Parsed:
    """Return the value of a text.

    Args:
        text: the whole text, without a byte order mark.
        subject: what to call it in errors.
        name: a file name or URL whose ending says what it is; JSON is tried first in YAML files too, since JSON is a
            part of YAML 1.2 and is read far faster.
        parts: see `parse_json`.

    Raises:
        InputError: it is neither JSON nor YAML; with line and column.
    """
    ending = name.rpartition(".")[2].lower()
    looks_json = text.lstrip()[:1] in ("{", "[")
    if ending == "json" or (looks_json and ending not in ("yaml", "yml")):
        value, notices = parse_json(text, subject, parts)
        return Parsed(text, value, notices)
    if looks_json:
        try:
            value, notices = parse_json(text, subject, parts)
        except InputError:
            pass  # flow-style YAML also starts with a brace
        else:
            return Parsed(text, value, notices)
    from contractkit.sources.yamldoc import parse_yaml

    value, notices = parse_yaml(text, subject)
    return Parsed(text, value, notices)


def may_lead_out(text: str) -> bool:
    """Whether the text of a document may hold references to other files. Counting first is 10 times as fast."""
    others = text.count("$ref")
    for between in ('": "', '":"', ": '", ': "'):
        if not others:
            break
        others -= text.count(f"$ref{between}#")
    if (others or "operationRef" in text) and re.search(_OUTWARD, text):
        return True
    return "discriminator" in text and "mapping" in text and bool(re.search(_MAPPING_FILE, text))
