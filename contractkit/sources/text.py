"""Bytes to text, and text to a value: JSON or YAML by ending or by content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.model.records import NamedTuple
from contractkit.sources.jsondoc import parse_json

if TYPE_CHECKING:
    from contractkit.sources.parts import Parts


_INWARD = ('$ref": "#', '$ref":"#', "$ref: '#", '$ref: "#')
"""How a reference into the same document is usually written."""

# In JSON or YAML text: a reference that does not begin with `#`; a discriminator mapping that may name a file.
_OUTWARD = r"""(?:\$ref|operationRef)['"]?\s*:\s*(?!['"]?\#)[^\s]"""
_ANY_MAPPING = r"""mapping["']?\s*:"""
_MAPPING = r'"mapping"\s*:\s*(\{[^{}]*\})'
_MAPPING_FILE = r"\.(?:json|ya?ml)\b|https?://"


class Parsed(NamedTuple):
    """A text and the value in it.

    Attributes:
        text: the decoded text, for quick searches; without the parts that were taken from another document.
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
        parts: what was read before and may be taken from there; the value must not be changed then.

    Raises:
        InputError: it is neither JSON nor YAML; with line and column.
    """
    ending = name.rpartition(".")[2].lower()
    looks_json = text.lstrip()[:1] in ("{", "[")
    shared = parts.read(text) if looks_json and parts is not None else None
    if shared is not None:
        return Parsed(shared[1], shared[0], ())
    if ending == "json" or (looks_json and ending not in ("yaml", "yml")):
        value, notices = parse_json(text, subject)
        return Parsed(text, value, notices)
    if looks_json:
        try:
            value, notices = parse_json(text, subject)
        except InputError:
            pass  # flow-style YAML also starts with a brace
        else:
            return Parsed(text, value, notices)
    from contractkit.sources.yamldoc import parse_yaml

    value, notices = parse_yaml(text, subject)
    return Parsed(text, value, notices)


def may_lead_out(text: str, references: Iterable[str] | None = None) -> bool:
    """Whether the text of a document may hold references to other files.

    Args:
        text: the text.
        references: what stands at its `$ref`s, where that is known.
    """
    if references is None:
        # Counting is faster than looking at each reference, and the first spelling is nearly always that of all.
        left = text.count("$ref")
        for spelling in _INWARD if left else ():
            left -= text.count(spelling)
            if not left:
                break
    else:
        left = sum(not one.startswith("#") for one in references)
    if (left or "operationRef" in text) and re.search(_OUTWARD, text):
        return True
    if "discriminator" not in text or "mapping" not in text:
        return False
    mappings = re.findall(_MAPPING, text)
    if len(mappings) < len(re.findall(_ANY_MAPPING, text)):
        mappings = [text]  # not all are JSON objects of texts: any file that is named may be meant
    return any(re.search(_MAPPING_FILE, mapping) for mapping in mappings)
